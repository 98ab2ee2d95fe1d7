package yaml_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/yaml"
)

func decode(body string) (codecs.Record, error) {
	return yaml.New().Decode(codecs.Input{Body: []byte(body)})
}

func encode(t *testing.T, r codecs.Record) string {
	t.Helper()
	body, err := yaml.New().Encode(nil, codecs.Document{Record: r})
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func text(name, s string) codecs.Field { return codecs.Field{Name: name, Value: codecs.TextValue(s)} }

func TestDecode(t *testing.T) {
	null := codecs.Field{Name: "a"}
	tests := []struct {
		name, body string
		want       codecs.Record
	}{
		{"plain", "status: risky\nreview_comment: it's so\n", codecs.Record{text("status", "risky"), text("review_comment", "it's so")}},
		{"flow", `{"status":"risky", a: [],}`, codecs.Record{text("status", "risky"), {Name: "a", Value: codecs.ListValue()}}},
		{"markers", "%YAML 1.2 # c\n--- # c\nstatus: risky\n...\n# c\n", codecs.Record{text("status", "risky")}},
		{"byte order mark", "\ufeffstatus: risky", codecs.Record{text("status", "risky")}},
		{"UTF-16", "\xfe\xff\x00a\x00:\x00 \x00\xe9", codecs.Record{text("a", "é")}},
		{"line breaks", "a: b\r\nc: d\re: f", codecs.Record{text("a", "b"), text("c", "d"), text("e", "f")}},
		{"literal", "a: |\n one\n  two\n\n", codecs.Record{text("a", "one\n two\n")}},
		{"literal, kept", "a: |+\n one\n\nb: c", codecs.Record{text("a", "one\n\n"), text("b", "c")}},
		{"literal, stripped", "a: |-\r\n one\r\n two\r\n", codecs.Record{text("a", "one\ntwo")}},
		{"folded", "a: >\n one\n two\n\n three\n", codecs.Record{text("a", "one two\nthree\n")}},
		{"indented", "a: |2\n   one\n", codecs.Record{text("a", " one\n")}},
		{"plain, folded", "a: one\n  two\n\n  three", codecs.Record{text("a", "one two\nthree")}},
		{"double quoted", `a: "\t\x41\u00e9\U0001f600\"\/\\\N\_"`, codecs.Record{text("a", "\tAé😀\"/\\\u0085\u00a0")}},
		{"single quoted", "a: 'it''s \\n'", codecs.Record{text("a", `it's \n`)}},
		{"quoted word", `a: "5"`, codecs.Record{text("a", "5")}},
		{"literal word", "a: |-\n 5", codecs.Record{text("a", "5")}},
		{"controls that only quotation marks allow", "a: '\x7f\u0080\ufeff'", codecs.Record{text("a", "\x7f\u0080\ufeff")}},
		{"words of YAML 1.1", "a: yes\nb: No\nc: on\nd: 2024-01-01\ne: 1_000\nf: 1:30\ng: 0b1\nh: 0777x\ni: =",
			codecs.Record{text("a", "yes"), text("b", "No"), text("c", "on"), text("d", "2024-01-01"), text("e", "1_000"),
				text("f", "1:30"), text("g", "0b1"), text("h", "0777x"), text("i", "=")}},
		{"nulls", "a:\na: ~\na: null\na: Null\na: NULL", codecs.Record{null, null, null, null, null}},
		{"twice", "status: active\nstatus: risky", codecs.Record{text("status", "active"), text("status", "risky")}},
		{"merge key", "<<: {status: risky}", codecs.Record{{Name: "<<", Value: codecs.MapValue(codecs.Record{text("status", "risky")})}}},
		{"without a colon", "{status}", codecs.Record{{Name: "status"}}},
		{"question mark", "? status\n: risky", codecs.Record{text("status", "risky")}},
		{"number for a name", "5: x", codecs.Record{{Name: "5", Value: codecs.UnfitValue("wrong-type", "a field named by a number")}}},
		{"nothing for a name", ": x", codecs.Record{{Value: codecs.UnfitValue("wrong-type", "a field named by null")}}},
		{"a number's text for a name", "'5': x", codecs.Record{text("5", "x")}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := decode(tt.body)
			if err != nil || !got.Equal(tt.want) {
				t.Errorf("decode(%q) = %v, %v; want %v", tt.body, got, err, tt.want)
			}
		})
	}
}

func TestNumbers(t *testing.T) {
	tests := []struct{ plain, want string }{
		{"0", "0"}, {"-0", "-0"}, {"+7", "7"}, {"010", "10"}, {"-007", "-7"}, {"0o17", "15"}, {"0xFf", "255"},
		{"0xffffffffffffffff", "18446744073709551615"}, {"123456789012345678901234567890", "123456789012345678901234567890"},
		{"1.", "1"}, {".5", "0.5"}, {"+.5e3", "0.5e3"}, {"00.50", "0.50"}, {"1e5", "1e5"}, {"-1.E+5", "-1E+5"},
		{".inf", "Infinity"}, {"+.Inf", "Infinity"}, {"-.INF", "-Infinity"}, {".NaN", "NaN"},
	}
	for _, tt := range tests {
		got, err := decode("a: " + tt.plain)
		if want := (codecs.Record{{Name: "a", Value: codecs.NumberValue(tt.want)}}); err != nil || !got.Equal(want) {
			t.Errorf("%s is read as %v, %v; want the number %s", tt.plain, got, err, tt.want)
		}
	}
	for _, plain := range []string{".", "+", "-.", "e5", "1e", "1e+", ".e5", "1.2.3", "-0x1f", "0o8", "0x", "0xg", "+.nan", ".iNF", "1 2"} {
		got, err := decode("a: " + plain)
		if want := (codecs.Record{text("a", plain)}); err != nil || !got.Equal(want) {
			t.Errorf("%s is read as %v, %v; want text", plain, got, err)
		}
	}
	got, err := decode("a: 0x1ffffffffffffffff")
	if err != nil || got[0].Value.Kind() != codecs.Unfit {
		t.Errorf("a number of 65 bits is read as %v, %v", got, err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	tests := []struct {
		name, body   string
		line, column int
		detail       string
	}{
		{"alias", "a: &x b\nc: *x", 1, 4, "anchors are refused"},
		{"alias of nothing", "a: *x", 1, 4, "unknown anchor 'x' referenced"},
		{"anchor at the root", "--- &x\na: b", 1, 5, "anchors are refused"},
		{"anchor of nothing", "a: &x", 1, 4, "anchors are refused"},
		{"anchor at a key", "&x a: b", 1, 1, "anchors are refused"},
		{"tag", "a: b\nc: !!str 5", 2, 4, "tags are refused"},
		{"tag for text", "a: ! 5", 1, 4, "tags are refused"},
		{"verbatim tag", "a: !<tag:yaml.org,2002:str> 5", 1, 4, "tags are refused"},
		{"tag at a list", "a: !x [b]", 1, 4, "tags are refused"},
		{"tag at the root", "--- !!map\na: b", 1, 5, "tags are refused"},
		{"second document", "a: b\n---\na: c", 2, 1, "a second document begins"},
		{"second document that is empty", "a: b\n---", 2, 1, "a second document begins"},
		{"malformed second document", "a: b\n---\n'", 3, 2, "found unexpected end of stream while scanning a quoted scalar"},
		{"text after the end", "a: b\n... c", 2, 5, "found unexpected content after document-end marker while scanning a document-end marker"},
		{"text after a flow map", "{a: b} c", 1, 8, "there is something after the end of the document"},
		{"list for a key", "a: b\n? [c]\n: d", 2, 3, "the key is a list"},
		{"map for a key", "{{c: d}: e}", 1, 2, "the key is a map"},
		{"tag directive", "%TAG ! x\n---\na: b", 1, 1, "directives are refused, but %YAML 1.2"},
		{"older version", "# c\n\n%YAML 1.1\n---\na: b", 3, 1, "directives are refused, but %YAML 1.2"},
		{"version twice", "%YAML 1.2\n%YAML 1.2\n---\na: b", 2, 1, "directives are refused, but %YAML 1.2"},
		{"version without a document marker", "%YAML 1.2\na: b", 2, 1, "the document after a directive begins with ---"},
		{"control character", "a: b\nc: \x07", 2, 4, "the character U+0007 must be written as an escape in quotation marks"},
		{"null character", "a: 'é\x00'", 1, 6, "the character U+0000 must be written as an escape in quotation marks"},
		{"delete", "a: x\x7f", 1, 4, "the character U+007F must be written as an escape in quotation marks"},
		{"byte order mark inside", "a: b\n\ufeffc: d", 2, 1, "the character U+FEFF must be written as an escape in quotation marks"},
		{"comment that ends in YAML 1.1 only", "# c\u0085status: active", 1, 4, "the character U+0085 must be written as an escape in quotation marks"},
		{"line that ends in YAML 1.1 only", "a: 'b\u2028c'", 1, 6, "the character U+2028 must be written as an escape in quotation marks"},
		{"noncharacter", "a: '\uffff'", 1, 5, "the character U+FFFF must be written as an escape in quotation marks"},
		{"tab for indentation", "a:\n\tb: c", 2, 1, "found character that cannot start any token while scanning for the next token"},
		{"two colons", "a: b: c", 1, 5, "mapping values are not allowed in this context"},
		{"surrogate", `a: "\ud800"`, 1, 7, "found invalid Unicode character escape code while scanning a quoted scalar"},
		{"open list", "a: [b", 1, 6, "did not find expected ',' or ']' while parsing a flow sequence"},
		{"invalid UTF-8", "a: b\nc: \xff", 2, 4, "the byte 0xff is not valid in UTF-8"},
		{"no document", "# c\n", 0, 0, "there is no document in the body"},
		{"too many indicators", "[" + strings.Repeat("a,", 1<<14), 0, 0, "there are more than 16384 characters that could mean something"},
		{"nested in flow style", strings.Repeat("[", 16_000), 1, 33, "values are nested deeper than 32 levels while increasing flow level"},
		{"nested in block style", strings.Repeat("- ", 1<<14), 1, 65, "values are nested deeper than 32 levels while increasing indent level"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := decode(tt.body)
			var e *codecs.Error
			if !errors.As(err, &e) || e.Kind != codecs.SyntaxError {
				t.Fatalf("decode(%.80q) = %v, %v; want a SyntaxError", tt.body, got, err)
			}
			if e.Line != tt.line || e.Column != tt.column || e.Detail != tt.detail {
				t.Errorf("decode(%.80q) fails with %v; want line %d, column %d: %s", tt.body, err, tt.line, tt.column, tt.detail)
			}
		})
	}
}

func TestDecodeFindsNoFields(t *testing.T) {
	for body, found := range map[string]string{
		"- a": "a list", "[]": "a list", "a": "text", "5": "a number", "---": "null", "true": "a boolean", "--- |\n a: b": "text",
	} {
		_, err := decode(body)
		if !codecs.IsKind(err, codecs.NotFields) || !strings.Contains(err.Error(), " "+found+" ") {
			t.Errorf("decode(%q) fails with %v; want that it holds %s", body, err, found)
		}
	}
}

// TestDecodeCostsLinearTime reads what took older parsers quadratic time: four times
// as much would take sixteen times as long.
func TestDecodeCostsLinearTime(t *testing.T) {
	for _, unit := range []string{"#\n", "? ", "a: ", "&a ", "!a ", "\"a\n\n", "? #\n", "a:\n#\n", "- - #\n", "--- a\n", "{a: b, ", " ", "\n"} {
		quarter, whole := timeToRefuse(t, unit, 1<<17), timeToRefuse(t, unit, 1<<19)
		if noise := time.Second; whole > 10*quarter+noise {
			t.Errorf("%q again and again takes %v, and a quarter of it %v", unit, whole, quarter)
		}
	}
}

func timeToRefuse(t *testing.T, unit string, size int) time.Duration {
	t.Helper()
	body := strings.Repeat(unit, size/len(unit))
	start := time.Now()
	if r, err := decode(body); err == nil {
		t.Errorf("%q again and again is read as %v", unit, r)
	}
	return time.Since(start)
}

func TestEncode(t *testing.T) {
	inner := codecs.Record{text("field", "status"), {Name: "allowed", Value: codecs.TextsValue([]string{"active", "risky"})}}
	tests := []struct {
		name string
		r    codecs.Record
		want string
	}{
		{"nothing", nil, "{}\n"},
		{"plain", codecs.Record{text("status", "active"), text("comment", "Two words, more.")}, "status: active\ncomment: Two words, more.\n"},
		{"quoted", codecs.Record{text("a b", "x: y"), text("", ""), text("no", "Yes"), text("n", "x "), text("5", "# c")},
			"a b: \"x: y\"\n\"\": \"\"\n\"no\": \"Yes\"\n\"n\": \"x \"\n\"5\": \"# c\"\n"},
		{"escaped", codecs.Record{text("a", "\"\\\n\r\t\x00\x7f\u0085\u2028\ufeff\uffff😀é")},
			"a: \"\\\"\\\\\\n\\r\\t\\u0000\\u007f\\u0085\\u2028\\ufeff\\uffff😀é\"\n"},
		{"kinds", codecs.Record{{Name: "a"}, {Name: "b", Value: codecs.BoolValue(true)}, {Name: "c", Value: codecs.IntValue(-5)},
			{Name: "d", Value: codecs.NumberValue("NaN")}, {Name: "e", Value: codecs.NumberValue("-Infinity")},
			{Name: "f", Value: codecs.BytesValue("\xff")}, {Name: "g", Value: codecs.TimeValue(time.Unix(0, 0))}},
			"a: null\nb: true\nc: -5\nd: .nan\ne: -.inf\nf: \"/w==\"\ng: \"1970-01-01T00:00:00Z\"\n"},
		{"nested", codecs.Record{
			{Name: "errors", Value: codecs.ListValue(codecs.MapValue(inner), codecs.ListValue(codecs.TextValue("x"), codecs.ListValue()))},
			{Name: "map", Value: codecs.MapValue(inner)}, {Name: "empty", Value: codecs.MapValue(nil)},
		}, `errors:
  - field: status
    allowed:
      - active
      - risky
  - - x
    - []
map:
  field: status
  allowed:
    - active
    - risky
empty: {}
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := encode(t, tt.r); got != tt.want {
				t.Errorf("encoded as\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestEncodeLongName(t *testing.T) {
	long := strings.Repeat("x", 2000)
	want := codecs.Record{{Name: "list", Value: codecs.ListValue(codecs.MapValue(codecs.Record{text(long, "a"), text("b", "c")}))}}
	body := encode(t, want)
	if !strings.HasPrefix(body, "list:\n  - ? xx") || !strings.Contains(body, "x\n    : a\n    b: c\n") {
		t.Errorf("encoded as %s", body)
	}
	if got, err := decode(body); err != nil || !got.Equal(want) {
		t.Errorf("decoded as %v, %v", got, err)
	}
}

func TestEncodeList(t *testing.T) {
	list := codecs.Listing{Name: "users", Item: "user", Records: []codecs.Record{{text("id", "a")}, {}}, Next: "x1"}
	body, err := yaml.New().EncodeList([]byte("before\n"), list)
	if want := "before\nusers:\n  - id: a\n  - {}\nnext_cursor: x1\n"; err != nil || string(body) != want {
		t.Errorf("encoded as %s, %v; want %s", body, err, want)
	}
}

// FuzzYAML demands that whatever is read can be written, and read again as
// the same.
func FuzzYAML(f *testing.F) {
	for _, seed := range []string{
		"status: active\nreview_comment: |\n  a\n  b\n", "{a: [b, 'c', \"d\"], e: {f: ~}}", "%YAML 1.2\n---\na: b\n...\n", "? a\n: - b\n  - - c\n",
		"#\n-\n-\n0", "<<:\r? 0:", "0: [:!00 \xef", "a:\n.\n-\n", "# c\na: # d\n  # e\n  b: c # f\n# g\n\n# h\n", "- # c\n  a: b\n #d\n- #e\n  - f",
		"a: &x b\nc: *x", "a: !!str b", "a: >+1\n  x\n\n", "a: 0x1f\nb: -.inf", "\xff\xfea\x00:\x00 \x00b\x00",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		read, err := yaml.New().Decode(codecs.Input{Body: body})
		if err != nil {
			return
		}
		written, err := yaml.New().Encode(nil, codecs.Document{Record: read})
		if err != nil {
			return // an Unfit value
		}
		again, err := yaml.New().Decode(codecs.Input{Body: written})
		if err != nil || !again.Equal(read) {
			t.Errorf("%q is read as %v, written as %q and read as %v, %v", body, read, written, again, err)
		}
	})
}
