package trial

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/parley-gateway/parley/codecs"
)

// Place is where something stands in a body.
type Place struct {
	Line   int // of text, from 1; 0 for none
	Column int // in code points, from 1
	Offset int // in bytes of the text as it was decoded, from 0; -1 for none

	Found                 bool   // the text around it is known
	Before, Marked, After string // that text: of one line, the ends of a long one cut off
}

// Nowhere is the place of what has none.
var Nowhere = Place{Offset: -1}

// ErrorPlace is where an error says that it is. The text around it is found only
// where the body is certainly the text that the codec read: where its line, column
// and offset agree about it.
func ErrorPlace(in codecs.Input, e *codecs.Error) Place {
	p := Place{Line: e.Line, Column: e.Column, Offset: e.Offset}
	text, ok := textOf(in)
	if e.Line == 0 || !ok {
		return p
	}
	at, ok := offsetOf(text, e.Line, e.Column)
	// XML and text are read with every line break as a line feed.
	if !ok || e.Offset != at && e.Offset != at-bytes.Count(text[:at], []byte("\r\n")) {
		return p
	}
	_, size := utf8.DecodeRune(text[at:])
	return p.around(text, at, at+size)
}

// textOf is the text that a body holds, in whose terms places are.
func textOf(in codecs.Input) (text []byte, ok bool) {
	switch in.Type.Name {
	case "application/octet-stream": // its parameters say nothing of what is inside
		in.Type.Params = nil
	case "multipart/form-data":
		if holdsFile(in) {
			return nil, false
		}
	}
	text, err := codecs.DecodeText(in, "")
	return text, err == nil
}

// holdsFile reports whether a multipart holds a file, in whose terms places may be.
func holdsFile(in codecs.Input) bool {
	record, _ := codecs.Upload{}.Decode(in)
	for _, f := range record {
		if f.Value.Kind() == codecs.Bytes {
			return true
		}
	}
	return false
}

// offsetOf is where a line and a column, in code points, both from 1, are in a text.
func offsetOf(text []byte, line, column int) (at int, ok bool) {
	for ; line > 1; line-- {
		end := bytes.IndexByte(text[at:], '\n')
		if end < 0 {
			return 0, false
		}
		at += end + 1
	}
	for ; column > 1; column-- {
		r, size := utf8.DecodeRune(text[at:])
		if size == 0 || r == '\n' {
			return 0, false
		}
		at += size
	}
	return at, true
}

// placeIn is the place of what stands from one offset to another.
func placeIn(text []byte, from, to int) Place {
	start := bytes.LastIndexByte(text[:from], '\n') + 1
	p := Place{
		Line:   1 + bytes.Count(text[:from], []byte("\n")),
		Column: 1 + utf8.RuneCount(text[start:from]),
		Offset: from,
	}
	return p.around(text, from, to)
}

// maxAround is how much of a line is shown on either side, in code points.
const maxAround = 60

func (p Place) around(text []byte, from, to int) Place {
	start := bytes.LastIndexByte(text[:from], '\n') + 1
	end := len(text)
	if n := bytes.IndexByte(text[from:], '\n'); n >= 0 {
		end = from + n
	}
	to = min(to, end)
	p.Found = true
	p.Before = lastRunes(string(text[start:from]), maxAround)
	p.Marked = strings.TrimSuffix(Cut(string(text[from:to]), maxAround), "\r")
	p.After = strings.TrimSuffix(Cut(string(text[to:end]), maxAround), "\r")
	return p
}

// lastRunes shortens a text from its front, and says so by an ellipsis.
func lastRunes(s string, most int) string {
	drop := utf8.RuneCountInString(s) - most
	if drop <= 0 {
		return s
	}
	return "…" + string([]rune(s)[drop:])
}
