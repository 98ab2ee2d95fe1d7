package codecs

import (
	"bytes"
	"unicode/utf8"
)

// The namespaces whose attributes are about the document itself: Namespaces in
// XML 1.0 section 3, XML Schema part 1 section 2.6.
const (
	xmlNamespace   = "http://www.w3.org/XML/1998/namespace"
	xmlnsNamespace = "http://www.w3.org/2000/xmlns/"
	xsiNamespace   = "http://www.w3.org/2001/XMLSchema-instance"
)

// xmlName is a qualified name (Namespaces in XML 1.0 section 4).
type xmlName struct {
	prefix []byte // nil for none
	local  []byte
}

// xmlTag is a start tag.
type xmlTag struct {
	name    xmlName
	written []byte // the name with its prefix
	empty   bool   // the tag is the end, too
	outer   int    // how many namespaces are declared outside the element
}

type xmlAttr struct {
	name  xmlName
	space string // its namespace, empty for none
	value string
	at    int
}

// isAboutDocument says that an attribute of the root is no field.
func (a xmlAttr) isAboutDocument() bool {
	switch a.space {
	case xmlnsNamespace, xmlNamespace, xsiNamespace:
		return true
	}
	return false
}

// xmlBinding is a namespace declaration that is in force.
type xmlBinding struct {
	prefix string // empty for the default
	space  string
}

// startTag reads a start tag or an empty element, leaves the attributes in
// r.attrs, and puts its namespaces in force.
func (r *xmlReader) startTag() (xmlTag, error) {
	r.pos++
	tag := xmlTag{outer: len(r.scope)}
	r.attrs = r.attrs[:0]
	begin := r.pos
	var err error
	if tag.name, err = r.name(); err != nil {
		return tag, err
	}
	tag.written = r.text[begin:r.pos]
	for {
		spaced := r.skipSpace()
		if r.skip(">") {
			break
		}
		if r.skip("/>") {
			tag.empty = true
			break
		}
		if !spaced {
			return tag, r.fail("white space or the end of the tag is missing")
		}
		if err := r.attribute(); err != nil {
			return tag, err
		}
	}
	return tag, r.resolve(tag.name, begin)
}

func (r *xmlReader) endTag(tag xmlTag) error {
	ok := r.skip(string(tag.written))
	r.skipSpace()
	if !ok || !r.skip(">") {
		return r.fail("the end tag does not match <%s>", tag.written)
	}
	return nil
}

func (r *xmlReader) attribute() error {
	a := xmlAttr{at: r.pos}
	var err error
	if a.name, err = r.name(); err != nil {
		return err
	}
	if a.value, err = r.attrValue(); err != nil {
		return err
	}
	if len(r.attrs) >= r.limits.MaxFields() {
		return r.failAt(a.at, "an element has more than %d attributes", r.limits.MaxFields())
	}
	r.attrs = append(r.attrs, a)
	return nil
}

// attrValue reads the equals sign and the value of an attribute, in which
// white space becomes spaces (XML 1.0 section 3.3.3).
func (r *xmlReader) attrValue() (string, error) {
	quote, err := r.openQuote()
	if err != nil {
		return "", err
	}
	var value []byte
	for r.pos < len(r.text) {
		switch c := r.text[r.pos]; c {
		case quote:
			r.pos++
			return string(value), nil
		case '<':
			return "", r.fail("< stands in the value of an attribute")
		case '&':
			char, err := r.reference()
			if err != nil {
				return "", err
			}
			value = utf8.AppendRune(value, char)
			continue
		case '\t', '\n':
			value = append(value, ' ')
		default:
			value = append(value, c)
		}
		r.pos++
	}
	return "", r.fail("the value of an attribute is not ended")
}

func (r *xmlReader) openQuote() (byte, error) {
	r.skipSpace()
	if !r.skip("=") {
		return 0, r.fail("an equals sign is missing")
	}
	r.skipSpace()
	if !r.begins(`"`) && !r.begins("'") {
		return 0, r.fail("a quotation mark is missing")
	}
	r.pos++
	return r.text[r.pos-1], nil
}

// resolve puts the declarations among the attributes in force, then finds the
// namespaces of the element's name, which begins at an offset, and of its
// attributes. No two attributes may have one name (Namespaces in XML 1.0
// section 6.3).
func (r *xmlReader) resolve(element xmlName, begin int) error {
	for _, a := range r.attrs {
		if err := r.declare(a); err != nil {
			return err
		}
	}
	if _, err := r.namespace(element, begin); err != nil {
		return err
	}
	for i := range r.attrs {
		a := &r.attrs[i]
		var err error
		if a.space, err = r.attrNamespace(*a); err != nil {
			return err
		}
		for _, b := range r.attrs[:i] {
			if a.space == b.space && bytes.Equal(a.name.local, b.name.local) {
				return r.failAt(a.at, "the attribute %s stands here twice", a.name.local)
			}
		}
	}
	return nil
}

// declare puts a namespace declaration in force, if the attribute is one
// (Namespaces in XML 1.0 sections 2 and 3). How many can be is limited, since
// every prefix is looked for among all of them.
func (r *xmlReader) declare(a xmlAttr) error {
	b := xmlBinding{space: a.value}
	switch {
	case string(a.name.prefix) == "xmlns":
		b.prefix = string(a.name.local)
	case a.name.prefix != nil || string(a.name.local) != "xmlns":
		return nil
	}
	switch {
	case b.prefix == "xmlns", b.space == xmlnsNamespace, (b.prefix == "xml") != (b.space == xmlNamespace):
		return r.failAt(a.at, "the namespaces of xml and xmlns cannot be declared")
	case b.prefix != "" && b.space == "":
		return r.failAt(a.at, "the prefix %s is declared without a namespace", b.prefix)
	case len(r.scope) >= r.limits.MaxFields():
		return r.failAt(a.at, "more than %d namespaces are declared", r.limits.MaxFields())
	}
	r.scope = append(r.scope, b)
	return nil
}

// attrNamespace is the namespace of an attribute, to which the default
// namespace does not apply.
func (r *xmlReader) attrNamespace(a xmlAttr) (string, error) {
	switch {
	case string(a.name.prefix) == "xmlns", a.name.prefix == nil && string(a.name.local) == "xmlns":
		return xmlnsNamespace, nil
	case a.name.prefix == nil:
		return "", nil
	}
	return r.namespace(a.name, a.at)
}

// namespace finds the namespace of a name that stands at an offset.
func (r *xmlReader) namespace(name xmlName, at int) (string, error) {
	if string(name.prefix) == "xml" {
		return xmlNamespace, nil
	}
	for i := len(r.scope) - 1; i >= 0; i-- {
		if r.scope[i].prefix == string(name.prefix) {
			return r.scope[i].space, nil
		}
	}
	if name.prefix == nil {
		return "", nil
	}
	return "", r.failAt(at, "the prefix %s is not declared", name.prefix)
}
