package codecs_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-gateway/parley/codecs"
)

// formCase is a body of a format in which all values are text. Exactly one of
// fields and fault is set.
type formCase struct {
	name   string
	params string // of the Content-Type
	body   string
	fields []string // name, value, name, value ...
	fault  string   // a part of the message, with its place
	kind   codecs.ErrorKind
}

func runFormCases(t *testing.T, c codecs.Codec, cases []formCase) {
	t.Helper()
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			record, err := decodeForm(t, c, tc.params, tc.body)
			if tc.fault == "" {
				checkFields(t, record, err, tc.fields)
				return
			}
			checkFault(t, err, tc.kind, tc.fault)
		})
	}
}

// decodeForm decodes a body, and fails the test where the codec wrote to it.
func decodeForm(t *testing.T, c codecs.Codec, params, body string) (codecs.Record, error) {
	t.Helper()
	m, err := codecs.ParseMediaType(c.MediaTypes()[0] + params)
	if err != nil {
		t.Fatal(err)
	}
	in := []byte(body)
	record, err := c.Decode(codecs.Input{Body: in, Type: m})
	if string(in) != body {
		t.Errorf("the body was written to: %q", in)
	}
	return record, err
}

func checkFields(t *testing.T, got codecs.Record, err error, want []string) {
	t.Helper()
	if err != nil {
		t.Fatalf("refused: %v", err)
	}
	if !got.Equal(texts(want...)) {
		t.Errorf("got %q\nwant %q", flat(got), want)
	}
}

func checkFault(t *testing.T, err error, kind codecs.ErrorKind, fault string) {
	t.Helper()
	if err == nil {
		t.Fatal("accepted")
	}
	if kind == 0 {
		kind = codecs.SyntaxError
	}
	if !codecs.IsKind(err, kind) || !strings.Contains(err.Error(), fault) {
		t.Errorf("got %v\nwant kind %d with %q", err, kind, fault)
	}
}

// texts makes a record of text from names and values in turn.
func texts(pairs ...string) codecs.Record {
	var r codecs.Record
	for i := 0; i < len(pairs); i += 2 {
		r = append(r, codecs.Field{Name: pairs[i], Value: codecs.TextValue(pairs[i+1])})
	}
	return r
}

// flat lists names and values in turn, all of them text.
func flat(r codecs.Record) []string {
	var pairs []string
	for _, f := range r {
		pairs = append(pairs, f.Name, f.Value.Text())
	}
	return pairs
}

// hostileTexts are values that a careless encoder would let pass for
// something else.
var hostileTexts = []string{
	"", " ", "\n", "\n\n", "\t", "a\n", "a\n\n", "\na", " a ", "  a\n  b  \n", "a\n\nb", "a\nstatus: active", "a\nstatus=active",
	"a\n status: active", "\n\nstatus: active\n", ":", "=", "&", ";", "+", "%", "%41", "%zz", "a&status=active", "a;status=active", "a+b c",
	"--", "--parley", "\"", `\`, `\"`, "%22", "\u00e9", "\u6f22\U0001f600", "\ufeffbom", "\x00\x01\x7f\u0085\u2028", "\ufffd",
}

// checkRoundTrips encodes each text as the first, middle and last field, and
// decodes it again. as is what the format makes of it.
func checkRoundTrips(t *testing.T, c codecs.Encoder, params func(body []byte) string, as func(string) string) {
	t.Helper()
	for _, text := range hostileTexts {
		record := texts("status", text, "note", text, "review_comment", text)
		body, err := c.Encode([]byte("kept"), codecs.Document{Record: record})
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		body, kept := bytes.CutPrefix(body, []byte("kept"))
		if !kept {
			t.Fatal("Encode did not append")
		}
		got, err := decodeForm(t, c.(codecs.Codec), params(body), string(body))
		want := texts("status", as(text), "note", as(text), "review_comment", as(text))
		if err != nil || !got.Equal(want) {
			t.Errorf("%q came back as %q, %v\nencoded %q", text, flat(got), err, body)
		}
	}
}

func noParams([]byte) string    { return "" }
func unchanged(s string) string { return s }

// kinds is a record with a value of every kind that can be encoded, and how
// formats of text write it.
func kinds() (codecs.Record, []string) {
	when := time.Date(2023, 5, 6, 0, 0, 0, 500, time.UTC)
	return codecs.Record{
			{Name: "null", Value: codecs.NullValue()},
			{Name: "number", Value: codecs.NumberValue("-1.50e3")},
			{Name: "yes", Value: codecs.BoolValue(true)},
			{Name: "bytes", Value: codecs.BytesValue("\xff\xfe\xfd\xfc")},
			{Name: "when", Value: codecs.TimeValue(when)},
			{Name: "errors", Value: codecs.ListValue(codecs.MapValue(texts("field", "status")), codecs.TextValue("x"))},
		}, []string{
			"null", "", "number", "-1.50e3", "yes", "true", "bytes", "//79/A==", "when", "2023-05-06T00:00:00.0000005Z",
			"errors.0.field", "status", "errors.1", "x",
		}
}

func checkKinds(t *testing.T, c codecs.Encoder, params func(body []byte) string) {
	t.Helper()
	record, want := kinds()
	body, err := c.Encode(nil, codecs.Document{Record: record})
	if err != nil {
		t.Fatal(err)
	}
	got, err := decodeForm(t, c.(codecs.Codec), params(body), string(body))
	checkFields(t, got, err, want)
}

func checkCannotHold(t *testing.T, c codecs.Encoder, record codecs.Record) {
	t.Helper()
	if body, err := c.Encode(nil, codecs.Document{Record: record}); !codecs.IsKind(err, codecs.Unencodable) {
		t.Errorf("%q: got %q, %v", flat(record), body, err)
	}
}

func unfit() codecs.Record {
	return codecs.Record{{Name: "status", Value: codecs.UnfitValue("wrong-type", "a value with the CBOR tag 32")}}
}

func TestFormDecode(t *testing.T) {
	runFormCases(t, codecs.NewForm(), []formCase{
		{name: "command", body: "status=inactive&review_comment=a+b%20c%2B", fields: []string{"status", "inactive", "review_comment", "a b c+"}},
		{name: "a name twice", body: "status=active&status=risky", fields: []string{"status", "active", "status", "risky"}},
		{name: "unknown and steering", body: "_method=PATCH&x=1", fields: []string{"_method", "PATCH", "x", "1"}},
		{name: "semicolon is no separator", body: "review_comment=x;status=risky", fields: []string{"review_comment", "x;status=risky"}},
		{name: "escaped ampersand is none", body: "review_comment=x%26status=risky", fields: []string{"review_comment", "x&status=risky"}},
		{name: "first equals sign counts", body: "a=b=c", fields: []string{"a", "b=c"}},
		{name: "names are escaped too", body: "%73tatus=active&a+b=1", fields: []string{"status", "active", "a b", "1"}},
		{name: "lower-case digits", body: "a=%c3%a9", fields: []string{"a", "é"}},
		{name: "no equals sign", body: "status", fields: []string{"status", ""}},
		{name: "empty name and value", body: "=&=x&y=", fields: []string{"", "", "", "x", "y", ""}},
		{name: "empty pieces", body: "&&a=1&&b=2&", fields: []string{"a", "1", "b", "2"}},
		{name: "line breaks belong to the value", body: "a=1\r\n&b=2\n", fields: []string{"a", "1\r\n", "b", "2\n"}},
		{name: "byte order mark", body: "\xef\xbb\xbfstatus=active", fields: []string{"status", "active"}},
		{name: "raw UTF-8", body: "a=é", fields: []string{"a", "é"}},
		{name: "null character", body: "a=%00", fields: []string{"a", "\x00"}},

		{name: "empty", body: "", fault: "empty"},
		{name: "byte order mark alone", body: "\xef\xbb\xbf", fault: "empty"},
		{name: "no pairs", body: "&&", fault: "nothing", kind: codecs.NotFields},
		{name: "not hexadecimal", body: "a=1&b=x%zz", fault: "line 1, column 8: a percent"},
		{name: "one digit", body: "a=%4", fault: "line 1, column 3: a percent"},
		{name: "no digit", body: "a=%", fault: "line 1, column 3: a percent"},
		{name: "one digit before the ampersand", body: "a=%4&1=2", fault: "line 1, column 3: a percent"},
		{name: "not hexadecimal in a name", body: "a=é\n&%g0=1", fault: "line 2, column 2: a percent"},
		{name: "not UTF-8", body: "a=1&b=x%ff", fault: "line 1, column 7: in the text that begins here, the byte 0xff"},
		{name: "not UTF-8, raw", body: "a=1&\xe9=1", fault: "line 1, column 5: in the text that begins here, the byte 0xe9"},
		{name: "overlong", body: "a=%c0%af", fault: "line 1, column 3"},
		{name: "surrogate", body: "a=%ed%a0%80", fault: "line 1, column 3"},
		{name: "a rune split over two fields", body: "a=%c3&b=%a9", fault: "line 1, column 3"},
		{name: "too many", body: strings.Repeat("a&", 65), fault: "more than 64 fields"},
	})
}

func TestFormCharset(t *testing.T) {
	runFormCases(t, codecs.NewForm(), []formCase{
		{name: "parameter", params: ";charset=windows-1252", body: "a=%e9\x80", fields: []string{"a", "é€"}},
		{name: "field", body: "_charset_=windows-1252&a=%E9", fields: []string{"_charset_", "windows-1252", "a", "é"}},
		{name: "field behind what it is about", body: "%e9=1&_charset_=latin1", fields: []string{"é", "1", "_charset_", "latin1"}},
		{name: "field escaped", body: "%5fcharset%5f=windows%2d1252&a=%E9", fields: []string{"_charset_", "windows-1252", "a", "é"}},
		{name: "field before parameter", params: ";charset=utf-8", body: "_charset_=Shift_JIS&a=%8a%bf", fields: []string{"_charset_", "Shift_JIS", "a", "漢"}},
		{name: "empty field", params: ";charset=windows-1252", body: "_charset_=&a=%E9", fields: []string{"_charset_", "", "a", "é"}},
		{name: "the second byte is an ASCII letter", body: "_charset_=Shift_JIS&a=%83A", fields: []string{"_charset_", "Shift_JIS", "a", "ア"}},
		{name: "byte order mark before all", params: ";charset=windows-1252", body: "\xef\xbb\xbfa=%c3%a9", fields: []string{"a", "é"}},

		{name: "unknown parameter", params: ";charset=klingon", body: "a=1", fault: "klingon", kind: codecs.UnknownCharset},
		{name: "unknown field", body: "a=1&_charset_=klingon", fault: "klingon", kind: codecs.UnknownCharset},
		{name: "replacement", body: "_charset_=iso-2022-kr&a=1", fault: "not safe", kind: codecs.UnknownCharset},
		{name: "not Shift_JIS", body: "_charset_=Shift_JIS&a=%8a", fault: "line 1, column 23: in the text that begins here"},
		{name: "not UTF-8 for the parameter", params: ";charset=utf-8", body: "a=%e9", fault: "line 1, column 3"},
	})
}

func TestFormEncode(t *testing.T) {
	checkRoundTrips(t, codecs.NewForm(), noParams, unchanged)
	checkKinds(t, codecs.NewForm(), noParams)
	checkCannotHold(t, codecs.NewForm(), unfit())

	body, err := codecs.NewForm().Encode(nil, codecs.Document{Record: texts("a b", "é+&*-._~'\r\n", "", "1")})
	if want := "a+b=%C3%A9%2B%26*-._%7E%27%0D%0A&=1"; err != nil || string(body) != want {
		t.Errorf("got %s, %v\nwant %s", body, err, want)
	}
}

func TestFormFieldLimit(t *testing.T) {
	in := codecs.Input{Body: []byte("a=1&b=2&c=3"), Limits: codecs.Limits{Fields: 2}}
	_, err := codecs.NewForm().Decode(in)
	checkFault(t, err, codecs.SyntaxError, "more than 2 fields")
}

func TestFormSteering(t *testing.T) {
	want := []string{"_method", "_charset_", "_if_match", "_idempotency_key"}
	for _, c := range []codecs.Steerer{codecs.NewForm(), newMultipart(), newText()} {
		if got := c.Steering(); !slices.Equal(got, want) {
			t.Errorf("%s steers by %q", c.Name(), got)
		}
	}
}

func FuzzForm(f *testing.F) {
	f.Add("status=inactive&review_comment=a+b%20c%2B", "utf-8")
	f.Add("&&%e9=1&_charset_=latin1&=", "")
	f.Add("\xef\xbb\xbfa=%zz;b", "shift_jis")
	f.Fuzz(func(t *testing.T, body, charset string) {
		fuzzForm(t, codecs.NewForm(), body, charset, noParams)
	})
}

// fuzzForm checks that what can be decoded comes back from its own encoding.
func fuzzForm(t *testing.T, c codecs.Encoder, body, charset string, params func([]byte) string) {
	m := codecs.MediaType{Name: c.MediaTypes()[0], Params: []codecs.Param{
		{Name: "charset", Value: charset}, {Name: "boundary", Value: "b"},
	}}
	record, err := c.(codecs.Codec).Decode(codecs.Input{Body: []byte(body), Type: m})
	if err != nil {
		var e *codecs.Error
		if !errors.As(err, &e) || e.Kind == codecs.Unencodable {
			t.Fatalf("%T %v", err, err)
		}
		return
	}
	for _, f := range record {
		if f.Value.Kind() != codecs.Text || f.Name == codecs.CharsetField {
			return // an Unfit part; a name that the encoding of the copy would go by
		}
	}
	again, err := c.Encode(nil, codecs.Document{Record: record})
	if codecs.IsKind(err, codecs.Unencodable) {
		return
	}
	copied, err := decodeForm(t, c.(codecs.Codec), params(again), string(again))
	if err != nil || !copied.Equal(record) {
		t.Errorf("%q came back as %q, %v", flat(record), flat(copied), err)
	}
}
