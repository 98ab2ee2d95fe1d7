package codecs

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"errors"
	"iter"
)

// The fields by which a form steers its request, for lack of a method and of
// header fields of its own. They are no part of what it says.
const (
	MethodField         = "_method"
	CharsetField        = "_charset_" // the HTML standard, section 4.10.5.1.1
	IfMatchField        = "_if_match"
	IdempotencyKeyField = "_idempotency_key"
)

var steeringFields = []string{MethodField, CharsetField, IfMatchField, IdempotencyKeyField}

// FormSteering are the names of the fields that steer, for every format that
// people fill in. The slice is shared, and not to be altered.
func FormSteering() []string { return steeringFields }

// URLEncoded is the format application/x-www-form-urlencoded of the WHATWG URL
// Standard, section 5. Everything in it is text.
type URLEncoded struct{}

var (
	_ Encoder   = URLEncoded{}
	_ Steerer   = URLEncoded{}
	_ NamedOnly = URLEncoded{}
)

// NewForm makes the codec.
func NewForm() URLEncoded { return URLEncoded{} }

func (URLEncoded) Name() string         { return "form" }
func (URLEncoded) MediaTypes() []string { return []string{"application/x-www-form-urlencoded"} }
func (URLEncoded) Steering() []string   { return FormSteering() }
func (URLEncoded) NamedOnly()           {}

// Decode reads pairs as the Standard's parser does, but for a malformed
// percent-encoding, which is refused instead of kept. Bytes, percent-encoded
// or not, are in UTF-8 after a byte order mark, else in the encoding that the
// field _charset_ names, else in that of the charset parameter, else in
// UTF-8.
func (URLEncoded) Decode(in Input) (Record, error) {
	body, marked := bytes.CutPrefix(in.Body, bomUTF8)
	if len(body) == 0 {
		return nil, Malformed("the body is empty")
	}
	r := formReader{body: body}
	if !marked {
		r.charset = cmp.Or(r.ownCharset(), in.Type.Param("charset"))
	}
	return r.record(in.Limits)
}

// formReader reads the pairs of a form.
type formReader struct {
	body    []byte
	charset string
	scratch []byte
}

func (r *formReader) record(limits Limits) (Record, error) {
	var record Record
	for at, pair := range r.pairs() {
		field, err := r.field(at, pair)
		if err != nil {
			return nil, err
		}
		if record, err = limits.Append(record, field); err != nil {
			return nil, err
		}
	}
	if record == nil {
		return nil, NoFields("nothing")
	}
	return record, nil
}

// pairs are what stands between ampersands, and where it begins. Empty ones
// are skipped.
func (r *formReader) pairs() iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		for at := 0; at < len(r.body); {
			pair, _, _ := bytes.Cut(r.body[at:], []byte{'&'})
			if len(pair) > 0 && !yield(at, pair) {
				return
			}
			at += len(pair) + 1
		}
	}
}

// ownCharset is the value of the first field _charset_, or "". Both are
// ASCII, so they can be read before the encoding is known.
func (r *formReader) ownCharset() string {
	for _, pair := range r.pairs() {
		name, value, _ := bytes.Cut(pair, []byte{'='})
		if plain, _ := r.unescape(name); string(plain) == CharsetField {
			plain, _ = r.unescape(value)
			return string(plain)
		}
	}
	return ""
}

func (r *formReader) field(at int, pair []byte) (Field, error) {
	rawName, rawValue, _ := bytes.Cut(pair, []byte{'='})
	name, err := r.text(at, rawName)
	if err != nil {
		return Field{}, err
	}
	value, err := r.text(at+len(rawName)+1, rawValue)
	return Field{Name: name, Value: TextValue(value)}, err
}

// text decodes a name or a value that begins at an offset.
func (r *formReader) text(at int, raw []byte) (string, error) {
	plain, bad := r.unescape(raw)
	if bad >= 0 {
		return "", MalformedText(r.body, at+bad, "a percent sign is not followed by two hexadecimal digits")
	}
	return decodePiece(r.body, at, plain, r.charset)
}

// unescape undoes the percent-encoding. It returns where in raw that is
// malformed, or -1. Its result is valid until the next call.
func (r *formReader) unescape(raw []byte) (plain []byte, bad int) {
	plain = r.scratch[:0]
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; c {
		case '+':
			plain = append(plain, ' ')
		case '%':
			longer, err := hex.AppendDecode(plain, raw[i+1:min(i+3, len(raw))])
			if err != nil || len(longer) == len(plain) {
				return nil, i
			}
			plain = longer
			i += 2
		default:
			plain = append(plain, c)
		}
	}
	r.scratch = plain
	return plain, -1
}

// decodePiece decodes a piece of a body by its character encoding. Bytes that
// are not valid are told by where the piece begins: how far into it they
// stand is known only of what it was decoded to.
func decodePiece(body []byte, at int, piece []byte, charset string) (string, error) {
	text, err := DecodeCharset(piece, charset)
	var e *Error
	if errors.As(err, &e) && e.Kind == SyntaxError {
		return "", MalformedText(body, at, "in the text that begins here, %s", e.Detail)
	}
	return string(text), err
}

// Encode writes one pair per field, nested ones by their path, as the
// Standard's serializer does. A Null has an empty value.
func (f URLEncoded) Encode(dst []byte, doc Document) ([]byte, error) {
	var room [64]byte
	for i, field := range Flatten(doc.Record) {
		if field.Value.kind == Unfit {
			return nil, CannotHold(f, field.Value.text)
		}
		if i > 0 {
			dst = append(dst, '&')
		}
		dst = append(appendFormText(dst, field.Name), '=')
		dst = appendFormText(dst, field.Value.AppendScalar(room[:0]))
	}
	return dst, nil
}

// appendFormText percent-encodes all but what the Standard's
// application/x-www-form-urlencoded percent-encode set leaves alone.
func appendFormText[S string | []byte](dst []byte, s S) []byte {
	const digits = "0123456789ABCDEF"
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case isFormByte[c]:
			dst = append(dst, c)
		case c == ' ':
			dst = append(dst, '+')
		default:
			dst = append(dst, '%', digits[c>>4], digits[c&15])
		}
	}
	return dst
}

var isFormByte = func() (table [256]bool) {
	for _, c := range []byte("*-._0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
		table[c] = true
	}
	return table
}()
