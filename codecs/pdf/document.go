package pdf

import (
	"strconv"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/pdf/typeset"
)

// document is a document while it is made. What stands on its pages is drawn
// at once; fonts, structure and footers are known only at its end.
type document struct {
	w         *writer
	title     string
	about     codecs.Page // that the footer tells of
	landscape bool
	fonts     fonts
	tree      tree
	fields    fieldNode
	pages     []*page
	pagesRef  ref
	resources ref
}

// page is one page.
type page struct {
	canvas
	ref           ref
	width, height float32
	key           int        // in the parent tree
	marks         []*element // of the marked content, by its numbers
	annotations   []ref
}

func newDocument(dst []byte, title string, about codecs.Page) *document {
	w := newWriter(dst)
	d := &document{w: w, title: title, about: about, fonts: fonts{numbers: map[*typeset.Font]int{}}}
	d.pagesRef, d.resources, d.tree.root = w.reserve(), w.reserve(), w.reserve()
	d.tree.top = &element{kind: "Document", ref: w.reserve()}
	return d
}

// addPage begins another page.
func (d *document) addPage() *page {
	p := &page{ref: d.w.reserve(), canvas: canvas{fonts: &d.fonts, buffer: make(buffer, 0, 8<<10)}, width: shortSide, height: longSide}
	if d.landscape {
		p.width, p.height = longSide, shortSide
	}
	p.key = d.tree.key(parent{page: p})
	d.pages = append(d.pages, p)
	return p
}

// finish writes all that is not yet written.
func (d *document) finish() []byte {
	for i, p := range d.pages {
		d.footer(p, i)
		d.writePage(p)
	}
	d.w.object(d.pagesRef).add("<</Type/Pages/Count ").int(len(d.pages)).add("/Kids[")
	for _, p := range d.pages {
		d.w.packed.ref(p.ref).add(" ")
	}
	d.w.packed.add("]>>")
	d.tree.write(d.w)
	form := d.writeForm()
	d.fonts.write(d.w, d.resources)
	return d.w.finish(d.writeCatalog(form), d.writeInfo())
}

func (d *document) writePage(p *page) {
	content := d.w.reserve()
	d.w.stream(content, nil, p.buffer)
	b := d.w.object(p.ref).add("<</Type/Page/Parent ").ref(d.pagesRef).add("/MediaBox[0 0 ").numbers(p.width, p.height).
		add("]/Resources ").ref(d.resources).add("/Contents ").ref(content).add("/StructParents ").int(p.key)
	if len(p.annotations) > 0 {
		b.add("/Annots").refs(p.annotations)
	}
	b.add("/Tabs/S>>")
}

// footer says when the page was made, in answer to what, and which it is.
func (d *document) footer(p *page, i int) {
	p.add("/Artifact<</Type/Pagination/Subtype/Footer>>BDC\n")
	width := p.width - 2*marginSide
	p.rule(marginSide, marginBottom-18, width, 0.5, faint)
	number := footerStyle.repeated(strconv.Itoa(i+1)+" of "+strconv.Itoa(len(d.pages)), width)
	y := marginBottom - 18 - footerStyle.leading
	right := number[0].Width * footerStyle.size
	p.line(number[0], p.width-marginSide-right, y, footerStyle)
	if text := madeText(d.about); text != "" {
		const apart = 30
		p.lines(footerStyle.lines(text, width-right-apart), marginSide, y, width-right-apart, footerStyle)
	}
	p.unmark()
}

func madeText(p codecs.Page) string {
	var text string
	if !p.Made.IsZero() {
		text = "Made " + p.Made.UTC().Format("2006-01-02 15:04:05 MST")
	}
	if p.RequestID != "" {
		if text != "" {
			text += "  \u00b7  "
		}
		text += "Request " + p.RequestID
	}
	return text
}

// writeCatalog writes the root of the document (ISO 32000-1 section 7.7.2).
func (d *document) writeCatalog(form ref) ref {
	catalog, metadata, intent := d.w.reserve(), d.w.reserve(), d.w.reserve()
	b := d.w.object(catalog).add("<</Type/Catalog/Pages ").ref(d.pagesRef).
		add("/Lang(en)/MarkInfo<</Marked true>>/ViewerPreferences<</DisplayDocTitle true>>/StructTreeRoot ").ref(d.tree.root).
		add("/Metadata ").ref(metadata).
		add("/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/Info(sRGB)/DestOutputProfile ").ref(intent).add(">>]")
	if form != 0 {
		b.add("/AcroForm ").ref(form)
	}
	b.add(">>")
	d.w.plainStream(metadata, buffer("/Type/Metadata/Subtype/XML"), d.xmp())
	d.w.stream(intent, buffer("/N 3"), sRGB)
	return catalog
}
