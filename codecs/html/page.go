package html

import (
	"bytes"
	"slices"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/parley-gateway/parley/codecs"
)

const (
	// maxOpen is how deep elements may be nested. Each tag costs a look at all
	// that are open.
	maxOpen = 256
	// maxAttributes is how many attributes a tag may have. The tokenizer pays for
	// the largest number so far at each tag.
	maxAttributes = 256
)

// page is what was found in a page so far. Whatever consists of text is kept
// as a span of shown, so that nested elements share it.
type page struct {
	text   []byte
	limits codecs.Limits
	shown  []byte // the text of all elements that are read, in order
	spans  []span
	open   []element

	forms      []form
	controls   []control
	options    []option
	properties []property
	pairs      []pair

	form   int // that is open, an index, or none
	choice int // the select element that is open, an index of controls, or none
	lists  int // how many dl elements are open

	raw   bool // the tag before began an element that holds text alone
	ended bool // the html element was closed
}

const none = -1

// span is a piece of page.shown.
type span struct{ start, end int }

// element is one that is open.
type element struct {
	tag      tag
	at       int  // where its start tag stands in the text
	span     int  // the index of its text, or none
	unread   bool // it is part of a script, a template or the like
	disabled bool // it is part of a fieldset or optgroup that is disabled
	nested   bool // it is part of an item that is a property itself
	legends  int  // how many legends a fieldset has so far
}

// readPage reads a whole page. What a page ends before its elements do is
// refused, for it may have been cut off.
func readPage(text []byte, limits codecs.Limits) (*page, error) {
	if at := bytes.IndexByte(text, 0); at >= 0 {
		return nil, codecs.MalformedText(text, at, "the character U+0000 is not allowed")
	}
	p := &page{text: text, limits: limits, form: none, choice: none}
	z := nethtml.NewTokenizer(bytes.NewReader(text))
	for at := 0; ; {
		if err := p.checkAttributes(at); err != nil {
			return nil, err
		}
		kind := z.Next()
		if kind == nethtml.ErrorToken {
			return p, p.checkEnd(at)
		}
		size := len(z.Raw())
		if err := p.token(z, kind, at); err != nil {
			return nil, err
		}
		at += size
	}
}

// token takes the token that begins at an offset.
func (p *page) token(z *nethtml.Tokenizer, kind nethtml.TokenType, at int) error {
	if p.ended && kind != nethtml.CommentToken && len(bytes.Trim(z.Raw(), " \t\r\n")) > 0 {
		return p.malformed(at, "there is something after the end of the page")
	}
	p.raw = false
	switch kind {
	case nethtml.TextToken:
		p.addText(z.Text())
	case nethtml.StartTagToken, nethtml.SelfClosingTagToken:
		name, more := z.TagName()
		t := tagOf(name)
		p.raw = t.isRaw()
		return p.start(t, attributesOf(z, more), at)
	case nethtml.EndTagToken:
		name, _ := z.TagName()
		return p.end(tagOf(name))
	default:
		return p.checkMarkup(z.Raw(), at)
	}
	return nil
}

func (p *page) addText(text []byte) {
	if !p.top().unread {
		p.shown = append(p.shown, text...)
	}
}

// top is the innermost element that is open. Where there is none it is like a
// page around all.
func (p *page) top() element {
	if len(p.open) == 0 {
		return element{span: none}
	}
	return p.open[len(p.open)-1]
}

// checkMarkup refuses comments and doctypes without their end, and CDATA
// sections: they hold text in XML and nothing in HTML.
func (p *page) checkMarkup(raw []byte, at int) error {
	end := []string{">"}
	if bytes.HasPrefix(raw, []byte("<!--")) {
		end = []string{"-->", "--!>"}
	}
	isEnd := func(s string) bool { return bytes.HasSuffix(raw, []byte(s)) }
	if !slices.ContainsFunc(end, isEnd) {
		return p.malformed(at, "the page ends inside a comment")
	}
	if bytes.HasPrefix(raw, []byte("<![CDATA[")) && !p.top().unread {
		return p.malformed(at, "CDATA sections are not read in a page")
	}
	return nil
}

func (p *page) malformed(at int, format string, args ...any) error {
	return codecs.MalformedText(p.text, at, format, args...)
}

// checkEnd refuses a page that ends at an offset before its text does, or
// before the elements that have to be closed.
func (p *page) checkEnd(at int) error {
	if at < len(p.text) || bytes.HasSuffix(p.text, []byte("<")) || bytes.HasSuffix(p.text, []byte("</")) {
		return p.malformed(at, "the page ends inside a tag")
	}
	for _, e := range p.open {
		if !e.tag.mayEndUnsaid() {
			return p.malformed(e.at, "the element %s is never closed", e.tag)
		}
	}
	return p.closeAll(0)
}

// start opens an element, unless it is void, after it ended those that a
// start tag like it ends.
func (p *page) start(t tag, a attributes, at int) error {
	if err := p.endOthers(t.endsOthers()); err != nil {
		return err
	}
	around := p.top()
	e := element{tag: t, at: at, span: none, unread: around.unread || t.isUnread(), disabled: around.disabled, nested: around.nested}
	if !around.unread {
		if err := p.find(&e, a); err != nil {
			return err
		}
		if err := p.limits.CheckValues(p.found()); err != nil {
			return err
		}
	}
	if t.isVoid() {
		return nil
	}
	if len(p.open) == maxOpen {
		return p.malformed(at, "elements are nested deeper than %d levels", maxOpen)
	}
	p.open = append(p.open, e)
	return nil
}

// found is how much was found that may become a field.
func (p *page) found() int {
	return len(p.forms) + len(p.controls) + len(p.options) + len(p.properties) + len(p.pairs)
}

func (p *page) endOthers(o ends) error {
	if len(o.elements) == 0 || p.top().unread {
		return nil
	}
	first := len(p.open)
	for i := first - 1; i >= 0 && !p.open[i].tag.is(o.within...); i-- {
		if p.open[i].tag.is(o.elements...) {
			first = i
		}
	}
	return p.closeAll(first)
}

// end closes the innermost element of a name. An end tag that closes nothing
// means nothing.
func (p *page) end(t tag) error {
	unread := p.top().unread
	for i := len(p.open) - 1; i >= 0 && p.open[i].unread == unread; i-- {
		if p.open[i].tag != t {
			continue
		}
		if err := p.closeAll(i + 1); err != nil {
			return err
		}
		p.close()
		return nil
	}
	return nil
}

// closeAll closes the open elements from an index on. Those that mean
// something have to be closed by their own end tags: which of the elements
// after them are theirs is guesswork otherwise.
func (p *page) closeAll(first int) error {
	for len(p.open) > first {
		if e := p.top(); e.means() && !e.tag.mayEndUnsaid() {
			return p.malformed(e.at, "the element %s is not closed before the one around it", e.tag)
		}
		p.close()
	}
	return nil
}

func (e element) means() bool {
	return e.span != none || !e.unread && e.tag.is(atom.Form, atom.Select, atom.Fieldset, atom.Dl)
}

func (p *page) close() {
	e := p.top()
	p.open = p.open[:len(p.open)-1]
	if e.span != none {
		p.spans[e.span].end = len(p.shown)
	}
	switch {
	case e.unread:
	case e.tag.is(atom.Form):
		p.form = none
	case e.tag.is(atom.Select):
		p.controls[p.choice].options.end = len(p.options)
		p.choice = none
	case e.tag.is(atom.Dl):
		p.lists--
	case e.tag.is(atom.Html):
		p.ended = true
	}
}

// newSpan begins the text of an element, which ends when that is closed.
func (p *page) newSpan(e *element) int {
	if e.span == none {
		e.span = len(p.spans)
		p.spans = append(p.spans, span{start: len(p.shown), end: len(p.shown)})
	}
	return e.span
}

// attributes are those of an element that this package looks at.
type attributes []struct{ name, value string }

func attributesOf(z *nethtml.Tokenizer, more bool) (a attributes) {
	for more {
		var name, value []byte
		name, value, more = z.TagAttr()
		switch string(name) {
		case "name", "value", "type", "checked", "selected", "disabled", "multiple", "size", "form", "id",
			"itemprop", "itemscope", "content", "datetime", "href", "src", "data":
			a = append(a, struct{ name, value string }{string(name), string(value)})
		}
	}
	return a
}

// get is the value of an attribute, and whether there is one.
func (a attributes) get(name string) (string, bool) {
	for _, b := range a {
		if b.name == name {
			return b.value, true
		}
	}
	return "", false
}

func (a attributes) has(name string) bool {
	_, ok := a.get(name)
	return ok
}
