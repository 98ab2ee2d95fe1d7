package pdf

import (
	"strings"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/pdf/typeset"
)

const (
	labelWidth = 132 // of the column of labels
	padding    = 4.5 // above and under what stands in a row
)

// row is a value and its label, while it is set.
type row struct {
	label, value []typeset.Line
	style        textStyle
	field        *fieldNode // nil where the value is text on the page
	head, data   *element
	chosen       bool
}

// record sets a record as a table of labels and values. As fields, its values
// can be read back; chosen is the name of the value that a form may change.
func (f *flow) record(r codecs.Record, asFields bool, chosen string) {
	if len(r) == 0 {
		return
	}
	table := f.open(f.tree.top, "Table", "")
	f.rule()
	for _, field := range r {
		f.row(table, field.Name, string(field.Value.AppendScalar(nil)), asFields, field.Name == chosen)
	}
	f.y -= 22
}

// rule draws the line above a row.
func (f *flow) rule() {
	f.page.decorate()
	f.page.rule(marginSide, f.y, f.width(), 0.5, faint)
	f.page.unmark()
}

func (f *flow) row(table *element, name, value string, asField, chosen bool) {
	line := f.open(table, "TR", "")
	r := row{
		label: labelStyle.repeated(pathLabel(name), labelWidth-14),
		style: valueStyle,
		head:  f.open(line, "TH", ofRow),
		data:  f.open(line, "TD", ""),
	}
	if r.chosen = chosen && value != ""; r.chosen {
		r.style = chosenStyle
	}
	r.value = r.style.lines(value, f.width()-labelWidth)
	if asField {
		r.field = f.textField(name, pathLabel(name), value, readOnly|multiline)
	}
	f.set(r)
}

// set sets a row, over as many pages as it takes.
func (f *flow) set(r row) {
	for len(r.label)+len(r.value) > 0 {
		f.need(2*padding + r.style.leading)
		n := max(1, int((f.room()-2*padding)/r.style.leading))
		var label, value []typeset.Line
		label, r.label = cut(r.label, n)
		value, r.value = cut(r.value, n)
		f.y -= padding
		if len(label) > 0 {
			f.page.mark(r.head)
			f.page.lines(label, marginSide, f.y-r.style.baseline(), labelWidth, labelStyle)
			f.page.unmark()
		}
		if len(value) > 0 {
			f.value(r, value)
		}
		f.y -= r.style.height(max(len(label), len(value))) + padding
		f.rule()
	}
}

func cut(lines []typeset.Line, n int) (first, rest []typeset.Line) {
	n = min(n, len(lines))
	return lines[:n], lines[n:]
}

// value sets those lines of a value that stand on this page.
func (f *flow) value(r row, lines []typeset.Line) {
	const x = marginSide + labelWidth
	width, height := f.width()-labelWidth, r.style.height(len(lines))
	if r.field != nil {
		f.show(r.field, r.data, f.page, x, f.y-height, width, height, f.shownLines(lines, width, r.style))
		return
	}
	if r.chosen {
		f.pill(lines, x)
	}
	f.page.mark(r.data)
	f.page.lines(lines, x, f.y-r.style.baseline(), width, r.style)
	f.page.unmark()
}

// pill draws the frame around the value that can be changed: a mark that does
// not need its colour.
func (f *flow) pill(lines []typeset.Line, x float32) {
	if len(lines) != 1 || lines[0].RightToLeft {
		return
	}
	const around, height = 7, 15
	width := lines[0].Width*chosenStyle.size + 2*around
	f.page.decorate()
	f.page.fill(tint)
	f.page.stroke(accent)
	f.page.numbers(0.75).add("w ")
	f.page.round(x-around, f.y-height, width, height).add("B\n")
	f.page.unmark()
}

// label is a name for people: review_comment is "Review comment".
func label(name string) string {
	name = strings.ReplaceAll(name, "_", " ")
	if name != "" && 'a' <= name[0] && name[0] <= 'z' {
		return string(name[0]-'a'+'A') + name[1:]
	}
	return name
}

// pathLabel is the label of a value by its path.
func pathLabel(path string) string { return label(strings.ReplaceAll(path, ".", " \u203a ")) }
