package codecs_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/codectest"
)

// jsonSpace is the white space of JSON (RFC 8259 section 2), and of XML 1.0
// (section 2.3).
const jsonSpace = " \t\r\n"

func TestConformance(t *testing.T) {
	registry := codecs.NewRegistry(codecs.NewJSON(), codecs.NewXML(), codecs.NewCBOR())
	for _, c := range []struct {
		format codecs.Format
		opts   codectest.Options
	}{
		{codecs.NewJSON(), codectest.Options{Back: jsonKinds, Trailing: jsonSpace}},
		{codecs.NewJSONPatch(), jsonPatchOptions()},
		{codecs.NewXML(), codectest.Options{Back: xmlKinds, Listing: xmlListing, CannotHold: isNoXML, Trailing: jsonSpace}},
		{codecs.NewForm(), codectest.Options{Flat: true, Open: true, Trailing: "&"}},
		{codecs.NewMultipart(registry), codectest.Options{Flat: true, Trailing: jsonSpace}},
		{codecs.NewText("status", "review_comment"), codectest.Options{Flat: true, Open: true, Back: unixLines, Trailing: "\r\n"}},
		{codecs.NewOctets(registry, codecs.NewCBOR()), codectest.Options{}},
		{codecs.NewCBOR(), codectest.Options{Samples: cborSamples}},
		{codecs.NewMessagePack(), codectest.Options{}},
		{codecs.NewCSV(), codectest.Options{Flat: true, Row: csvRow, Trailing: "\r\n"}},
		{codecs.NewNDJSON(), codectest.Options{Back: jsonKinds, Trailing: "\n"}},
	} {
		t.Run(c.format.Name(), func(t *testing.T) { codectest.Test(t, c.format, c.opts) })
	}
}

// jsonKinds is what JSON makes of a value: it has no bytes, and no numbers
// that are none.
func jsonKinds(v codecs.Value) codecs.Value {
	switch v.Kind() {
	case codecs.Bytes:
		return codectest.Texts(v)
	case codecs.Number:
		if slices.Contains([]string{"NaN", "Infinity", "-Infinity"}, v.Text()) {
			return codecs.NullValue()
		}
	}
	return codectest.Kinds(v)
}

// xmlKinds is what XML makes of a value: whatever is empty looks the same.
func xmlKinds(v codecs.Value) codecs.Value {
	if len(v.Members()) > 0 {
		return v
	}
	return codectest.Texts(v)
}

// xmlListing is what XML makes of a list: the cursor is an attribute of the
// root, and each record an element in it.
func xmlListing(l codecs.Listing) codecs.Record {
	var r codecs.Record
	if l.Next != "" {
		r = append(r, codecs.Field{Name: codecs.NextCursor, Value: codecs.TextValue(l.Next)})
	}
	for _, item := range l.Records {
		r = append(r, codecs.Field{Name: l.Item, Value: codecs.MapValue(item)})
	}
	return r
}

// csvRow is what CSV makes of a record: text, and nothing of what is empty.
func csvRow(r codecs.Record) codecs.Record {
	var row codecs.Record
	for _, f := range codecs.Flatten(r) {
		if text := codectest.Texts(f.Value); text.Text() != "" {
			row = append(row, codecs.Field{Name: f.Name, Value: text})
		}
	}
	return row
}

// isNoXML reports the characters that XML 1.0 has none of (section 2.2), not
// even as a reference.
func isNoXML(r rune) bool {
	return r < ' ' && !strings.ContainsRune("\t\n\r", r) || r == 0xfffe || r == 0xffff
}

// unixLines is what plain text makes of a value: a line ends in one way.
func unixLines(v codecs.Value) codecs.Value {
	text := codectest.Texts(v).Text()
	return codecs.TextValue(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text))
}

// cborSamples begin with the tag of self-described CBOR, have lengths that
// are not told beforehand, and half a float.
var cborSamples = [][]byte{
	[]byte("\xd9\xd9\xf7\xa1\x66status\x66active"),
	[]byte("\xbf\x66status\x7f\x63act\x63ive\xff\xff"),
	[]byte("\xa1\x61x\xf9\x3e\x00"),
}

func jsonPatchOptions() codectest.Options {
	operation := func(status string) string {
		return fmt.Sprintf(`{"op":"replace","path":"/status","value":%q}`, status)
	}
	return codectest.Options{
		Samples: [][]byte{
			[]byte("[" + operation("active") + "]"),
			[]byte(`[{"op":"test","path":"/status","value":"risky"}, {"value":"x\ny","op":"add","path":"/review_comment"}]`),
		},
		Duplicate: []byte("[" + operation("active") + "," + operation("risky") + "]"),
		Wide: func(fields int) []byte {
			return []byte("[" + strings.Join(slices.Repeat([]string{operation("active")}, fields), ",") + "]")
		},
		Deep: func(levels int) []byte {
			return slices.Concat([]byte(`[{"op":"add","path":"/status","value":`),
				bytes.Repeat([]byte("["), levels-2), bytes.Repeat([]byte("]"), levels-2), []byte("}]"))
		},
		Trailing: jsonSpace,
	}
}
