package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
)

// decode reads the body into a Record, once, and learns the language of the
// request from what it found.
func (x *exchange) decode() error {
	if x.decoded == nil && x.refused == nil {
		x.refused = x.readRecord()
	}
	return x.refused
}

func (x *exchange) readRecord() error {
	r := x.c.Request
	if r.Body == nil || r.Body == http.NoBody {
		return parley.NewError(parley.CodeMalformed, "The body is empty.")
	}
	contentType := x.c.GetHeader("Content-Type")
	if contentType == "" {
		return x.refuseBody(&parley.Error{
			Code:      parley.CodeUnsupportedMediaType,
			Detail:    "The body has no Content-Type.",
			Supported: x.Formats.Readable(),
		})
	}
	codec, mediaType, err := x.Formats.ByContentType(contentType)
	if err != nil {
		return x.refuseBody(err)
	}
	body, err := readBody(r, x.MaxBody)
	if err != nil {
		return x.refuseBody(err)
	}
	d, err := codecs.DecodeAs(codec, codecs.Input{Body: body, Type: mediaType, Limits: x.Limits})
	if err != nil {
		return x.refuseBody(err)
	}
	x.decoded, x.language = &d, d.Spoken()
	return nil
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
