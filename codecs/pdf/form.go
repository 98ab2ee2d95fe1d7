package pdf

import (
	"net/http"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/pdf/typeset"
)

const (
	choiceHeight = 24
	leastHeight  = 110 // of free text: a few lines written by hand
	mostHeight   = 190
	inside       = 7 // from the frame of a control to its text
)

// form sets a form. It is kept on one page where one can hold it.
func (f *flow) form(form codecs.Form) {
	f.need(f.formHeight(form))
	for _, h := range codecs.Flatten(form.Hidden) {
		f.hide(f.textField(h.Name, h.Name, string(h.Value.AppendScalar(nil)), readOnly), f.page)
	}
	f.heading("H2", form.Submit, sectionStyle)
	f.y -= 8
	for _, c := range form.Controls {
		f.control(c)
	}
	f.paragraph("P", howToSend(form), smallStyle)
}

// formHeight is what a form needs at least.
func (f *flow) formHeight(form codecs.Form) float32 {
	height := sectionStyle.leading + 8 + smallStyle.height(2)
	for _, c := range form.Controls {
		height += controlStyle.leading + 3 + leastHeight + 12
		if len(c.Options) > 0 {
			height -= leastHeight - choiceHeight
		}
	}
	return min(height, f.page.height-marginTop-marginBottom)
}

func howToSend(form codecs.Form) string {
	method := http.MethodPost
	if v, ok := form.Hidden.Get(codecs.MethodField); ok {
		method = v.Text()
	}
	return "Fill in, save, and send this file back: " + method + " " + form.Action + " with Content-Type: application/pdf, or by email to whoever sent it to you."
}

func (f *flow) control(c codecs.Control) {
	f.need(controlStyle.leading + 3 + choiceHeight)
	f.heading("P", c.Label, controlStyle)
	f.y -= 3
	if len(c.Options) > 0 {
		f.choice(c)
	} else {
		f.freeText(c)
	}
	f.y -= 12
}

// choice is a combo box (ISO 32000-1 section 12.7.4.4) whose options are all
// that can be chosen.
func (f *flow) choice(c codecs.Control) {
	field := f.addField(c.Name, "/FT/Ch", c.Label, c.Value, combo)
	field.entries.add("/Opt[")
	for _, option := range c.Options {
		field.entries.text(option)
	}
	field.entries.add("]")
	lines := valueStyle.repeated(c.Value, f.width()-4*inside)[:1]
	f.frame(field, choiceHeight, lines, func(p *canvas, width float32) {
		x, y := width-inside-9, float32(choiceHeight)/2
		p.stroke(quiet)
		p.numbers(1.2).add("w ").numbers(x, y+2).add("m ").numbers(x+4, y-2).add("l ").numbers(x+8, y+2).add("l S\n")
	})
}

// freeText is a text field of several lines. Programs count its characters in
// units of UTF-16, of which a code point may need two.
func (f *flow) freeText(c codecs.Control) {
	field := f.textField(c.Name, c.Label, c.Value, multiline)
	if c.MaxLength > 0 {
		field.entries.add("/MaxLen ").int(2 * c.MaxLength)
	}
	f.need(leastHeight)
	height := min(mostHeight, max(leastHeight, f.room()-40))
	lines := valueStyle.lines(c.Value, f.width()-2*inside)
	lines, _ = cut(lines, int((height-2*inside)/valueStyle.leading))
	f.frame(field, height, lines, func(*canvas, float32) {})
}

// frame shows a control across the page, in its frame.
func (f *flow) frame(field *fieldNode, height float32, lines []typeset.Line, decorate func(c *canvas, width float32)) {
	width := f.width()
	drawn := f.appearance(func(c *canvas) {
		c.fill(tint)
		c.stroke(quiet)
		c.numbers(0.75).add("w ")
		c.rectangle(0.375, 0.375, width-0.75, height-0.75).add("B\n")
		decorate(c, width)
		top := height - max(inside, (height-valueStyle.leading)/2)
		if height > choiceHeight {
			top = height - inside
		}
		c.lines(lines, inside, top-valueStyle.baseline(), width-2*inside, valueStyle)
	})
	f.y -= height
	f.show(field, f.tree.top, f.page, marginSide, f.y, width, height, drawn)
	last := &field.widgets[len(field.widgets)-1]
	last.entries.add("/MK<</BC[").numbers(quiet[:]...).add("]/BG[").numbers(tint[:]...).add("]>>/BS<</W 0.75/S/S>>")
}
