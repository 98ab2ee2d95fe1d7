package typeset

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"

	"github.com/go-text/typesetting/font/opentype"
)

// Subset is the part of a font that a document uses, its glyphs numbered anew
// in the order in which they were added. Glyph 0 is that of what is missing.
type Subset struct {
	Font   *Font
	ids    map[uint16]uint16 // the new by the old
	blanks map[string]uint16 // the new by their texts
	glyphs []uint16          // the old by the new
	texts  []string          // what each glyph stands for
}

// NewSubset makes a subset without glyphs.
func NewSubset(f *Font) *Subset {
	return &Subset{Font: f, ids: map[uint16]uint16{0: 0}, blanks: map[string]uint16{}, glyphs: []uint16{0}, texts: []string{"\ufffd"}}
}

// Add gives a glyph its number in the subset. text is what it stands for; the
// first that is given for a glyph is kept, and kept reports whether it is
// this one.
func (s *Subset) Add(id uint16, text string) (number uint16, kept bool) {
	number, known := s.ids[id]
	if !known {
		number = uint16(len(s.glyphs))
		s.ids[id] = number
		s.glyphs = append(s.glyphs, id)
		s.texts = append(s.texts, text)
	}
	return number, s.texts[number] == text
}

// blank stands for a glyph that no font has: nothing, without a width.
const blank = 0xffff

// AddBlank gives a number to a glyph that is not seen and stands for text.
func (s *Subset) AddBlank(text string) uint16 {
	number, known := s.blanks[text]
	if !known {
		number = uint16(len(s.glyphs))
		s.blanks[text] = number
		s.glyphs = append(s.glyphs, blank)
		s.texts = append(s.texts, text)
	}
	return number
}

// Texts are what the glyphs stand for, by their numbers.
func (s *Subset) Texts() []string { return s.texts }

// Advance is the advance of a glyph of the subset, in thousandths of an em.
func (s *Subset) Advance(number int) int {
	if s.glyphs[number] == blank {
		return 0
	}
	return s.Font.Advance(s.glyphs[number])
}

// File is the subset as a TrueType file with the tables that a PDF wants (ISO
// 32000-1 section 9.9), and the name of its font: that of the whole one after
// six letters that tell subsets apart (section 9.6.4).
func (s *Subset) File() (file []byte, name string) {
	f := s.Font
	glyphs := slices.Clone(s.glyphs)
	ids := maps.Clone(s.ids)
	var glyf, loca, hmtx []byte
	for i := 0; i < len(glyphs); i++ {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		if glyphs[i] == blank {
			hmtx = append(hmtx, 0, 0, 0, 0)
			continue
		}
		start := len(glyf)
		glyf = append(glyf, f.outline(glyphs[i])...)
		glyphs = renumber(glyf[start:], glyphs, ids)
		glyf = append(glyf, make([]byte, -len(glyf)&3)...)
		advance, bearing := f.horizontal(glyphs[i])
		hmtx = binary.BigEndian.AppendUint16(hmtx, advance)
		hmtx = binary.BigEndian.AppendUint16(hmtx, bearing)
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	count := uint16(len(glyphs))
	file = opentype.WriteTTF([]opentype.Table{
		{Tag: opentype.MustNewTag("glyf"), Content: glyf},
		{Tag: opentype.MustNewTag("head"), Content: withUint16(f.head, 50, 1)}, // indexToLocFormat: long
		{Tag: opentype.MustNewTag("hhea"), Content: withUint16(f.hhea, 34, count)},
		{Tag: opentype.MustNewTag("hmtx"), Content: hmtx},
		{Tag: opentype.MustNewTag("loca"), Content: loca},
		{Tag: opentype.MustNewTag("maxp"), Content: withUint16(f.maxp, 4, count)},
	})
	return file, tagOf(file) + "+" + f.Name
}

// The flags of a component (OpenType, glyf, component glyph description).
const (
	argumentsAreWords  = 0x0001
	hasScale           = 0x0008
	moreComponents     = 0x0020
	hasScales          = 0x0040
	hasTwoByTwo        = 0x0080
	componentsFollowed = -1 // instead of the number of contours
)

// renumber gives the components of a glyph their new numbers, and adds those
// that are not yet in the subset to its end.
func renumber(outline []byte, glyphs []uint16, ids map[uint16]uint16) []uint16 {
	if len(outline) == 0 || int16(binary.BigEndian.Uint16(outline)) != componentsFollowed {
		return glyphs
	}
	for at, more := 10, true; more; {
		flags := binary.BigEndian.Uint16(outline[at:])
		old := binary.BigEndian.Uint16(outline[at+2:])
		number, known := ids[old]
		if !known {
			number = uint16(len(glyphs))
			ids[old] = number
			glyphs = append(glyphs, old)
		}
		binary.BigEndian.PutUint16(outline[at+2:], number)
		at += componentSize(flags)
		more = flags&moreComponents != 0
	}
	return glyphs
}

func componentSize(flags uint16) int {
	size := 6
	if flags&argumentsAreWords != 0 {
		size += 2
	}
	switch {
	case flags&hasScale != 0:
		size += 2
	case flags&hasScales != 0:
		size += 4
	case flags&hasTwoByTwo != 0:
		size += 8
	}
	return size
}

func withUint16(table []byte, at int, value uint16) []byte {
	table = slices.Clone(table)
	binary.BigEndian.PutUint16(table[at:], value)
	return table
}

// tagOf makes six letters of a file.
func tagOf(file []byte) string {
	sum := sha256.Sum256(file)
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	return string(tag)
}
