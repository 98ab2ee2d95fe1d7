package codecs_test

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/parley-gateway/parley/codecs"
)

// unpackCase is a body and what it is read as. Exactly one of want and fault
// is set.
type unpackCase struct {
	name  string
	body  string
	want  string // as notation writes it
	fault string // a part of the message, with its place
	kind  codecs.ErrorKind
}

func runUnpackCases(t *testing.T, c codecs.Codec, cases []unpackCase) {
	t.Helper()
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			record, err := c.Decode(codecs.Input{Body: []byte(tc.body)})
			if tc.want == "" {
				checkFault(t, err, tc.kind, tc.fault)
				return
			}
			if got := notation(codecs.MapValue(record)); err != nil || got != tc.want {
				t.Errorf("got %s, %v\nwant %s", got, err, tc.want)
			}
		})
	}
}

// notation writes a value so that its kind can be seen, as RFC 8949 section 8
// does.
func notation(v codecs.Value) string {
	switch v.Kind() {
	case codecs.Null:
		return "null"
	case codecs.Text:
		return strconv.Quote(v.Text())
	case codecs.Bytes:
		return fmt.Sprintf("h'%x'", v.Text())
	case codecs.List:
		return "[" + members(v, func(f codecs.Field) string { return notation(f.Value) }) + "]"
	case codecs.Map:
		return "{" + members(v, func(f codecs.Field) string { return f.Name + ": " + notation(f.Value) }) + "}"
	case codecs.Unfit:
		return "<" + v.Code() + ": " + v.Text() + ">"
	}
	return string(v.AppendScalar(nil))
}

func members(v codecs.Value, write func(codecs.Field) string) string {
	var written []string
	for _, f := range v.Members() {
		written = append(written, write(f))
	}
	return strings.Join(written, ", ")
}

// unhex reads hexadecimal digits and the spaces between them.
func unhex(t testing.TB, digits string) string {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(digits, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// number is a record with a number of this literal under the name n.
func number(literal string) codecs.Record {
	return codecs.Record{{Name: "n", Value: codecs.NumberValue(literal)}}
}

// checkNumbers encodes numbers, which come in pairs of a literal and the
// bytes that it is written in, in hexadecimal.
func checkNumbers(t *testing.T, c codecs.Encoder, pairs [][2]string) {
	t.Helper()
	for _, pair := range pairs {
		const head = "81a16e" // {"n": in MessagePack, and as long in CBOR
		body, err := c.Encode(nil, codecs.Document{Record: number(pair[0])})
		got := hex.EncodeToString(body)
		if err != nil || got[min(len(head), len(got)):] != pair[1] {
			t.Errorf("%s is written %s, %v, want %s", pair[0], got, err, pair[1])
		}
	}
}

// fuzzUnpack makes sure that what is read comes back the same once it was
// written.
func fuzzUnpack(t *testing.T, c codecs.Encoder, body []byte) {
	record, err := c.(codecs.Codec).Decode(codecs.Input{Body: body})
	if err != nil {
		if !codecs.IsKind(err, codecs.SyntaxError) && !codecs.IsKind(err, codecs.NotFields) {
			t.Fatalf("an unexpected failure: %v", err)
		}
		return
	}
	written, err := c.Encode(nil, codecs.Document{Record: record})
	if err != nil {
		if !strings.Contains(notation(codecs.MapValue(record)), "<wrong-type: ") {
			t.Fatalf("read and not written: %v", err)
		}
		return
	}
	again, err := c.(codecs.Codec).Decode(codecs.Input{Body: written})
	if err != nil || !again.Equal(record) {
		t.Fatalf("%s comes back as %s, %v", notation(codecs.MapValue(record)), notation(codecs.MapValue(again)), err)
	}
}

// TestManyValues reads as many values as there may be, and refuses one more.
func TestManyValues(t *testing.T) {
	const most = codecs.DefaultValues - 3 // beside the map, the name and the list
	for count, want := range map[int]bool{most: true, most + 1: false} {
		length := string([]byte{0, 0, byte(count >> 8), byte(count)})
		for codec, body := range map[codecs.Codec]string{
			codecs.NewMessagePack(): "\x81\xa1a\xdd" + length + strings.Repeat("\xc0", count),
			codecs.NewCBOR():        "\xa1\x61a\x9a" + length + strings.Repeat("\xf6", count),
			codecs.NewJSON():        `{ "a" :[ "\", [" ` + strings.Repeat(",0", count-1) + "] }",
		} {
			_, err := codec.Decode(codecs.Input{Body: []byte(body)})
			if want && err != nil || !want && !codecs.IsKind(err, codecs.SyntaxError) {
				t.Errorf("%s: %d values: %v", codec.Name(), count, err)
			}
		}
	}
}
