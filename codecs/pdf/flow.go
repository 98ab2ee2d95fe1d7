package pdf

import "github.com/parley-gateway/parley/codecs/pdf/typeset"

// flow sets one thing under another, over as many pages as it takes.
type flow struct {
	*document
	page *page
	y    float32 // the top of what comes next
	turn func()  // begins another page
}

func newFlow(d *document) *flow {
	f := &flow{document: d}
	f.turn = f.nextPage
	f.nextPage()
	return f
}

func (f *flow) nextPage() {
	f.page = f.addPage()
	f.y = f.page.height - marginTop
}

// room is the height that is left on the page.
func (f *flow) room() float32 { return f.y - marginBottom }

// width is that between the margins.
func (f *flow) width() float32 { return f.page.width - 2*marginSide }

// need turns to another page where there is not so much room.
func (f *flow) need(height float32) {
	if f.room() < height {
		f.turn()
	}
}

// head is what stands over every document: what it is, its title, and text
// that explains it.
func (f *flow) head(kind, text string) {
	f.page.decorate()
	f.page.fill(accent)
	f.page.rectangle(marginSide, f.page.height-3.5, 36, 3.5).add("f\n")
	f.page.unmark()
	if kind != "" {
		f.heading("P", kind, eyebrowStyle)
		f.y -= 3
	}
	f.paragraph("H1", f.title, titleStyle)
	f.y -= 5
	if text != "" {
		f.paragraph("P", text, paragraphStyle)
		f.y -= 4
	}
	f.y -= 9
}

// paragraph sets text across the page, as an element of a kind.
func (f *flow) paragraph(kind, text string, t textStyle) {
	f.block(kind, t.lines(text, f.width()), t)
}

// heading is paragraph for what stands on page after page.
func (f *flow) heading(kind, text string, t textStyle) {
	f.block(kind, t.repeated(text, f.width()), t)
}

func (f *flow) block(kind string, lines []typeset.Line, t textStyle) {
	e := f.open(f.tree.top, kind, "")
	for len(lines) > 0 {
		var fit []typeset.Line
		fit, lines = f.fit(lines, t)
		f.page.mark(e)
		f.page.lines(fit, marginSide, f.y-t.baseline(), f.width(), t)
		f.page.unmark()
		f.y -= t.height(len(fit))
	}
}

// fit parts lines into those that fit on the page, at least one, and those
// that do not.
func (f *flow) fit(lines []typeset.Line, t textStyle) (fit, rest []typeset.Line) {
	f.need(t.leading)
	n := min(len(lines), max(1, int(f.room()/t.leading)))
	return lines[:n], lines[n:]
}
