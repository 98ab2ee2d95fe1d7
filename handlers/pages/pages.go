// Package pages shows records and lists to people: it writes the html format
// with a layout, a style and a little script, and reads it as codecs/html does.
package pages

import (
	"cmp"
	"errors"
	"html/template"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/html"
)

// Codec is the html format with pages made of templates. A page is well-formed
// XML too, and holds the record as microdata.
type Codec struct{ html.Codec }

var (
	_ codecs.Steerer     = Codec{}
	_ codecs.Padder      = Codec{}
	_ codecs.Sniffer     = Codec{}
	_ codecs.PageEncoder = Codec{}
	_ codecs.ListEncoder = Codec{}
)

// New makes the codec. anchor is the name of the control that marks the form
// to be read.
func New(anchor string) Codec { return Codec{html.New(anchor)} }

// Encode writes a page by the template that is named after the document, or
// the one for any record.
func (Codec) Encode(dst []byte, doc codecs.Document) ([]byte, error) {
	v, err := viewOfRecord(doc)
	if err != nil {
		return nil, err
	}
	return execute(dst, cmp.Or(templates()[doc.Name], templates()["record"]), v)
}

// EncodeList writes a page by the template that is named after the list, or
// the one for any list. A template shows of each record what people look for,
// and links to the rest.
func (Codec) EncodeList(dst []byte, list codecs.Listing) ([]byte, error) {
	page := templates()[list.Name]
	if page == nil {
		v, err := viewOfTable(list)
		if err != nil {
			return nil, err
		}
		return execute(dst, templates()["list"], v)
	}
	v, err := viewOfList(list, asProperties)
	if err != nil {
		return nil, err
	}
	return execute(dst, page, v)
}

// execute panics where a template cannot be executed: that is a mistake of the
// program.
func execute(dst []byte, page *template.Template, v *view) ([]byte, error) {
	out := output{dst}
	if err := page.Execute(&out, v); err != nil {
		panic(errors.Join(errors.New("pages: a template failed"), err))
	}
	return out.dst, nil
}

// output appends what a template writes. It shows U+FFFD for the characters
// that XML 1.0 section 2.2 cannot have: what is stored must be shown.
type output struct{ dst []byte }

func (o *output) Write(p []byte) (int, error) {
	done := 0
	for i := 0; i < len(p); i++ {
		if size := sizeOfNoXML(p[i:]); size > 0 {
			o.dst = append(append(o.dst, p[done:i]...), "\ufffd"...)
			done = i + size
			i = done - 1
		}
	}
	o.dst = append(o.dst, p[done:]...)
	return len(p), nil
}

// sizeOfNoXML is how many bytes the character has that p begins with, or 0 for
// one that XML can have.
func sizeOfNoXML(p []byte) int {
	switch c := p[0]; {
	case c < ' ' && c != '\t' && c != '\n' && c != '\r':
		return 1
	case c == 0xef && len(p) > 2 && p[1] == 0xbf && p[2] >= 0xbe: // U+FFFE, U+FFFF
		return 3
	}
	return 0
}
