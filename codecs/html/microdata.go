package html

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/parley-gateway/parley/codecs"
)

func (w *writer) record(r codecs.Record) {
	if len(r) == 0 {
		return
	}
	w.add("\n<dl itemscope=\"itemscope\">\n")
	w.pairs(entries(r))
	w.add("</dl>")
}

func (w *writer) pairs(list []entry) {
	for _, e := range list {
		w.add("<dt>").text(Label(e.Name)).add("</dt><dd>")
		w.value(e)
		w.add("</dd>\n")
	}
}

func (w *writer) value(e entry) {
	switch e.Kind() {
	case codecs.List:
		w.add("<ul>")
		for _, member := range e.members() {
			w.add("<li>")
			w.value(member)
			w.add("</li>")
		}
		w.add("</ul>")
	case codecs.Map:
		w.add("<dl>")
		w.pairs(e.members())
		w.add("</dl>")
	case codecs.Time:
		w.add("<time")
		w.itemprop(e)
		w.attribute("datetime", w.scalar(e)).add(">")
		w.dst = e.Time().AppendFormat(w.dst, "2006-01-02 15:04:05 MST")
		w.add("</time>")
	default:
		w.add("<span")
		w.itemprop(e)
		w.add(">").shown(w.scalar(e)).add("</span>")
	}
}

// shown is text in which characters that would turn what follows around
// (UAX #9 section 2) stand alone, where they turn nothing, and are told by their
// number.
func (w *writer) shown(s string) *writer {
	for at := strings.IndexFunc(s, turns); at >= 0; at = strings.IndexFunc(s, turns) {
		r, size := utf8.DecodeRuneInString(s[at:])
		w.text(s[:at]).add("<bdi")
		w.attribute("class", "direction").attribute("title", fmt.Sprintf("U+%04X", r)).add(">").text(string(r)).add("</bdi>")
		s = s[at+size:]
	}
	return w.text(s)
}

func turns(r rune) bool { return '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069' }

// itemprop is the attribute that names the property.
func (w *writer) itemprop(e entry) {
	if w.plain {
		return
	}
	if e.Property == "" || strings.ContainsAny(e.Property, whiteSpace) || strings.ContainsFunc(e.Property, isNoXML) {
		w.unholdable = fmt.Sprintf("the name %q", e.Property)
	}
	w.attribute("itemprop", e.Property)
}

func (w *writer) scalar(e entry) string {
	switch e.Kind() {
	case codecs.Unfit:
		w.unholdable = e.Text()
		return ""
	case codecs.Text:
		return e.Text()
	}
	return string(e.AppendScalar(nil))
}

func (w *writer) table(records []codecs.Record) {
	if len(records) == 0 {
		w.add("\n<p>There are none.</p>")
		return
	}
	t := newTable(records)
	w.add("\n<div class=\"wide\">\n<table>\n<thead><tr>")
	for _, name := range t.Columns {
		w.add(`<th scope="col">`).text(Label(name)).add("</th>")
	}
	w.add("</tr></thead>\n<tbody>\n")
	for _, row := range t.Rows {
		w.row(row)
	}
	w.add("</tbody>\n</table>\n</div>")
}

func (w *writer) row(cells []*entry) {
	w.add(`<tr itemscope="itemscope">`)
	for _, e := range cells {
		w.add("<td>")
		if e != nil {
			w.value(*e)
		}
		w.add("</td>")
	}
	w.add("</tr>\n")
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

// members are those of a List or a Map.
func (e entry) members() []entry {
	return appendEntries(nil, e.Property+".", e.Members(), e.Kind() == codecs.List)
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
