// Package trial tells how formats are chosen, read and written, and does nothing
// by it: for the page /try, parley convert and parley negotiate.
package trial

import (
	"cmp"
	"strconv"
	"unicode/utf8"

	"github.com/parley-gateway/parley/codecs"
)

// Document is a record on its way from one format to another.
func Document(r codecs.Record) codecs.Document {
	return codecs.Document{Name: "record", Record: r, Page: codecs.Page{Title: "Record"}}
}

// Columns are the fields of what Negotiate returns.
var Columns = []string{"format", "media_type", "range", "quality", "wins"}

// Negotiate tells how each format is weighed by the lines of an Accept field, with
// its aliases where they were named or win, and whether anything is acceptable. What
// has no range, and what does not win, says so by a hyphen.
func Negotiate(formats *codecs.Registry, accept []string, language codecs.Language, shape codecs.Shape) ([]codecs.Record, bool) {
	weighings, choice, ok := formats.Explain(accept, shape)
	choice = choice.In(language)
	var rows []codecs.Record
	var first codecs.Weighing
	for _, w := range weighings {
		wins := ok && w.MediaType == choice.MediaType
		switch {
		case !w.Alias:
			first = w
		case w.Range == "" && wins:
			// The language of the request chose it under the first name's range.
			w.Range, w.Quality = first.Range, first.Quality
		case w.Range == "":
			continue
		}
		rows = append(rows, weighingRecord(w, wins))
	}
	return rows, ok
}

func weighingRecord(w codecs.Weighing, wins bool) codecs.Record {
	mark := ""
	if wins {
		mark = "wins"
	}
	return codecs.Record{
		text("format", w.Format.Name()),
		text("media_type", w.MediaType),
		text("range", cmp.Or(w.Range, "-")),
		text("quality", strconv.FormatFloat(w.Quality, 'f', -1, 64)),
		text("wins", cmp.Or(mark, "-")),
	}
}

func text(name, value string) codecs.Field {
	return codecs.Field{Name: name, Value: codecs.TextValue(value)}
}

// Cut shortens a text to a number of code points, and says so by an ellipsis.
func Cut(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}
