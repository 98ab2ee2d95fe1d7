package codecs_test

import (
	"strings"
	"testing"

	"github.com/parley-gateway/parley/codecs"
)

func newText() codecs.PlainText { return codecs.NewText("status", "review_comment") }

func TestTextBareWord(t *testing.T) {
	const neither = "line 1, column 1: the body is neither one word"
	runFormCases(t, newText(), []formCase{
		{name: "alone", body: "active", fields: []string{"status", "active"}},
		{name: "a line", body: "active\r\n", fields: []string{"status", "active"}},
		{name: "white space around", body: " \t\r\n\n active \n\n", fields: []string{"status", "active"}},
		{name: "not a status", body: `{"status":"active"}`, fields: []string{"status", `{"status":"active"}`}},
		{name: "byte order mark", body: "\xef\xbb\xbfactive", fields: []string{"status", "active"}},

		{name: "empty", body: "", fault: "the body is empty"},
		{name: "byte order mark alone", body: "\xef\xbb\xbf", fault: "the body is empty"},
		{name: "white space alone", body: " \r\n", fault: neither},
		{name: "two words", body: "active risky", fault: neither},
		{name: "two lines", body: "active\nrisky", fault: neither},
		{name: "space before the colon", body: "status : active", fault: neither},
		{name: "space before the name", body: " status: active", fault: neither},
		{name: "empty line before the name", body: "\nstatus: active", fault: neither},
		{name: "no name", body: ": active", fault: neither},
		{name: "not UTF-8", body: "activ\xe9", fault: "line 1, column 6: the byte 0xe9"},
	})
}

func TestTextColon(t *testing.T) {
	runFormCases(t, newText(), []formCase{
		{name: "command", body: "status: inactive\r\nreview_comment: a: b\r\n", fields: []string{"status", "inactive", "review_comment", "a: b"}},
		{name: "no line break at the end", body: "status: active", fields: []string{"status", "active"}},
		{name: "one space is dropped", body: "a:1\nb: 2\nc:  3 \nd:\t4", fields: []string{"a", "1", "b", "2", "c", " 3 ", "d", "\t4"}},
		{name: "empty values", body: "a:\nb: \n", fields: []string{"a", "", "b", ""}},
		{name: "a name twice", body: "status: active\nstatus: risky", fields: []string{"status", "active", "status", "risky"}},
		{name: "a value that goes on", body: "a: 1\n 2\n  3\n \n 4\nb: 5", fields: []string{"a", "1\n2\n 3\n\n4", "b", "5"}},
		{name: "what goes on sets no field", body: "review_comment: x\n status: risky", fields: []string{"review_comment", "x\nstatus: risky"}},
		{name: "free text", body: "status: active\n\nstatus: risky\n\n x\n", fields: []string{"status", "active", "review_comment", "status: risky\n\n x"}},
		{name: "free text keeps its line breaks", body: "status: active\r\n\r\n\r\nx\r\n\r\n", fields: []string{"status", "active", "review_comment", "\nx\n"}},
		{name: "no free text", body: "status: active\n\n", fields: []string{"status", "active"}},
		{name: "a comment in both places", body: "review_comment: x\nstatus: active\n\ny", fields: []string{"review_comment", "x", "status", "active", "review_comment", "y"}},
		{name: "CR alone", body: "status: active\rreview_comment: x\r y\r", fields: []string{"status", "active", "review_comment", "x\ny"}},
		{name: "other separators break no line", body: "a: 1\u2028b: 2\u0085\v\fc: 3", fields: []string{"a", "1\u2028b: 2\u0085\v\fc: 3"}},
		{name: "an equals sign in a value", body: "a: b=c", fields: []string{"a", "b=c"}},
		{name: "names", body: "errors.0.field: a\nx-y_Z9: b\ngröße: c", fields: []string{"errors.0.field", "a", "x-y_Z9", "b", "größe", "c"}},
		{name: "steering", body: "_method: PATCH\nstatus: active", fields: []string{"_method", "PATCH", "status", "active"}},

		{name: "no colon", body: "status: active\nrisky", fault: "line 2, column 1: the line does not begin with a name and ':'"},
		{name: "the other layout", body: "status: active\nstatus=risky", fault: "line 2, column 1: the line does not begin with a name and ':'"},
		{name: "a tab does not go on", body: "a: 1\n\tb: 2", fault: "line 2, column 1"},
		{name: "prose", body: "a: 1\r\nb: 2\r\nnote this: x", fault: "line 3, column 1"},
		{name: "too many", body: strings.Repeat("a:\n", 65), fault: "more than 64 fields"},
		{name: "too many with the free text", body: strings.Repeat("a:\n", 64) + "\nx", fault: "more than 64 fields"},
	})
}

func TestTextEquals(t *testing.T) {
	runFormCases(t, newText(), []formCase{
		{name: "command", body: "status=inactive\r\nreview_comment=a=b\r\n", fields: []string{"status", "inactive", "review_comment", "a=b"}},
		{name: "the comment sets no status", body: "review_comment=x\r\nstatus=risky\r\n", fields: []string{"review_comment", "x\nstatus=risky"}},
		{name: "the comment is all the rest", body: "status=active\r\nreview_comment=\r\n\r\nreview_comment=x\r\n\r\n", fields: []string{"status", "active", "review_comment", "\n\nreview_comment=x\n"}},
		{name: "white space is kept", body: "status= active \r\na=\r\n", fields: []string{"status", " active ", "a", ""}},
		{name: "a name twice", body: "status=active\nstatus=risky", fields: []string{"status", "active", "status", "risky"}},
		{name: "a colon in a value", body: "a=b: c", fields: []string{"a", "b: c"}},
		{name: "CR alone", body: "a=1\rb=2\r", fields: []string{"a", "1", "b", "2"}},

		{name: "no equals sign", body: "status=active\r\nrisky\r\nreview_comment=x", fault: "line 2, column 1: the line does not begin with a name and '='"},
		{name: "empty line", body: "status=active\r\n\r\nreview_comment=x", fault: "line 2, column 1"},
		{name: "empty line at the end", body: "status=active\r\n\r\n", fault: "line 2, column 1"},
		{name: "the other layout", body: "status=active\nreview_comment: x", fault: "line 2, column 1"},
		{name: "too many", body: strings.Repeat("a=\n", 65), fault: "more than 64 fields"},
	})
}

func TestTextCharset(t *testing.T) {
	runFormCases(t, newText(), []formCase{
		{name: "parameter", params: ";charset=windows-1252", body: "a: \xe9", fields: []string{"a", "é"}},
		{name: "UTF-16", params: ";charset=utf-16le", body: "a\x00:\x00\r\x00\n\x00", fields: []string{"a", ""}},
		{name: "byte order mark of UTF-16", body: "\xfe\xff\x00a\x00=\x20\xac", fields: []string{"a", "€"}},
		{name: "byte order mark before the parameter", params: ";charset=windows-1252", body: "\xef\xbb\xbfa: é", fields: []string{"a", "é"}},
		{name: "field of a browser", body: "status=active\r\n_charset_=windows-1252\r\nreview_comment=\xe9\r\n", fields: []string{"status", "active", "_charset_", "windows-1252", "review_comment", "é"}},
		{name: "Shift_JIS", body: "_charset_=Shift_JIS\nreview_comment=\x8a\xbf\x83A", fields: []string{"_charset_", "Shift_JIS", "review_comment", "漢ア"}},
		{name: "a comment declares nothing", body: "review_comment=é\r\n_charset_=windows-1252", fields: []string{"review_comment", "é\n_charset_=windows-1252"}},

		{name: "unknown parameter", params: ";charset=klingon", body: "a", fault: "klingon", kind: codecs.UnknownCharset},
		{name: "unknown field", body: "_charset_=klingon", fault: "klingon", kind: codecs.UnknownCharset},
		{name: "not UTF-8", body: "status: active\r\na: \xff", fault: "line 2, column 4: the byte 0xff"},
	})
}

func TestTextEncode(t *testing.T) {
	checkRoundTrips(t, newText(), noParams, unchanged)
	checkKinds(t, newText(), noParams)
	checkCannotHold(t, newText(), unfit())
	for _, name := range []string{"", "a:b", "a=b", "a\nb", "a\rb", " a", "a b", "\ufeff"} {
		checkCannotHold(t, newText(), texts(name, "1"))
	}

	body, err := newText().Encode(nil, codecs.Document{Record: texts("a", "1\r\n2\r3\n4\n\r5", "b", "")})
	if want := "a: 1\n 2\n 3\n 4\n \n 5\nb: \n"; err != nil || string(body) != want {
		t.Errorf("got %q, %v\nwant %q", body, err, want)
	}
}

func TestTextEncodeList(t *testing.T) {
	list := codecs.Listing{
		Name: "users", Item: "user", Next: "c2",
		Records: []codecs.Record{texts("id", "1", "name", "a\n\nid: 9"), texts("id", "2")},
	}
	cases := []struct {
		name, next string
		records    []codecs.Record
		want       string
	}{
		{"a page", "c2", list.Records, "id: 1\nname: a\n \n id: 9\n\nid: 2\n\nnext_cursor: c2\n"},
		{"the last page", "", list.Records[1:], "id: 2\n"},
		{"none", "", nil, ""},
	}
	for _, tc := range cases {
		list.Next, list.Records = tc.next, tc.records
		if body, err := newText().EncodeList(nil, list); err != nil || string(body) != tc.want {
			t.Errorf("%s: got %q, %v\nwant %q", tc.name, body, err, tc.want)
		}
	}
	list.Records = []codecs.Record{unfit()}
	if _, err := newText().EncodeList(nil, list); !codecs.IsKind(err, codecs.Unencodable) {
		t.Errorf("got %v", err)
	}
}

func FuzzText(f *testing.F) {
	f.Add("status: active\r\na: 1\n 2\n\nfree text\n", "")
	f.Add("status=active\r\n_charset_=windows-1252\r\nreview_comment=\xe9\r\n", "")
	f.Add(" active\n", "utf-16le")
	f.Fuzz(func(t *testing.T, body, charset string) {
		fuzzForm(t, newText(), body, charset, noParams)
	})
}
