package html

import (
	"slices"

	"golang.org/x/net/html/atom"
)

// tag is the name of an element.
type tag struct {
	atom   atom.Atom
	custom string // where the atom is 0
}

func tagOf(name []byte) tag {
	if a := atom.Lookup(name); a != 0 {
		return tag{atom: a}
	}
	return tag{custom: string(name)}
}

func (t tag) String() string {
	if t.atom != 0 {
		return t.atom.String()
	}
	return t.custom
}

func (t tag) is(atoms ...atom.Atom) bool { return slices.Contains(atoms, t.atom) }

// isVoid reports whether elements have no content and no end tag (HTML
// section 13.1.2).
func (t tag) isVoid() bool {
	switch t.atom {
	case atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input,
		atom.Link, atom.Meta, atom.Param, atom.Source, atom.Track, atom.Wbr:
		return true
	}
	return false
}

// isUnread reports whether the content of elements is none of the page's
// text and fields.
func (t tag) isUnread() bool {
	switch t.atom {
	case atom.Script, atom.Style, atom.Template, atom.Noscript, atom.Title, atom.Datalist,
		atom.Svg, atom.Math, atom.Iframe, atom.Noembed, atom.Noframes:
		return true
	}
	return false
}

// isRaw reports whether elements hold text in which no tag begins but their own
// end tag (HTML section 13.1.2, raw text and escapable raw text), as the
// tokenizer sees it.
func (t tag) isRaw() bool {
	switch t.atom {
	case atom.Iframe, atom.Noembed, atom.Noframes, atom.Noscript, atom.Plaintext, atom.Script, atom.Style,
		atom.Textarea, atom.Title, atom.Xmp:
		return true
	}
	return false
}

// mayEndUnsaid reports whether the end tag may be left out (HTML section
// 13.1.2.4). That of a page and its body may too, but then nobody can tell
// whether the page is whole.
func (t tag) mayEndUnsaid() bool {
	switch t.atom {
	case atom.P, atom.Li, atom.Dt, atom.Dd, atom.Option, atom.Optgroup, atom.Rt, atom.Rp, atom.Head,
		atom.Caption, atom.Colgroup, atom.Thead, atom.Tbody, atom.Tfoot, atom.Tr, atom.Td, atom.Th:
		return true
	}
	return false
}

// ends says which open elements a start tag ends, and inside which elements
// they are looked for.
type ends struct{ elements, within []atom.Atom }

var (
	endsParagraph = ends{[]atom.Atom{atom.P}, []atom.Atom{atom.Button, atom.Td, atom.Th, atom.Caption, atom.Table, atom.Object}}
	endsItem      = ends{[]atom.Atom{atom.Li}, []atom.Atom{atom.Ul, atom.Ol, atom.Menu}}
	endsPair      = ends{[]atom.Atom{atom.Dt, atom.Dd}, []atom.Atom{atom.Dl}}
	endsOption    = ends{[]atom.Atom{atom.Option}, []atom.Atom{atom.Optgroup, atom.Select}}
	endsGroup     = ends{[]atom.Atom{atom.Option, atom.Optgroup}, []atom.Atom{atom.Select}}
	endsCell      = ends{[]atom.Atom{atom.Td, atom.Th}, []atom.Atom{atom.Tr, atom.Table}}
	endsRow       = ends{[]atom.Atom{atom.Td, atom.Th, atom.Tr, atom.Caption, atom.Colgroup}, []atom.Atom{atom.Table}}
	endsRows      = ends{[]atom.Atom{atom.Td, atom.Th, atom.Tr, atom.Thead, atom.Tbody, atom.Tfoot, atom.Caption, atom.Colgroup},
		[]atom.Atom{atom.Table}}
	endsHead    = ends{[]atom.Atom{atom.Head}, []atom.Atom{atom.Html}}
	endsNothing = ends{}
)

func (t tag) endsOthers() ends {
	switch t.atom {
	case atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Center, atom.Details, atom.Div, atom.Dl,
		atom.Fieldset, atom.Figcaption, atom.Figure, atom.Footer, atom.Form, atom.H1, atom.H2, atom.H3, atom.H4,
		atom.H5, atom.H6, atom.Header, atom.Hgroup, atom.Hr, atom.Main, atom.Menu, atom.Nav, atom.Ol, atom.P,
		atom.Pre, atom.Search, atom.Section, atom.Table, atom.Ul:
		return endsParagraph
	case atom.Li:
		return endsItem
	case atom.Dt, atom.Dd:
		return endsPair
	case atom.Option:
		return endsOption
	case atom.Optgroup:
		return endsGroup
	case atom.Td, atom.Th:
		return endsCell
	case atom.Tr:
		return endsRow
	case atom.Thead, atom.Tbody, atom.Tfoot, atom.Caption, atom.Colgroup:
		return endsRows
	case atom.Body:
		return endsHead
	}
	return endsNothing
}
