package html

import (
	"strconv"
	"strings"

	"golang.org/x/net/html/atom"
)

// form is a form element.
type form struct {
	id string
	at int // where it begins in the text
}

// control is an element that a form may send, whether it would or not.
type control struct {
	name    string
	form    int    // the form around it, an index, or none
	owner   string // the id of its form, where owned
	owned   bool   // it names its form by the id, and belongs to no other
	sent    bool   // it is a field of the form
	value   string // of an input
	text    int    // the index of a textarea's text, or none
	options span   // of a select element, indexes
	choose  choosing
}

// choosing is how the options of a select element become values.
type choosing uint8

const (
	notAtAll choosing = iota
	oneOrFirst
	oneOrNone
	several
)

type option struct {
	selected, disabled bool
	value              string
	valued             bool // it has a value; else its text is
	text               int  // the index of its text
}

// property is an element with itemprop.
type property struct {
	names  string // one or more, white space between
	value  string
	valued bool // it has a value; else its text is
	text   int  // the index of its text
	item   bool // it is an item with properties of its own
}

// pair is a dt or a dd.
type pair struct {
	name   bool // it is a dt
	at     int  // where it begins in the text
	text   int  // the index of its text
	nested bool // it holds a dl
}

// find takes what an element means, and notes in e what that does to the
// elements inside.
func (p *page) find(e *element, a attributes) error {
	if err := p.findControl(e, a); err != nil {
		return err
	}
	p.findPair(e)
	p.findProperty(e, a)
	return nil
}

func (p *page) findControl(e *element, a attributes) error {
	switch e.tag.atom {
	case atom.Form:
		return p.findForm(e, a)
	case atom.Fieldset:
		e.disabled = e.disabled || a.has("disabled")
	case atom.Optgroup:
		e.disabled = e.disabled || a.has("disabled")
	case atom.Legend:
		p.findLegend(e)
	case atom.Option:
		p.findOption(e, a)
	case atom.Input, atom.Textarea, atom.Select:
		if p.choice != none {
			return p.malformed(e.at, "the element %s stands inside a select element", e.tag)
		}
		p.addControl(e, a)
	case atom.Button:
		p.addControl(e, a)
	case atom.Br:
		p.shown = append(p.shown, '\n')
	}
	return nil
}

func (p *page) findForm(e *element, a attributes) error {
	if p.form != none {
		return p.malformed(e.at, "a form begins inside a form")
	}
	id, _ := a.get("id")
	p.form = len(p.forms)
	p.forms = append(p.forms, form{id, e.at})
	return nil
}

// findLegend leaves the controls in the first legend of a fieldset that is
// disabled as they are outside (HTML section 4.10.18.5).
func (p *page) findLegend(e *element) {
	last := len(p.open) - 1
	if last < 0 || !p.open[last].tag.is(atom.Fieldset) {
		return
	}
	p.open[last].legends++
	if p.open[last].legends == 1 {
		e.disabled = last > 0 && p.open[last-1].disabled
	}
}

func (p *page) addControl(e *element, a attributes) {
	c := control{form: p.form, text: none}
	c.name, _ = a.get("name")
	c.owner, c.owned = a.get("form")
	c.sent = c.name != "" && !e.disabled && !a.has("disabled")
	switch e.tag.atom {
	case atom.Input:
		c.addInput(a)
	case atom.Textarea:
		c.text = p.newSpan(e)
	case atom.Select:
		c.choose = choosingOf(a)
		c.options.start = len(p.options)
		p.choice = len(p.controls)
	case atom.Button:
		c.sent = false
	}
	p.controls = append(p.controls, c)
}

// addInput takes the value of an input element (HTML section 4.10.21.4). What
// was chosen for a button, an image or a file is no field.
func (c *control) addInput(a attributes) {
	c.value, _ = a.get("value")
	kind, _ := a.get("type")
	switch strings.ToLower(kind) {
	case "submit", "button", "reset", "image", "file":
		c.sent = false
	case "checkbox", "radio":
		c.sent = c.sent && a.has("checked")
		if !a.has("value") {
			c.value = "on"
		}
	}
}

// choosingOf: the first option of a select element that shows one line is
// chosen where none is.
func choosingOf(a attributes) choosing {
	if a.has("multiple") {
		return several
	}
	size, _ := a.get("size")
	if lines, err := strconv.Atoi(strings.Trim(size, whiteSpace)); err == nil && lines > 1 {
		return oneOrNone
	}
	return oneOrFirst
}

func (p *page) findOption(e *element, a attributes) {
	if p.choice == none {
		return
	}
	o := option{selected: a.has("selected"), disabled: e.disabled || a.has("disabled"), text: p.newSpan(e)}
	o.value, o.valued = a.get("value")
	p.options = append(p.options, o)
}

// findPair takes the names and values of a dl, of one inside another only
// that it is there.
func (p *page) findPair(e *element) {
	switch {
	case e.tag.is(atom.Dl):
		if p.lists > 0 && len(p.pairs) > 0 {
			p.pairs[len(p.pairs)-1].nested = true
		}
		p.lists++
	case e.tag.is(atom.Dt, atom.Dd) && p.lists == 1:
		p.pairs = append(p.pairs, pair{name: e.tag.is(atom.Dt), at: e.at, text: p.newSpan(e)})
	}
}

func (p *page) findProperty(e *element, a attributes) {
	names, ok := a.get("itemprop")
	if !ok || e.nested {
		return
	}
	q := property{names: names, item: a.has("itemscope")}
	q.value, q.valued = valueOf(e.tag, a)
	if !q.valued {
		q.text = p.newSpan(e)
	}
	e.nested = q.item
	p.properties = append(p.properties, q)
}

// valueOf finds the attribute that is a property's value (HTML section
// 5.2.4). Without a value it is the text.
func valueOf(t tag, a attributes) (value string, ok bool) {
	switch t.atom {
	case atom.Meta:
		value, _ = a.get("content")
	case atom.Audio, atom.Embed, atom.Iframe, atom.Img, atom.Source, atom.Track, atom.Video:
		value, _ = a.get("src")
	case atom.A, atom.Area, atom.Link:
		value, _ = a.get("href")
	case atom.Object:
		value, _ = a.get("data")
	case atom.Data, atom.Meter:
		value, _ = a.get("value")
	case atom.Time:
		return a.get("datetime")
	default:
		return "", false
	}
	return value, true
}
