package pages

import (
	"cmp"
	"html/template"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/html"
)

// view is what a template is given: a document or a listing, with what templates
// cannot do by themselves.
type view struct {
	codecs.Page
	item           // the fields of the record, as text alone
	Name    string // of the document or the list
	Heading string
	Record  template.HTML // the whole record as microdata
	Table   template.HTML // a whole list as microdata
	Items   []item        // the records of a list
	Lists   []*view       // what belongs to the record
	Next    string        // the cursor of the next page
}

func viewOfRecord(doc codecs.Document) (*view, error) {
	record, err := html.AppendRecord(make([]byte, 0, roomForRecord), doc.Record)
	if err != nil {
		return nil, err
	}
	v := newView(doc.Name, doc.Page)
	v.Record = template.HTML(record)
	v.item = item{record: doc.Record}
	for _, list := range doc.Page.Lists {
		related, err := viewOfList(list, asText)
		if err != nil {
			return nil, err
		}
		v.Lists = append(v.Lists, related)
	}
	return v, nil
}

// roomForRecord is what a user takes in markup, in bytes.
const roomForRecord = 2 << 10

func newView(name string, page codecs.Page) *view {
	return &view{Page: page, Name: name, Heading: cmp.Or(page.Title, html.Label(name), "Parley")}
}

func viewOfTable(list codecs.Listing) (*view, error) {
	v := newView(list.Name, list.Page)
	v.Next = list.Next
	if len(list.Records) == 0 {
		return v, nil
	}
	table, err := html.AppendTable(nil, list.Records)
	v.Table = template.HTML(table)
	return v, err
}

func viewOfList(list codecs.Listing, how showing) (*view, error) {
	v := newView(list.Name, list.Page)
	v.Next = list.Next
	v.Items = make([]item, len(list.Records))
	var room []byte
	for i, r := range list.Records {
		var err error
		if room, err = v.Items[i].show(room[:0], r, how); err != nil {
			return nil, err
		}
		v.Items[i].Who = list.Page.Names[v.Items[i].Value("changed_by")]
		if i < len(list.Page.Items) {
			v.Items[i].URL = list.Page.Items[i]
		}
	}
	return v, nil
}

// Alternates lead to the same in other formats.
func (v *view) Alternates() template.HTML { return v.links(isAlternate) }

// Others lead to other pages of the list.
func (v *view) Others() template.HTML { return v.links(isOther) }

// Related lead elsewhere.
func (v *view) Related() template.HTML {
	return v.links(func(rel string) bool { return !isAlternate(rel) && !isOther(rel) })
}

func isAlternate(rel string) bool { return rel == "alternate" }
func isOther(rel string) bool     { return rel == "next" || rel == "first" }

// links are the items of a list. A template would take longer for them than for
// the rest of a page.
func (v *view) links(choose func(rel string) bool) template.HTML {
	var items []byte
	for _, l := range v.Links {
		if choose(l.Rel) {
			items = html.AppendLink(items, l)
		}
	}
	return template.HTML(items)
}

// Column is how the list is sorted by a field.
func (v *view) Column(name string) codecs.Column {
	for _, c := range v.Columns {
		if c.Name == name {
			return c
		}
	}
	return codecs.Column{Name: name}
}

// Sorted is the attribute of a column with some fields that says how the list
// is sorted by one of them.
func (v *view) Sorted(names ...string) template.HTMLAttr {
	for _, name := range names {
		switch v.Column(name).Order {
		case codecs.Ascending:
			return ` aria-sort="ascending"`
		case codecs.Descending:
			return ` aria-sort="descending"`
		}
	}
	return ""
}

// Faults are the controls with something wrong in them.
func (v *view) Faults() (faulty []codecs.Control) {
	for _, form := range []*codecs.Form{v.Search, v.Form} {
		if form == nil {
			continue
		}
		for _, c := range form.Controls {
			if c.Fault != "" {
				faulty = append(faulty, c)
			}
		}
	}
	return faulty
}

// Members are the maps in a list that the record has.
func (v *view) Members(name string) ([]item, error) {
	list, _ := v.record.Get(name)
	items := make([]item, len(list.Members()))
	for i, member := range list.Members() {
		if err := items[i].showMember(name, i, member.Value.Members()); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// Part is a map that the record has, nil where it has none.
func (v *view) Part(name string) *item {
	m, ok := v.record.Get(name)
	if !ok {
		return nil
	}
	return &item{record: m.Members()}
}

// Parts are the maps in a list that the record has, as they are.
func (v *view) Parts(name string) []*item {
	list, _ := v.record.Get(name)
	parts := make([]*item, len(list.Members()))
	for i, member := range list.Members() {
		parts[i] = &item{record: member.Value.Members()}
	}
	return parts
}
