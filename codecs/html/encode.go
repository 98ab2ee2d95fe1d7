package html

import (
	"cmp"
	_ "embed"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/parley-gateway/parley/codecs"
)

//go:embed page.html
var source string

// What stands on every page, around its heading and its content.
var beforeHeading, beforeContent, afterContent = cutLayout()

func cutLayout() (head, middle, end string) {
	head, rest, _ := strings.Cut(source, "{{heading}}")
	middle, end, _ = strings.Cut(rest, "{{content}}")
	return head, middle, end
}

// Encode writes a page with the record as microdata and with the form that
// doc.Page has. What is nested is shown nested, its values named by their
// path as codecs.Flatten names them. Names that microdata cannot have, with
// white space or empty, are refused; characters that XML cannot have are
// shown as U+FFFD.
func (c Codec) Encode(dst []byte, doc codecs.Document) ([]byte, error) {
	return c.encode(dst, doc.Name, doc.Page, func(w *writer) { w.record(doc.Record) })
}

// EncodeList writes a page with a table, an item in each row.
func (c Codec) EncodeList(dst []byte, list codecs.Listing) ([]byte, error) {
	return c.encode(dst, list.Name, list.Page, func(w *writer) {
		w.table(list.Records)
		if list.Next != "" {
			w.record(codecs.Record{{Name: codecs.NextCursor, Value: codecs.TextValue(list.Next)}})
		}
	})
}

func (c Codec) encode(dst []byte, name string, page codecs.Page, content func(w *writer)) ([]byte, error) {
	w := &writer{dst: dst}
	heading := cmp.Or(page.Title, label(name), "Parley")
	w.add(beforeHeading).text(heading).add(beforeContent)
	w.add("<main>\n<h1>").text(heading).add("</h1>")
	if page.Text != "" {
		w.add("\n<p>").text(page.Text).add("</p>")
	}
	content(w)
	if page.Form != nil {
		w.form(*page.Form)
	}
	w.add("\n</main>")
	if len(page.Links) > 0 {
		w.links(page.Links)
	}
	w.add(afterContent)
	if w.unholdable != "" {
		return nil, codecs.CannotHold(c, w.unholdable)
	}
	return w.dst, nil
}

// writer appends to a page. A template would cost more than the rest of a request.
type writer struct {
	dst        []byte
	unholdable string // what HTML cannot hold
}

// add appends markup.
func (w *writer) add(markup string) *writer {
	w.dst = append(w.dst, markup...)
	return w
}

func (w *writer) text(s string) *writer {
	w.dst = appendEscaped(w.dst, s, false)
	return w
}

// attribute appends an attribute and the space before it. Its value keeps its
// white space in XML, where line feeds and tabs are spaces unless they are
// escaped.
func (w *writer) attribute(name, value string) *writer {
	w.add(" ").add(name).add(`="`)
	w.dst = appendEscaped(w.dst, value, true)
	return w.add(`"`)
}

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
		w.add("<dt>").text(label(e.Name)).add("</dt><dd>")
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
		w.add(">").text(w.scalar(e)).add("</span>")
	}
}

// itemprop is the attribute that names the property.
func (w *writer) itemprop(e entry) {
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
		w.add(`<th scope="col">`).text(label(name)).add("</th>")
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

func (w *writer) form(f codecs.Form) {
	w.add("\n<form").attribute("action", safe(f.Action)).add(" method=\"post\" accept-charset=\"utf-8\">\n")
	for _, e := range entries(codecs.Flatten(f.Hidden)) {
		w.add(`<input type="hidden"`).attribute("name", e.Name).attribute("value", w.scalar(e)).add(" />\n")
	}
	for i, c := range f.Controls {
		w.control("control-"+strconv.Itoa(i), c)
	}
	w.add("\n<p><button type=\"submit\">").text(f.Submit).add("</button></p>\n</form>")
}

func (w *writer) control(id string, c codecs.Control) {
	w.add("\n<p>\n<label").attribute("for", id).add(">").text(c.Label).add("</label>\n")
	switch {
	case len(c.Options) > 0:
		w.choice(id, c)
	case c.Secret:
		w.secret(id, c)
	default:
		w.freeText(id, c)
	}
	w.add("\n</p>")
}

func (w *writer) choice(id string, c codecs.Control) {
	w.add("<select").attribute("id", id).attribute("name", c.Name).add(">\n")
	for _, option := range c.Options {
		w.add("<option").attribute("value", option)
		if option == c.Value {
			w.attribute("selected", "selected")
		}
		w.add(">").text(label(option)).add("</option>\n")
	}
	w.add("</select>")
}

// secret is filled in by people and their password managers, never by the page
// itself (HTML section 4.10.18.7.1).
func (w *writer) secret(id string, c codecs.Control) {
	w.add(`<input type="password"`).attribute("id", id).attribute("name", c.Name)
	w.attribute("autocomplete", "current-password").maxLength(c).add(" />")
}

// freeText begins with a line break more before a value that begins with one:
// the first in a textarea belongs to the source (HTML section 13.2.6.4.7).
func (w *writer) freeText(id string, c codecs.Control) {
	w.add("<textarea").attribute("id", id).attribute("name", c.Name).attribute("rows", "4").maxLength(c).add(">")
	if strings.HasPrefix(c.Value, "\n") {
		w.add("\n")
	}
	w.text(c.Value).add("</textarea>")
}

func (w *writer) maxLength(c codecs.Control) *writer {
	if c.MaxLength > 0 {
		w.attribute("maxlength", strconv.Itoa(c.MaxLength))
	}
	return w
}

func (w *writer) links(links []codecs.Link) {
	w.add("\n<nav>\n<ul>\n")
	for _, l := range links {
		w.add("<li><a").attribute("href", safe(l.URL))
		if l.Rel != "" {
			w.attribute("rel", l.Rel)
		}
		w.add(">").text(l.Label).add("</a></li>\n")
	}
	w.add("</ul>\n</nav>")
}

// safe replaces a URL that would do something else than to lead somewhere.
func safe(link string) string {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" {
		return "#"
	}
	return link
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

// label is a name for people: review_comment is "Review comment".
func label(name string) string {
	name = strings.ReplaceAll(name, "_", " ")
	if name != "" && 'a' <= name[0] && name[0] <= 'z' {
		return string(name[0]-'a'+'A') + name[1:]
	}
	return name
}

// appendEscaped escapes what means something in HTML or XML, and the carriage
// return, which readers of both take for a line feed. It shows U+FFFD for the
// characters that XML 1.0 section 2.2 cannot have: what is stored must be
// shown.
func appendEscaped(dst []byte, s string, whiteSpace bool) []byte {
	done := 0
	for i, r := range s {
		escaped := escapeOf(r, whiteSpace)
		if escaped == "" {
			continue
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		dst = append(append(dst, s[done:i]...), escaped...)
		done = i + size
	}
	return append(dst, s[done:]...)
}

// escapeOf is empty for a character that may stand as it is.
func escapeOf(r rune, whiteSpace bool) string {
	switch {
	case r == '&':
		return "&amp;"
	case r == '<':
		return "&lt;"
	case r == '>':
		return "&gt;"
	case r == '"':
		return "&#34;"
	case r == '\'':
		return "&#39;"
	case r == '\r':
		return "&#13;"
	case r == '\t' && whiteSpace:
		return "&#9;"
	case r == '\n' && whiteSpace:
		return "&#10;"
	case r == utf8.RuneError || isNoXML(r):
		return "\ufffd"
	}
	return ""
}

func isNoXML(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == '\ufffe' || r == '\uffff'
}
