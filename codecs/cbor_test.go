package codecs_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/parley-gateway/parley/codecs"
)

// inCBORMap begins a map with the one name v.
const inCBORMap = "\xa1\x61v"

// TestCBORExamples reads the examples of RFC 8949 appendix A, each as a value
// in a map.
func TestCBORExamples(t *testing.T) {
	for _, tc := range []struct{ hex, want string }{
		{"00", "0"}, {"01", "1"}, {"0a", "10"}, {"17", "23"}, {"1818", "24"}, {"1819", "25"}, {"1864", "100"},
		{"1903e8", "1000"}, {"1a000f4240", "1000000"}, {"1b000000e8d4a51000", "1000000000000"},
		{"1bffffffffffffffff", "18446744073709551615"}, {"c249010000000000000000", "<wrong-type: a value with the CBOR tag 2>"},
		{"3bffffffffffffffff", "-18446744073709551616"}, {"c349010000000000000000", "<wrong-type: a value with the CBOR tag 3>"},
		{"20", "-1"}, {"29", "-10"}, {"3863", "-100"}, {"3903e7", "-1000"},

		{"f90000", "0"}, {"f98000", "-0"}, {"f93c00", "1"}, {"fb3ff199999999999a", "1.1"}, {"f93e00", "1.5"},
		{"f97bff", "65504"}, {"fa47c35000", "100000"}, {"fa7f7fffff", "3.4028234663852886e+38"},
		{"fb7e37e43c8800759c", "1e+300"}, {"f90001", "5.960464477539063e-08"}, {"f90400", "0.00006103515625"},
		{"f9c400", "-4"}, {"fbc010666666666666", "-4.1"},
		{"f97c00", "Infinity"}, {"f97e00", "NaN"}, {"f9fc00", "-Infinity"},
		{"fa7f800000", "Infinity"}, {"fa7fc00000", "NaN"}, {"faff800000", "-Infinity"},
		{"fb7ff0000000000000", "Infinity"}, {"fb7ff8000000000000", "NaN"}, {"fbfff0000000000000", "-Infinity"},

		{"f4", "false"}, {"f5", "true"}, {"f6", "null"}, {"f7", "null"},
		{"c074323031332d30332d32315432303a30343a30305a", "<wrong-type: a value with the CBOR tag 0>"},
		{"c11a514b67b0", "<wrong-type: a value with the CBOR tag 1>"},
		{"d74401020304", "<wrong-type: a value with the CBOR tag 23>"},
		{"d818456449455446", "<wrong-type: a value with the CBOR tag 24>"},
		{"d82076687474703a2f2f7777772e6578616d706c652e636f6d", "<wrong-type: a value with the CBOR tag 32>"},
		{"40", "h''"}, {"4401020304", "h'01020304'"}, {"60", `""`}, {"6161", `"a"`}, {"6449455446", `"IETF"`},
		{"62225c", `"\"\\"`}, {"62c3bc", `"ü"`}, {"63e6b0b4", `"水"`}, {"64f0908591", `"𐅑"`},

		{"80", "[]"}, {"83010203", "[1, 2, 3]"}, {"8301820203820405", "[1, [2, 3], [4, 5]]"},
		{"98190102030405060708090a0b0c0d0e0f101112131415161718181819",
			"[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25]"},
		{"a0", "{}"}, {"a201020304", "{1: <wrong-type: a value whose name is a number>, 3: <wrong-type: a value whose name is a number>}"},
		{"a26161016162820203", "{a: 1, b: [2, 3]}"}, {"826161a161626163", `["a", {b: "c"}]`},

		{"5f42010243030405ff", "h'0102030405'"}, {"7f657374726561646d696e67ff", `"streaming"`}, {"9fff", "[]"},
		{"9f018202039f0405ffff", "[1, [2, 3], [4, 5]]"}, {"83018202039f0405ff", "[1, [2, 3], [4, 5]]"},
		{"bf61610161629f0203ffff", "{a: 1, b: [2, 3]}"}, {"826161bf61626163ff", `["a", {b: "c"}]`},
		{"bf6346756ef563416d7421ff", "{Fun: true, Amt: -2}"},
	} {
		record, err := codecs.NewCBOR().Decode(codecs.Input{Body: []byte(inCBORMap + unhex(t, tc.hex))})
		if got := notation(codecs.MapValue(record)); err != nil || got != "{v: "+tc.want+"}" {
			t.Errorf("%s is read as %s, %v, want %s", tc.hex, got, err, tc.want)
		}
	}
}

// notWellFormedCBOR are the examples of RFC 8949 appendix F that are not
// well-formed.
var notWellFormedCBOR = []struct{ subkind, items string }{
	{"end of input in a head", `18 19 1a 1b 1901 1a0102 1b01020304050607 38 58 78 98 9a01ff00 b8 d8 f8 f900 fa0000 fb000000`},
	{"definite-length strings with short data", `41 61 5affffffff00 5bffffffffffffffff010203 7affffffff00 7b7fffffffffffffff010203`},
	{"definite-length maps and arrays without enough items", `81 818181818181818181 8200 a1 a20102 a100 a2000000`},
	{"tag number not followed by tag content", `c0`},
	{"indefinite-length strings not closed", `5f4100 7f6100`},
	{"indefinite-length maps and arrays not closed", `9f 9f0102 bf bf01020102 819f 9f8000 9f9f9f9f9fffffffff 9f819f819f9fffffff`},
	{"reserved additional information", `1c 1d 1e 3c 3d 3e 5c 5d 5e 7c 7d 7e 9c 9d 9e bc bd be dc dd de fc fd fe`},
	{"reserved two-byte encodings of simple values", `f800 f801 f818 f81f`},
	{"chunks not of the correct type", `5f00ff 5f21ff 5f6100ff 5f80ff 5fa0ff 5fc000ff 5fe0ff 7f4100ff`},
	{"chunks not of definite length", `5f5f4100ffff 7f7f6100ffff`},
	{"break outside of an indefinite-length item", `ff`},
	{"break in a definite-length array or map or a tag", `81ff 8200ff a1ff a1ff00 a100ff a20000ff 9f81ff 9f829f819f9fffffffff c0ff`},
	{"break in a value position of a map", `bf00ff bf000000ff`},
	{"major type 0, 1, 6 with additional information 31", `1f 3f df`},
}

func TestCBORRefusesWhatIsNotWellFormed(t *testing.T) {
	for _, example := range notWellFormedCBOR {
		for item := range strings.FieldsSeq(example.items) {
			for _, before := range []string{"", inCBORMap} {
				_, err := codecs.NewCBOR().Decode(codecs.Input{Body: []byte(before + unhex(t, item))})
				var e *codecs.Error
				if !errors.As(err, &e) || e.Kind != codecs.SyntaxError || e.Offset < len(before) {
					t.Errorf("%s: %s after %q gives %v", example.subkind, item, before, err)
				}
			}
		}
	}
}

func TestCBORDecode(t *testing.T) {
	x := func(digits string) string { return unhex(t, digits) }
	runUnpackCases(t, codecs.NewCBOR(), []unpackCase{
		{name: "command", body: "\xa2\x66status\x65risky\x6ereview_comment\x63a b", want: `{status: "risky", review_comment: "a b"}`},
		{name: "self-described", body: "\xd9\xd9\xf7\xa1\x66status\x65risky", want: `{status: "risky"}`},
		{name: "self-described in four bytes", body: x("da 0000d9f7 a0"), want: `{}`},
		{name: "a name twice", body: "\xa2\x66status\x66active\x66status\x65risky", want: `{status: "active", status: "risky"}`},
		{name: "twice within", body: x("a1 6161 bf 6162 01 6162 a2 6163 02 6163 03 ff"), want: `{a: {b: 1, b: {c: 2, c: 3}}}`},
		{name: "a name in chunks", body: x("a1 7f 6161 6162 ff 7f 60 6163 ff"), want: `{ab: "c"}`},
		{name: "heads longer than need be", body: x("bb 0000000000000001 79 0001 61 1a 00000005"), want: `{a: 5}`},
		{name: "a name in bytes", body: "\xa1\x46status\x65risky", want: `{h'737461747573': <wrong-type: a value whose name is bytes>}`},
		{name: "other odd names", body: x("a5 f6 01 f5 01 80 01 c1 00 01 f9 3e00 01"),
			want: `{null: <wrong-type: a value whose name is null>, true: <wrong-type: a value whose name is a boolean>, ` +
				`a list: <wrong-type: a value whose name is a list>, ` +
				`a value with the CBOR tag 1: <wrong-type: a value whose name is a value with the CBOR tag 1>, ` +
				`1.5: <wrong-type: a value whose name is a number>}`},
		{name: "self-described within", body: x("a1 6161 d9d9f7 6162"), want: `{a: <wrong-type: a value with the CBOR tag 55799>}`},
		{name: "bytes that are no text", body: x("a1 6161 42 fffe"), want: `{a: h'fffe'}`},

		{name: "array", body: x("82 65 7269736b79 6178"), fault: "holds a list", kind: codecs.NotFields},
		{name: "text", body: x("6161"), fault: "holds text", kind: codecs.NotFields},
		{name: "null", body: x("f6"), fault: "holds null", kind: codecs.NotFields},
		{name: "undefined", body: x("f7"), fault: "holds null", kind: codecs.NotFields},
		{name: "tagged map", body: x("d818 a0"), fault: "holds a value with the CBOR tag 24", kind: codecs.NotFields},
		{name: "self-described twice", body: x("d9d9f7 d9d9f7 a0"), fault: "holds a value with the CBOR tag 55799", kind: codecs.NotFields},

		{name: "empty", body: "", fault: "offset 0: the data ends early"},
		{name: "nothing but a tag", body: "\xd9\xd9\xf7", fault: "offset 3: the data ends early"},
		{name: "something after the end", body: x("a0 00"), fault: "offset 1: something comes after the end"},
		{name: "a break after the end", body: x("bf ff ff"), fault: "offset 2: something comes after the end"},
		{name: "a bomb of a map", body: x("bb ffffffffffffffff 6161 01"), fault: "offset 12: the data ends early"},
		{name: "a bomb of an array", body: x("a1 6161 9b 7fffffffffffffff"), fault: "offset 12: the data ends early"},
		{name: "a bomb of a string", body: x("a1 6161 7b ffffffffffffffff 61"), fault: "offset 13: the data ends early"},
		{name: "invalid UTF-8", body: x("a1 6161 63 61ff61"), fault: "offset 5: the byte 0xff is not valid in UTF-8"},
		{name: "invalid UTF-8 in a name", body: x("a1 61 80 01"), fault: "offset 2: the byte 0x80 is not valid in UTF-8"},
		{name: "a character across chunks", body: x("a1 6161 7f 61c3 61bc ff"), fault: "offset 5: the byte 0xc3 is not valid in UTF-8"},
		{name: "encoded surrogate", body: x("a1 6161 63 eda080"), fault: "offset 4: the byte 0xed is not valid in UTF-8"},
		{name: "unassigned simple value", body: x("a1 6161 f0"), fault: "offset 3: the simple value 16 is assigned to nothing"},
		{name: "unassigned simple value in two bytes", body: x("a1 6161 f8ff"), fault: "offset 3: the simple value 255 is assigned to nothing"},
		{name: "tags without end", body: strings.Repeat("\xc1", 100_000), fault: "deeper than 32 levels"},
		{name: "arrays without end", body: strings.Repeat("\x9f", 100_000), fault: "deeper than 32 levels"},
	})
}

func TestCBOREncode(t *testing.T) {
	record := codecs.Record{
		{Name: "a", Value: codecs.NullValue()},
		{Name: "b", Value: codecs.ListValue(codecs.BoolValue(false), codecs.BoolValue(true))},
		{Name: "c", Value: codecs.BytesValue("\xff\x00")},
		{Name: "d", Value: codecs.TimeValue(time.Date(2023, 5, 6, 7, 8, 9, 0, time.UTC))},
		{Name: "e", Value: codecs.MapValue(texts("é", strings.Repeat("x", 24)))},
	}
	want := "kept" + unhex(t, "a5 6161 f6 6162 82 f4 f5 6163 42 ff00 6164 74") + "2023-05-06T07:08:09Z" +
		unhex(t, "6165 a1 62 c3a9 78 18") + strings.Repeat("x", 24)
	got, err := codecs.NewCBOR().Encode([]byte("kept"), codecs.Document{Record: record})
	if err != nil || string(got) != want {
		t.Errorf("got %x, %v\nwant %x", got, err, want)
	}
	checkCannotHold(t, codecs.NewCBOR(), unfit())
	checkCannotHold(t, codecs.NewCBOR(), number("1e400"))
}

func TestCBOREncodesNumbers(t *testing.T) {
	checkNumbers(t, codecs.NewCBOR(), [][2]string{
		{"0", "00"}, {"23", "17"}, {"24", "1818"}, {"255", "18ff"}, {"256", "190100"}, {"65535", "19ffff"}, {"65536", "1a00010000"},
		{"4294967295", "1affffffff"}, {"4294967296", "1b0000000100000000"}, {"18446744073709551615", "1bffffffffffffffff"},
		{"-1", "20"}, {"-24", "37"}, {"-25", "3818"}, {"-9223372036854775808", "3b7fffffffffffffff"},
		{"-18446744073709551615", "3bfffffffffffffffe"}, {"-18446744073709551616", "3bffffffffffffffff"},
		{"18446744073709551616", "fb43f0000000000000"}, {"-0", "fb8000000000000000"}, {"1.50", "fb3ff8000000000000"},
		{"1e2", "fb4059000000000000"}, {"Infinity", "fb7ff0000000000000"}, {"-Infinity", "fbfff0000000000000"},
	})
}

func FuzzCBOR(f *testing.F) {
	for _, digits := range []string{
		"a2 66737461747573 657269736b79 6e 7265766965775f636f6d6d656e74 63612062", "d9d9f7a0", "bf 6161 7f 6162 ff 6163 5f 41ff ff ff",
		"a4 6161 f97e00 6162 fbc010666666666666 6163 3bffffffffffffffff 6164 c11a514b67b0", "a2 01 02 41ff 03", "bbffffffffffffffff",
		"a1 6161 f0", "a1 61ff 01", "a3 6161 f6 6161 f7 6161 a1 6161 82 f6 f5",
	} {
		f.Add([]byte(unhex(f, digits)))
	}
	f.Fuzz(func(t *testing.T, body []byte) { fuzzUnpack(t, codecs.NewCBOR(), body) })
}
