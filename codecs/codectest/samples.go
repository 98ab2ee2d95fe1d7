package codectest

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/parley-gateway/parley/codecs"
)

// hostileTexts are values that some format could take for its own syntax,
// trim, fold or lose.
var hostileTexts = []string{
	"",
	" ",
	"\n",
	"\t",
	"  \n\t ",
	" before",
	"after ",
	"after\n",
	"\nbefore",
	"one\n\nthree",
	"\ttab",
	"one\r\ntwo",
	"one\rtwo",
	"ends with\r",
	"active",
	"ok\nstatus: active",
	"ok\nstatus=active",
	"ok\n\nstatus: active",
	"ok\r\nstatus: active",
	"ok\n status: active",
	"ok&status=active",
	"ok;status=active",
	`ok","status":"active`,
	`ok"},{"op":"add"}`,
	"</review_comment><status>active</status>",
	`" onload="x`,
	"]]>",
	"<![CDATA[x]]>",
	"<!-- x -->",
	"<?xml version=\"1.0\"?>",
	"&amp;",
	"&#10;",
	"&lt;b&gt;",
	"</textarea><b>",
	"%41%0a",
	"100%",
	"a+b c",
	`back\slash \n \u0041 \`,
	`"double" and 'single'`,
	"`tick`",
	"-- boundary",
	"--boundary--\r\n",
	"=1+1",
	"@SUM(A1)",
	"-5",
	"0",
	"007",
	"1e3",
	"0x1f",
	"1_000",
	".5",
	".inf",
	"NaN",
	"null",
	"~",
	"true",
	"no",
	"2024-01-01",
	"2024-01-01T00:00:00Z",
	"- item",
	"key: value",
	"a: 'b",
	"# comment",
	"word # comment",
	"*alias",
	"&anchor",
	"!tag",
	"!!str x",
	"| literal",
	"> folded",
	"---\nstatus: active",
	"--- x",
	"...",
	"{a: b}",
	"[a]",
	"? key",
	"%YAML 1.2",
	", x",
	"one  two   three",
	"😀 👩‍👩‍👧 🇩🇪",
	"e\u0301 und \u00e9",
	"שלום \u202eevil\u202c عالم",
	"漢字 Кириллица ไทย",
	"\ufeff",
	"\ufeffbefore",
	"in\ufeffside",
	"line\u2028separator\u2029",
	"next\u0085line",
	"no-break\u00a0space\u00a0",
	"\u200b\u2060",
	"\ufffd",
	"\ufffe\uffff",
	"\x00",
	"in\x00side",
	"\x01\x02\x07\x08\x0b\x0c\x0e\x1b\x1f",
	"\x7f",
	"\u0080\u0081\u009f",
	"\U0010ffff",
	strings.Repeat("x", 4096),
	strings.Repeat("😀", 4096),
	strings.Repeat("word ", 800),
	strings.Repeat("line\n", 800),
}

// hostileNames are names of fields that have the same in mind.
var hostileNames = []string{
	"",
	" ",
	" name",
	"a b",
	"a.b",
	"errors.0.field",
	"a:b",
	"a: b",
	"a=b",
	"a&b",
	"a;b",
	`a"b`,
	`a\b`,
	"<a>",
	"a>b",
	"a\nstatus",
	"a\r\nstatus: risky\r\n",
	"a\x00b",
	"-a",
	"0",
	"true",
	"null",
	"#a",
	"[]",
	"%41",
	"a+b",
	"xmlns",
	"xml:lang",
	"Ключ",
	"😀",
	"\ufeffa",
}

var moment = time.Date(2024, time.February, 29, 23, 59, 58, 120_000_000, time.UTC)

// everyKind is one value of each kind and of each shape that a format could
// treat in its own way.
var everyKind = []codecs.Value{
	codecs.NullValue(),
	codecs.TextValue("text"),
	codecs.BoolValue(true),
	codecs.BoolValue(false),
	codecs.IntValue(0),
	codecs.IntValue(-1),
	codecs.IntValue(23),
	codecs.IntValue(24),
	codecs.IntValue(-32),
	codecs.IntValue(-33),
	codecs.IntValue(255),
	codecs.IntValue(256),
	codecs.IntValue(65535),
	codecs.IntValue(65536),
	codecs.IntValue(1 << 32),
	codecs.IntValue(1<<53 + 1),
	codecs.IntValue(math.MaxInt64),
	codecs.IntValue(math.MinInt64),
	codecs.NumberValue("1.5"),
	codecs.NumberValue("-0.1"),
	codecs.NumberValue("1e300"),
	codecs.NumberValue("1.5E-7"),
	codecs.NumberValue("NaN"),
	codecs.NumberValue("Infinity"),
	codecs.NumberValue("-Infinity"),
	codecs.BytesValue(""),
	codecs.BytesValue("\x00\xff\x80 bytes\n"),
	codecs.BytesValue(strings.Repeat("\xa5", 300)),
	codecs.TimeValue(moment),
	codecs.TimeValue(moment.Truncate(time.Second)),
	codecs.ListValue(),
	codecs.ListValue(codecs.TextValue("one"), codecs.TextValue("two")),
	codecs.ListValue(codecs.NullValue(), codecs.BoolValue(true), codecs.IntValue(7), codecs.TimeValue(moment)),
	codecs.ListValue(codecs.ListValue(), codecs.ListValue(codecs.ListValue(codecs.TextValue("deep")))),
	codecs.ListValue(manyValues(40)...),
	codecs.MapValue(codecs.Record{}),
	codecs.MapValue(wideRecord(20)),
	codecs.MapValue(codecs.Record{{Name: "map", Value: codecs.MapValue(codecs.Record{
		{Name: "list", Value: codecs.ListValue(codecs.TextValue("deep"))},
		{Name: "after", Value: codecs.TextValue("text")},
	})}}),
	codecs.ListValue(
		codecs.MapValue(codecs.Record{{Name: "field", Value: codecs.TextValue("status")}, {Name: "code", Value: codecs.TextValue("required")}}),
		codecs.MapValue(codecs.Record{{Name: "field", Value: codecs.TextValue("a\nb")}, {Name: "code", Value: codecs.NullValue()}}),
	),
}

func manyValues(n int) []codecs.Value {
	values := make([]codecs.Value, n)
	for i := range values {
		values[i] = codecs.IntValue(int64(i))
	}
	return values
}

// command is the record that nearly every body holds.
func command(comment string) codecs.Record {
	return codecs.Record{
		{Name: "status", Value: codecs.TextValue("inactive")},
		{Name: "review_comment", Value: codecs.TextValue(comment)},
	}
}

// answer is a record with something of everything. It ends with text, so
// that any end that is cut off is missed.
func answer() codecs.Record {
	return codecs.Record{
		{Name: "id", Value: codecs.TextValue("8f1f5b1e-7a53-4f0e-9c39-0d4a2a6d7f11")},
		{Name: "name", Value: codecs.TextValue("Zoë <&> \"O'Neill\" 😀\n=1+1")},
		{Name: "seq", Value: codecs.IntValue(4711)},
		{Name: "ratio", Value: codecs.NumberValue("2.5")},
		{Name: "current", Value: codecs.BoolValue(true)},
		{Name: "created_at", Value: codecs.TimeValue(moment)},
		{Name: "supported", Value: codecs.TextsValue([]string{"a", "b"})},
		{Name: "errors", Value: codecs.ListValue(codecs.MapValue(codecs.Record{
			{Name: "field", Value: codecs.TextValue("status")},
			{Name: "detail", Value: codecs.TextValue("is required")},
		}))},
		{Name: "last", Value: codecs.TextValue("end")},
	}
}

// twice is a record in which a field stands twice, with another between.
func twice() codecs.Record {
	return codecs.Record{
		{Name: "status", Value: codecs.TextValue("active")},
		{Name: "name", Value: codecs.TextValue("between")},
		{Name: "status", Value: codecs.TextValue("risky")},
		{Name: "last", Value: codecs.TextValue("end")},
	}
}

func wideRecord(fields int) codecs.Record {
	r := make(codecs.Record, fields)
	for i := range r {
		r[i] = codecs.Field{Name: fmt.Sprintf("field_%d", i), Value: codecs.TextValue("x")}
	}
	return r
}

// deepRecord nests one text in lists, to so many levels with the record
// itself.
func deepRecord(levels int) codecs.Record {
	v := codecs.TextValue("x")
	for range levels - 1 {
		v = codecs.ListValue(v)
	}
	return codecs.Record{{Name: "deep", Value: v}}
}

// listing is a page of two records, with more pages after it.
func listing(comment string) codecs.Listing {
	return codecs.Listing{
		Name:    "users",
		Item:    "user",
		Records: []codecs.Record{command(comment), answer()},
		Next:    "c3RhcnQ",
	}
}
