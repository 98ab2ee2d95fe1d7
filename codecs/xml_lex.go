package codecs

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const xmlSpace = " \t\n\r"

// xmlEncoding is the character encoding that a document names itself, or "":
// in the XML declaration, or by its first characters (XML 1.0 appendix F.1).
func xmlEncoding(body []byte) string {
	switch {
	case bytes.HasPrefix(body, []byte("<\x00?\x00")):
		return "utf-16le"
	case bytes.HasPrefix(body, []byte("\x00<\x00?")):
		return "utf-16be"
	}
	r := xmlReader{text: body}
	name, _ := r.declaration()
	return name
}

// declaration reads the XML declaration, where there is one, and tells the
// encoding named there (XML 1.0 section 2.8).
func (r *xmlReader) declaration() (string, error) {
	if !r.begins("<?xml") || len(r.text) == len("<?xml") || !isXMLSpace(r.text[len("<?xml")]) {
		return "", nil
	}
	r.pos += len("<?xml")
	version, ok := r.pseudoAttr("version", isXMLVersion)
	if ok = ok && version != ""; ok && version != "1.0" {
		return "", r.fail("the version of XML is %s, and only 1.0 is read", version)
	}
	encoding, valid := r.pseudoAttr("encoding", isEncodingName)
	ok = ok && valid
	_, valid = r.pseudoAttr("standalone", isYesOrNo)
	ok = ok && valid
	r.skipSpace()
	if !ok || !r.skip("?>") {
		return "", r.fail("the XML declaration is malformed")
	}
	return encoding, nil
}

// pseudoAttr reads one setting of the XML declaration, if it is there, and
// reports whether all is well: "" and true where it is not.
func (r *xmlReader) pseudoAttr(name string, isValid func(string) bool) (string, bool) {
	begin := r.pos
	if !r.skipSpace() || !r.skip(name) {
		r.pos = begin
		return "", true
	}
	quote, err := r.openQuote()
	if err != nil {
		return "", false
	}
	length := bytes.IndexByte(r.text[r.pos:], quote)
	if length < 0 {
		return "", false
	}
	value := string(r.text[r.pos : r.pos+length])
	r.pos += length + 1
	return value, isValid(value)
}

// isXMLVersion knows a version of XML. Only 1.0 is read: 1.1 has other line ends.
func isXMLVersion(s string) bool {
	digits, ok := strings.CutPrefix(s, "1.")
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}

// isEncodingName follows XML 1.0 section 4.3.3.
func isEncodingName(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		isLetter := 'a' <= c|0x20 && c|0x20 <= 'z'
		isOther := '0' <= c && c <= '9' || c == '.' || c == '_' || c == '-'
		if !isLetter && (i == 0 || !isOther) {
			return false
		}
	}
	return s != ""
}

func isYesOrNo(s string) bool { return s == "yes" || s == "no" }

// comment reads the rest of a comment (XML 1.0 section 2.5).
func (r *xmlReader) comment() error {
	end := r.find("--")
	if end < 0 {
		return r.fail("the comment is not ended")
	}
	r.pos = end + len("--")
	if !r.skip(">") {
		return r.failAt(end, "two hyphens stand in a comment")
	}
	return nil
}

// instruction reads the rest of a processing instruction (XML 1.0 section
// 2.6).
func (r *xmlReader) instruction() error {
	target := xmlNameLen(r.text[r.pos:])
	if target == 0 {
		return r.fail("the processing instruction has no name")
	}
	if bytes.EqualFold(r.text[r.pos:r.pos+target], []byte("xml")) {
		return r.fail("an XML declaration can only be the very beginning")
	}
	r.pos += target
	if !r.begins("?>") && !r.skipSpace() {
		return r.fail("white space is missing after the name of the processing instruction")
	}
	end := r.find("?>")
	if end < 0 {
		return r.fail("the processing instruction is not ended")
	}
	r.pos = end + len("?>")
	return nil
}

// reference reads a reference to a character or to one of the entities that
// need no declaration (XML 1.0 sections 4.1 and 4.6).
func (r *xmlReader) reference() (rune, error) {
	begin := r.pos
	length := bytes.IndexByte(r.text[begin:], ';')
	if length < 0 {
		return 0, r.fail("a & does not begin a reference")
	}
	name := r.text[begin+1 : begin+length]
	r.pos += length + 1
	if char, ok := xmlEntity(name); ok {
		return char, nil
	}
	if bytes.HasPrefix(name, []byte("#")) {
		return 0, r.failAt(begin, "the reference is not to a character that is allowed")
	}
	if xmlNameLen(name) != len(name) || len(name) == 0 {
		return 0, r.failAt(begin, "a & does not begin a reference")
	}
	return 0, r.failAt(begin, "the entity %.32s is not declared", name)
}

func xmlEntity(name []byte) (rune, bool) {
	switch string(name) {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	digits, isChar := bytes.CutPrefix(name, []byte("#"))
	digits, isHex := bytes.CutPrefix(digits, []byte("x"))
	base := 10
	if isHex {
		base = 16
	}
	code, err := strconv.ParseUint(string(digits), base, 31)
	return rune(code), isChar && err == nil && isXMLChar(rune(code))
}

// name reads a qualified name.
func (r *xmlReader) name() (xmlName, error) {
	name := xmlName{local: r.ncName()}
	if len(name.local) > 0 && r.skip(":") {
		name = xmlName{prefix: name.local, local: r.ncName()}
	}
	if len(name.local) == 0 {
		return name, r.fail("a name is missing")
	}
	return name, nil
}

func (r *xmlReader) ncName() []byte {
	begin := r.pos
	r.pos += xmlNameLen(r.text[begin:])
	return r.text[begin:r.pos]
}

func (r *xmlReader) begins(s string) bool {
	return len(r.text)-r.pos >= len(s) && string(r.text[r.pos:r.pos+len(s)]) == s
}

func (r *xmlReader) skip(s string) bool {
	if !r.begins(s) {
		return false
	}
	r.pos += len(s)
	return true
}

// skipSpace reports whether there was white space.
func (r *xmlReader) skipSpace() bool {
	begin := r.pos
	for r.pos < len(r.text) && isXMLSpace(r.text[r.pos]) {
		r.pos++
	}
	return r.pos > begin
}

// find is the offset at which s stands next, or -1.
func (r *xmlReader) find(s string) int {
	if at := bytes.Index(r.text[r.pos:], []byte(s)); at >= 0 {
		return r.pos + at
	}
	return -1
}

func (r *xmlReader) fail(format string, args ...any) error {
	return r.failAt(r.pos, format, args...)
}

func (r *xmlReader) failAt(at int, format string, args ...any) error {
	return MalformedText(r.text, at, format, args...)
}

func isXMLSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// isXMLChar follows XML 1.0 section 2.2.
func isXMLChar(c rune) bool {
	return c == '\t' || c == '\n' || c == '\r' || ' ' <= c && c <= 0xd7ff ||
		0xe000 <= c && c <= 0xfffd || 0x10000 <= c && c <= unicode.MaxRune
}

// isXMLName reports whether s is a name without a colon.
func isXMLName(s string) bool {
	return s != "" && utf8.ValidString(s) && xmlNameLen([]byte(s)) == len(s)
}

// xmlNameLen is the length in bytes of the name without a colon that text
// begins with, or 0 (Namespaces in XML 1.0 section 3).
func xmlNameLen(text []byte) int {
	end := 0
	for end < len(text) {
		c, size := rune(text[end]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRune(text[end:])
		}
		if !isXMLNameStart(c) && (end == 0 || !isXMLNameRest(c)) {
			break
		}
		end += size
	}
	return end
}

// isXMLNameStart follows XML 1.0 section 2.3.
func isXMLNameStart(c rune) bool {
	if c < utf8.RuneSelf {
		return 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_'
	}
	return unicode.Is(xmlNameStart, c)
}

// isXMLNameRest reports whether c is one of those that may stand in a name but
// not begin it.
func isXMLNameRest(c rune) bool {
	return '0' <= c && c <= '9' || c == '-' || c == '.' || c == 0xb7 ||
		0x300 <= c && c <= 0x36f || c == 0x203f || c == 0x2040
}

// xmlNameStart are the characters beyond ASCII that may begin a name.
var xmlNameStart = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0xc0, 0xd6, 1}, {0xd8, 0xf6, 1}, {0xf8, 0x2ff, 1}, {0x370, 0x37d, 1},
		{0x37f, 0x1fff, 1}, {0x200c, 0x200d, 1}, {0x2070, 0x218f, 1}, {0x2c00, 0x2fef, 1},
		{0x3001, 0xd7ff, 1}, {0xf900, 0xfdcf, 1}, {0xfdf0, 0xfffd, 1},
	},
	R32: []unicode.Range32{{0x10000, 0xeffff, 1}},
}
