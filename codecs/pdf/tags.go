package pdf

// element is a node of the structure tree (ISO 32000-1 section 14.7), by which
// those who do not see the page are read it.
type element struct {
	kind       string // a standard type, section 14.8.4
	ref        ref
	parent     *element
	kids       []kid
	attributes string
}

// kid is an element, marked content on a page, or an annotation.
type kid struct {
	element    *element
	page       *page
	mark       int
	annotation ref
}

// The attributes of heading cells (ISO 32000-1 section 14.8.5.7).
const (
	ofRow    = "/A<</O/Table/Scope/Row>>"
	ofColumn = "/A<</O/Table/Scope/Column>>"
)

// tree is the structure tree.
type tree struct {
	root    ref
	top     *element
	parents []parent // by their keys
}

// parent is an entry of the parent tree: the elements of the marks of a page,
// or that of an annotation.
type parent struct {
	page    *page
	element *element
}

// open adds an element to another.
func (d *document) open(in *element, kind, attributes string) *element {
	e := &element{kind: kind, ref: d.w.reserve(), parent: in, attributes: attributes}
	in.kids = append(in.kids, kid{element: e})
	return e
}

// mark begins content of an element on a page, to be ended by EMC.
func (p *page) mark(e *element) {
	n := len(p.marks)
	p.marks = append(p.marks, e)
	e.kids = append(e.kids, kid{page: p, mark: n})
	p.add("/").add(e.kind).add("<</MCID ").int(n).add(">>BDC\n")
}

// decorate begins content that means nothing, to be ended by EMC.
func (p *page) decorate() { p.add("/Artifact BMC\n") }

func (p *page) unmark() { p.add("EMC\n") }

// key gives something its key in the parent tree.
func (t *tree) key(of parent) int {
	t.parents = append(t.parents, of)
	return len(t.parents) - 1
}

func (t *tree) write(w *writer) {
	parents := w.reserve()
	w.object(t.root).add("<</Type/StructTreeRoot/K ").ref(t.top.ref).add("/ParentTree ").ref(parents).
		add("/ParentTreeNextKey ").int(len(t.parents)).add(">>")
	t.writeParents(w.object(parents))
	t.top.write(w, t.root)
}

func (t *tree) writeParents(b *buffer) {
	b.add("<</Nums[")
	for key, p := range t.parents {
		b.int(key).add(" ")
		if p.element != nil {
			b.ref(p.element.ref).add(" ")
			continue
		}
		b.add("[")
		for _, e := range p.page.marks {
			b.ref(e.ref).add(" ")
		}
		b.add("]")
	}
	b.add("]>>")
}

func (e *element) write(w *writer, parent ref) {
	b := w.object(e.ref).add("<</S/").add(e.kind).add("/P ").ref(parent).add(e.attributes).add("/K[")
	for _, k := range e.kids {
		k.write(b)
	}
	b.add("]>>")
	for _, k := range e.kids {
		if k.element != nil {
			k.element.write(w, e.ref)
		}
	}
}

func (k kid) write(b *buffer) {
	switch {
	case k.element != nil:
		b.ref(k.element.ref).add(" ")
	case k.annotation != 0:
		b.add("<</Type/OBJR/Pg ").ref(k.page.ref).add("/Obj ").ref(k.annotation).add(">>")
	default:
		b.add("<</Type/MCR/Pg ").ref(k.page.ref).add("/MCID ").int(k.mark).add(">>")
	}
}
