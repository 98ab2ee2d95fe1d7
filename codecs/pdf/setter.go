package pdf

import (
	"fmt"
	"math"
	"unicode"
	"unicode/utf8"

	"github.com/parley-gateway/parley/codecs/pdf/typeset"
)

// setter sets a line. What readers should add up from the widths of glyphs
// and what shaping wants differ, by kerning for one: it keeps both, in
// thousandths of an em, and adjusts where they part.
type setter struct {
	*canvas
	textStyle
	x, y float32
	want float32
	have int

	inText  bool // in a text object
	inArray bool // in the operand of TJ
	inCodes bool // in a string in it
	font    *typeset.Font
	rise    int
}

// cluster sets the glyphs of a cluster so that readers find its text: by the
// glyphs where those tell it, else by saying it.
func (s *setter) cluster(c typeset.Cluster) {
	s.begin(c.Font)
	subset := s.fonts.subsets[s.fonts.number(c.Font)]
	end := s.want + c.Width*1000
	if !s.telling(subset, c) {
		s.said(subset, c)
	}
	s.want = end
}

// telling sets a cluster of one glyph that tells its text, unless the glyph
// has told another before. Readers put what is from right to left in order
// glyph by glyph, so a ligature there tells the last of its characters, and
// glyphs that are not seen tell the others.
func (s *setter) telling(subset *typeset.Subset, c typeset.Cluster) bool {
	if len(c.Glyphs) != 1 {
		return false
	}
	text, before := c.Text, ""
	if c.RightToLeft {
		_, size := utf8.DecodeLastRuneInString(text)
		before, text = text[:len(text)-size], text[len(text)-size:]
	}
	number, kept := subset.Add(c.Glyphs[0].ID, text)
	if !kept {
		return false
	}
	s.glyph(c.Font.Advance(c.Glyphs[0].ID), c.Glyphs[0], number)
	for before != "" {
		_, size := utf8.DecodeLastRuneInString(before)
		s.glyph(0, typeset.Glyph{}, subset.AddBlank(before[len(before)-size:]))
		before = before[:len(before)-size]
	}
	return true
}

// said sets a cluster after its text. To readers that do not look there, its
// first glyph tells it all, or each glyph a character.
func (s *setter) said(subset *typeset.Subset, c typeset.Cluster) {
	s.endArray()
	s.actualText(c.Text)
	runes := []rune(c.Text)
	for i, g := range c.Glyphs {
		text := c.Text
		switch {
		case len(runes) == len(c.Glyphs):
			text = string(runes[i])
		case i > 0:
			text = "\u200b"
		}
		number, _ := subset.Add(g.ID, text)
		s.glyph(c.Font.Advance(g.ID), g, number)
	}
	s.endArray()
	s.add("EMC ")
}

// begin sees to a text object with the font.
func (s *setter) begin(f *typeset.Font) {
	if !s.inText {
		s.add("BT 1 0 0 1 ").numbers(s.x+s.want*s.size/1000, s.y).add("Tm ")
		s.have = int(math.Round(float64(s.want)))
		s.inText, s.font = true, nil
	}
	if s.font != f {
		s.endArray()
		s.add("/F").int(s.fonts.number(f)).add(" ").numbers(s.size).add("Tf ")
		s.font = f
	}
}

// actualText begins a piece whose glyphs do not tell its text (ISO 32000-1
// section 14.9.4).
func (s *setter) actualText(text string) {
	s.add("/Span<</ActualText").utf16(text).add(">>BDC ")
}

// glyph sets a glyph that readers take to have an advance, in thousandths of
// an em.
func (s *setter) glyph(advance int, g typeset.Glyph, number uint16) {
	s.lift(int(math.Round(float64(g.Y) * 1000)))
	if !s.inArray {
		s.add("[")
		s.inArray = true
	}
	if by := int(math.Round(float64(s.want+g.X*1000))) - s.have; by != 0 {
		s.endCodes()
		s.int(-by)
		s.have += by
	}
	if !s.inCodes {
		s.add("<")
		s.inCodes = true
	}
	s.hex16(number)
	s.have += advance
	s.want += g.Advance * 1000
}

// lift sets the rise of what follows, in thousandths of an em.
func (s *setter) lift(rise int) {
	if s.rise != rise {
		s.endArray()
		s.numbers(float32(rise) * s.size / 1000).add("Ts ")
		s.rise = rise
	}
}

func (s *setter) endCodes() {
	if s.inCodes {
		s.add(">")
		s.inCodes = false
	}
}

func (s *setter) endArray() {
	s.endCodes()
	if s.inArray {
		s.add("]TJ ")
		s.inArray = false
	}
}

func (s *setter) end() {
	if s.inText {
		s.endArray()
		s.lift(0)
		s.add("ET\n")
		s.inText = false
	}
}

// box stands for a character that cannot be drawn: it holds its number in
// hexadecimal digits, in two rows.
func (s *setter) box(c typeset.Cluster) {
	s.end()
	r := []rune(c.Text)[0]
	s.actualText(readable(r))
	x, em := s.x+s.want*s.size/1000, s.size
	s.stroke(s.colour)
	s.numbers(0.04 * em).add("w ")
	s.rectangle(x+0.08*em, s.y-0.16*em, c.Width*em-0.16*em, 1.02*em).add("S\n")
	digits := fmt.Sprintf("%04X", r)
	if len(digits)%2 != 0 {
		digits = "0" + digits
	}
	small := textStyle{size: 0.42 * em, colour: s.colour}
	for i, row := range []string{digits[:len(digits)/2], digits[len(digits)/2:]} {
		l := small.repeated(row, math.MaxFloat32)[0]
		s.line(l, x+(c.Width*em-l.Width*small.size)/2, s.y+0.43*em-float32(i)*0.46*em, small)
	}
	s.add("EMC\n")
	s.want += c.Width * 1000
}

// readable is the text of a character that cannot be drawn. Controls and what
// formats are not handed on to those who copy it.
func readable(r rune) string {
	if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
		return "\ufffd"
	}
	return string(r)
}
