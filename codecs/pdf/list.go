package pdf

import (
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/pdf/typeset"
)

// EncodeList writes a table with a record in each row, on as many pages as it
// takes. It has no fields.
func (c *Codec) EncodeList(dst []byte, list codecs.Listing) ([]byte, error) {
	records := make([]codecs.Record, len(list.Records))
	for i, r := range list.Records {
		records[i] = codecs.Flatten(r)
		if err := c.checkValues(records[i]); err != nil {
			return nil, err
		}
	}
	d := newDocument(dst, titleOf(list.Name, list.Page), list.Page)
	t := newTable(records)
	d.landscape = !t.fits(shortSide - 2*marginSide)
	f := newFlow(d)
	f.head("", list.Page.Text)
	if len(records) == 0 {
		f.paragraph("P", "There are none.", paragraphStyle)
	} else {
		f.table(t)
	}
	if list.Next != "" {
		f.y -= 8
		f.paragraph("P", "There is more: "+codecs.NextCursor+" is "+list.Next, smallStyle)
	}
	return f.finish(), nil
}

const gutter = 9 // between two columns

// listTable is the table of a list while it is set.
type listTable struct {
	*table
	element *element
	widths  []float32
	head    [][]typeset.Line
	headAs  textStyle
	cellsAs textStyle
}

// table sets a table, with the names of its columns on every page.
func (f *flow) table(t *table) {
	size := t.sizeFor(f.width())
	l := &listTable{
		table:   t,
		element: f.open(f.tree.top, "Table", ""),
		widths:  t.widths(size, f.width()),
		headAs:  textStyle{size - 0.5, size * 1.35, typeset.Bold, quiet},
		cellsAs: textStyle{size, size * 1.4, typeset.Regular, ink},
	}
	for i, text := range t.head {
		l.head = append(l.head, text.Lines((l.widths[i]-gutter)/l.headAs.size))
	}
	f.columnNames(l)
	f.turn = func() {
		f.nextPage()
		f.columnNamesAgain(l)
	}
	for _, cells := range t.rows {
		f.listRow(l, cells)
	}
	f.turn = f.nextPage
}

// columnNames sets the names of the columns.
func (f *flow) columnNames(l *listTable) {
	row := f.open(l.element, "TR", "")
	f.columns(l, l.head, l.headAs, func(draw func(), _ int) {
		f.page.mark(f.open(row, "TH", ofColumn))
		draw()
		f.page.unmark()
	})
	f.endColumnNames()
}

// columnNamesAgain sets them on a further page, where they say nothing new.
func (f *flow) columnNamesAgain(l *listTable) {
	f.page.decorate()
	f.columns(l, l.head, l.headAs, func(draw func(), _ int) { draw() })
	f.page.unmark()
	f.endColumnNames()
}

func (f *flow) endColumnNames() {
	f.page.decorate()
	f.page.rule(marginSide, f.y, f.width(), 0.9, accent)
	f.page.unmark()
}

// columns sets lines beside each other and goes on under the longest.
func (f *flow) columns(l *listTable, cells [][]typeset.Line, t textStyle, each func(draw func(), column int)) {
	const above, under = 4, 3.5
	longest := 0
	x := float32(marginSide)
	for i, lines := range cells {
		longest = max(longest, len(lines))
		if len(lines) > 0 {
			each(func() { f.page.lines(lines, x, f.y-above-t.baseline(), l.widths[i]-gutter, t) }, i)
		}
		x += l.widths[i]
	}
	f.y -= above + t.height(longest) + under
}

// listRow sets a row on one page, unless it would not fit on any.
func (f *flow) listRow(l *listTable, texts []*typeset.Text) {
	const around = 7.5
	cells, longest := make([][]typeset.Line, len(texts)), 0
	for i, text := range texts {
		if text != nil {
			cells[i] = text.Lines((l.widths[i] - gutter) / l.cellsAs.size)
			longest = max(longest, len(cells[i]))
		}
	}
	whole := l.cellsAs.height(longest) + around
	if f.room() < whole && whole < f.page.height-marginTop-marginBottom-4*l.headAs.leading {
		f.turn()
	}
	elements := f.cellElements(l, len(cells))
	for longest > 0 {
		f.need(l.cellsAs.leading + around)
		n := max(1, int((f.room()-around)/l.cellsAs.leading))
		first := make([][]typeset.Line, len(cells))
		for i := range cells {
			first[i], cells[i] = cut(cells[i], n)
		}
		f.columns(l, first, l.cellsAs, func(draw func(), column int) {
			f.page.mark(elements[column])
			draw()
			f.page.unmark()
		})
		longest -= n
	}
	f.rule()
}

func (f *flow) cellElements(l *listTable, n int) []*element {
	row := f.open(l.element, "TR", "")
	elements := make([]*element, n)
	for i := range elements {
		elements[i] = f.open(row, "TD", "")
	}
	return elements
}
