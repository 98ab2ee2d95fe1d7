package typeset

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/go-text/typesetting/bidi"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/harfbuzz"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/segmenter"
)

// Shape shapes text. A line feed ends a line and a tab is a wide space. What
// no font has, other controls, and the formatting characters that would order
// text otherwise than it is (U+202E) become boxes: they are shown and do
// nothing.
func Shape(text string, weight Weight) *Text {
	s := shapers.Get().(*shaper)
	s.weight = weight
	s.text = &Text{source: text, glyphs: make([]Glyph, 0, len(text)), clusters: make([]cluster, 0, len(text))}
	start := 0
	for line := range strings.SplitSeq(text, "\n") {
		s.shapeParagraph(line, start)
		start += len(line) + 1
	}
	t := s.text
	s.text = nil
	if len(text) < muchText {
		shapers.Put(s)
	}
	return t
}

// muchText is so much that the memory for it is better given back.
const muchText = 1 << 16

var shapers = sync.Pool{New: func() any {
	return &shaper{buffer: harfbuzz.NewBuffer(), fonts: map[*Font]*harfbuzz.Font{}}
}}

// shaper is what shaping needs and can be used again. It is used by one
// goroutine at a time.
type shaper struct {
	text   *Text
	weight Weight

	runes   []rune
	offsets []int32 // of the runes in the source, and of their end
	chosen  []*Font // of the runes; nil for a box
	breaks  []breaking
	levels  []int8

	segmenter segmenter.Segmenter
	direction bidi.Paragraph
	buffer    *harfbuzz.Buffer
	fonts     map[*Font]*harfbuzz.Font
}

func (s *shaper) shapeParagraph(line string, start int) {
	s.split(line, start)
	s.segment()
	first := len(s.text.clusters)
	level := s.findLevels()
	for at := 0; at < len(s.runes); {
		end := s.runEnd(at)
		if s.chosen[at] == nil {
			s.addBoxes(at, end)
		} else {
			s.shapeRun(at, end)
		}
		at = end
	}
	s.text.paragraphs = append(s.text.paragraphs, paragraph{first, len(s.text.clusters), level})
}

// split takes a line apart into runes. A tab is shaped as a space.
func (s *shaper) split(line string, start int) {
	s.runes, s.offsets = s.runes[:0], s.offsets[:0]
	for i, r := range line {
		if r == '\t' {
			r = ' '
		}
		s.runes = append(s.runes, r)
		s.offsets = append(s.offsets, int32(start+i))
	}
	s.offsets = append(s.offsets, int32(start+len(line)))
}

// segment chooses a font for each grapheme, and says where lines may begin.
func (s *shaper) segment() {
	s.chosen = slices.Grow(s.chosen[:0], len(s.runes))
	s.breaks = slices.Grow(s.breaks[:0], len(s.runes))[:len(s.runes)]
	clear(s.breaks)
	s.segmenter.Init(s.runes)
	for graphemes := s.segmenter.GraphemeIterator(); graphemes.Next(); {
		g := graphemes.Grapheme()
		s.breaks[g.Offset] = inNeed
		f := s.choose(g.Text)
		for range g.Text {
			s.chosen = append(s.chosen, f)
		}
	}
	for i := 1; i < len(s.runes); i++ {
		if s.breaks[i] == inNeed && strings.ContainsRune("-.:/@", s.runes[i-1]) {
			s.breaks[i] = afterSign
		}
	}
	for lines := s.segmenter.LineIterator(); lines.Next(); {
		s.breaks[lines.Line().Offset] = freely
	}
}

// choose is the font of a grapheme: nil where it cannot be drawn.
func (s *shaper) choose(grapheme []rune) *Font {
	if isUnseen(grapheme[0]) {
		return nil
	}
	return fontOf(grapheme, s.weight)
}

// isUnseen reports whether a character at the beginning of a grapheme would
// not be seen, though it may mean something. The marks of direction and the
// hints for line breaks do no more than what they are for.
func isUnseen(r rune) bool {
	switch {
	case r < ' ' || 0x7f <= r && r < 0xa0, r == 0x2028, r == 0x2029, 0xfff9 <= r && r <= 0xfffb, r == 0x3164, r == 0xffa0:
		return true
	case r < 0xad, r == 0x200b, r == 0x200e, r == 0x200f, r == 0x061c, r == 0x2060, 0x1100 <= r && r < 0x1200:
		return false
	}
	return harfbuzz.IsDefaultIgnorable(r)
}

// runEnd is where the run ends that begins at a rune: what has one font,
// level and script. Characters of no script are of that before them.
func (s *shaper) runEnd(at int) int {
	script := language.LookupScript(s.runes[at])
	end := at + 1
	for ; end < len(s.runes) && s.chosen[end] == s.chosen[at] && s.levels[end] == s.levels[at]; end++ {
		next := language.LookupScript(s.runes[end])
		if isReal(next) && isReal(script) && next != script {
			break
		}
		if isReal(next) {
			script = next
		}
	}
	return end
}

func isReal(s language.Script) bool {
	return s != language.Common && s != language.Inherited && s != language.Unknown
}

// addBoxes makes a cluster of each rune, to be drawn as a box.
func (s *shaper) addBoxes(at, end int) {
	for i := at; i < end; i++ {
		s.text.clusters = append(s.text.clusters, cluster{
			textStart: s.offsets[i], textEnd: s.offsets[i+1],
			width: BoxWidth, level: s.levels[i], opportunity: s.breaks[i],
		})
	}
}

// shapeRun shapes runes that have one font, level and script.
func (s *shaper) shapeRun(at, end int) {
	f, b := s.chosen[at], s.buffer
	b.Clear()
	b.ClusterLevel = harfbuzz.MonotoneGraphemes
	b.AddRunes(s.runes, at, end-at)
	b.Props = harfbuzz.SegmentProperties{Direction: harfbuzz.LeftToRight, Language: "en"}
	rightToLeft := s.levels[at]%2 != 0
	if rightToLeft {
		b.Props.Direction = harfbuzz.RightToLeft
		// Readers put what is from right to left in order character by character.
		b.ClusterLevel = harfbuzz.MonotoneCharacters
	}
	b.GuessSegmentProperties()
	b.Shape(s.sized(f), nil)
	if len(b.Info) == 0 { // the font drops what it cannot place
		s.addBoxes(at, end)
		return
	}
	s.addClusters(f, at, end, rightToLeft)
}

// sized is the font as HarfBuzz has it, in font units.
func (s *shaper) sized(f *Font) *harfbuzz.Font {
	sized, ok := s.fonts[f]
	if !ok {
		sized = harfbuzz.NewFont(font.NewFace(f.shaped))
		s.fonts[f] = sized
	}
	return sized
}

// addClusters takes over the clusters of a run in the order of the text. The
// buffer has them in the order of the eye.
func (s *shaper) addClusters(f *Font, at, end int, rightToLeft bool) {
	info := s.buffer.Info
	first := len(s.text.clusters)
	for i := 0; i < len(info); {
		j := i + 1
		for j < len(info) && info[j].Cluster == info[i].Cluster {
			j++
		}
		s.addCluster(f, i, j)
		i = j
	}
	if rightToLeft {
		slices.Reverse(s.text.clusters[first:])
	}
	s.mergeDisordered(first)
	added := s.text.clusters[first:]
	added[0].textStart = int32(at)
	for i := range added {
		next := end
		if i+1 < len(added) {
			next = int(added[i+1].textStart)
		}
		s.place(&added[i], int(added[i].textStart), next)
	}
	s.replaceMissing(first)
}

// mergeDisordered makes one of clusters that are not in the order of the text:
// in some sequences that no language has, HarfBuzz leaves them so.
func (s *shaper) mergeDisordered(first int) {
	added := s.text.clusters[first:]
	ordered := added[:0]
	for _, c := range added {
		for n := len(ordered); n > 0 && ordered[n-1].textStart >= c.textStart; n = len(ordered) {
			before := ordered[n-1]
			ordered = ordered[:n-1]
			c.glyphStart, c.glyphEnd = min(c.glyphStart, before.glyphStart), max(c.glyphEnd, before.glyphEnd)
			c.width += before.width
		}
		ordered = append(ordered, c)
	}
	s.text.clusters = s.text.clusters[:first+len(ordered)]
}

// addCluster takes over glyphs that are one cluster, with a rune for its
// beginning.
func (s *shaper) addCluster(f *Font, i, j int) {
	c := cluster{font: f, textStart: int32(s.buffer.Info[i].Cluster), glyphStart: int32(len(s.text.glyphs))}
	scale := 1 / float32(f.unitsPerEm)
	for ; i < j; i++ {
		position := s.buffer.Pos[i]
		g := Glyph{
			ID:      uint16(s.buffer.Info[i].Glyph),
			Advance: float32(position.XAdvance) * scale,
			X:       float32(position.XOffset) * scale,
			Y:       float32(position.YOffset) * scale,
		}
		c.width += g.Advance
		s.text.glyphs = append(s.text.glyphs, g)
	}
	c.glyphEnd = int32(len(s.text.glyphs))
	s.text.clusters = append(s.text.clusters, c)
}

// place says where a cluster stands, once it is known which rune ends it.
func (s *shaper) place(c *cluster, first, end int) {
	c.textStart, c.textEnd = s.offsets[first], s.offsets[end]
	c.level = s.levels[first]
	c.opportunity = s.breaks[first]
	c.space = s.runes[first] == ' ' && end == first+1 // without a mark on it, which would be lost
	if c.space && s.text.source[c.textStart] == '\t' {
		c.width = tabWidth
	}
}

const tabWidth = 2

// replaceMissing puts boxes in the place of the clusters that the font has no
// glyph for, from an index on.
func (s *shaper) replaceMissing(first int) {
	t := s.text
	for i := first; i < len(t.clusters); i++ {
		c := t.clusters[i]
		if !slices.ContainsFunc(t.glyphs[c.glyphStart:c.glyphEnd], func(g Glyph) bool { return g.ID == 0 }) {
			continue
		}
		boxes := boxesOf(t.source, c)
		t.clusters = slices.Replace(t.clusters, i, i+1, boxes...)
		i += len(boxes) - 1
	}
}

func boxesOf(source string, c cluster) []cluster {
	var boxes []cluster
	for at := c.textStart; at < c.textEnd; {
		_, size := utf8.DecodeRuneInString(source[at:])
		box := cluster{textStart: at, textEnd: at + int32(size), width: BoxWidth, level: c.level}
		if at == c.textStart {
			box.opportunity = c.opportunity
		}
		boxes = append(boxes, box)
		at += int32(size)
	}
	return boxes
}
