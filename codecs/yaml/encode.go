package yaml

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/parley-gateway/parley/codecs"
)

// Encode writes a mapping in block style, its keys in the order of the fields.
// Every scalar means the same in YAML 1.1: what could be taken for more than
// text there is quoted, a Time and Bytes among it.
func (c Codec) Encode(dst []byte, doc codecs.Document) ([]byte, error) {
	return c.encode(dst, doc.Record)
}

// EncodeList writes a mapping that holds the records in a list.
func (c Codec) EncodeList(dst []byte, list codecs.Listing) ([]byte, error) {
	return c.encode(dst, list.Record())
}

func (c Codec) encode(dst []byte, r codecs.Record) ([]byte, error) {
	if len(r) == 0 {
		return append(dst, "{}\n"...), nil
	}
	return c.appendFields(dst, r, 0, 0)
}

// step is how much further in each level stands. It is the width of "- ", so
// that what stands in a list begins right behind it.
const step = 2

// appendFields appends the fields of a map, each on lines of its own. indent
// is where they begin, at where the first line already stands.
func (c Codec) appendFields(dst []byte, r codecs.Record, indent, at int) ([]byte, error) {
	for _, f := range r {
		dst = appendKey(appendIndent(dst, indent-at), f.Name, indent)
		at = 0
		var err error
		if dst, err = c.appendValue(dst, f.Value, indent, false); err != nil {
			return nil, err
		}
	}
	return dst, nil
}

// maxKey is how long a key may be that has no question mark before it, in
// bytes: YAML 1.2.2 section 7.4.2 allows 1024 code points.
const maxKey = 1000

func appendKey(dst []byte, name string, indent int) []byte {
	start := len(dst)
	dst = appendText(dst, name)
	if len(dst)-start > maxKey {
		dst = appendText(append(dst[:start], "? "...), name)
		dst = appendIndent(append(dst, '\n'), indent)
	}
	return append(dst, ':')
}

func (c Codec) appendItems(dst []byte, items codecs.Record, indent, at int) ([]byte, error) {
	for _, item := range items {
		dst = append(appendIndent(dst, indent-at), '-')
		at = 0
		var err error
		if dst, err = c.appendValue(dst, item.Value, indent, true); err != nil {
			return nil, err
		}
	}
	return dst, nil
}

// appendValue appends what follows a colon or a dash, to the end of the line.
// What is nested begins in the same line after a dash, and in the next one
// after a colon.
func (c Codec) appendValue(dst []byte, v codecs.Value, indent int, dash bool) ([]byte, error) {
	if v.Kind() != codecs.List && v.Kind() != codecs.Map || len(v.Members()) == 0 {
		dst, err := c.appendScalar(append(dst, ' '), v)
		return append(dst, '\n'), err
	}
	at := 0
	if dash {
		dst, at = append(dst, ' '), indent+step
	} else {
		dst = append(dst, '\n')
	}
	if v.Kind() == codecs.List {
		return c.appendItems(dst, v.Members(), indent+step, at)
	}
	return c.appendFields(dst, v.Members(), indent+step, at)
}

func appendIndent(dst []byte, n int) []byte {
	for range n {
		dst = append(dst, ' ')
	}
	return dst
}

// appendScalar appends what stands in one line: an empty list or map, too.
func (c Codec) appendScalar(dst []byte, v codecs.Value) ([]byte, error) {
	switch v.Kind() {
	case codecs.Null:
		return append(dst, "null"...), nil
	case codecs.Text:
		return appendText(dst, v.Text()), nil
	case codecs.Number:
		return append(dst, number(v.Text())...), nil
	case codecs.Boolean:
		return v.AppendScalar(dst), nil
	case codecs.Bytes, codecs.Time:
		return append(v.AppendScalar(append(dst, '"')), '"'), nil
	case codecs.List:
		return append(dst, "[]"...), nil
	case codecs.Map:
		return append(dst, "{}"...), nil
	}
	return nil, codecs.CannotHold(c, v.Text())
}

func number(literal string) string {
	switch literal {
	case "NaN":
		return ".nan"
	case "Infinity":
		return ".inf"
	case "-Infinity":
		return "-.inf"
	}
	return literal
}

func appendText(dst []byte, s string) []byte {
	if isPlain(s) {
		return append(dst, s...)
	}
	return appendQuoted(dst, s)
}

// isPlain reports whether every YAML parser takes s for text without
// quotation marks. It is careful: what begins with no letter is quoted.
func isPlain(s string) bool {
	if s == "" || !isLetter(s[0]) || s[len(s)-1] == ' ' || len(s) < 9 && isWord(s) {
		return false
	}
	for i := 1; i < len(s); i++ {
		if c := s[i]; !isLetter(c) && (c < '0' || c > '9') && strings.IndexByte(" _-./+@,()", c) < 0 {
			return false
		}
	}
	return true
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// isWord reports whether some version of YAML, or some parser of it, takes s
// for more than text.
func isWord(s string) bool {
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "infinity":
		return true
	}
	return false
}

// appendQuoted appends s in double quotation marks, in one line. What is not
// printable is escaped.
func appendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i, r := range s {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\r':
			dst = append(dst, `\r`...)
		case r == '\t':
			dst = append(dst, `\t`...)
		case !isPrintable(r):
			dst = appendEscape(dst, r)
		default:
			dst = append(dst, s[i:i+utf8.RuneLen(r)]...)
		}
	}
	return append(dst, '"')
}

// appendEscape appends \uXXXX: everything that is not printable is in the
// basic plane.
func appendEscape(dst []byte, r rune) []byte {
	dst = append(dst, `\u`...)
	hex := strconv.FormatUint(uint64(r), 16)
	return append(append(dst, "0000"[len(hex):]...), hex...)
}
