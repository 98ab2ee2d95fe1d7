package codecs

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/transform"
)

var (
	bomUTF8    = []byte("\xef\xbb\xbf")
	bomUTF16BE = []byte("\xfe\xff")
	bomUTF16LE = []byte("\xff\xfe")
)

// DecodeText turns the body of a text format into valid UTF-8 without a byte
// order mark. The character encoding is told by a byte order mark, else by
// the charset parameter, else by declared, a name that the format found in
// the body itself and that may be empty; else it is UTF-8. Names are those of
// the WHATWG Encoding Standard. The result may share the memory of in.Body.
// Its failures are of kind UnknownCharset, and SyntaxError for bytes that are
// not valid in the encoding.
func DecodeText(in Input, declared string) ([]byte, error) {
	body := in.Body
	switch {
	case bytes.HasPrefix(body, bomUTF8):
		return validUTF8(body[len(bomUTF8):])
	case bytes.HasPrefix(body, bomUTF16BE):
		return decodeUTF16(body[2:], binary.BigEndian)
	case bytes.HasPrefix(body, bomUTF16LE):
		return decodeUTF16(body[2:], binary.LittleEndian)
	}
	name := in.Type.Param("charset")
	if name == "" {
		name = declared
	}
	return DecodeCharset(body, name)
}

// DecodeCharset turns bytes in a named character encoding into valid UTF-8.
// An empty name is UTF-8. Its failures are those of DecodeText.
func DecodeCharset(body []byte, name string) ([]byte, error) {
	if name == "" || isUTF8(name) {
		return validUTF8(body)
	}
	enc, err := htmlindex.Get(name)
	if err != nil {
		return nil, newError(UnknownCharset, "nobody knows the character encoding %q", name)
	}
	canonical, err := htmlindex.Name(enc)
	if err != nil || canonical == "replacement" {
		return nil, newError(UnknownCharset, "the character encoding %q is not safe to read", name)
	}
	switch canonical {
	case "utf-8":
		return validUTF8(body)
	case "utf-16be":
		return decodeUTF16(body, binary.BigEndian)
	case "utf-16le":
		return decodeUTF16(body, binary.LittleEndian)
	}
	return decodeLegacy(body, enc, canonical)
}

// isUTF8 knows the two spellings of UTF-8 that are in use.
func isUTF8(name string) bool {
	return strings.EqualFold(name, "utf-8") || strings.EqualFold(name, "utf8")
}

func validUTF8(body []byte) ([]byte, error) {
	if utf8.Valid(body) {
		return body, nil
	}
	offset := 0
	for {
		r, size := utf8.DecodeRune(body[offset:])
		if r == utf8.RuneError && size == 1 {
			return nil, MalformedText(body, offset, "the byte 0x%02x is not valid in UTF-8", body[offset])
		}
		offset += size
	}
}

func decodeUTF16(body []byte, order binary.ByteOrder) ([]byte, error) {
	text := make([]byte, 0, len(body))
	for i := 0; i < len(body); i += 2 {
		if i+1 == len(body) {
			return nil, MalformedText(text, len(text), "the last byte is half a code unit of UTF-16")
		}
		r := rune(order.Uint16(body[i:]))
		if utf16.IsSurrogate(r) {
			if i+3 < len(body) {
				r = utf16.DecodeRune(r, rune(order.Uint16(body[i+2:])))
			}
			if i += 2; utf16.IsSurrogate(r) || r == utf8.RuneError {
				return nil, MalformedText(text, len(text), "a surrogate of UTF-16 stands alone")
			}
		}
		text = utf8.AppendRune(text, r)
	}
	return text, nil
}

// decodeLegacy refuses what the decoder would replace: those of x/text put
// U+FFFD for bytes that are not valid, and few legacy encodings have that
// character themselves.
func decodeLegacy(body []byte, enc encoding.Encoding, name string) ([]byte, error) {
	const mostGrowth = 3 // bytes that one becomes
	text, _, err := transform.Append(enc.NewDecoder(), make([]byte, 0, mostGrowth*len(body)), body)
	if err != nil {
		return nil, Malformed("the body is not valid in %s", name)
	}
	if at := bytes.IndexRune(text, utf8.RuneError); at >= 0 {
		return nil, MalformedText(text, at, "a byte is not valid in %s", name)
	}
	return text, nil
}
