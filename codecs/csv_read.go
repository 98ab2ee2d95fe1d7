package codecs

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

// A csvReader reads rows by the grammar of RFC 4180 section 2; a line may end
// with a line feed alone. It is strict where encoding/csv is not, which drops
// carriage returns from within a cell. What stands beside the quotation marks
// of a cell, or has a mark in it without any around, is refused.
type csvReader struct {
	r      *bufio.Reader
	line   int // of what is read next, from 1
	column int // in code points, from 1
	first  int // the line where the row begins
	left   int // bytes that the row may still have
	cell   []byte
}

func newCSVReader(body io.Reader) *csvReader {
	r := &csvReader{r: bufio.NewReaderSize(body, 1<<16), line: 1, column: 1}
	if begin, err := r.r.Peek(len(bomUTF8)); err == nil && bytes.Equal(begin, bomUTF8) {
		_, _ = r.r.Discard(len(bomUTF8))
	}
	return r
}

// row reads the next row in which there is something: io.EOF after the last.
func (r *csvReader) row() ([]string, error) {
	for {
		r.first, r.left = r.line, MaxListItem
		cells, isBlank, err := r.cells()
		if err != nil || !isBlank {
			return cells, err
		}
	}
}

// cells reads up to the end of a row. One that is blank has no cells: not even
// an empty one in quotation marks.
func (r *csvReader) cells() (cells []string, isBlank bool, err error) {
	for end := ','; end == ','; r.count(end) {
		begin := r.column
		if end, err = r.readCell(); err != nil {
			return nil, false, err
		}
		isBlank = len(cells) == 0 && r.column == begin && end != ','
		if isBlank && end == endOfText {
			return nil, false, io.EOF
		}
		cells = append(cells, undefuse(string(r.cell)))
	}
	return cells, isBlank, nil
}

// endOfText stands for what is read after the last byte.
const endOfText rune = -1

// readCell reads a cell and says what ends it: a comma, a line feed, or
// endOfText.
func (r *csvReader) readCell() (end rune, err error) {
	line, column := r.line, r.column
	r.cell = r.cell[:0]
	c, err := r.next()
	if c == '"' && err == nil {
		c, err = r.readQuoted(line, column)
	} else {
		for ; err == nil && !endsCell(c); c, err = r.nextCounted(c) {
			if c == '"' {
				return 0, malformedLine(r.line, r.column, "a quotation mark stands in a cell that does not begin with one")
			}
			r.cell = append(r.cell, byte(c))
		}
	}
	if err == nil && !utf8.Valid(r.cell) {
		err = malformedLine(line, column, "the cell is not valid in UTF-8")
	}
	return c, err
}

// readQuoted reads the rest of a cell that began with a quotation mark.
func (r *csvReader) readQuoted(line, column int) (end rune, err error) {
	r.column++
	for {
		c, err := r.readByte()
		switch {
		case errors.Is(err, io.EOF):
			return 0, malformedLine(line, column, "the cell that begins with a quotation mark is not ended")
		case err != nil:
			return 0, err
		case c != '"':
			r.count(c)
			r.cell = append(r.cell, byte(c))
			continue
		}
		r.column++
		c, err = r.next()
		if err != nil || endsCell(c) {
			return c, err
		}
		if c != '"' {
			return 0, malformedLine(r.line, r.column, "something stands after the quotation mark that ends the cell")
		}
		r.column++
		r.cell = append(r.cell, byte(c))
	}
}

func endsCell(c rune) bool { return c == endOfText || c == ',' || c == '\n' }

// nextCounted counts what was read, and is next.
func (r *csvReader) nextCounted(read rune) (rune, error) {
	r.count(read)
	return r.next()
}

// next reads one byte outside of quotation marks: a line feed for either end of a
// line, and endOfText.
func (r *csvReader) next() (rune, error) {
	c, err := r.readByte()
	switch {
	case errors.Is(err, io.EOF):
		return endOfText, nil
	case err != nil:
		return 0, err
	case c != '\r':
		return c, nil
	}
	if c, err = r.readByte(); err == nil && c == '\n' {
		return c, nil
	}
	return 0, malformedLine(r.line, r.column, "a carriage return stands in a cell without quotation marks")
}

// readByte reads what a row may still have.
func (r *csvReader) readByte() (rune, error) {
	if r.left--; r.left < 0 {
		return 0, malformedLine(r.first, 1, "the row has more than %d bytes", MaxListItem)
	}
	c, err := r.r.ReadByte()
	return rune(c), err
}

// count moves the place behind a byte.
func (r *csvReader) count(c rune) {
	switch {
	case c == '\n':
		r.line, r.column = r.line+1, 1
	case utf8.RuneStart(byte(c)):
		r.column++
	}
}
