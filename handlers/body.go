package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
)

// declared is the format that a Content-Type field names: a codec, or why there
// is none.
type declared struct {
	codec     codecs.Codec
	mediaType codecs.MediaType
	err       error
}

func (a *api) findDeclared(contentType string) (d declared) {
	if contentType == "" {
		return declared{err: a.noContentType}
	}
	d.codec, d.mediaType, d.err = a.Formats.ByContentType(contentType)
	return d
}

// decode reads the body into a Record, once, and learns the language of the
// request from what it found.
func (x *exchange) decode() error {
	if x.decoded.Codec == nil && x.refused == nil {
		x.refused = x.readRecord()
	}
	return x.refused
}

func (x *exchange) readRecord() error {
	r := x.c.Request
	if r.Body == nil || r.Body == http.NoBody {
		return errNoBody
	}
	if x.declared.err != nil {
		return x.refuseBody(x.declared.err)
	}
	buffer := takeBuffer()
	defer buffer.free()
	var err error
	buffer.bytes, err = readBody(buffer.bytes, r, x.bodyLimits())
	x.restartWork()
	if err != nil {
		return x.refuseBody(err)
	}
	if err := x.enter(); err != nil {
		return err
	}
	d, err := decodeBody(x.declared, buffer.bytes, x.fieldLimits())
	if err != nil {
		return x.refuseBody(err)
	}
	x.decoded, x.language = d, d.Spoken()
	return nil
}

var errNoBody = parley.NewError(parley.CodeMalformed, "The body is empty.")

// decodeBody reads a body that has come whole.
func decodeBody(d declared, body []byte, limits codecs.Limits) (codecs.Decoded, error) {
	switch {
	case len(body) == 0:
		return codecs.Decoded{}, errNoBody
	case d.err != nil:
		return codecs.Decoded{}, d.err
	}
	return codecs.DecodeAs(d.codec, codecs.Input{Body: body, Type: d.mediaType, Limits: limits})
}

// refuseBody tells a caller why a body was not read, and what could be.
func (x *exchange) refuseBody(err error) error {
	refusal := asRefusal(err)
	switch refusal.Code {
	case parley.CodeUnsupportedMediaType:
		readable := strings.Join(x.Formats.Readable(), ", ")
		x.header("Accept", readable)
		x.header("Accept-Patch", readable)
	case parley.CodeUnsupportedEncoding:
		x.header("Accept-Encoding", acceptEncoding)
	}
	return refusal
}

// codecCodes says which failure of a codec is which failure of a request.
var codecCodes = map[codecs.ErrorKind]parley.Code{
	codecs.SyntaxError:    parley.CodeMalformed,
	codecs.NotFields:      parley.CodeNotFields,
	codecs.UnknownType:    parley.CodeUnsupportedMediaType,
	codecs.UnknownCharset: parley.CodeUnsupportedMediaType,
	codecs.BadMediaType:   parley.CodeInvalidHeader,
	codecs.Unencodable:    parley.CodeInternal,
}

// asRefusal turns a failure of a codec into one of the request. Its detail is
// a sentence with the place.
func asRefusal(err error) *parley.Error {
	var e *codecs.Error
	if !errors.As(err, &e) {
		return parley.AsError(err)
	}
	refusal := &parley.Error{Code: codecCodes[e.Kind], Detail: sentence(e), Supported: e.Supported}
	if refusal.Code == parley.CodeInternal {
		refusal.Detail, refusal.Cause = "", err
	}
	return refusal
}

func sentence(e *codecs.Error) string {
	detail := strings.ToUpper(e.Detail[:1]) + e.Detail[1:]
	switch {
	case e.Line > 0:
		return fmt.Sprintf("%s, at line %d, column %d.", detail, e.Line, e.Column)
	case e.Offset >= 0:
		return fmt.Sprintf("%s, at offset %d.", detail, e.Offset)
	}
	return detail + "."
}
