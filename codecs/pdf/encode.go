package pdf

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/parley-gateway/parley/codecs"
)

var (
	_ codecs.PageEncoder = (*Codec)(nil)
	_ codecs.ListEncoder = (*Codec)(nil)
)

// EncodesPage marks a format for people.
func (*Codec) EncodesPage() {}

// Encode writes a page, or as many as it takes. With a form, its fields are
// those of the form, and the record is text on the page. Without, each value
// of the record, as codecs.Flatten has it, is a field that can be read and not
// be changed. Names that a field cannot have, with an empty part, are refused.
func (c *Codec) Encode(dst []byte, doc codecs.Document) ([]byte, error) {
	record, form := codecs.Flatten(doc.Record), onPaper(doc.Page.Form)
	if err := c.check(record, form); err != nil {
		return nil, err
	}
	f := newFlow(newDocument(dst, titleOf(doc.Name, doc.Page), doc.Page))
	f.head(label(doc.Name), doc.Page.Text)
	f.record(record, form == nil, chosenOf(form))
	if form != nil {
		f.form(*form)
	}
	return f.finish(), nil
}

// onPaper leaves out a form that asks for a secret: a file is no place for one.
func onPaper(form *codecs.Form) *codecs.Form {
	isSecret := func(c codecs.Control) bool { return c.Secret }
	if form == nil || slices.ContainsFunc(form.Controls, isSecret) {
		return nil
	}
	return form
}

func titleOf(name string, p codecs.Page) string { return cmp.Or(p.Title, label(name), "Parley") }

// chosenOf is the name of the field that a form lets people choose.
func chosenOf(form *codecs.Form) string {
	if form == nil {
		return ""
	}
	for _, c := range form.Controls {
		if len(c.Options) > 0 {
			return c.Name
		}
	}
	return ""
}

// check looks for what PDF cannot hold. The names of a record that is text on
// the page are not those of fields.
func (c *Codec) check(record codecs.Record, form *codecs.Form) error {
	if form == nil {
		return c.checkFields(record)
	}
	for _, control := range form.Controls {
		if err := c.checkName(control.Name); err != nil {
			return err
		}
	}
	if err := c.checkValues(record); err != nil {
		return err
	}
	return c.checkFields(codecs.Flatten(form.Hidden))
}

func (c *Codec) checkFields(r codecs.Record) error {
	for _, f := range r {
		if err := c.checkName(f.Name); err != nil {
			return err
		}
	}
	return c.checkValues(r)
}

// checkName refuses what cannot be the fully qualified name of a field (ISO
// 32000-1 section 12.7.3.2).
func (c *Codec) checkName(name string) error {
	for part := range strings.SplitSeq(name, ".") {
		if part == "" {
			return codecs.CannotHold(c, fmt.Sprintf("the name %q", name))
		}
	}
	return nil
}

func (c *Codec) checkValues(r codecs.Record) error {
	for _, f := range r {
		if f.Value.Kind() == codecs.Unfit {
			return codecs.CannotHold(c, f.Value.Text())
		}
	}
	return nil
}
