package codecs

import (
	"bytes"
	"strconv"
	"strings"
)

// CSV is the format of RFC 4180: lists only, a header line and one line per
// record. It has no place for the cursor of the next page.
type CSV struct{}

var (
	_ ListStreamer = CSV{}
	_ ListDecoder  = CSV{}
	_ Attacher     = CSV{}
)

// NewCSV makes the format.
func NewCSV() CSV { return CSV{} }

func (CSV) Name() string         { return "csv" }
func (CSV) MediaTypes() []string { return []string{"text/csv"} }

// Filename names the file after its records.
func (CSV) Filename(name string) string { return name + ".csv" }

// EncodeList writes the flattened records. The columns are the names of all
// their fields in the order in which they first appear; a field that a record
// has not is an empty cell. A cell that a spreadsheet would run as a formula
// is preceded by an apostrophe, in the header line too, and so is one that would be
// taken for such a cell when it is read. A list without records
// is an empty body. A record with two fields of one name is an error.
func (f CSV) EncodeList(dst []byte, list Listing) ([]byte, error) {
	rows := make([]Record, len(list.Records))
	for i, record := range list.Records {
		rows[i] = Flatten(record)
	}
	header, columns := csvHeader(rows)
	if len(header) == 0 {
		return dst, nil
	}
	dst = appendCSVLine(dst, header)
	line := make([]Value, len(header))
	for _, row := range rows {
		clear(line)
		if err := f.place(line, row, columns); err != nil {
			return nil, err
		}
		dst = appendCSVLine(dst, line)
	}
	return dst, nil
}

// csvHeader collects the names of all fields and tells the column of each.
func csvHeader(rows []Record) (header []Value, columns map[string]int) {
	columns = map[string]int{}
	for _, row := range rows {
		for _, field := range row {
			if _, known := columns[field.Name]; !known {
				columns[field.Name] = len(header)
				header = append(header, TextValue(field.Name))
			}
		}
	}
	return header, columns
}

// place puts the values of a record into their columns.
func (f CSV) place(line []Value, row Record, columns map[string]int) error {
	for _, field := range row {
		if field.Value.kind == Unfit {
			return CannotHold(f, field.Value.text)
		}
		cell := &line[columns[field.Name]]
		if cell.kind != Null {
			return CannotHold(f, "two fields named "+strconv.Quote(field.Name))
		}
		*cell = field.Value
	}
	return nil
}

func appendCSVLine(dst []byte, line []Value) []byte {
	begin := len(dst)
	for i, v := range line {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendCSVCell(dst, v)
	}
	if len(dst) == begin {
		// Many readers skip a line in which there is nothing.
		dst = append(dst, `""`...)
	}
	return append(dst, "\r\n"...)
}

func appendCSVCell(dst []byte, v Value) []byte {
	begin := len(dst)
	dst = v.AppendScalar(dst)
	cell := dst[begin:]
	isFormula := isCSVFormula(bytes.TrimLeft(cell, "'"))
	if !isFormula && !bytes.ContainsAny(cell, "\",\r\n") {
		return dst
	}
	quoted := bytes.ReplaceAll(cell, []byte(`"`), []byte(`""`))
	dst = append(dst[:begin], '"')
	if isFormula {
		dst = append(dst, '\'')
	}
	return append(append(dst, quoted...), '"')
}

// isCSVFormula reports whether a spreadsheet would run the cell, or drop the
// white space in front of a formula and run that. Numbers are left alone: an
// apostrophe would make them text.
func isCSVFormula(cell []byte) bool {
	return len(cell) > 0 && strings.IndexByte("=+-@\t\r", cell[0]) >= 0 && !isCSVNumber(cell)
}

// isCSVNumber reports whether the cell is a decimal number. ParseFloat alone
// would take hexadecimal ones and infinities as well.
func isCSVNumber(cell []byte) bool {
	_, err := strconv.ParseFloat(string(cell), 64)
	return err == nil && len(bytes.Trim(cell, "0123456789.eE+-")) == 0
}
