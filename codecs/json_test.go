package codecs_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/parley-gateway/parley/codecs"
)

func TestJSONDecode(t *testing.T) {
	runUnpackCases(t, codecs.NewJSON(), []unpackCase{
		{name: "command", body: `{"status":"inactive","review_comment":"a b"}`, want: `{status: "inactive", review_comment: "a b"}`},
		{name: "no fields", body: ` { } `, want: `{}`},
		{name: "white space", body: "\t{\r\n\"status\" : \"risky\" ,\"n\": 1 }\n", want: `{status: "risky", n: 1}`},
		{name: "byte order mark", body: "\ufeff{\"status\":\"risky\"}", want: `{status: "risky"}`},
		{name: "a number stays one", body: `{"status":5}`, want: `{status: 5}`},
		{name: "numbers keep their literal", body: `{"a":-0,"b":1.50,"c":1E+400,"d":123456789012345678901234567890}`,
			want: `{a: -0, b: 1.50, c: 1E+400, d: 123456789012345678901234567890}`},
		{name: "every kind", body: `{"a":null,"b":true,"c":false,"d":[],"e":{},"f":""}`, want: `{a: null, b: true, c: false, d: [], e: {}, f: ""}`},
		{name: "words as text", body: `{"a":"null","b":"true","c":"5","d":"{}","":""}`, want: `{a: "null", b: "true", c: "5", d: "{}", : ""}`},
		{name: "a name twice", body: `{"status":"active","status":"risky"}`, want: `{status: "active", status: "risky"}`},
		{name: "twice by an escape", body: `{"status":"active","\u0073tatus":"risky"}`, want: `{status: "active", status: "risky"}`},
		{name: "twice within", body: `{"a":{"b":1,"c":[{"b":2,"b":null}],"b":3}}`, want: `{a: {b: 1, c: [{b: 2, b: null}], b: 3}}`},
		{name: "brackets in strings", body: `{"a":["]","}\"]",{"{":"["}]}`, want: `{a: ["]", "}\"]", {{: "["}]}`},
		{name: "escapes", body: `{"a":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\u0000"}`, want: `{a: "\"\\/\b\f\n\r\té😀\x00"}`},
		{name: "an escaped backslash escapes nothing", body: `{"a":"\\ud800"}`, want: `{a: "\\ud800"}`},
		{name: "raw characters", body: "{\"a\":\"é😀\u2028\x7f\"}", want: `{a: "é😀\u2028\x7f"}`},

		{name: "list", body: `["risky","x"]`, fault: "holds a list", kind: codecs.NotFields},
		{name: "string", body: ` "risky" `, fault: "holds text", kind: codecs.NotFields},
		{name: "number", body: `5 `, fault: "holds a number", kind: codecs.NotFields},
		{name: "boolean", body: `true`, fault: "holds a boolean", kind: codecs.NotFields},
		{name: "null", body: ` null`, fault: "holds null", kind: codecs.NotFields},

		{name: "empty", body: ``, fault: "line 1, column 1: unexpected end"},
		{name: "cut off", body: `{"status":"risky"`, fault: "unexpected end"},
		{name: "text after the end", body: `{"status":"risky"}x`, fault: "line 1, column 19: invalid character 'x' after"},
		{name: "a second object", body: "{\"status\":\"risky\"}\n{}", fault: "line 2, column 1: "},
		{name: "a NUL after the end", body: "{}\x00", fault: "line 1, column 3: "},
		{name: "leading zero", body: "{\"é\":\n01}", fault: "line 2, column 2: "},
		{name: "a bare minus", body: `{"a":-}`, fault: "line 1, column 7: "},
		{name: "no fraction", body: `{"a":1.}`, fault: "line 1, column 8: "},
		{name: "NaN", body: `{"a":NaN}`, fault: "line 1, column 6: "},
		{name: "plus", body: `{"a":+1}`, fault: "line 1, column 6: "},
		{name: "hexadecimal", body: `{"a":0x10}`, fault: "line 1, column 7: "},
		{name: "comment", body: `{/**/}`, fault: "line 1, column 2: "},
		{name: "trailing comma", body: `{"a":1,}`, fault: "line 1, column 8: "},
		{name: "single quotes", body: `{'a':1}`, fault: "line 1, column 2: "},
		{name: "no quotes", body: `{a:1}`, fault: "line 1, column 2: "},
		{name: "raw line feed", body: "{\"a\":\"x\ny\"}", fault: "line 1, column 8: "},
		{name: "raw NUL", body: "{\"a\":\"\x00\"}", fault: "line 1, column 7: "},
		{name: "unknown escape", body: `{"a":"\x41"}`, fault: "line 1, column 8: "},
		{name: "invalid UTF-8", body: "{\"é\":\"\xff\"}", fault: "line 1, column 7: the byte 0xff"},
		{name: "overlong UTF-8", body: "{\"a\":\"\xc0\xaf\"}", fault: "line 1, column 7: the byte 0xc0"},
		{name: "encoded surrogate", body: "{\"a\":\"\xed\xa0\x80\"}", fault: "line 1, column 7: the byte 0xed"},
		{name: "lone high surrogate", body: `{"a":"\ud800"}`, fault: `line 1, column 7: the surrogate \ud800 stands alone`},
		{name: "lone low surrogate", body: `{"a":"x\uDC00"}`, fault: `line 1, column 8: the surrogate \uDC00 stands alone`},
		{name: "surrogates in the wrong order", body: `{"a":"\udc00\ud800"}`, fault: `the surrogate \udc00 stands alone`},
		{name: "high surrogate before another escape", body: `{"a":"\ud800\n"}`, fault: `the surrogate \ud800 stands alone`},
		{name: "high surrogate twice", body: `{"a":"\ud83d\ud83d\ude00"}`, fault: `column 7: the surrogate \ud83d stands alone`},
		{name: "lone surrogate in a name", body: `{"\udead":1}`, fault: `the surrogate \udead stands alone`},
	})
}

func TestJSONErrorsHaveTheirPlace(t *testing.T) {
	_, err := codecs.NewJSON().Decode(codecs.Input{Body: []byte("{\n\"é\":x}")})
	var e *codecs.Error
	if !errors.As(err, &e) || e.Line != 2 || e.Column != 5 || e.Offset != 7 {
		t.Errorf("got %#v, want line 2, column 5, offset 7", e)
	}
}

func TestJSONDecodesDeclaredCharset(t *testing.T) {
	got, err := decodeForm(t, codecs.NewJSON(), "; charset=iso-8859-1", "{\"review_comment\":\"na\xefve\"}")
	checkFields(t, got, err, []string{"review_comment", "naïve"})
}

func TestJSONEncode(t *testing.T) {
	record := codecs.Record{
		{Name: "text", Value: codecs.TextValue("\"\\/\b\n\r\t\x1f\x7fé<&>\u2028")},
		{Name: "\n", Value: codecs.NullValue()},
		{Name: "number", Value: codecs.NumberValue("1.50")},
		{Name: "nan", Value: codecs.ListValue(codecs.NumberValue("NaN"), codecs.NumberValue("Infinity"), codecs.NumberValue("-Infinity"))},
		{Name: "flag", Value: codecs.BoolValue(false)},
		{Name: "bytes", Value: codecs.BytesValue("\xff\xfe\xfd\xfc")},
		{Name: "time", Value: codecs.TimeValue(time.Date(2023, 5, 6, 7, 8, 9, 0, time.UTC))},
		{Name: "map", Value: codecs.MapValue(codecs.Record{})},
	}
	const want = `{"text":"\"\\/\u0008\n\r\t\u001f` + "\x7fé<&>\u2028" + `","\n":null,"number":1.50,"nan":[null,null,null],` +
		`"flag":false,"bytes":"//79/A==","time":"2023-05-06T07:08:09Z","map":{}}`
	got, err := codecs.NewJSON().Encode([]byte("kept"), codecs.Document{Record: record})
	if err != nil || string(bytes.TrimSpace(got)) != "kept"+want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
	if !json.Valid(bytes.TrimPrefix(got, []byte("kept"))) {
		t.Error("encoding/json does not read it")
	}
	checkCannotHold(t, codecs.NewJSON(), unfit())
}

// FuzzJSON compares with encoding/json, since the reader beneath has rules of
// its own.
func FuzzJSON(f *testing.F) {
	for _, body := range []string{
		`{"status":"inactive","review_comment":"User is suspended due to abuse of the system."}`,
		`{"a":null,"b":[1,-0.5e+1,true,[{}]],"c":{"d":"\ud83d\ude00\\\"","d":""}}`,
		`["risky","x"]`, `{"a":"\ud800"}`, `{"a":01}`, "{\"a\":\"\xff\"}", ` null `, `{} {}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		fuzzUnpack(t, codecs.NewJSON(), body)
		got, err := codecs.NewJSON().Decode(codecs.Input{Body: body})
		if err != nil || bytes.HasPrefix(body, []byte("\ufeff")) || !utf8.Valid(body) {
			return
		}
		d := json.NewDecoder(bytes.NewReader(body))
		d.UseNumber()
		if want, err := standardJSON(d); err != nil || !codecs.MapValue(got).Equal(want) {
			t.Fatalf("got %s\nencoding/json reads %s, %v", notation(codecs.MapValue(got)), notation(want), err)
		}
	})
}

// standardJSON reads a value by the tokens of encoding/json.
func standardJSON(d *json.Decoder) (codecs.Value, error) {
	token, err := d.Token()
	switch token := token.(type) {
	case nil:
		return codecs.NullValue(), err
	case string:
		return codecs.TextValue(token), err
	case json.Number:
		return codecs.NumberValue(token.String()), err
	case bool:
		return codecs.BoolValue(token), err
	}
	if token == json.Delim('{') {
		return standardObject(d)
	}
	return standardArray(d)
}

func standardObject(d *json.Decoder) (codecs.Value, error) {
	var fields codecs.Record
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return codecs.Value{}, err
		}
		v, err := standardJSON(d)
		if err != nil {
			return codecs.Value{}, err
		}
		fields = append(fields, codecs.Field{Name: name.(string), Value: v})
	}
	_, err := d.Token()
	return codecs.MapValue(fields), err
}

func standardArray(d *json.Decoder) (codecs.Value, error) {
	var values []codecs.Value
	for d.More() {
		v, err := standardJSON(d)
		if err != nil {
			return codecs.Value{}, err
		}
		values = append(values, v)
	}
	_, err := d.Token()
	return codecs.ListValue(values...), err
}
