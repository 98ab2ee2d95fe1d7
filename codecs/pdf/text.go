package pdf

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/parley-gateway/parley/codecs"
)

// The byte order marks that text strings begin with where they are not in
// PDFDocEncoding (ISO 32000-1 section 7.9.2.2, ISO 32000-2 section 7.9.2.2.1).
const (
	markUTF16 = "\xfe\xff"
	markUTF8  = "\xef\xbb\xbf"
	// markUTF16LE is no mark of PDF. Some readers take it for one, others for
	// two letters.
	markUTF16LE = "\xff\xfe"
)

// decodeText reads a text string. Language escapes (section 7.9.2.2) are kept
// as the characters that they are.
func decodeText(s string, at int) (string, error) {
	if rest, ok := strings.CutPrefix(s, markUTF16); ok {
		return decodeUTF16(rest, at)
	}
	if rest, ok := strings.CutPrefix(s, markUTF8); ok {
		return checkUTF8(rest, at)
	}
	if strings.HasPrefix(s, markUTF16LE) {
		return "", codecs.MalformedAt(at, "a text begins with the byte order mark of UTF-16LE, which PDF does not have")
	}
	return decodePDFDoc(s, at)
}

func decodeUTF16(s string, at int) (string, error) {
	if len(s)%2 != 0 {
		return "", codecs.MalformedAt(at, "a text in UTF-16 has half a character")
	}
	var text strings.Builder
	text.Grow(len(s))
	for ; s != ""; s = s[2:] {
		r := rune(s[0])<<8 | rune(s[1])
		if utf16.IsSurrogate(r) {
			if len(s) >= 4 {
				r = utf16.DecodeRune(r, rune(s[2])<<8|rune(s[3]))
			}
			if len(s) < 4 || r == utf8.RuneError {
				return "", codecs.MalformedAt(at, "a text in UTF-16 has a surrogate without its other half")
			}
			s = s[2:]
		}
		text.WriteRune(r)
	}
	return text.String(), nil
}

func checkUTF8(s string, at int) (string, error) {
	if !utf8.ValidString(s) {
		return "", codecs.MalformedAt(at, "a text is not valid in UTF-8")
	}
	return s, nil
}

// pdfDoc is what PDFDocEncoding (Annex D.2) has in the place of the controls
// of Latin-1, from these codes on. It is Latin-1 elsewhere, but for
// undefinedPDFDoc.
var (
	pdfDoc18 = []rune("˘ˇˆ˙˝˛˚˜")
	pdfDoc80 = []rune("•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž")
)

func decodePDFDoc(s string, at int) (string, error) {
	if !strings.ContainsFunc(s, isNoASCII) {
		return s, nil
	}
	var text strings.Builder
	text.Grow(len(s))
	for i := range len(s) {
		r, ok := pdfDocRune(s[i])
		if !ok {
			return "", codecs.MalformedAt(at, "a text has the byte 0x%02x, which PDFDocEncoding does not define", s[i])
		}
		text.WriteRune(r)
	}
	return text.String(), nil
}

// isNoASCII reports what may mean something else in PDFDocEncoding.
func isNoASCII(r rune) bool { return r < ' ' || r > '~' }

func pdfDocRune(c byte) (r rune, defined bool) {
	switch {
	case c == '\t', c == '\n', c == '\r':
		return rune(c), true
	case c < 0x18, c == 0x7f, c == 0x9f, c == 0xad:
		return 0, false
	case c < 0x20:
		return pdfDoc18[c-0x18], true
	case 0x80 <= c && c < 0x9f:
		return pdfDoc80[c-0x80], true
	case c == 0xa0:
		return '€', true
	}
	return rune(c), true
}
