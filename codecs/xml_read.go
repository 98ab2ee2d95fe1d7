package codecs

import (
	"bytes"
	"unicode/utf8"
)

// xmlItem is the name of the members of a list (RFC 9457 appendix B).
const xmlItem = "i"

// An xmlReader reads the part of XML that needs no document type declaration.
// It is strict where encoding/xml is not, which takes what other parsers
// refuse: one attribute twice, "<" in an attribute, a prefix that nobody
// declared, an XML declaration in the middle. A body must not mean one thing
// to a filter in front of this program and another thing here.
type xmlReader struct {
	text   []byte // without carriage returns
	pos    int
	limits Limits
	scope  []xmlBinding // the namespaces declared around pos, innermost last
	attrs  []xmlAttr    // of the start tag that was read last
}

// normalizeXMLLines makes every line end a line feed (XML 1.0 section 2.11).
func normalizeXMLLines(text []byte) []byte {
	if bytes.IndexByte(text, '\r') < 0 {
		return text
	}
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
}

// document reads everything (XML 1.0 section 2.1).
func (r *xmlReader) document() (Record, error) {
	if err := r.prolog(); err != nil {
		return nil, err
	}
	root, err := r.root()
	if err != nil {
		return nil, err
	}
	if err := r.epilog(); err != nil {
		return nil, err
	}
	return r.record(root)
}

// prolog reads up to the start tag of the root.
func (r *xmlReader) prolog() error {
	if err := r.checkChars(); err != nil {
		return err
	}
	if _, err := r.declaration(); err != nil {
		return err
	}
	if err := r.misc(true); err != nil {
		return err
	}
	if !r.begins("<") || r.begins("<!") {
		return r.misplaced()
	}
	return nil
}

// epilog reads what stands after the root.
func (r *xmlReader) epilog() error {
	if err := r.misc(false); err != nil {
		return err
	}
	if r.pos < len(r.text) {
		return r.misplaced()
	}
	return nil
}

// record judges the root once the whole document is known to be well-formed.
func (r *xmlReader) record(root xmlContent) (Record, error) {
	switch {
	case !root.hasInk:
		return root.fields, nil
	case len(root.fields) == 0:
		return nil, NoFields("text")
	}
	return nil, r.failAt(root.ink, "text stands beside the fields")
}

// checkChars refuses the characters that no document can hold (XML 1.0
// section 2.2). The text is valid UTF-8.
func (r *xmlReader) checkChars() error {
	for i, c := range r.text {
		if c >= ' ' && c != 0xef || c == '\t' || c == '\n' {
			continue
		}
		if char, _ := utf8.DecodeRune(r.text[i:]); !isXMLChar(char) {
			return r.failAt(i, "the character U+%04X is not allowed", char)
		}
	}
	return nil
}

// misc reads what may stand around the root. A processing instruction may
// name a style sheet in the prolog; anywhere else it would be an order to
// nobody known.
func (r *xmlReader) misc(prolog bool) error {
	for {
		r.skipSpace()
		var err error
		switch {
		case r.skip("<!--"):
			err = r.comment()
		case prolog && r.skip("<?"):
			err = r.instruction()
		default:
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// misplaced says what stands where it is not allowed.
func (r *xmlReader) misplaced() error {
	switch {
	case r.pos == len(r.text):
		return r.fail("the document ends too early")
	case r.begins("<!DOCTYPE"):
		return r.fail("a document type declaration is not accepted")
	case r.begins("<?"):
		return r.fail("a processing instruction is not accepted here")
	case r.begins("<!"):
		return r.fail("a declaration is not allowed here")
	case r.begins("<"):
		return r.fail("the document goes on after its root element")
	}
	return r.fail("text stands outside the root element")
}

// root reads the root element. Its attributes are its first fields.
func (r *xmlReader) root() (xmlContent, error) {
	tag, err := r.startTag()
	if err != nil {
		return xmlContent{}, err
	}
	var fields Record
	for _, a := range r.attrs {
		if a.isAboutDocument() {
			continue
		}
		f := Field{Name: string(a.name.local), Value: TextValue(a.value)}
		if fields, err = r.limits.Append(fields, f); err != nil {
			return xmlContent{}, err
		}
	}
	return r.content(tag, xmlContent{fields: fields}, 1)
}

// field reads an element at a depth. The root has depth 1.
func (r *xmlReader) field(depth int) (Field, error) {
	tag, err := r.startTag()
	if err != nil {
		return Field{}, err
	}
	hasAttrs := r.hasAttrs()
	c, err := r.content(tag, xmlContent{isList: true}, depth)
	if err != nil {
		return Field{}, err
	}
	r.scope = r.scope[:tag.outer]
	f := Field{Name: string(tag.name.local), Value: c.value()}
	if hasAttrs {
		f.Value = UnfitValue("wrong-type", "an element with attributes")
	}
	return f, nil
}

func (r *xmlReader) hasAttrs() bool {
	for _, a := range r.attrs {
		if a.space != xmlnsNamespace {
			return true
		}
	}
	return false
}

// xmlContent is what stands in an element.
type xmlContent struct {
	fields Record
	isList bool   // every field so far is named i; never of the root
	text   []byte // up to the first field
	hasInk bool   // there is text that is not white space
	ink    int    // where the first of it is
}

func (c *xmlContent) value() Value {
	switch {
	case len(c.fields) == 0:
		return TextValue(string(c.text))
	case c.hasInk:
		return UnfitValue("wrong-type", "an element with text beside other elements")
	case c.isList:
		for i := range c.fields {
			c.fields[i].Name = ""
		}
		return Value{kind: List, members: c.fields}
	}
	return MapValue(c.fields)
}

// content reads up to the end of the element that tag began.
func (r *xmlReader) content(tag xmlTag, c xmlContent, depth int) (xmlContent, error) {
	if tag.empty {
		return c, nil
	}
	for {
		err := r.charData(&c)
		switch {
		case err != nil:
		case r.skip("</"):
			return c, r.endTag(tag)
		case r.skip("<!--"):
			err = r.comment()
		case r.skip("<![CDATA["):
			err = r.cdata(&c)
		case r.pos == len(r.text):
			err = r.fail("the document ends inside the element <%s>", tag.written)
		case r.begins("<!"), r.begins("<?"):
			err = r.misplaced()
		default:
			err = r.child(&c, depth)
		}
		if err != nil {
			return c, err
		}
	}
}

// child reads an element inside one at a depth. The members of a list are not
// limited in number, as the fields of a record or a map are.
func (r *xmlReader) child(c *xmlContent, depth int) error {
	if err := r.limits.CheckDepth(depth); err != nil {
		return err
	}
	f, err := r.field(depth + 1)
	if err != nil {
		return err
	}
	if c.isList = c.isList && f.Name == xmlItem; c.isList {
		c.fields = append(c.fields, f)
		return nil
	}
	c.fields, err = r.limits.Append(c.fields, f)
	return err
}

// charData reads text up to the next tag (XML 1.0 section 2.4).
func (r *xmlReader) charData(c *xmlContent) error {
	end := r.find("<")
	if end < 0 {
		end = len(r.text)
	}
	if at := bytes.Index(r.text[r.pos:end], []byte("]]>")); at >= 0 {
		return r.failAt(r.pos+at, "]]> stands in text")
	}
	for r.pos < end {
		if r.text[r.pos] == '&' {
			at := r.pos
			char, err := r.reference()
			if err != nil {
				return err
			}
			c.add(utf8.AppendRune(nil, char), at)
			continue
		}
		stop := bytes.IndexByte(r.text[r.pos:end], '&')
		if stop < 0 {
			stop = end - r.pos
		}
		c.add(r.text[r.pos:r.pos+stop], r.pos)
		r.pos += stop
	}
	return nil
}

// cdata reads the rest of a CDATA section (XML 1.0 section 2.7).
func (r *xmlReader) cdata(c *xmlContent) error {
	end := r.find("]]>")
	if end < 0 {
		return r.fail("the CDATA section is not ended")
	}
	c.add(r.text[r.pos:end], r.pos)
	r.pos = end + len("]]>")
	return nil
}

// add takes a piece of text that stands at an offset. Beside fields it only
// matters whether there is any. The first piece, mostly the only one, is not
// copied: without spare capacity, no later one can be written behind it.
func (c *xmlContent) add(piece []byte, at int) {
	if !c.hasInk {
		blank := len(piece) - len(bytes.TrimLeft(piece, xmlSpace))
		c.hasInk, c.ink = blank < len(piece), at+blank
	}
	switch {
	case len(c.fields) > 0:
	case c.text == nil:
		c.text = piece[:len(piece):len(piece)]
	default:
		c.text = append(c.text, piece...)
	}
}
