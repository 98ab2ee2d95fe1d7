package pdf

import (
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/pdf/typeset"
)

// table has a column for each name that a record has.
type table struct {
	columns []column
	head    []*typeset.Text
	rows    [][]*typeset.Text // nil where a record lacks the field
	natural []float32         // how wide a column would be, in ems
	least   []float32         // how wide it is when only words are kept whole
}

// column is a name, and which field of that name in a record it shows.
type column struct {
	name string
	nth  int
}

// longestWord is what a column is widened for, in ems: what is longer is
// broken, as identifiers are.
const longestWord = 11

func newTable(records []codecs.Record) *table {
	t := &table{}
	places := map[column]int{}
	for _, r := range records {
		eachColumn(r, func(c column, _ codecs.Value) {
			if _, known := places[c]; !known {
				places[c] = len(t.columns)
				t.columns = append(t.columns, c)
			}
		})
	}
	t.natural, t.least = make([]float32, len(t.columns)), make([]float32, len(t.columns))
	for i, c := range t.columns {
		t.head = append(t.head, repeated.shape(pathLabel(c.name), typeset.Bold))
		t.measure(i, t.head[i])
	}
	shaped := map[string]*typeset.Text{} // what many rows say is shaped once
	for _, r := range records {
		row := make([]*typeset.Text, len(t.columns))
		eachColumn(r, func(c column, v codecs.Value) {
			i, text := places[c], cellText(v)
			if shaped[text] == nil {
				shaped[text] = typeset.Shape(text, typeset.Regular)
			}
			row[i] = shaped[text]
			t.measure(i, row[i])
		})
		t.rows = append(t.rows, row)
	}
	return t
}

// cellText is a value as it stands in a cell. A time is parted where a line
// may be broken.
func cellText(v codecs.Value) string {
	if v.Kind() == codecs.Time {
		return v.Time().Format("2006-01-02 15:04:05.999999999 MST")
	}
	return string(v.AppendScalar(nil))
}

func eachColumn(r codecs.Record, do func(c column, v codecs.Value)) {
	for i, f := range r {
		c := column{name: f.Name}
		for _, before := range r[:i] {
			if before.Name == f.Name {
				c.nth++
			}
		}
		do(c, f.Value)
	}
}

func (t *table) measure(i int, text *typeset.Text) {
	t.natural[i] = max(t.natural[i], text.Width())
	t.least[i] = max(t.least[i], min(longestWord, text.WordWidth(longestWord)))
}

// sizes are those that cells are set in: the largest in which words are whole.
var sizes = []float32{8.5, 7.5, 6.5}

func (t *table) sizeFor(width float32) float32 {
	for _, size := range sizes {
		if t.sum(t.least, size) <= width {
			return size
		}
	}
	return sizes[len(sizes)-1]
}

// fits reports whether a page is wide enough for all columns as they would be.
func (t *table) fits(width float32) bool { return t.sum(t.natural, sizes[0]) <= width }

// sum is the width of all columns with the space between them.
func (t *table) sum(columns []float32, size float32) float32 {
	var sum float32
	for _, ems := range columns {
		sum += ems*size + gutter
	}
	return sum
}

// widths divides a width among the columns: each has what its words need, and
// a share of the rest by how much more it would take. Where there is too
// little for all words, all columns have less.
func (t *table) widths(size, width float32) []float32 {
	least, natural := t.sum(t.least, size), t.sum(t.natural, size)
	widths := make([]float32, len(t.columns))
	for i := range widths {
		low, high := t.least[i]*size+gutter, t.natural[i]*size+gutter
		switch {
		case least > width:
			widths[i] = low * width / least
		case natural <= width:
			widths[i] = high + (width-natural)/float32(len(widths))
		default:
			widths[i] = low + (high-low)*(width-least)/(natural-least)
		}
	}
	return widths
}
