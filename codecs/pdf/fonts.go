package pdf

import (
	"github.com/parley-gateway/parley/codecs/pdf/typeset"
)

// fonts are those that a document uses, in the order in which they were first
// used. All pages and appearances share one dictionary of resources.
type fonts struct {
	subsets []*typeset.Subset
	numbers map[*typeset.Font]int
}

// number is that of a font in the names of resources.
func (f *fonts) number(font *typeset.Font) int {
	n, known := f.numbers[font]
	if !known {
		n = len(f.subsets)
		f.numbers[font] = n
		f.subsets = append(f.subsets, typeset.NewSubset(font))
	}
	return n
}

// write writes the fonts and the dictionary of resources that has them.
func (f *fonts) write(w *writer, resources ref) {
	refs := make([]ref, len(f.subsets))
	for i, s := range f.subsets {
		refs[i] = writeFont(w, s)
	}
	b := w.object(resources).add("<</Font<<")
	for i, r := range refs {
		b.add("/F").int(i).add(" ").ref(r)
	}
	b.add(">>>>")
}

// writeFont embeds a subset as a composite font whose codes are its glyphs
// (ISO 32000-1 section 9.7).
func writeFont(w *writer, s *typeset.Subset) ref {
	file, name := s.File()
	font, descendant, descriptor, program, unicode := w.reserve(), w.reserve(), w.reserve(), w.reserve(), w.reserve()
	w.object(font).add("<</Type/Font/Subtype/Type0/BaseFont/").add(name).
		add("/Encoding/Identity-H/DescendantFonts[").ref(descendant).add("]/ToUnicode ").ref(unicode).add(">>")
	widths(w.object(descendant).add("<</Type/Font/Subtype/CIDFontType2/BaseFont/").add(name).
		add("/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/CIDToGIDMap/Identity/FontDescriptor ").ref(descriptor), s)
	describe(w.object(descriptor).add("<</Type/FontDescriptor/FontName/").add(name), s.Font).ref(program).add(">>")
	var entries buffer
	entries.add("/Length1 ").int(len(file))
	w.stream(program, entries, file)
	w.stream(unicode, nil, toUnicode(s.Texts()))
	return font
}

func widths(b *buffer, s *typeset.Subset) {
	b.add("/W[0[")
	for i := range s.Texts() {
		b.int(s.Advance(i)).add(" ")
	}
	b.add("]]>>")
}

// describe appends the entries of a font descriptor (ISO 32000-1 section 9.8),
// the last up to its value. The thickness of stems is not in a TrueType file;
// readers want it only where they have to replace the font.
func describe(b *buffer, f *typeset.Font) *buffer {
	const symbolic, stem = 4, 80
	thousandths := func(ems float32) *buffer { return b.int(int(ems * 1000)).add(" ") }
	b.add("/Flags ").int(symbolic).add("/FontBBox[")
	for _, side := range f.Box {
		thousandths(side)
	}
	b.add("]/ItalicAngle 0/StemV ").int(stem).add("/Ascent ")
	thousandths(f.Ascent).add("/Descent ")
	thousandths(f.Descent).add("/CapHeight ")
	thousandths(f.CapHeight)
	return b.add("/FontFile2 ")
}

// mappings is how many a section of a CMap may have (Adobe technical note
// 5014, section 4).
const mappings = 100

// toUnicode makes the CMap by which readers find the text of glyphs again (ISO
// 32000-1 section 9.10.3).
func toUnicode(texts []string) buffer {
	b := beginUnicode("<0000><FFFF>")
	for first := 0; first < len(texts); first += mappings {
		section := texts[first:min(first+mappings, len(texts))]
		b.int(len(section)).add(" beginbfchar\n")
		for i, text := range section {
			b.add("<").hex16(uint16(first + i)).add("><").hex(text).add(">\n")
		}
		b.add("endbfchar\n")
	}
	return endUnicode(b)
}

// beginUnicode begins a CMap from these codes to text, which endUnicode ends.
func beginUnicode(codes string) (b buffer) {
	b.add("/CIDInit/ProcSet findresource begin 12 dict begin begincmap/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def" +
		"/CMapName/Adobe-Identity-UCS def/CMapType 2 def 1 begincodespacerange").add(codes).add("endcodespacerange\n")
	return b
}

func endUnicode(b buffer) buffer {
	b.add("endcmap CMapName currentdict/CMap defineresource pop end end")
	return b
}
