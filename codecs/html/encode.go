package html

import (
	"cmp"
	_ "embed"
	"net/url"
	"strconv"
	"strings"

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

// Encode writes a page with the record as AppendRecord does, and of doc.Page
// the title, the text, the form and the links.
func (Codec) Encode(dst []byte, doc codecs.Document) ([]byte, error) {
	return encode(dst, doc.Name, doc.Page, func(w *writer) { w.record(doc.Record) })
}

// EncodeList writes a page with a table, an item in each row.
func (Codec) EncodeList(dst []byte, list codecs.Listing) ([]byte, error) {
	return encode(dst, list.Name, list.Page, func(w *writer) {
		w.table(list.Records)
		if list.Next != "" {
			w.record(codecs.Record{{Name: codecs.NextCursor, Value: codecs.TextValue(list.Next)}})
		}
	})
}

func encode(dst []byte, name string, page codecs.Page, content func(w *writer)) ([]byte, error) {
	w := &writer{dst: dst}
	heading := cmp.Or(page.Title, Label(name), "Parley")
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
	return w.result()
}

func (w *writer) form(f codecs.Form) {
	w.add("\n<form").attribute("action", safe(f.Action)).add(" method=\"post\" accept-charset=\"utf-8\">\n")
	w.hidden(f.Hidden)
	for i, c := range f.Controls {
		w.control("control-"+strconv.Itoa(i), c)
	}
	w.add("\n<p><button type=\"submit\">").text(f.Submit).add("</button></p>\n</form>")
}

func (w *writer) hidden(r codecs.Record) {
	for _, e := range entries(codecs.Flatten(r)) {
		w.add(`<input type="hidden"`).attribute("name", e.Name).attribute("value", w.scalar(e)).add(" />\n")
	}
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
		w.add(">").text(Label(option)).add("</option>\n")
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
		w.link(l)
	}
	w.add("</ul>\n</nav>")
}

func (w *writer) link(l codecs.Link) {
	w.add("<li><a").attribute("href", safe(l.URL))
	if l.Rel != "" {
		w.attribute("rel", l.Rel)
	}
	w.add(">").text(l.Label).add("</a></li>\n")
}

// safe replaces a URL that would do something else than to lead somewhere.
func safe(link string) string {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" {
		return "#"
	}
	return link
}
