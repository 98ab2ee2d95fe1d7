package typeset

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/harfbuzz"
)

// Font is a TrueType font.
type Font struct {
	Name       string
	Ascent     float32
	Descent    float32 // below zero
	CapHeight  float32
	Box        [4]float32 // that all glyphs fit in: left, bottom, right, top
	unitsPerEm int
	metrics    int // how many glyphs have an advance of their own
	shaped     *font.Font

	head, hhea, hmtx, loca, glyf, maxp []byte
}

// newFont reads a font file.
func newFont(name string, data []byte) (*Font, error) {
	loader, err := opentype.NewLoader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	f := &Font{Name: name}
	if f.shaped, err = font.NewFont(loader); err != nil {
		return nil, err
	}
	for _, table := range []struct {
		tag     string
		content *[]byte
	}{{"head", &f.head}, {"hhea", &f.hhea}, {"hmtx", &f.hmtx}, {"loca", &f.loca}, {"glyf", &f.glyf}, {"maxp", &f.maxp}} {
		if *table.content, err = loader.RawTable(opentype.MustNewTag(table.tag)); err != nil {
			return nil, err
		}
	}
	f.measure()
	return f, nil
}

// measure reads the tables head and hhea, whose fields stand at fixed places.
func (f *Font) measure() {
	f.unitsPerEm = int(binary.BigEndian.Uint16(f.head[18:]))
	f.Ascent = f.ems(f.hhea[4:])
	f.Descent = f.ems(f.hhea[6:])
	for i := range f.Box {
		f.Box[i] = f.ems(f.head[36+2*i:])
	}
	f.metrics = int(binary.BigEndian.Uint16(f.hhea[34:]))
	f.CapHeight = f.capHeight()
}

// ems reads a signed number of units.
func (f *Font) ems(b []byte) float32 {
	return float32(int16(binary.BigEndian.Uint16(b))) / float32(f.unitsPerEm)
}

// capHeight is the height of an H, or of all letters where there is none.
func (f *Font) capHeight() float32 {
	if id, ok := f.shaped.NominalGlyph('H'); ok {
		if outline := f.outline(uint16(id)); len(outline) > 0 {
			return f.ems(outline[8:])
		}
	}
	return f.Ascent
}

// outline is the description of a glyph in the table glyf: empty for a space.
// Its bounding box begins after two bytes.
func (f *Font) outline(id uint16) []byte {
	return f.glyf[f.offset(int(id)):f.offset(int(id)+1)]
}

// offset is that of a glyph in the table glyf. The field indexToLocFormat says
// whether the table loca holds it or half of it.
func (f *Font) offset(i int) int {
	if f.head[51] == 0 {
		return 2 * int(binary.BigEndian.Uint16(f.loca[2*i:]))
	}
	return int(binary.BigEndian.Uint32(f.loca[4*i:]))
}

// horizontal is the entry of a glyph in the table hmtx: its advance and its
// left side bearing. Glyphs past the last advance share it.
func (f *Font) horizontal(id uint16) (advance, bearing uint16) {
	last := min(int(id), f.metrics-1)
	advance = binary.BigEndian.Uint16(f.hmtx[4*last:])
	at := 4*int(id) + 2
	if int(id) >= f.metrics {
		at = 4*f.metrics + 2*(int(id)-f.metrics)
	}
	return advance, binary.BigEndian.Uint16(f.hmtx[at:])
}

// Advance is the advance of a glyph in thousandths of an em.
func (f *Font) Advance(id uint16) int {
	advance, _ := f.horizontal(id)
	return int(math.Round(float64(advance) * 1000 / float64(f.unitsPerEm)))
}

func (f *Font) has(r rune) bool {
	_, ok := f.shaped.NominalGlyph(r)
	return ok
}

// hasAll reports whether a font has all of a grapheme that shows.
func (f *Font) hasAll(grapheme []rune) bool {
	for _, r := range grapheme {
		if !f.has(r) && !harfbuzz.IsDefaultIgnorable(r) {
			return false
		}
	}
	return true
}
