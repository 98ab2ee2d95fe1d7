package codecs

import (
	"bytes"
	"strconv"
	"strings"
)

// XML is the format of XML 1.0 (fifth edition) with namespaces. A record is
// the root element, whatever its name and namespace: each child element is a
// field, and so is each attribute of the root, by its local name. An element
// in which there are only elements is a Map, or a List where all of them are
// named i (RFC 9457 appendix B). Anything else is a Text: XML has no other
// kinds, so what was empty or null comes back as an empty Text, and a Map of
// nothing but fields named i as a List.
type XML struct{}

var (
	_ Codec          = XML{}
	_ ListStreamer   = XML{}
	_ ListDecoder    = XML{}
	_ ProblemEncoder = XML{}
	_ Suffixer       = XML{}
	_ Sniffer        = XML{}
	_ Padder         = XML{}
)

// NewXML makes the codec.
func NewXML() XML { return XML{} }

func (XML) Name() string             { return "xml" }
func (XML) MediaTypes() []string     { return []string{"application/xml", "text/xml"} }
func (XML) ProblemMediaType() string { return "application/problem+xml" }
func (XML) Suffix() string           { return "+xml" }
func (XML) Signatures() []string     { return []string{"<?xml"} }

// Padded says that white space around a word is layout.
func (XML) Padded() {}

// Sniff recognises an XML declaration, after a byte order mark where there is
// one.
func (XML) Sniff(body []byte) bool {
	return bytes.HasPrefix(bytes.TrimPrefix(body, bomUTF8), []byte("<?xml"))
}

// Decode reads a document. Its character encoding is told by a byte order
// mark, the charset parameter or the XML declaration, in that order (RFC 7303
// section 3). Document type declarations are refused, and so are processing
// instructions after the prolog. Attributes of the root in the namespaces of
// xml, xmlns and XML Schema's instances are about the document and no fields.
// An element that has attributes of its own, or text beside other elements,
// is Unfit.
func (XML) Decode(in Input) (Record, error) {
	text, err := DecodeText(in, xmlEncoding(in.Body))
	if err != nil {
		return nil, err
	}
	r := xmlReader{text: normalizeXMLLines(text), limits: in.Limits}
	return r.document()
}

// Encode writes one element per field on a line of its own, within one
// element of the document's name and namespace. Members of a List are
// elements named i. White space is added only between elements. A character
// that XML 1.0 cannot hold (section 2.2) becomes U+FFFD; a name that is no
// name of XML is an error.
func (x XML) Encode(dst []byte, doc Document) ([]byte, error) {
	return x.appendDocument(dst, doc.Name, "xmlns", doc.Namespace, doc.Record, "")
}

// EncodeList writes an element of the list's name that holds one element per
// record. The cursor of the next page is its attribute.
func (x XML) EncodeList(dst []byte, list Listing) ([]byte, error) {
	items, _ := list.Record().Get(list.Name)
	return x.appendDocument(dst, list.Name, NextCursor, list.Next, items.Members(), list.Item)
}

func (x XML) appendDocument(dst []byte, root, attr, value string, members Record, item string) ([]byte, error) {
	w := xmlWriter{dst: dst}
	w.begin(root)
	if value != "" {
		w.attribute(attr, value)
	}
	w.dst = append(w.dst, '>')
	w.children(members, item)
	w.close(root)
	w.newLine()
	if w.unfit != "" {
		return nil, CannotHold(x, w.unfit)
	}
	return w.dst, nil
}

// An xmlWriter goes on after what it cannot write, so that only the end of
// the document has to look for it.
type xmlWriter struct {
	dst   []byte
	depth int    // of the element that is being written
	unfit string // what XML cannot hold, where there was such a thing
}

// begin writes the declaration and the first part of the root's start tag.
func (w *xmlWriter) begin(root string) {
	w.dst = append(w.dst, `<?xml version="1.0" encoding="UTF-8"?>`...)
	w.newLine()
	w.open(root)
}

// children writes one element per member, named item where that is given.
func (w *xmlWriter) children(members Record, item string) {
	if len(members) == 0 {
		return
	}
	w.depth++
	for _, m := range members {
		name := m.Name
		if item != "" {
			name = item
		}
		w.element(name, m.Value)
	}
	w.depth--
	w.newLine()
}

// element writes an element on a line of its own.
func (w *xmlWriter) element(name string, v Value) {
	w.newLine()
	w.open(name)
	w.dst = append(w.dst, '>')
	w.value(v)
	w.close(name)
}

func (w *xmlWriter) value(v Value) {
	switch v.kind {
	case Text:
		w.dst = appendXMLText(w.dst, v.text, false)
	case List:
		w.children(v.members, xmlItem)
	case Map:
		w.children(v.members, "")
	case Unfit:
		w.unfit = v.text
	default:
		w.dst = v.AppendScalar(w.dst)
	}
}

// newLine indents by two spaces a level, but only so far: otherwise a record
// of depth n would be n² long.
func (w *xmlWriter) newLine() {
	const line = "\n                "
	w.dst = append(w.dst, line[:min(1+2*w.depth, len(line))]...)
}

func (w *xmlWriter) open(name string) {
	if !isXMLName(name) {
		w.unfit = "the name " + strconv.Quote(name)
	}
	w.dst = append(append(w.dst, '<'), name...)
}

func (w *xmlWriter) attribute(name, value string) {
	w.dst = append(append(append(w.dst, ' '), name...), `="`...)
	w.dst = append(appendXMLText(w.dst, value, true), '"')
}

func (w *xmlWriter) close(name string) {
	w.dst = append(append(append(w.dst, "</"...), name...), '>')
}

// appendXMLText escapes text so that every parser reads it as it is: as the
// content of an element or, with more to escape, as the value of an attribute.
func appendXMLText(dst []byte, s string, attribute bool) []byte {
	done := 0
	for i := 0; i < len(s); i++ {
		if xmlPlain[s[i]] {
			continue
		}
		if with, size := xmlEscape(s[i:], attribute); size > 0 {
			dst = append(append(dst, s[done:i]...), with...)
			done = i + size
		}
	}
	return append(dst, s[done:]...)
}

// xmlPlain are the bytes that never need an escape.
var xmlPlain = func() (table [256]bool) {
	for c := range table {
		table[c] = c >= ' ' && c != 0xef && !bytes.ContainsRune([]byte(`&<>"`), rune(c))
	}
	return table
}()

// xmlEscape tells what to write for the first size bytes of s; a size of 0 is
// for what is written as it is. A carriage return would be read as a line feed
// (XML 1.0 section 2.11), and in an attribute all white space as a space
// (section 3.3.3).
func xmlEscape(s string, attribute bool) (with string, size int) {
	switch c := s[0]; {
	case c == '&':
		return "&amp;", 1
	case c == '<':
		return "&lt;", 1
	case c == '>':
		return "&gt;", 1
	case c == '\r':
		return "&#13;", 1
	case c == '"' && attribute:
		return "&quot;", 1
	case c == '\t' && attribute:
		return "&#9;", 1
	case c == '\n' && attribute:
		return "&#10;", 1
	case c < ' ' && c != '\t' && c != '\n':
		return "\uFFFD", 1
	case strings.HasPrefix(s, "\uFFFE"), strings.HasPrefix(s, "\uFFFF"):
		return "\uFFFD", len("\uFFFD")
	}
	return "", 0
}
