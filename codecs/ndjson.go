package codecs

import (
	"bytes"
	"errors"
	"iter"
)

// NDJSON is newline-delimited JSON, also called JSON Lines: lists only, one
// object a line. It has no place for the cursor of the next page.
type NDJSON struct{}

var (
	_ ListEncoder  = NDJSON{}
	_ ListStreamer = NDJSON{}
	_ ListDecoder  = NDJSON{}
)

// NewNDJSON makes the format.
func NewNDJSON() NDJSON { return NDJSON{} }

func (NDJSON) Name() string { return "ndjson" }
func (NDJSON) MediaTypes() []string {
	return []string{"application/x-ndjson", "application/jsonl"}
}

// EncodeList writes each record as the JSON format does, and ends each with a
// line feed. A list without records is an empty body.
func (n NDJSON) EncodeList(dst []byte, list Listing) ([]byte, error) {
	for _, record := range list.Records {
		var err error
		if dst, err = n.Append(dst, record); err != nil {
			return nil, err
		}
	}
	return dst, nil
}

// StreamList needs no memory of what was written.
func (n NDJSON) StreamList(string, string) ListStream { return n }

// Append appends one line.
func (n NDJSON) Append(dst []byte, r Record) ([]byte, error) {
	dst, err := appendJSONRecord(dst, n, r)
	if err != nil {
		return nil, err
	}
	return append(dst, '\n'), nil
}

// End appends nothing.
func (NDJSON) End(dst []byte) []byte { return dst }

// DecodeList reads each line as the JSON format does. Lines in which there is
// nothing are skipped.
func (NDJSON) DecodeList(in ListInput) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		lines, number := newLineReader(in.Body), 0
		for lines.next() {
			text, err := lines.text()
			if err == nil && len(bytes.TrimSpace(text)) == 0 {
				continue
			}
			number++
			item := Item{Number: number, Line: lines.line}
			if err == nil {
				item.Record, err = decodeJSONObject(text, in.Limits)
			}
			if !yield(item, atLine(err, lines.line)) {
				return
			}
		}
		if err := lines.err(); err != nil {
			yield(Item{}, err)
		}
	}
}

// atLine tells the place of an error in a line as one in the whole text.
func atLine(err error, line int) error {
	var e *Error
	if errors.As(err, &e) {
		e.Line, e.Column = line, max(e.Column, 1)
	}
	return err
}
