package html

import (
	"bytes"
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"strconv"
	"strings"

	"github.com/parley-gateway/parley/codecs"
)

//go:embed page.html
var source string

var layout = template.Must(template.New("page").Funcs(template.FuncMap{
	"text":      text,
	"attribute": attribute,
	"label":     label,
}).Parse(source))

// Encode writes a page with the record as microdata and with the form that
// doc.Page has. What is nested is shown nested, its values named by their
// path as codecs.Flatten names them. Names that microdata cannot have, with
// white space or empty, are refused; characters that XML cannot have are
// shown as U+FFFD.
func (c Codec) Encode(dst []byte, doc codecs.Document) ([]byte, error) {
	return c.encode(dst, view{Page: doc.Page, Form: formOf(doc.Page), Name: doc.Name, Record: entries(doc.Record)})
}

// EncodeList writes a page with a table, an item in each row.
func (c Codec) EncodeList(dst []byte, list codecs.Listing) ([]byte, error) {
	v := view{Page: list.Page, Form: formOf(list.Page), Name: list.Name, Table: newTable(list.Records)}
	if list.Next != "" {
		v.Record = entries(codecs.Record{{Name: codecs.NextCursor, Value: codecs.TextValue(list.Next)}})
	}
	return c.encode(dst, v)
}

func (c Codec) encode(dst []byte, v view) ([]byte, error) {
	page := bytes.NewBuffer(dst)
	err := layout.Execute(page, v)
	var cannot unholdable
	switch {
	case errors.As(err, &cannot):
		return nil, codecs.CannotHold(c, string(cannot))
	case err != nil:
		return nil, codecs.CannotHold(c, err.Error())
	}
	return page.Bytes(), nil
}

// unholdable is what HTML cannot hold.
type unholdable string

func (u unholdable) Error() string { return string(u) }

// view is what the template shows.
type view struct {
	codecs.Page
	Form   *shownForm // nil for none
	Name   string
	Record []entry
	Table  *table // nil for a single record
}

// Heading is the title, or what the record is.
func (v view) Heading() string { return cmp.Or(v.Title, label(v.Name), "Parley") }

// shownForm is a form with its controls numbered.
type shownForm struct {
	Action, Submit string
	Hidden         []entry
	Controls       []shownControl
}

type shownControl struct {
	codecs.Control
	Index int
}

func formOf(p codecs.Page) *shownForm {
	if p.Form == nil {
		return nil
	}
	f := &shownForm{Action: p.Form.Action, Submit: p.Form.Submit, Hidden: entries(codecs.Flatten(p.Form.Hidden))}
	for i, c := range p.Form.Controls {
		f.Controls = append(f.Controls, shownControl{c, i})
	}
	return f
}

// FirstBreak is a line break more before a value that begins with one: the
// first in a textarea belongs to the source (HTML section 13.2.6.4.7).
func (c shownControl) FirstBreak() string {
	if strings.HasPrefix(c.Value, "\n") {
		return "\n"
	}
	return ""
}

// entry is a value and its name.
type entry struct {
	Name     string // its last part, for people
	Property string // its path
	codecs.Value
}

func entries(r codecs.Record) []entry { return appendEntries(nil, "", r, false) }

func appendEntries(dst []entry, prefix string, r codecs.Record, list bool) []entry {
	for i, f := range r {
		if list {
			f.Name = strconv.Itoa(i)
		}
		dst = append(dst, entry{f.Name, prefix + f.Name, f.Value})
	}
	return dst
}

// Entries are the members of a List or a Map.
func (e entry) Entries() []entry {
	return appendEntries(nil, e.Property+".", e.Members(), e.IsList())
}

func (e entry) IsList() bool { return e.Kind() == codecs.List }
func (e entry) IsMap() bool  { return e.Kind() == codecs.Map }
func (e entry) IsTime() bool { return e.Kind() == codecs.Time }

// Scalar is the value as text.
func (e entry) Scalar() (string, error) {
	if e.Kind() == codecs.Unfit {
		return "", unholdable(e.Text())
	}
	return string(e.AppendScalar(nil)), nil
}

// Readable is a time as people write it.
func (e entry) Readable() string { return e.Time().Format("2006-01-02 15:04:05 MST") }

// Itemprop is the attribute that names the property.
func (e entry) Itemprop() (template.HTMLAttr, error) {
	if e.Property == "" || strings.ContainsAny(e.Property, whiteSpace) || strings.ContainsFunc(e.Property, isNoXML) {
		return "", unholdable(fmt.Sprintf("the name %q", e.Property))
	}
	return attribute("itemprop", e.Property), nil
}

// table has a column for each name that a record has.
type table struct {
	Columns []string
	Rows    [][]*entry // nil where a record lacks the field
}

func newTable(records []codecs.Record) *table {
	t := &table{}
	columns := map[column]int{}
	for _, r := range records {
		nth := map[string]int{}
		for _, f := range r {
			c := column{f.Name, nth[f.Name]}
			nth[f.Name]++
			if _, ok := columns[c]; !ok {
				columns[c] = len(t.Columns)
				t.Columns = append(t.Columns, f.Name)
			}
		}
	}
	for _, r := range records {
		t.Rows = append(t.Rows, newRow(r, columns))
	}
	return t
}

// column is a name, and which field of that name in a record it shows.
type column struct {
	name string
	nth  int
}

func newRow(r codecs.Record, columns map[column]int) []*entry {
	row := make([]*entry, len(columns))
	nth := map[string]int{}
	for _, e := range entries(r) {
		row[columns[column{e.Name, nth[e.Name]}]] = &e
		nth[e.Name]++
	}
	return row
}

// label is a name for people: review_comment is "Review comment".
func label(name string) string {
	name = strings.ReplaceAll(name, "_", " ")
	if name != "" && 'a' <= name[0] && name[0] <= 'z' {
		return string(name[0]-'a'+'A') + name[1:]
	}
	return name
}

// text escapes more than the template does: the carriage return, which
// readers of HTML and XML take for a line feed.
func text(s string) template.HTML {
	return template.HTML(strings.ReplaceAll(escape(s), "\r", "&#13;"))
}

// attribute writes an attribute whose value keeps its white space in XML,
// where line feeds and tabs are spaces unless they are escaped.
func attribute(name, value string) template.HTMLAttr {
	return template.HTMLAttr(name + `="` + whiteSpaceEscaper.Replace(escape(value)) + `"`)
}

var whiteSpaceEscaper = strings.NewReplacer("\t", "&#9;", "\n", "&#10;", "\r", "&#13;")

// escape shows U+FFFD for the characters that XML 1.0 section 2.2 cannot
// have: what is stored must be shown.
func escape(s string) string {
	return template.HTMLEscapeString(strings.Map(func(r rune) rune {
		if isNoXML(r) {
			return '\ufffd'
		}
		return r
	}, s))
}

func isNoXML(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == '\ufffe' || r == '\uffff'
}
