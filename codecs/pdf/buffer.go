package pdf

import (
	"math"
	"strconv"
	"unicode/utf16"
)

// buffer is appended to in the syntax of PDF (ISO 32000-1 section 7.3).
type buffer []byte

// Write is that of an io.Writer, and never fails.
func (b *buffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}

func (b *buffer) bytes() []byte { return *b }

func (b *buffer) add(s string) *buffer {
	*b = append(*b, s...)
	return b
}

func (b *buffer) int(n int) *buffer {
	*b = strconv.AppendInt(*b, int64(n), 10)
	return b
}

// number appends a number with at most two decimals: finer than any printer.
func (b *buffer) number(n float32) *buffer {
	*b = appendNumber(*b, n)
	return b
}

func appendNumber(dst []byte, n float32) []byte {
	hundredths := int64(math.Round(float64(n) * 100))
	if hundredths < 0 {
		dst = append(dst, '-')
		hundredths = -hundredths
	}
	dst = strconv.AppendInt(dst, hundredths/100, 10)
	if rest := hundredths % 100; rest != 0 {
		dst = append(dst, '.', byte('0'+rest/10))
		if rest%10 != 0 {
			dst = append(dst, byte('0'+rest%10))
		}
	}
	return dst
}

// numbers appends numbers with a space after each.
func (b *buffer) numbers(list ...float32) *buffer {
	for _, n := range list {
		b.number(n).add(" ")
	}
	return b
}

func (b *buffer) ref(r ref) *buffer { return b.int(int(r)).add(" 0 R") }

func (b *buffer) refs(list []ref) *buffer {
	b.add("[")
	for _, r := range list {
		b.ref(r).add(" ")
	}
	return b.add("]")
}

// text appends a text string (ISO 32000-1 section 7.9.2.2): a literal where
// it is in what ASCII and PDFDocEncoding share, else UTF-16.
func (b *buffer) text(s string) *buffer {
	if !isPlain(s) {
		return b.utf16(s)
	}
	b.add("(")
	for i := range len(s) {
		b.escaped(s[i])
	}
	return b.add(")")
}

func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < ' ' && c != '\t' && c != '\n' && c != '\r') || c >= 0x7f {
			return false
		}
	}
	return true
}

// escaped appends a character of a literal string. Line ends that are not
// escaped would all be read as line feeds.
func (b *buffer) escaped(c byte) {
	switch c {
	case '(', ')', '\\':
		*b = append(*b, '\\', c)
	case '\n':
		b.add(`\n`)
	case '\r':
		b.add(`\r`)
	case '\t':
		b.add(`\t`)
	default:
		*b = append(*b, c)
	}
}

// utf16 appends a text string in big-endian UTF-16 after its byte order mark.
func (b *buffer) utf16(s string) *buffer {
	return b.add("<FEFF").hex(s).add(">")
}

// hex appends text in UTF-16 as hexadecimal digits.
func (b *buffer) hex(s string) *buffer {
	for _, r := range s {
		if high, low := utf16.EncodeRune(r); high != '\ufffd' {
			b.hex16(uint16(high)).hex16(uint16(low))
			continue
		}
		b.hex16(uint16(r))
	}
	return b
}

func (b *buffer) hex16(n uint16) *buffer {
	const digits = "0123456789ABCDEF"
	*b = append(*b, digits[n>>12], digits[n>>8&15], digits[n>>4&15], digits[n&15])
	return b
}
