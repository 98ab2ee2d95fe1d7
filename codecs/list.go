package codecs

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"iter"
	"slices"
)

// A ListDecoder is a Format that a list of records can be read from, record by
// record: what EncodeList writes, and what people write by hand who mean the
// same.
type ListDecoder interface {
	Format
	// DecodeList reads the records in their order. A record that cannot be read
	// comes as an error in its place; after one that leaves the rest unreadable
	// nothing follows. Errors are an *Error, or those of the Body.
	DecodeList(in ListInput) iter.Seq2[Item, error]
}

// ListInput is a list that is still to be read.
type ListInput struct {
	Body   io.Reader // in UTF-8; JSON, XML and YAML say themselves where it is not
	Name   string    // what the records are, "users"
	Item   string    // what one of them is, "user"
	Limits Limits    // of each record
}

// Item is one record of a list.
type Item struct {
	Record Record
	Number int // from 1; 0 beside an error that is about no record
	Line   int // where it begins, from 1; 0 in a format in which a record has no lines of its own
}

// A ListStreamer is a ListEncoder that can write a list before all of it is
// known, as the same bytes.
type ListStreamer interface {
	ListEncoder
	// StreamList begins a list with a name, whose records are called item.
	StreamList(name, item string) ListStream
}

// A ListStream is a list that is being written. It is no longer safe for
// concurrent use.
type ListStream interface {
	// Append appends the next record, and before the first what a list begins
	// with. It fails as Encode does.
	Append(dst []byte, r Record) ([]byte, error)
	// End appends what a list ends with.
	End(dst []byte) []byte
}

const (
	// MaxListBody is how long a list may be in a format that is read whole, in
	// bytes.
	MaxListBody = 64 << 20
	// MaxListItem is how long one record may be in a format that is read record
	// by record, in bytes.
	MaxListItem = 1 << 20
)

// ReadWhole reads all of a list of at most so many bytes.
func (in ListInput) ReadWhole(most int) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(in.Body, int64(most)+1))
	switch {
	case err != nil:
		return nil, err
	case len(body) > most:
		return nil, Malformed("the list has more than %d bytes, which is all that can be read at once", most)
	case len(body) == 0:
		return nil, Malformed("the body is empty")
	}
	return body, nil
}

// FieldOfList finds the list among the fields of a map: its index, or -1 where
// the map is itself the only record. A list may stand alone only: whatever else
// is there would be lost.
func (in ListInput) FieldOfList(names []string) (int, error) {
	at := slices.Index(names, in.Name)
	if at < 0 || len(names) == 1 {
		return at, nil
	}
	if slices.Contains(names, NextCursor) {
		return 0, in.onePage()
	}
	return 0, Malformed("something stands beside the list of %s", in.Name)
}

func (in ListInput) onePage() *Error {
	return Malformed("this is one page of the %s: %s leads to more of them", in.Name, NextCursor)
}

// failedList is a list that cannot be read at all.
func failedList(err error) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) { yield(Item{}, err) }
}

// lineReader reads a text of UTF-8 line by line.
type lineReader struct {
	scanner *bufio.Scanner
	line    int // of the text that was read last, from 1
}

func newLineReader(body io.Reader) *lineReader {
	scanner := bufio.NewScanner(body)
	scanner.Buffer(nil, MaxListItem)
	return &lineReader{scanner: scanner}
}

// next reports false after the last line.
func (r *lineReader) next() bool {
	r.line++
	return r.scanner.Scan()
}

// text is the line without its line break, and without a byte order mark.
func (r *lineReader) text() ([]byte, error) {
	text := r.scanner.Bytes()
	if r.line == 1 {
		text = bytes.TrimPrefix(text, bomUTF8)
	}
	return validUTF8(text)
}

// err is why there is no next line, or nil at the end.
func (r *lineReader) err() error {
	if err := r.scanner.Err(); !errors.Is(err, bufio.ErrTooLong) {
		return err
	}
	return malformedLine(r.line, 1, "the line has more than %d bytes", MaxListItem)
}

// malformedLine makes a SyntaxError at a line and a column.
func malformedLine(line, column int, format string, args ...any) *Error {
	e := Malformed(format, args...)
	e.Line, e.Column = line, column
	return e
}
