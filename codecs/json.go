package codecs

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/ugorji/go/codec"
)

// JSON is the format of RFC 8259. A record is an object. It is read as
// strictly as the RFC writes it, and where the RFC leaves a choice, by I-JSON
// (RFC 7493): no surrogate may stand alone. A member that comes twice is
// handed over twice.
type JSON struct{}

var (
	_ Codec          = JSON{}
	_ ListStreamer   = JSON{}
	_ ListDecoder    = JSON{}
	_ ProblemEncoder = JSON{}
	_ Suffixer       = JSON{}
	_ Sniffer        = JSON{}
)

// NewJSON makes the codec.
func NewJSON() JSON { return JSON{} }

func (JSON) Name() string             { return "json" }
func (JSON) MediaTypes() []string     { return []string{"application/json", "text/json"} }
func (JSON) ProblemMediaType() string { return "application/problem+json" }
func (JSON) Suffix() string           { return "+json" }
func (JSON) Signatures() []string     { return []string{"{"} }

// Sniff recognises an object, after a byte order mark where there is one.
func (JSON) Sniff(body []byte) bool {
	return bytes.HasPrefix(bytes.TrimPrefix(body, bomUTF8), []byte("{"))
}

// Decode reads an object.
func (JSON) Decode(in Input) (Record, error) {
	text, err := DecodeText(in, "")
	if err != nil {
		return nil, err
	}
	return decodeJSONObject(text, in.Limits)
}

// decodeJSONObject reads a text of valid UTF-8 that holds an object.
func decodeJSONObject(text []byte, limits Limits) (Record, error) {
	v, err := decodeJSONText(text, limits)
	if err != nil {
		return nil, err
	}
	return fieldsOf(v)
}

func fieldsOf(v Value) (Record, error) {
	if v.kind != Map {
		return nil, NoFields(v.kind.String())
	}
	return v.members, nil
}

// decodeJSON reads a text that holds any value.
func decodeJSON(in Input) (Value, error) {
	text, err := DecodeText(in, "")
	if err != nil {
		return Value{}, err
	}
	return decodeJSONText(text, in.Limits)
}

func decodeJSONText(text []byte, limits Limits) (Value, error) {
	if err := checkJSON(text); err != nil {
		return Value{}, err
	}
	if err := limits.CheckValues(countJSON(text)); err != nil {
		return Value{}, err
	}
	return jsonUnpacker.unpack(bytes.TrimSpace(text), limits)
}

// checkJSON makes sure that a text, which is valid UTF-8, is well-formed.
func checkJSON(text []byte) error {
	if !json.Valid(text) {
		return jsonError(text)
	}
	if at := loneSurrogate(text); at >= 0 {
		return MalformedText(text, at, "the surrogate %s stands alone", text[at:at+6])
	}
	return nil
}

// countJSON counts the values and the names in a well-formed text.
func countJSON(text []byte) (count int) {
	quoted, bare := false, false // inside a string; inside a number or a word
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '\\':
			i++
		case '"':
			if quoted = !quoted; quoted {
				count++
			}
		case '[', '{', ']', '}', ',', ':', ' ', '\t', '\r', '\n':
			bare = false
			if !quoted && (c == '[' || c == '{') {
				count++
			}
		default:
			if !quoted && !bare {
				count++
			}
			bare = !quoted
		}
	}
	return count
}

// jsonError finds what makes a text malformed.
func jsonError(text []byte) error {
	err := json.Unmarshal(text, new(json.RawMessage))
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return Malformed("%v", err)
	}
	// The offset counts what was read, the byte that is wrong included.
	return MalformedText(text, int(syntax.Offset)-1, "%v", syntax)
}

// loneSurrogate finds the first escape in well-formed JSON for one half of a
// surrogate pair without its other half, or -1.
func loneSurrogate(text []byte) int {
	for at := 0; ; {
		next := bytes.IndexByte(text[at:], '\\')
		if next < 0 {
			return -1
		}
		at += next
		switch r := escapedRune(text[at:]); {
		case r < 0:
			at += len(`\n`)
		case !utf16.IsSurrogate(r):
			at += len(`\u0000`)
		case utf16.DecodeRune(r, escapedRune(text[at+len(`\u0000`):])) == utf8.RuneError:
			return at
		default:
			at += len(`\ud83d\ude00`)
		}
	}
}

// escapedRune is the code unit of UTF-16 whose escape text begins with, or -1.
func escapedRune(text []byte) rune {
	if !bytes.HasPrefix(text, []byte(`\u`)) {
		return -1
	}
	unit, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(unit)
}

var jsonUnpacker = func() *unpacker {
	h := new(codec.JsonHandle)
	h.ZeroCopy = true
	u := newUnpacker(h, jsonKind, jsonNumber)
	u.plain = jsonPlain
	return u
}()

// jsonPlain spares strings without an escape, which most are, the decoder.
func jsonPlain(piece []byte) ([]byte, bool) {
	content := piece[1 : len(piece)-1]
	return content, bytes.IndexByte(content, '\\') < 0
}

func jsonKind(piece []byte) Kind {
	if len(piece) == 0 {
		return Null
	}
	switch piece[0] {
	case 'n':
		return Null
	case '"':
		return Text
	case 't', 'f':
		return Boolean
	case '[':
		return List
	case '{':
		return Map
	}
	return Number
}

func jsonNumber(_ *level, piece []byte) (Value, error) {
	return NumberValue(string(piece)), nil
}

// Encode writes an object without white space, its members in the order of
// the fields. A Time is a string by RFC 3339, Bytes one in base64 (RFC 4648
// section 4); NaN and the infinities, which JSON has not, are null.
func (j JSON) Encode(dst []byte, doc Document) ([]byte, error) {
	return j.encodeLine(dst, doc.Record)
}

// EncodeList writes an object that holds the records in an array.
func (j JSON) EncodeList(dst []byte, list Listing) ([]byte, error) {
	return j.encodeLine(dst, list.Record())
}

// AppendValue appends one value as Encode writes it in an object.
func (j JSON) AppendValue(dst []byte, v Value) ([]byte, error) { return appendJSONValue(dst, j, v) }

// encodeLine ends the object with a line feed, so that a terminal shows what
// comes after it on a line of its own.
func (j JSON) encodeLine(dst []byte, r Record) ([]byte, error) {
	dst, err := appendJSONRecord(dst, j, r)
	if err != nil {
		return nil, err
	}
	return append(dst, '\n'), nil
}

// appendJSONRecord appends an object on behalf of a format.
func appendJSONRecord(dst []byte, f Format, r Record) ([]byte, error) {
	dst = append(dst, '{')
	for i, field := range r {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(AppendJSONString(dst, field.Name), ':')
		var err error
		if dst, err = appendJSONValue(dst, f, field.Value); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

func appendJSONValue(dst []byte, f Format, v Value) ([]byte, error) {
	switch v.kind {
	case Null:
		return append(dst, "null"...), nil
	case Text:
		return AppendJSONString(dst, v.text), nil
	case Number:
		return appendJSONNumber(dst, v.text), nil
	case Boolean:
		return v.AppendScalar(dst), nil
	case Bytes, Time:
		return append(v.AppendScalar(append(dst, '"')), '"'), nil
	case List:
		return appendJSONList(dst, f, v.members)
	case Map:
		return appendJSONRecord(dst, f, v.members)
	}
	return nil, CannotHold(f, v.text)
}

func appendJSONNumber(dst []byte, literal string) []byte {
	switch literal {
	case "NaN", "Infinity", "-Infinity":
		return append(dst, "null"...)
	}
	return append(dst, literal...)
}

func appendJSONList(dst []byte, f Format, members Record) ([]byte, error) {
	dst = append(dst, '[')
	for i, m := range members {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = appendJSONValue(dst, f, m.Value); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}

// AppendJSONString appends a string with its quotation marks, and escapes
// what RFC 8259 section 7 wants escaped and nothing else. s is valid UTF-8.
func AppendJSONString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	done := 0
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' {
			dst = appendJSONEscape(append(dst, s[done:i]...), c)
			done = i + 1
		}
	}
	return append(append(dst, s[done:]...), '"')
}

func appendJSONEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	const hex = "0123456789abcdef"
	return append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}
