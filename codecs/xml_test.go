package codecs_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/parley-gateway/parley/codecs"
)

const xmlHead = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

func TestXMLEncode(t *testing.T) {
	text := codecs.TextValue
	for _, c := range []struct {
		name   string
		record codecs.Record
		want   string // within the root
	}{
		{"nothing", nil, ""},
		{"kinds", codecs.Record{
			{Name: "null", Value: codecs.NullValue()},
			{Name: "number", Value: codecs.NumberValue("-1.5e3")},
			{Name: "boolean", Value: codecs.BoolValue(true)},
			{Name: "bytes", Value: codecs.BytesValue("\x00\xff")},
			{Name: "time", Value: codecs.TimeValue(time.Date(2024, 2, 29, 1, 2, 3, 0, time.UTC))},
		}, "\n  <null></null>\n  <number>-1.5e3</number>\n  <boolean>true</boolean>\n  <bytes>AP8=</bytes>\n  <time>2024-02-29T01:02:03Z</time>\n"},
		{"nested", codecs.Record{
			{Name: "list", Value: codecs.ListValue(text("a"), codecs.MapValue(codecs.Record{{Name: "b", Value: text("c")}}))},
			{Name: "empty", Value: codecs.ListValue()},
		}, "\n  <list>\n    <i>a</i>\n    <i>\n      <b>c</b>\n    </i>\n  </list>\n  <empty></empty>\n"},
		{"markup", codecs.Record{{Name: "a", Value: text("<b>&amp;]]>\"'")}}, "\n  <a>&lt;b&gt;&amp;amp;]]&gt;\"'</a>\n"},
		{"white space", codecs.Record{{Name: "a", Value: text(" \t\n\r\r\n ")}}, "\n  <a> \t\n&#13;&#13;\n </a>\n"},
		{"no characters of XML", codecs.Record{{Name: "a", Value: text("\x00b\x1f\ufffe\uffff\ufffd\ufeffé😀")}}, "\n  <a>\ufffdb\ufffd\ufffd\ufffd\ufffd\ufeffé😀</a>\n"},
		{"a name twice", codecs.Record{{Name: "a", Value: text("1")}, {Name: "a", Value: text("2")}}, "\n  <a>1</a>\n  <a>2</a>\n"},
		{"names", codecs.Record{{Name: "größe.0-x_Y", Value: text("")}}, "\n  <größe.0-x_Y></größe.0-x_Y>\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := codecs.NewXML().Encode([]byte("kept"), codecs.Document{Name: "user", Record: c.record})
			if want := "kept" + xmlHead + "<user>" + c.want + "</user>\n"; err != nil || string(got) != want {
				t.Errorf("got %q, %v\nwant %q", got, err, want)
			}
			parseElsewhere(t, got[len("kept"):])
		})
	}
}

// parseElsewhere reads a document with another parser.
func parseElsewhere(t *testing.T, document []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(document))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("encoding/xml refuses %q: %v", document, err)
		}
	}
}

func TestXMLEncodeIsReadElsewhere(t *testing.T) {
	const comment = " <a>&amp;]]>\"'\t\n\r\n\r\u0085\u2028 é中😀 "
	document, err := codecs.NewXML().Encode(nil, codecs.Document{
		Name: "user", Namespace: "urn:x:\"<&>\t\n", Record: codecs.Record{{Name: "review_comment", Value: codecs.TextValue(comment)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var user struct {
		XMLName xml.Name
		Comment string `xml:"review_comment"`
	}
	if err := xml.Unmarshal(document, &user); err != nil {
		t.Fatal(err)
	}
	if want := "urn:x:\"<&>\t\n"; user.XMLName.Space != want || user.Comment != comment {
		t.Errorf("got %q in namespace %q\nwant %q in %q", user.Comment, user.XMLName.Space, comment, want)
	}
}

func TestXMLEncodeRefuses(t *testing.T) {
	for _, name := range []string{"", "1a", "-a", "a b", "a:b", "a>", "é\xff", "\u00d7"} {
		inside := codecs.ListValue(codecs.MapValue(codecs.Record{{Name: name}}))
		for _, doc := range []codecs.Document{
			{Name: "user", Record: codecs.Record{{Name: name}, {Name: "fine"}}},
			{Name: "user", Record: codecs.Record{{Name: "list", Value: inside}}},
			{Name: name},
		} {
			if got, err := codecs.NewXML().Encode(nil, doc); !codecs.IsKind(err, codecs.Unencodable) {
				t.Errorf("the name %q is written: %q, %v", name, got, err)
			}
		}
	}
	unfit := codecs.Record{{Name: "a", Value: codecs.UnfitValue("wrong-type", "a tag")}}
	if _, err := codecs.NewXML().Encode(nil, codecs.Document{Name: "user", Record: unfit}); !codecs.IsKind(err, codecs.Unencodable) {
		t.Errorf("an unfit value gives %v", err)
	}
}

func TestXMLEncodeList(t *testing.T) {
	records := []codecs.Record{{{Name: "id", Value: codecs.TextValue("1")}}, {{Name: "id", Value: codecs.TextValue("2")}}}
	for _, c := range []struct {
		list codecs.Listing
		want string
	}{
		{codecs.Listing{}, "<users></users>\n"},
		{codecs.Listing{Next: "a\"&\n"}, `<users next_cursor="a&quot;&amp;&#10;"></users>` + "\n"},
		{codecs.Listing{Records: records, Next: "abc"}, "<users next_cursor=\"abc\">\n" +
			"  <user>\n    <id>1</id>\n  </user>\n  <user>\n    <id>2</id>\n  </user>\n</users>\n"},
	} {
		c.list.Name, c.list.Item = "users", "user"
		got, err := codecs.NewXML().EncodeList(nil, c.list)
		if err != nil || string(got) != xmlHead+c.want {
			t.Errorf("got %q, %v\nwant %q", got, err, xmlHead+c.want)
		}
		parseElsewhere(t, got)
	}
}

// A record that is nested deep must not become a document of which most is
// indentation.
func TestXMLEncodeIsLinear(t *testing.T) {
	v := codecs.TextValue("x")
	const depth = 20_000
	for range depth {
		v = codecs.ListValue(v)
	}
	got, err := codecs.NewXML().Encode(nil, codecs.Document{Name: "user", Record: codecs.Record{{Name: "a", Value: v}}})
	if err != nil || len(got) > 50*depth {
		t.Errorf("%d bytes for %d levels, %v", len(got), depth, err)
	}
}

func TestXMLRoundTrip(t *testing.T) {
	want := codecs.Record{
		{Name: "title", Value: codecs.TextValue("<&>\r\n\"'")},
		{Name: "errors", Value: codecs.ListValue(codecs.MapValue(codecs.Record{
			{Name: "field", Value: codecs.TextValue("status")},
			{Name: "allowed", Value: codecs.TextsValue([]string{"active", "risky"})},
		}))},
	}
	document, err := codecs.NewXML().Encode(nil, codecs.Document{Name: "problem", Namespace: "urn:ietf:rfc:7807", Record: want})
	if err != nil {
		t.Fatal(err)
	}
	got, err := codecs.NewXML().Decode(codecs.Input{Body: document})
	if err != nil || !got.Equal(want) {
		t.Errorf("got %v, %v\nwant %v", got, err, want)
	}
}

func TestXMLSniff(t *testing.T) {
	for body, want := range map[string]bool{
		"<?xml version='1.0'?><a/>":             true,
		"\xef\xbb\xbf<?xml version='1.0'?><a/>": true,
		" <?xml version='1.0'?><a/>":            false,
		"<a/>":                                  false,
		"<?XML":                                 false,
		"":                                      false,
	} {
		if got := codecs.NewXML().Sniff([]byte(body)); got != want {
			t.Errorf("Sniff(%q) = %v", body, got)
		}
	}
}

func FuzzXML(f *testing.F) {
	for _, seed := range []string{
		xmlHead + "<user>\n  <status>risky</status>\n</user>",
		`<a xmlns:p="u" p:b="1&#9;"><!-- c --><c><i><![CDATA[<]]></i></c></a>`,
		`<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`,
		"\xff\xfe<\x00a\x00/\x00>\x00",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		record, err := codecs.NewXML().Decode(codecs.Input{Body: body})
		if err != nil {
			if e := (*codecs.Error)(nil); !errors.As(err, &e) {
				t.Fatalf("%T is no *Error", err)
			}
			return
		}
		document, err := codecs.NewXML().Encode(nil, codecs.Document{Name: "user", Record: record})
		if codecs.IsKind(err, codecs.Unencodable) && strings.Contains(err.Error(), "an element with") {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		again, err := codecs.NewXML().Decode(codecs.Input{Body: document})
		if err != nil || !again.Equal(record) {
			t.Fatalf("%q was read as %v, written as %q and read as %v, %v", body, record, document, again, err)
		}
		parseElsewhere(t, document)
	})
}
