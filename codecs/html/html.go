// Package html reads pages that were saved and writes pages for people. It is
// a package of its own because it brings a tokenizer and a template with it.
package html

import (
	"bytes"

	"github.com/parley-gateway/parley/codecs"
)

// Codec is the format of the HTML standard. A page is written so that it is
// well-formed XML too, and every page is read by the rules of HTML.
//
// It is read token by token, without the tree that a browser builds: a tree
// repairs what is broken, at a price that is not linear. Where the repair
// could decide what a field holds, the page is refused instead.
type Codec struct{ anchor string }

var (
	_ codecs.Steerer        = Codec{}
	_ codecs.Padder         = Codec{}
	_ codecs.Sniffer        = Codec{}
	_ codecs.BrowsedEncoder = Codec{}
	_ codecs.ListEncoder    = Codec{}
)

// New makes the codec. anchor is the name of the control that marks the form
// to be read, of all the forms that a page may have.
func New(anchor string) Codec { return Codec{anchor} }

func (Codec) Name() string         { return "html" }
func (Codec) MediaTypes() []string { return []string{"text/html", "application/xhtml+xml"} }
func (Codec) Steering() []string   { return codecs.FormSteering() }
func (Codec) Padded()              {}
func (Codec) EncodesPage()         {}
func (Codec) IsBrowsed()           {}

// Signatures are looked for without regard to case.
func (Codec) Signatures() []string { return []string{"<!doctype html", "<html"} }

// Sniff recognises a page after a byte order mark and white space.
func (c Codec) Sniff(body []byte) bool {
	body = bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\ufeff")), whiteSpace)
	for _, s := range c.Signatures() {
		if len(body) >= len(s) && bytes.EqualFold(body[:len(s)], []byte(s)) {
			return true
		}
	}
	return false
}

// whiteSpace is that of HTML (WHATWG Infra, ASCII whitespace).
const whiteSpace = " \t\n\f\r"
