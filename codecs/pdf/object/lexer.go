package object

import (
	"bytes"
	"strconv"

	"github.com/parley-gateway/parley/codecs"
)

// A lexer reads the tokens of ISO 32000-1 section 7.2.
type lexer struct {
	data   []byte
	at     int
	within int // where the object stream that data comes from begins in the file, or inFile
}

// inFile says of a lexer that its data is the file itself.
const inFile = -1

// fail makes an error at an offset of data, told as one of the file.
func (l *lexer) fail(at int, format string, args ...any) *codecs.Error {
	if l.within != inFile {
		at = l.within
	}
	return codecs.MalformedAt(at, format, args...)
}

func (l *lexer) failAtEnd() error {
	return l.fail(len(l.data), "the end comes before an object does")
}

// isSpace reports the white space of section 7.2.2.
func isSpace(c byte) bool {
	switch c {
	case 0, '\t', '\n', '\f', '\r', ' ':
		return true
	}
	return false
}

func isDelimiter(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// skipSpace passes white space and comments.
func (l *lexer) skipSpace() {
	for ; l.at < len(l.data); l.at++ {
		switch c := l.data[l.at]; {
		case c == '%':
			l.skipComment()
		case !isSpace(c):
			return
		}
	}
}

// skipComment stops at the last character of a comment, before the line's end.
func (l *lexer) skipComment() {
	end := bytes.IndexAny(l.data[l.at:], "\r\n")
	if end < 0 {
		end = len(l.data) - l.at
	}
	l.at += end - 1
}

func (l *lexer) startsWith(s string) bool { return bytes.HasPrefix(l.data[l.at:], []byte(s)) }

// word takes the regular characters (section 7.2.2) from here on.
func (l *lexer) word() []byte {
	start := l.at
	for l.at < len(l.data) && !isSpace(l.data[l.at]) && !isDelimiter(l.data[l.at]) {
		l.at++
	}
	return l.data[start:l.at]
}

// keyword takes white space and a word, which has to be this one.
func (l *lexer) keyword(want string) error {
	l.skipSpace()
	at := l.at
	if string(l.word()) != want {
		return l.fail(at, "%s is missing", want)
	}
	return nil
}

// natural takes white space and an integer that has no sign and is at most
// 2147483647.
func (l *lexer) natural() (int, error) {
	l.skipSpace()
	at := l.at
	n, ok := parseNatural(l.word())
	if !ok {
		return 0, l.fail(at, "a number is missing")
	}
	return n, nil
}

func parseNatural(word []byte) (int, bool) {
	n, err := strconv.ParseUint(string(word), 10, 31)
	return int(n), err == nil
}

// literal takes a literal string (section 7.3.4.2).
func (l *lexer) literal() (Object, error) {
	start := l.at
	l.at++
	text := make([]byte, 0, l.literalSize())
	for open := 1; l.at < len(l.data); l.at++ {
		switch c := l.data[l.at]; c {
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				l.at++
				return String(text), nil
			}
		case '\\':
			text = l.escape(text)
			continue
		case '\r':
			l.joinLineEnd()
			text = append(text, '\n')
			continue
		}
		text = append(text, l.data[l.at])
	}
	return nil, l.fail(start, "a string is never closed")
}

// literalSize is how many bytes the string that was begun takes in the file, or
// nothing for one that is never closed.
func (l *lexer) literalSize() int {
	open := 1
	for i := l.at; i < len(l.data); i++ {
		switch l.data[i] {
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				return i - l.at
			}
		case '\\':
			i++
		}
	}
	return 0
}

// joinLineEnd takes a carriage return and the line feed after it as one.
func (l *lexer) joinLineEnd() {
	if l.startsWith("\r\n") {
		l.at++
	}
}

var escapes = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f'}

// escape appends what a reverse solidus and the characters after it stand
// for. It ends at the last of them.
func (l *lexer) escape(text []byte) []byte {
	l.at++
	if l.at == len(l.data) {
		return text
	}
	c := l.data[l.at]
	switch short, known := escapes[c]; {
	case known:
		return append(text, short)
	case '0' <= c && c <= '7':
		return append(text, l.octal())
	case c == '\r':
		l.joinLineEnd()
		return text
	case c == '\n':
		return text
	}
	return append(text, c)
}

// octal takes up to three digits, and ignores what overflows a byte.
func (l *lexer) octal() (value byte) {
	end := min(l.at+3, len(l.data))
	for ; l.at < end && '0' <= l.data[l.at] && l.data[l.at] <= '7'; l.at++ {
		value = value<<3 + l.data[l.at] - '0'
	}
	l.at--
	return value
}

// hexadecimal takes a hexadecimal string (section 7.3.4.3).
func (l *lexer) hexadecimal() (Object, error) {
	start := l.at
	end := bytes.IndexByte(l.data[start:], '>')
	if end < 0 {
		return nil, l.fail(start, "a string is never closed")
	}
	l.at += end + 1
	text, bad := unhex(l.data[start+1 : start+end])
	if bad >= 0 {
		return nil, l.fail(start+1+bad, "a hexadecimal string holds another character")
	}
	return String(text), nil
}

// unhex decodes pairs of hexadecimal digits with white space between them. A
// last digit alone is followed by a zero. bad is where another character
// stands, or negative.
func unhex(digits []byte) (text []byte, bad int) {
	text = make([]byte, 0, len(digits)/2+1)
	count := 0
	for i, c := range digits {
		v, ok := hexDigit(c)
		switch {
		case isSpace(c):
			continue
		case !ok:
			return nil, i
		case count%2 == 0:
			text = append(text, v<<4)
		default:
			text[len(text)-1] |= v
		}
		count++
	}
	return text, -1
}

func hexDigit(c byte) (value byte, ok bool) {
	switch {
	case isDigit(c):
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

// name takes a name (section 7.3.5).
func (l *lexer) name() (Name, error) {
	start := l.at
	l.at++
	word := l.word()
	if bytes.IndexByte(word, '#') < 0 {
		return Name(word), nil
	}
	var name []byte
	for i := 0; i < len(word); i++ {
		if word[i] != '#' {
			name = append(name, word[i])
			continue
		}
		code, bad := unhex(word[i+1 : min(i+3, len(word))])
		if bad >= 0 || i+3 > len(word) || code[0] == 0 {
			return "", l.fail(start+1+i, "a name holds a number sign without the code of a character")
		}
		name = append(name, code[0])
		i += 2
	}
	return Name(name), nil
}
