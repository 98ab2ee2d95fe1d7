package pdf

import "github.com/parley-gateway/parley/codecs/pdf/typeset"

// A page is A4 (ISO 216), with margins that leave a line of text about as
// long as it reads well.
const (
	shortSide    = 595.28
	longSide     = 841.89
	marginSide   = 56
	marginTop    = 58
	marginBottom = 64
)

var (
	ink    = colour{0.11, 0.15, 0.19}
	quiet  = colour{0.36, 0.41, 0.46}
	faint  = colour{0.83, 0.86, 0.89}
	accent = colour{0.05, 0.42, 0.47}
	tint   = colour{0.95, 0.97, 0.975}
)

// textStyle is how text is set.
type textStyle struct {
	size, leading float32
	weight        typeset.Weight
	colour        colour
}

var (
	eyebrowStyle   = textStyle{8.5, 12, typeset.Bold, accent}
	titleStyle     = textStyle{23, 29, typeset.Bold, ink}
	sectionStyle   = textStyle{13, 18, typeset.Bold, ink}
	paragraphStyle = textStyle{10.5, 16, typeset.Regular, quiet}
	labelStyle     = textStyle{9, 15, typeset.Regular, quiet}
	valueStyle     = textStyle{10, 15, typeset.Regular, ink}
	chosenStyle    = textStyle{9.5, 15, typeset.Bold, accent}
	controlStyle   = textStyle{9, 13, typeset.Bold, ink}
	smallStyle     = textStyle{8, 12, typeset.Regular, quiet}
	footerStyle    = textStyle{7.5, 10, typeset.Regular, quiet}
)

// lines shapes text in the weight of a style, and breaks it into lines of a
// width.
func (t textStyle) lines(text string, width float32) []typeset.Line {
	return typeset.Shape(text, t.weight).Lines(width / t.size)
}

// repeated is lines for what stands on page after page.
func (t textStyle) repeated(text string, width float32) []typeset.Line {
	return repeated.shape(text, t.weight).Lines(width / t.size)
}

// baseline is how far the first base line is under the top of a piece of text.
func (t textStyle) baseline() float32 { return (t.leading + 0.72*t.size) / 2 }

// height is that of so many lines.
func (t textStyle) height(lines int) float32 { return float32(lines) * t.leading }
