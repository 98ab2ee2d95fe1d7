package codecs

import (
	"errors"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// DecodeList reads a header line with the names of the fields, in any order,
// and one record from each line after it. Every value is a Text; an empty cell
// is a field that the record has not. The apostrophe before what would be a
// formula is taken away. Lines in which there is nothing are skipped.
func (CSV) DecodeList(in ListInput) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		r := newCSVReader(in.Body)
		header, err := r.header(in.Limits)
		for number := 1; err == nil; number++ {
			var cells []string
			if cells, err = r.row(); err != nil {
				break
			}
			item, fault := r.record(header, cells)
			item.Number = number
			if !yield(item, fault) {
				return
			}
		}
		if !errors.Is(err, io.EOF) {
			yield(Item{}, err)
		}
	}
}

// header reads the first line. io.EOF says that there is none: a list without
// records.
func (r *csvReader) header(limits Limits) ([]string, error) {
	names, err := r.row()
	if err != nil {
		return nil, err
	}
	if len(names) > limits.MaxFields() {
		return nil, r.failRow("there are more than %d fields", limits.MaxFields())
	}
	for i, name := range names {
		switch {
		case name == "":
			return nil, r.failRow("the column %d has no name", i+1)
		case slices.Contains(names[:i], name):
			return nil, r.failRow("two columns are named %s", strconv.Quote(name))
		}
	}
	return names, nil
}

func (r *csvReader) record(header, cells []string) (Item, error) {
	item := Item{Line: r.first}
	if len(cells) != len(header) {
		return item, r.failRow("the number of cells is %d, that of columns %d", len(cells), len(header))
	}
	item.Record = make(Record, 0, len(header))
	for i, cell := range cells {
		if cell != "" {
			item.Record = append(item.Record, Field{Name: header[i], Value: TextValue(cell)})
		}
	}
	return item, nil
}

// failRow is about the row that was read last.
func (r *csvReader) failRow(format string, args ...any) *Error {
	return malformedLine(r.first, 1, format, args...)
}

// undefuse takes away the apostrophe that appendCSVCell has put there.
func undefuse(cell string) string {
	rest, ok := strings.CutPrefix(cell, "'")
	if ok && isCSVFormula([]byte(strings.TrimLeft(rest, "'"))) {
		return rest
	}
	return cell
}

// StreamList writes the columns of the first record. A later record with
// others is an error.
func (f CSV) StreamList(string, string) ListStream { return &csvStream{format: f} }

type csvStream struct {
	format  CSV
	columns map[string]int
}

func (s *csvStream) Append(dst []byte, r Record) ([]byte, error) {
	row := Flatten(r)
	if s.columns == nil {
		var header []Value
		if header, s.columns = csvHeader([]Record{row}); len(header) == 0 {
			return nil, CannotHold(s.format, "a first record without fields")
		}
		dst = appendCSVLine(dst, header)
	}
	for _, field := range row {
		if _, known := s.columns[field.Name]; !known {
			return nil, CannotHold(s.format, "a column that the first record has not: "+strconv.Quote(field.Name))
		}
	}
	line := make([]Value, len(s.columns))
	if err := s.format.place(line, row, s.columns); err != nil {
		return nil, err
	}
	return appendCSVLine(dst, line), nil
}

func (s *csvStream) End(dst []byte) []byte { return dst }
