package pdf

import "github.com/parley-gateway/parley/codecs/pdf/typeset"

// canvas is a content stream (ISO 32000-1 section 7.8.2) that is drawn on.
// Lengths are in points, from the lower left corner up.
type canvas struct {
	buffer
	fonts *fonts
}

// colour is red, green and blue, each up to 1.
type colour [3]float32

func (c *canvas) fill(to colour)   { c.numbers(to[:]...).add("rg\n") }
func (c *canvas) stroke(to colour) { c.numbers(to[:]...).add("RG\n") }

// rule draws a line across.
func (c *canvas) rule(x, y, width, thickness float32, in colour) {
	c.stroke(in)
	c.numbers(thickness).add("w ").numbers(x, y).add("m ").numbers(x+width, y).add("l S\n")
}

func (c *canvas) rectangle(x, y, width, height float32) *buffer {
	return c.numbers(x, y, width, height).add("re ")
}

// round adds a rectangle with round ends to the path.
func (c *canvas) round(x, y, width, height float32) *buffer {
	const circle = 0.5523 // how far the controls of a quarter are, of its radius
	r := height / 2
	k := r * circle
	c.numbers(x+r, y).add("m ").numbers(x+width-r, y).add("l ")
	c.numbers(x+width-r+k, y, x+width, y+r-k, x+width, y+r).add("c ")
	c.numbers(x+width, y+r+k, x+width-r+k, y+height, x+width-r, y+height).add("c ")
	c.numbers(x+r, y+height).add("l ")
	c.numbers(x+r-k, y+height, x, y+r+k, x, y+r).add("c ")
	return c.numbers(x, y+r-k, x+r-k, y, x+r, y).add("c h ")
}

// lines sets lines of text under each other, the first with its base line at
// y. Those from right to left end at the right of the width.
func (c *canvas) lines(lines []typeset.Line, x, y, width float32, t textStyle) {
	for _, l := range lines {
		at := x
		if l.RightToLeft {
			at = x + width - l.Width*t.size
		}
		c.line(l, at, y, t)
		y -= t.leading
	}
}

// line sets a line of text from x on.
func (c *canvas) line(l typeset.Line, x, y float32, t textStyle) {
	c.fill(t.colour)
	s := setter{canvas: c, x: x, y: y, textStyle: t}
	for cluster := range l.Clusters() {
		if cluster.Font == nil {
			s.box(cluster)
		} else {
			s.cluster(cluster)
		}
	}
	s.end()
}
