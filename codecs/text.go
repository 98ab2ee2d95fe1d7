package codecs

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// PlainText is the format text/plain in three layouts, told by the first
// line:
//
//   - one bare word, which is the value of one certain field;
//   - `name: value` lines. A line that begins with a space goes on with the
//     value before it. An empty line ends the fields, and all after it is the
//     value of the field for free text;
//   - `name=value` lines as browsers send them (the HTML standard, section
//     4.10.21.9). From the field for free text on, all the rest is its value,
//     so that no line of it can pass for a field.
//
// A name consists of letters, digits, `_`, `.` and `-`, and is directly
// followed by its colon or equals sign. Line breaks are CRLF, LF or CR, and a
// record holds them all as LF. One at the very end belongs to the layout.
type PlainText struct{ word, rest string }

var (
	_ Encoder     = PlainText{}
	_ ListEncoder = PlainText{}
	_ Steerer     = PlainText{}
	_ Padder      = PlainText{}
)

// NewText makes the codec. word is the name of the field that a bare word is
// the value of, rest the one of the field for free text.
func NewText(word, rest string) PlainText { return PlainText{word, rest} }

func (PlainText) Name() string         { return "text" }
func (PlainText) MediaTypes() []string { return []string{"text/plain"} }
func (PlainText) Steering() []string   { return FormSteering() }
func (PlainText) Padded()              {}

// Decode reads any of the three layouts.
func (t PlainText) Decode(in Input) (Record, error) {
	decoded, err := DecodeText(in, t.ownCharset(in.Body))
	if err != nil {
		return nil, err
	}
	if len(decoded) == 0 {
		return nil, Malformed("the body is empty")
	}
	text := strings.TrimSuffix(normaliseBreaks.Replace(string(decoded)), "\n")
	r := textReader{text: text, limits: in.Limits}
	switch separatorOf(text) {
	case ':':
		return r.colonFields(t.rest)
	case '=':
		return r.equalsFields(t.rest)
	}
	return r.bareWord(t.word)
}

// normaliseBreaks makes every line break LF.
var normaliseBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// ownCharset is the value of the first field _charset_ that a browser sent,
// or "". It is looked for in front of the free text only.
func (t PlainText) ownCharset(body []byte) string {
	for line := range bytes.Lines(body) {
		name, value, ok := bytes.Cut(line, []byte{'='})
		if !ok || string(name) == t.rest {
			return ""
		}
		if string(name) == CharsetField {
			return string(bytes.TrimRight(value, crlf))
		}
	}
	return ""
}

// separatorOf is what follows the name that a text begins with, or 0 where
// that is neither a colon nor an equals sign, or there is no name.
func separatorOf(text string) byte {
	end := nameEnd(text)
	if end == 0 || end == len(text) {
		return 0
	}
	if c := text[end]; c == ':' || c == '=' {
		return c
	}
	return 0
}

// nameEnd is how long the name is that s begins with.
func nameEnd(s string) int {
	for i, c := range s {
		if !isNameRune(c) {
			return i
		}
	}
	return len(s)
}

func isNameRune(c rune) bool {
	if c < utf8.RuneSelf {
		return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
			c == '_' || c == '.' || c == '-'
	}
	return unicode.IsLetter(c) || unicode.IsDigit(c)
}

// textReader reads a text in one of the layouts.
type textReader struct {
	text   string
	at     int // what is read next begins here
	record Record
	limits Limits
}

func (r *textReader) bareWord(name string) (Record, error) {
	word := strings.TrimSpace(r.text)
	if word == "" || strings.ContainsFunc(word, unicode.IsSpace) {
		return nil, r.malformed("the body is neither one word nor begins with `name: value` or `name=value`")
	}
	err := r.add(name, word)
	return r.record, err
}

func (r *textReader) colonFields(rest string) (Record, error) {
	for r.at < len(r.text) && r.text[r.at] != '\n' {
		name, err := r.name(':')
		if err != nil {
			return nil, err
		}
		value := strings.TrimPrefix(r.take(foldedEnd(r.text[r.at:])), " ")
		if err := r.add(name, strings.ReplaceAll(value, "\n ", "\n")); err != nil {
			return nil, err
		}
	}
	if r.at+1 >= len(r.text) {
		return r.record, nil
	}
	err := r.add(rest, r.text[r.at+1:])
	return r.record, err
}

// foldedEnd finds the first line break that is not followed by a space.
func foldedEnd(s string) int {
	for i := range len(s) {
		if s[i] == '\n' && !strings.HasPrefix(s[i+1:], " ") {
			return i
		}
	}
	return len(s)
}

func (r *textReader) equalsFields(rest string) (Record, error) {
	for r.at <= len(r.text) {
		name, err := r.name('=')
		if err != nil {
			return nil, err
		}
		end := strings.IndexByte(r.text[r.at:], '\n')
		if end < 0 || name == rest {
			end = len(r.text) - r.at
		}
		if err := r.add(name, r.take(end)); err != nil {
			return nil, err
		}
	}
	return r.record, nil
}

// name takes a name and the separator after it.
func (r *textReader) name(separator byte) (string, error) {
	if separatorOf(r.text[r.at:]) != separator {
		return "", r.malformed("the line does not begin with a name and %q", separator)
	}
	name := r.text[r.at : r.at+nameEnd(r.text[r.at:])]
	r.at += len(name) + 1
	return name, nil
}

// take takes a value of a length, and the line break after it.
func (r *textReader) take(length int) string {
	value := r.text[r.at : r.at+length]
	r.at += length + 1
	return value
}

func (r *textReader) add(name, value string) (err error) {
	r.record, err = r.limits.Append(r.record, Field{Name: name, Value: TextValue(value)})
	return err
}

func (r *textReader) malformed(format string, args ...any) error {
	return MalformedText([]byte(r.text), r.at, format, args...)
}

// Encode writes `name: value` lines, nested fields by their path. Further
// lines of a value begin with one space; a CR in it becomes LF. A Null has an
// empty value.
func (t PlainText) Encode(dst []byte, doc Document) ([]byte, error) {
	var room [64]byte
	for _, f := range Flatten(doc.Record) {
		if f.Value.kind == Unfit {
			return nil, CannotHold(t, f.Value.text)
		}
		if f.Name == "" || nameEnd(f.Name) < len(f.Name) {
			return nil, CannotHold(t, "a name that is not letters, digits, `_`, `.` and `-`")
		}
		dst = append(append(dst, f.Name...), ": "...)
		dst = append(appendFolded(dst, f.Value.AppendScalar(room[:0])), '\n')
	}
	return dst, nil
}

// appendFolded appends a value with a space after each of its line breaks.
func appendFolded(dst, value []byte) []byte {
	for i, c := range value {
		switch {
		case c == '\n' && i > 0 && value[i-1] == '\r':
		case c == '\n' || c == '\r':
			dst = append(dst, '\n', ' ')
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// EncodeList writes the records with an empty line between them, and the
// cursor of the next page as if it were one more.
func (t PlainText) EncodeList(dst []byte, list Listing) ([]byte, error) {
	records := list.Records
	if list.Next != "" {
		records = append(records[:len(records):len(records)], Record{{Name: NextCursor, Value: TextValue(list.Next)}})
	}
	for i, r := range records {
		if i > 0 {
			dst = append(dst, '\n')
		}
		var err error
		if dst, err = t.Encode(dst, Document{Name: list.Item, Record: r}); err != nil {
			return nil, err
		}
	}
	return dst, nil
}
