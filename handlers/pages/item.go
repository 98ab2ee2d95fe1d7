package pages

import (
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/html"
)

// item is one record of a list, its fields being ready to be shown.
type item struct {
	URL      string // where the record is found; may be empty
	Who      string // the name of who made the change; may be empty
	Property bool   // the fields are microdata
	record   codecs.Record
	fields   []field
}

// field is a value in markup.
type field struct {
	Name   string
	Markup template.HTML
}

// showing is what fields are shown as.
type showing bool

const (
	asText       showing = false
	asProperties showing = true
)

// show makes the markup of all fields in room, which it may grow.
func (it *item) show(room []byte, r codecs.Record, how showing) ([]byte, error) {
	it.record, it.Property = r, bool(how)
	it.fields = make([]field, len(r))
	ends := make([]int, len(r))
	var err error
	for i, f := range r {
		if room, err = appendField(room, f, how); err != nil {
			return nil, err
		}
		it.fields[i].Name, ends[i] = f.Name, len(room)
	}
	markup, start := string(room), 0
	for i, end := range ends {
		it.fields[i].Markup = template.HTML(markup[start:end])
		start = end
	}
	return room, nil
}

// appendField shows a status as a badge.
func appendField(dst []byte, f codecs.Field, how showing) (_ []byte, err error) {
	badge := strings.HasSuffix(f.Name, "status") && f.Value.Kind() == codecs.Text
	if badge {
		dst = append(html.AppendEscaped(append(dst, `<b class="status `...), f.Value.Text()), `">`...)
	}
	if how == asProperties {
		dst, err = html.AppendField(dst, f)
	} else {
		dst, err = html.AppendValue(dst, f.Value)
	}
	if badge {
		dst = append(dst, "</b>"...)
	}
	return dst, err
}

// showMember makes the markup of one map in a list. Its properties are named
// by their path.
func (it *item) showMember(list string, i int, r codecs.Record) error {
	path := list + "." + strconv.Itoa(i) + "."
	named := make(codecs.Record, len(r))
	for i, f := range r {
		named[i] = codecs.Field{Name: path + f.Name, Value: f.Value}
	}
	_, err := it.show(nil, named, asProperties)
	for i, f := range r {
		it.fields[i].Name = f.Name
	}
	return err
}

// Get is a field in markup, nothing where there is none.
func (it *item) Get(name string) template.HTML {
	for i := range it.fields {
		if it.fields[i].Name == name {
			return it.fields[i].Markup
		}
	}
	return ""
}

// Link is a field in markup that leads to the record, and fields beside it.
func (it *item) Link(name string, beside ...string) template.HTML {
	link := it.Get(name)
	if it.URL != "" {
		link = template.HTML(`<a href="`+string(html.AppendEscaped(nil, it.URL))+`">`) + link + "</a>"
	}
	for _, name := range beside {
		link += " " + it.Get(name)
	}
	return link
}

// Cells are fields as cells of a table, all at once: a template takes longer to
// ask for a field than to show it.
func (it *item) Cells(names ...string) template.HTML {
	var cells []byte
	for _, name := range names {
		cells = append(append(append(cells, "<td>"...), it.Get(name)...), "</td>"...)
	}
	return template.HTML(cells)
}

// Has reports whether there is a field.
func (it *item) Has(name string) bool {
	_, ok := it.record.Get(name)
	return ok
}

// Value is a field as text, nothing where there is none.
func (it *item) Value(name string) string {
	v, _ := it.record.Get(name)
	if v.Kind() == codecs.Text {
		return v.Text()
	}
	return string(v.AppendScalar(nil))
}

// Texts are the members of a list.
func (it *item) Texts(name string) (texts []string) {
	v, _ := it.record.Get(name)
	for _, member := range v.Members() {
		texts = append(texts, member.Value.Text())
	}
	return texts
}

// All are the fields as they are.
func (it *item) All() codecs.Record { return it.record }

// Rest are all fields but those that are named.
func (it *item) Rest(names string) []field {
	return slices.DeleteFunc(slices.Clone(it.fields), func(f field) bool {
		return slices.Contains(strings.Fields(names), f.Name)
	})
}
