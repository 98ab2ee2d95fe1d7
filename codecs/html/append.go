package html

import (
	"strings"

	"github.com/parley-gateway/parley/codecs"
)

// AppendRecord appends a record as a dl with its values as microdata, and
// nothing for an empty one. What is nested is shown nested, its values named
// by their path as codecs.Flatten names them. Names that microdata cannot have,
// with white space or empty, are refused; characters that XML cannot have are
// shown as U+FFFD.
func AppendRecord(dst []byte, r codecs.Record) ([]byte, error) {
	w := &writer{dst: dst}
	w.record(r)
	return w.result()
}

// AppendTable appends records as a table, in each row one item of microdata.
func AppendTable(dst []byte, records []codecs.Record) ([]byte, error) {
	w := &writer{dst: dst}
	w.table(records)
	return w.result()
}

// AppendField appends a value as one property of an item around it.
func AppendField(dst []byte, f codecs.Field) ([]byte, error) {
	w := &writer{dst: dst}
	w.value(entry{f.Name, f.Name, f.Value})
	return w.result()
}

// AppendValue appends a value in the same markup without making it a property.
func AppendValue(dst []byte, v codecs.Value) ([]byte, error) {
	w := &writer{dst: dst, plain: true}
	w.value(entry{Value: v})
	return w.result()
}

// AppendHidden appends fields as hidden controls of a form.
func AppendHidden(dst []byte, r codecs.Record) []byte {
	w := &writer{dst: dst}
	w.hidden(r)
	return w.dst
}

// AppendLink appends a link as an item of a list.
func AppendLink(dst []byte, l codecs.Link) []byte {
	w := &writer{dst: dst}
	w.link(l)
	return w.dst
}

// AppendEscaped appends what stands for s in text and in the values of
// attributes.
func AppendEscaped(dst []byte, s string) []byte { return appendEscaped(dst, s, true) }

// Label is the name of a field for people: review_comment is "Review comment".
func Label(name string) string {
	name = strings.ReplaceAll(name, "_", " ")
	if name != "" && 'a' <= name[0] && name[0] <= 'z' {
		return string(name[0]-'a'+'A') + name[1:]
	}
	return name
}
