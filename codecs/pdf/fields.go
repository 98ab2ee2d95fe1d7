package pdf

import (
	"cmp"
	"slices"
	"strings"

	"github.com/parley-gateway/parley/codecs/pdf/typeset"
)

// fieldNode is a node of the tree of form fields (ISO 32000-1 section 12.7.3),
// which are named by their path in it. Only its leaves have a value.
type fieldNode struct {
	name    string
	kids    []*fieldNode
	entries buffer // of a leaf
	widgets []widget
}

// widget is what is seen of a field, in one place.
type widget struct {
	ref     ref
	entries buffer
}

// The flags of fields (ISO 32000-1 sections 12.7.3.1 and 12.7.4).
const (
	readOnly  = 1 << 0
	multiline = 1 << 12
	combo     = 1 << 17
)

// textField adds a text field.
func (d *document) textField(name, tip, value string, flags int) *fieldNode {
	return d.addField(name, "/FT/Tx", tip, value, flags)
}

// addField adds a field of a type. Fields keep their order: a node is gone on
// with only where nothing else stands after it.
func (d *document) addField(name, kind, tip, value string, flags int) *fieldNode {
	node := &d.fields
	parts := strings.Split(name, ".")
	for _, part := range parts[:len(parts)-1] {
		if last := len(node.kids) - 1; last < 0 || node.kids[last].name != part || node.kids[last].isLeaf() {
			node.kids = append(node.kids, &fieldNode{name: part})
		}
		node = node.kids[len(node.kids)-1]
	}
	leaf := &fieldNode{name: parts[len(parts)-1]}
	leaf.entries.add(kind).add("/TU").text(cmp.Or(tip, name)).add("/V").text(value).
		add("/DA(/Helv 10 Tf 0.11 0.15 0.19 rg)")
	if flags != 0 {
		leaf.entries.add("/Ff ").int(flags)
	}
	node.kids = append(node.kids, leaf)
	return leaf
}

func (n *fieldNode) isLeaf() bool { return n.entries != nil }

// printed is the flag of annotations that print (ISO 32000-1 section 12.5.3).
const printed = 4

// show adds a widget that looks as drawn, and an element for it.
func (d *document) show(f *fieldNode, in *element, p *page, x, y, width, height float32, drawn buffer) {
	e := d.open(in, "Form", "")
	appearance := d.w.reserve()
	var entries buffer
	entries.add("/Type/XObject/Subtype/Form/BBox[0 0 ").numbers(width, height).add("]/Resources ").ref(d.resources)
	d.w.stream(appearance, entries, drawn)

	w := widget{ref: d.w.reserve()}
	w.entries.add("/Type/Annot/Subtype/Widget/F ").int(printed).add("/P ").ref(p.ref).
		add("/Rect[").numbers(x, y, x+width, y+height).add("]/AP<</N ").ref(appearance).
		add(">>/StructParent ").int(d.tree.key(parent{element: e}))
	f.widgets = append(f.widgets, w)
	e.kids = append(e.kids, kid{page: p, annotation: w.ref})
	p.annotations = append(p.annotations, w.ref)
}

// hide adds a widget that is not seen: one without a size, outside the page.
// The flag Hidden would be plainer, but ISO 19005-2 section 6.3.2 has none.
func (d *document) hide(f *fieldNode, p *page) {
	w := widget{ref: d.w.reserve()}
	w.entries.add("/Type/Annot/Subtype/Widget/F ").int(printed).add("/P ").ref(p.ref).add("/Rect[-1 -1 -1 -1]")
	f.widgets = append(f.widgets, w)
	p.annotations = append(p.annotations, w.ref)
}

// appearance draws what a text field shows (ISO 32000-1 section 12.7.3.3).
func (d *document) appearance(draw func(c *canvas)) buffer {
	c := &canvas{fonts: &d.fonts}
	c.add("/Tx BMC\nq\n")
	draw(c)
	c.add("Q\nEMC")
	return c.buffer
}

// shownLines draws lines of text from the top of a field down.
func (d *document) shownLines(lines []typeset.Line, width float32, t textStyle) buffer {
	return d.appearance(func(c *canvas) {
		c.lines(lines, 0, t.height(len(lines))-t.baseline(), width, t)
	})
}

// writeForm writes the fields and the dictionary of the form (ISO 32000-1
// section 12.7.2), which is none without fields.
func (d *document) writeForm() ref {
	if len(d.fields.kids) == 0 {
		return 0
	}
	form, font := d.w.reserve(), d.w.reserve()
	fields := d.writeFields(d.fields.kids, 0)
	d.w.object(form).add("<</Fields").refs(fields).add("/DA(/Helv 10 Tf 0 g)/DR<</Font<</Helv ").ref(font).add(">>>>>>")
	writeFillFont(d.w, font)
	return form
}

func (d *document) writeFields(nodes []*fieldNode, parent ref) []ref {
	refs := make([]ref, len(nodes))
	for i, n := range nodes {
		refs[i] = d.writeField(n, parent)
	}
	return refs
}

// writeField writes a node and all under it. A field with one widget is one
// object with it (ISO 32000-1 section 12.5.6.19).
func (d *document) writeField(n *fieldNode, parent ref) ref {
	if len(n.widgets) == 1 {
		w := n.widgets[0]
		d.beginField(w.ref, n, parent).add(string(w.entries)).add(">>")
		return w.ref
	}
	self := d.w.reserve()
	kids := d.writeFields(n.kids, self)
	for _, w := range n.widgets {
		d.w.object(w.ref).add("<</Parent ").ref(self).add(string(w.entries)).add(">>")
		kids = append(kids, w.ref)
	}
	d.beginField(self, n, parent).add("/Kids").refs(slices.Clip(kids)).add(">>")
	return self
}

func (d *document) beginField(self ref, n *fieldNode, parent ref) *buffer {
	b := d.w.object(self).add("<<")
	if parent != 0 {
		b.add("/Parent ").ref(parent)
	}
	return b.add("/T").text(n.name).add(string(n.entries))
}
