package codecs_test

import (
	"strings"
	"testing"
	"time"

	"github.com/parley-gateway/parley/codecs"
)

// TestMessagePackFormats reads a value in each format of the specification,
// in a map under the name v.
func TestMessagePackFormats(t *testing.T) {
	for _, tc := range []struct{ hex, want string }{
		{"c0", "null"}, {"c2", "false"}, {"c3", "true"},
		{"00", "0"}, {"7f", "127"}, {"ff", "-1"}, {"e0", "-32"},
		{"ccff", "255"}, {"cdffff", "65535"}, {"ceffffffff", "4294967295"}, {"cfffffffffffffffff", "18446744073709551615"},
		{"cc05", "5"}, {"cf0000000000000005", "5"},
		{"d080", "-128"}, {"d18000", "-32768"}, {"d280000000", "-2147483648"}, {"d38000000000000000", "-9223372036854775808"},
		{"d005", "5"}, {"d37fffffffffffffff", "9223372036854775807"},
		{"ca3fc00000", "1.5"}, {"ca7f800000", "Infinity"}, {"cb3ff199999999999a", "1.1"}, {"cb8000000000000000", "-0"},
		{"cb7ff8000000000000", "NaN"}, {"cbfff0000000000000", "-Infinity"}, {"cb7e37e43c8800759c", "1e+300"},
		{"a0", `""`}, {"a2c3bc", `"ü"`}, {"d90161", `"a"`}, {"da000161", `"a"`}, {"db0000000161", `"a"`},
		{"c400", "h''"}, {"c402fffe", "h'fffe'"}, {"c50001ff", "h'ff'"}, {"c600000001ff", "h'ff'"},
		{"90", "[]"}, {"9201c0", "[1, null]"}, {"dc000101", "[1]"}, {"dd0000000101", "[1]"},
		{"80", "{}"}, {"81a16101", "{a: 1}"}, {"de0001a161c0", "{a: null}"}, {"df00000001a16180", "{a: {}}"},
	} {
		record, err := codecs.NewMessagePack().Decode(codecs.Input{Body: []byte("\x81\xa1v" + unhex(t, tc.hex))})
		if got := notation(codecs.MapValue(record)); err != nil || got != "{v: "+tc.want+"}" {
			t.Errorf("%s is read as %s, %v, want %s", tc.hex, got, err, tc.want)
		}
	}
}

func TestMessagePackDecode(t *testing.T) {
	x := func(digits string) string { return unhex(t, digits) }
	runUnpackCases(t, codecs.NewMessagePack(), []unpackCase{
		{name: "command", body: "\x82\xa6status\xa5risky\xaereview_comment\xa3a b", want: `{status: "risky", review_comment: "a b"}`},
		{name: "a name twice", body: "\x82\xa6status\xa6active\xa6status\xa5risky", want: `{status: "active", status: "risky"}`},
		{name: "twice within", body: x("81 a161 91 82 a162 01 a162 02"), want: `{a: [{b: 1, b: 2}]}`},
		{name: "a name in bin", body: "\x81\xc4\x06status\xa5risky", want: `{h'737461747573': <wrong-type: a value whose name is bytes>}`},
		{name: "other odd names", body: x("83 01 01 c0 01 80 01"),
			want: `{1: <wrong-type: a value whose name is a number>, null: <wrong-type: a value whose name is null>, ` +
				`a map: <wrong-type: a value whose name is a map>}`},

		{name: "array", body: "\x92\xa5risky\xa1x", fault: "holds a list", kind: codecs.NotFields},
		{name: "str", body: "\xa5risky", fault: "holds text", kind: codecs.NotFields},
		{name: "nil", body: "\xc0", fault: "holds null", kind: codecs.NotFields},

		{name: "empty", body: "", fault: "offset 0: the data ends early"},
		{name: "something after the end", body: x("80 80"), fault: "offset 1: something comes after the end"},
		{name: "no value", body: x("81 a161"), fault: "offset 3: the data ends early"},
		{name: "a head cut off", body: x("81 a161 cd ff"), fault: "offset 5: the data ends early"},
		{name: "a string cut off", body: x("81 a161 a2 61"), fault: "offset 5: the data ends early"},
		{name: "a bomb of a map", body: x("df ffffffff a161 01"), fault: "offset 8: the data ends early"},
		{name: "a bomb of an array", body: x("81 a161 dd ffffffff"), fault: "offset 8: the data ends early"},
		{name: "a bomb of a str", body: x("81 a161 db ffffffff 61"), fault: "offset 9: the data ends early"},
		{name: "a bomb of a bin", body: x("81 a161 c6 ffffffff"), fault: "offset 8: the data ends early"},
		{name: "invalid UTF-8", body: x("81 a161 a3 61ff61"), fault: "offset 5: the byte 0xff is not valid in UTF-8"},
		{name: "invalid UTF-8 in a name", body: x("81 a180 01"), fault: "offset 2: the byte 0x80 is not valid in UTF-8"},
		{name: "the byte never used", body: x("81 a161 c1"), fault: "offset 3: the byte 0xc1 begins nothing"},
		{name: "timestamp", body: x("81 a161 d6ff 00000000"), fault: "offset 3: extension types are refused"},
		{name: "extension as a name", body: x("81 d4 01 00 01"), fault: "offset 1: extension types are refused"},
		{name: "arrays without end", body: strings.Repeat("\x91", 100_000), fault: "deeper than 32 levels"},
	})
	for b := byte(0xc7); b <= 0xd8; b++ {
		if b > 0xc9 && b < 0xd4 {
			continue
		}
		_, err := codecs.NewMessagePack().Decode(codecs.Input{Body: append([]byte{0x81, 0xa1, 'v', b, 1}, make([]byte, 20)...)})
		checkFault(t, err, codecs.SyntaxError, "offset 3: extension types are refused")
	}
}

func TestMessagePackEncode(t *testing.T) {
	record := codecs.Record{
		{Name: "a", Value: codecs.NullValue()},
		{Name: "b", Value: codecs.ListValue(codecs.BoolValue(false), codecs.BoolValue(true))},
		{Name: "c", Value: codecs.BytesValue("\xff\x00")},
		{Name: "d", Value: codecs.TimeValue(time.Date(2023, 5, 6, 7, 8, 9, 0, time.UTC))},
		{Name: "e", Value: codecs.MapValue(texts("é", strings.Repeat("x", 32)))},
	}
	want := "kept" + unhex(t, "85 a161 c0 a162 92 c2 c3 a163 c4 02 ff00 a164 b4") + "2023-05-06T07:08:09Z" +
		unhex(t, "a165 81 a2 c3a9 d9 20") + strings.Repeat("x", 32)
	got, err := codecs.NewMessagePack().Encode([]byte("kept"), codecs.Document{Record: record})
	if err != nil || string(got) != want {
		t.Errorf("got %x, %v\nwant %x", got, err, want)
	}
	checkCannotHold(t, codecs.NewMessagePack(), unfit())
	checkCannotHold(t, codecs.NewMessagePack(), number("1e400"))
}

func TestMessagePackEncodesNumbers(t *testing.T) {
	checkNumbers(t, codecs.NewMessagePack(), [][2]string{
		{"0", "00"}, {"127", "7f"}, {"128", "cc80"}, {"255", "ccff"}, {"256", "cd0100"}, {"65535", "cdffff"}, {"65536", "ce00010000"},
		{"4294967295", "ceffffffff"}, {"4294967296", "cf0000000100000000"}, {"18446744073709551615", "cfffffffffffffffff"},
		{"-1", "ff"}, {"-32", "e0"}, {"-33", "d0df"}, {"-128", "d080"}, {"-129", "d1ff7f"}, {"-32768", "d18000"}, {"-32769", "d2ffff7fff"},
		{"-2147483648", "d280000000"}, {"-2147483649", "d3ffffffff7fffffff"}, {"-9223372036854775808", "d38000000000000000"},
		{"-9223372036854775809", "cbc3e0000000000000"}, {"18446744073709551616", "cb43f0000000000000"}, {"-0", "cb8000000000000000"},
		{"1.50", "cb3ff8000000000000"}, {"Infinity", "cb7ff0000000000000"}, {"-Infinity", "cbfff0000000000000"},
	})
}

// TestMessagePackLengths reads back lengths at which the form of the head
// changes.
func TestMessagePackLengths(t *testing.T) {
	for _, n := range []int{0, 15, 16, 31, 32, 255, 256, 65535, 65536} {
		long := strings.Repeat("x", n)
		record := codecs.Record{
			{Name: "text", Value: codecs.TextValue(long)},
			{Name: "bytes", Value: codecs.BytesValue(long)},
			{Name: "list", Value: codecs.TextsValue(make([]string, n))},
		}
		body, err := codecs.NewMessagePack().Encode(nil, codecs.Document{Record: record})
		if err != nil {
			t.Fatal(err)
		}
		got, err := codecs.NewMessagePack().Decode(codecs.Input{Body: body, Limits: codecs.Limits{Values: 1 << 17}})
		if err != nil || !got.Equal(record) {
			t.Errorf("length %d comes back wrong: %v", n, err)
		}
	}
}

func FuzzMessagePack(f *testing.F) {
	for _, digits := range []string{
		"82 a6737461747573 a57269736b79 ae 7265766965775f636f6d6d656e74 a3612062", "80", "92 01 02", "81 a161 c1", "81 a161 d6ff00000000",
		"83 a161 ca3fc00000 a162 cb7ff8000000000000 a163 d38000000000000000", "82 01 02 c401ff 03", "dfffffffff",
		"81 a1ff 01", "82 a161 c0 a161 81 a161 92 c0 c3", "81 a161 dc0002 d90161 de0001 a16100",
	} {
		f.Add([]byte(unhex(f, digits)))
	}
	f.Fuzz(func(t *testing.T, body []byte) { fuzzUnpack(t, codecs.NewMessagePack(), body) })
}
