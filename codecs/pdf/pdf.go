// Package pdf is application/pdf, read and written: a page that people look
// at, with a form (an AcroForm, ISO 32000-1 section 12.7) that they fill in
// with whatever reader they have, and send back.
package pdf

import (
	"bytes"

	"github.com/parley-gateway/parley/codecs"
)

// signature is how every file begins (ISO 32000-1 section 7.5.2).
const signature = "%PDF-"

// Codec is application/pdf.
type Codec struct{}

var (
	_ codecs.Codec   = (*Codec)(nil)
	_ codecs.Sniffer = (*Codec)(nil)
	_ codecs.Steerer = (*Codec)(nil)
)

// New makes the codec.
func New() *Codec { return &Codec{} }

func (*Codec) Name() string         { return "pdf" }
func (*Codec) MediaTypes() []string { return []string{"application/pdf"} }
func (*Codec) Steering() []string   { return codecs.FormSteering() }
func (*Codec) Signatures() []string { return []string{signature} }

// Sniff tells a PDF by its first line.
func (*Codec) Sniff(body []byte) bool { return bytes.HasPrefix(body, []byte(signature)) }
