package records

import (
	"encoding/base64"

	"github.com/parley-gateway/parley/codecs"
)

// The fields of a body that is tried. What holds it stands in one of the first three.
const (
	FieldBody        = "body"
	FieldBodyBase64  = "body_base64"
	FieldFile        = "file"
	FieldContentType = "content_type"
	FieldAccept      = "accept"
)

// Trial is a request that is tried and not carried out.
type Trial struct {
	Body        []byte
	ContentType string // as the header would say it; empty for none
	Accept      string
}

// BindTrial reads a record as a request to be tried. All faults come back at
// once, as parley.CodeInvalid.
func BindTrial(d codecs.Decoded) (Trial, error) {
	b := newBinder(d, FieldBody, FieldBodyBase64, FieldFile, FieldContentType, FieldAccept)
	contentType, _ := b.word(FieldContentType)
	accept, _ := b.word(FieldAccept)
	trial := Trial{Body: b.triedBody(), ContentType: contentType, Accept: accept}
	return trial, b.err()
}

// triedBody is the one body of those that are not empty: a browser sends every
// field of a form, and a file that was not chosen.
func (b *binder) triedBody() (body []byte) {
	given := false
	for _, name := range []string{FieldBody, FieldBodyBase64, FieldFile} {
		sent := b.bytes(name)
		if name == FieldBodyBase64 {
			sent = b.fromBase64(name, sent)
		}
		if len(sent) > 0 && len(body) > 0 {
			b.fault(name, FaultInvalid, "There is another body beside this one.")
			continue
		}
		given = given || b.slot(name).given
		body = append(body, sent...)
	}
	if !given {
		b.fault(FieldBody, FaultRequired, "The field is missing.")
	}
	return body
}

// bytes reads a known field that holds any bytes, or text for its UTF-8.
func (b *binder) bytes(name string) []byte {
	if s := b.slot(name); s.given && s.value.Kind() == codecs.Bytes {
		return []byte(s.value.Text())
	}
	text, _ := b.text(name)
	return []byte(text)
}

func (b *binder) fromBase64(name string, text []byte) []byte {
	body, err := base64.StdEncoding.AppendDecode(nil, text)
	if err != nil {
		b.fault(name, FaultInvalid, "This is no base64 by RFC 4648 section 4.")
	}
	return body
}
