// Package typeset sets text of any script in lines of glyphs: it chooses the
// fonts, shapes, orders by direction, and breaks lines. The fonts are in the
// program, and of those that were used a subset can be had to be embedded in a
// document. It knows nothing of pages.
//
// All lengths are in ems: a length times the size of the type is one on the
// page.
package typeset

// Weight is how heavy letters are. Scripts other than Latin, Greek and
// Cyrillic have but one.
type Weight uint8

const (
	Regular Weight = iota
	Bold
)

// Text is text that was shaped and not yet broken into lines. It is not
// altered by its methods, and may be shared.
type Text struct {
	source     string
	glyphs     []Glyph
	clusters   []cluster
	paragraphs []paragraph
}

// Glyph is a glyph of a font and where it goes.
type Glyph struct {
	ID      uint16
	Advance float32 // to the place of the next
	X, Y    float32 // from where the glyph would stand by itself
}

// Cluster is the smallest piece of text that has glyphs of its own.
type Cluster struct {
	Font        *Font // nil for a character that cannot be drawn: it wants a box
	Text        string
	Glyphs      []Glyph // from left to right
	Width       float32
	RightToLeft bool
}

// cluster is a Cluster by its place in a Text, in the order of the text.
type cluster struct {
	font                 *Font
	textStart, textEnd   int32 // bytes
	glyphStart, glyphEnd int32
	width                float32
	level                int8 // of embedding (UAX 9): odd is from right to left
	opportunity          breaking
	space                bool
}

// breaking says whether a line may begin with a cluster.
type breaking uint8

const (
	never     breaking = iota
	inNeed             // between two graphemes
	afterSign          // in need too, but better: after a hyphen in an identifier
	freely             // where UAX 14 has an opportunity
)

// paragraph is what stands between two line feeds.
type paragraph struct {
	first, end int  // clusters
	level      int8 // of the paragraph
}

// BoxWidth is the width of the box that stands for a character that cannot
// be drawn.
const BoxWidth = 1.1

// cluster makes a Cluster of one by its place.
func (t *Text) cluster(c *cluster) Cluster {
	return Cluster{
		Font:        c.font,
		Text:        t.source[c.textStart:c.textEnd],
		Glyphs:      t.glyphs[c.glyphStart:c.glyphEnd],
		Width:       c.width,
		RightToLeft: c.level%2 != 0,
	}
}

// Width is that of the longest line, were there room for it.
func (t *Text) Width() float32 {
	var longest float32
	for _, p := range t.paragraphs {
		var width float32
		for _, c := range t.clusters[p.first:p.end] {
			width += c.width
		}
		longest = max(longest, width)
	}
	return longest
}

// WordWidth is the width of the longest word, which is what lines are not
// broken in unless in need. Of a word longer than long, half counts, or its
// longest piece that ends with a sign.
func (t *Text) WordWidth(long float32) float32 {
	var longest, word, piece, longestPiece float32
	end := func() {
		longestPiece = max(longestPiece, piece)
		if word > long {
			word = max(longestPiece, word/2)
		}
		longest = max(longest, word)
		word, piece, longestPiece = 0, 0, 0
	}
	for _, p := range t.paragraphs {
		for _, c := range t.clusters[p.first:p.end] {
			switch c.opportunity {
			case freely:
				end()
			case afterSign:
				longestPiece, piece = max(longestPiece, piece), 0
			}
			if !c.space {
				word += c.width
				piece += c.width
			}
		}
		end()
	}
	return longest
}
