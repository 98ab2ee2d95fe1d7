package html

import (
	"slices"
	"strings"

	"github.com/parley-gateway/parley/codecs"
)

// Decode reads the fields of the form that holds the anchor, as a browser
// would send them but for files and buttons. A page without such a form is
// read by its microdata, properties of nested items being Unfit, and one
// without those by its dl elements. White space is kept, but in the names of
// a dl and in options without a value.
func (c Codec) Decode(in codecs.Input) (codecs.Record, error) {
	text, err := codecs.DecodeText(in, metaCharset(in.Body))
	if err != nil {
		return nil, err
	}
	p, err := readPage(text, in.Limits)
	if err != nil {
		return nil, err
	}
	anchored, err := p.anchoredForm(c.anchor)
	r := reader{page: p, shown: string(p.shown), limits: in.Limits}
	switch {
	case err != nil:
		return nil, err
	case anchored != none:
		err = r.addForm(anchored)
	case len(p.properties) > 0:
		err = r.addProperties()
	case len(p.pairs) > 0:
		err = r.addPairs()
	default:
		return nil, codecs.NoFields("neither a form with " + c.anchor + ", nor microdata, nor a dl")
	}
	return r.record, err
}

// anchoredForm finds the only form that has a control with a name, or none.
// Buttons and what is disabled mark a form, too: a page that has such a form
// is not to be read by what it shows beside.
func (p *page) anchoredForm(anchor string) (int, error) {
	found := none
	byID := p.formsByID()
	for _, c := range p.controls {
		if c.name != anchor {
			continue
		}
		owner := c.ownerIn(byID)
		if found != none && owner != none && owner != found {
			return none, p.malformed(p.forms[max(owner, found)].at, "a second form has the control %s", anchor)
		}
		if owner != none {
			found = owner
		}
	}
	return found, nil
}

// formsByID finds forms as browsers do: the first of an id has it.
func (p *page) formsByID() map[string]int {
	byID := map[string]int{}
	for i, f := range p.forms {
		if _, taken := byID[f.id]; !taken && f.id != "" {
			byID[f.id] = i
		}
	}
	return byID
}

func (c control) ownerIn(byID map[string]int) int {
	if !c.owned {
		return c.form
	}
	if i, ok := byID[c.owner]; ok {
		return i
	}
	return none
}

// reader makes a record of what was found in a page.
type reader struct {
	*page
	shown  string
	limits codecs.Limits
	record codecs.Record
}

func (r *reader) add(name string, v codecs.Value) (err error) {
	r.record, err = r.limits.Append(r.record, codecs.Field{Name: name, Value: v})
	return err
}

// addText copies the text, which is not to keep a whole page in memory.
func (r *reader) addText(name, text string) error {
	return r.add(name, codecs.TextValue(strings.Clone(text)))
}

func (r *reader) textOf(i int) string { return r.shown[r.spans[i].start:r.spans[i].end] }

func (r *reader) addForm(form int) error {
	byID := r.formsByID()
	for _, c := range r.controls {
		if !c.sent || c.ownerIn(byID) != form {
			continue
		}
		for _, value := range r.valuesOf(c) {
			if err := r.addText(c.name, value); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *reader) valuesOf(c control) []string {
	switch {
	case c.text != none:
		// The line break after the start tag belongs to the source (HTML
		// section 13.2.6.4.7).
		return []string{strings.TrimPrefix(r.textOf(c.text), "\n")}
	case c.choose != notAtAll:
		return r.chosen(r.options[c.options.start:c.options.end], c.choose)
	}
	return []string{c.value}
}

// chosen are the values of the options that are selected (HTML section
// 4.10.7).
func (r *reader) chosen(options []option, choose choosing) (values []string) {
	if choose != several {
		options = one(options, choose)
	}
	for _, o := range options {
		if o.selected && !o.disabled {
			values = append(values, r.valueOf(o))
		}
	}
	return values
}

// one leaves the option that counts where no more than one can be selected:
// the last that is, else the first that could be.
func one(options []option, choose choosing) []option {
	for _, o := range slices.Backward(options) {
		if o.selected {
			return []option{o}
		}
	}
	for _, o := range options {
		if choose == oneOrFirst && !o.disabled {
			o.selected = true
			return []option{o}
		}
	}
	return nil
}

func (r *reader) valueOf(o option) string {
	if o.valued {
		return o.value
	}
	return collapse(r.textOf(o.text))
}

// collapse strips white space at both ends and makes it one space elsewhere.
func collapse(s string) string { return strings.Join(words(s), " ") }

func words(s string) []string {
	return strings.FieldsFunc(s, func(c rune) bool { return strings.ContainsRune(whiteSpace, c) })
}

func (r *reader) addProperties() error {
	for _, q := range r.properties {
		for _, name := range words(q.names) {
			if err := r.addProperty(name, q); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *reader) addProperty(name string, q property) error {
	switch {
	case q.item:
		return r.add(name, codecs.UnfitValue("wrong-type", "an item with properties of its own"))
	case q.valued:
		return r.addText(name, q.value)
	}
	return r.addText(name, r.textOf(q.text))
}

// addPairs gives each value to all names before it.
func (r *reader) addPairs() error {
	var names []string
	valued := false // there was a value after the names
	for _, q := range r.pairs {
		switch {
		case q.name && valued:
			names, valued = []string{collapse(r.textOf(q.text))}, false
		case q.name:
			names = append(names, collapse(r.textOf(q.text)))
		case len(names) == 0:
			return r.malformed(q.at, "a dd stands before any dt")
		default:
			valued = true
			if err := r.addPair(names, q); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *reader) addPair(names []string, q pair) error {
	v := codecs.UnfitValue("wrong-type", "a dl inside a dd")
	if !q.nested {
		v = codecs.TextValue(strings.Clone(r.textOf(q.text)))
	}
	for _, name := range names {
		if err := r.add(name, v); err != nil {
			return err
		}
	}
	return nil
}
