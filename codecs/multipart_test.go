package codecs_test

import (
	"bytes"
	"mime/multipart"
	"strings"
	"testing"

	"github.com/parley-gateway/parley/codecs"
)

// newMultipart makes a codec that reads files in the formats form and text, and
// has one that stands in for application/octet-stream.
func newMultipart() codecs.Multipart {
	text := codecs.NewText("status", "review_comment")
	registry := codecs.NewRegistry(codecs.NewForm(), text, octetText{text})
	m := codecs.NewMultipart(registry)
	registry.Register(m)
	return m
}

// octetText reads application/octet-stream as text.
type octetText struct{ codecs.PlainText }

func (octetText) Name() string         { return "octet-text" }
func (octetText) MediaTypes() []string { return []string{"application/octet-stream"} }

// lines joins lines by CRLF, and ends the last one.
func lines(l ...string) string { return strings.Join(l, "\r\n") + "\r\n" }

// fieldPart is a part of the boundary b.
func fieldPart(name, content string) string {
	return lines("--b", `Content-Disposition: form-data; name="`+name+`"`, "", content)
}

const closing = "--b--\r\n"

func TestMultipartDecode(t *testing.T) {
	runFormCases(t, newMultipart(), inBoundary([]formCase{
		{name: "command", body: fieldPart("status", "inactive") + fieldPart("review_comment", "a\r\nb") + closing, fields: []string{"status", "inactive", "review_comment", "a\r\nb"}},
		{name: "a name twice", body: fieldPart("status", "active") + fieldPart("status", "risky") + closing, fields: []string{"status", "active", "status", "risky"}},
		{name: "no line break at the end", body: fieldPart("a", "") + "--b--", fields: []string{"a", ""}},
		{name: "padding", body: "--b \t" + fieldPart("a", "1")[3:] + "--b-- \r\n", fields: []string{"a", "1"}},
		{name: "headers in any case", body: lines("--b", `CONTENT-DISPOSITION:Form-Data;NAME="a"`, "content-type: Text/Plain; Charset=UTF-8", "X-Other: x", "", "1") + closing, fields: []string{"a", "1"}},
		{name: "name without quotation marks", body: lines("--b", `Content-Disposition: form-data; size=1 ; name=a`, "", "1") + closing, fields: []string{"a", "1"}},
		{name: "name escaped by a browser", body: fieldPart("a%22%0D%0A%zz%0a", "1") + closing, fields: []string{"a\"\r\n%zz%0a", "1"}},
		{name: "backslash stands for itself", body: fieldPart(`sta\tus`, "1") + closing, fields: []string{`sta\tus`, "1"}},
		{name: "semicolon and equals sign in a name", body: fieldPart(`a; name=b`, "1") + closing, fields: []string{"a; name=b", "1"}},
		{name: "empty name", body: fieldPart("", "1") + closing, fields: []string{"", "1"}},
		{name: "UTF-8", body: fieldPart("é", "漢") + closing, fields: []string{"é", "漢"}},
		{name: "content that is nearly a boundary", body: fieldPart("a", "x-b\n-b\r--\r\n--\r\n-b") + closing, fields: []string{"a", "x-b\n-b\r--\r\n--\r\n-b"}},
		{name: "header in the content", body: fieldPart("review_comment", "x\r\n\r\n"+`Content-Disposition: form-data; name="status"`) + closing, fields: []string{"review_comment", "x\r\n\r\n" + `Content-Disposition: form-data; name="status"`}},
		{name: "encodings that change nothing", body: withHeader("Content-Transfer-Encoding: 8BIT"), fields: []string{"a", "=41"}},

		{name: "empty", body: "", fault: "line 1, column 1: the body does not begin"},
		{name: "no parts", body: closing, fault: "nothing", kind: codecs.NotFields},
		{name: "line break before", body: "\r\n" + fieldPart("a", "1") + closing, fault: "line 1, column 1: the body does not begin"},
		{name: "text before", body: "preamble\r\n" + fieldPart("a", "1") + closing, fault: "line 1, column 1: the body does not begin"},
		{name: "byte order mark", body: "\xef\xbb\xbf" + fieldPart("a", "1") + closing, fault: "line 1, column 1: the body does not begin"},
		{name: "text after", body: fieldPart("a", "1") + closing + "x", fault: "line 5, column 6: something stands after"},
		{name: "a part after", body: fieldPart("a", "1") + closing + fieldPart("a", "2") + closing, fault: "line 5, column 6: something stands after"},
		{name: "line break after", body: fieldPart("a", "1") + closing + "\r\n", fault: "line 5, column 6: something stands after"},
		{name: "no closing boundary", body: fieldPart("a", "1"), fault: "line 5, column 1: the closing boundary is missing"},
		{name: "cut short", body: fieldPart("a", "1") + "--b-", fault: "line 5, column 5: the closing boundary is missing"},
		{name: "another boundary", body: strings.ReplaceAll(fieldPart("a", "1")+closing, "--b", "--c"), fault: "does not begin with its boundary"},
		{name: "a boundary that goes on", body: fieldPart("a", "1") + "--bc\r\n" + closing, fault: "line 5, column 4: a boundary is not followed by CRLF"},
		{name: "boundary after LF", body: fieldPart("a", "1\n--b\r\n") + closing, fault: "line 5, column 1: the boundary stands inside a part"},
		{name: "boundary in a line", body: fieldPart("a", "1--b") + closing, fault: "line 4, column 2: the boundary stands inside a part"},
		{name: "LF for CRLF", body: strings.ReplaceAll(fieldPart("a", "1")+closing, "\r", ""), fault: "the closing boundary is missing"},
		{name: "LF for CRLF in a header", body: lines("--b", "Content-Disposition: form-data; name=\"a\"\nX: y", "", "1") + closing, fault: "line 2, column 1: a header field of a part is malformed"},
		{name: "LF after the boundary", body: "--b\n" + fieldPart("a", "1")[5:] + closing, fault: "line 1, column 4: a boundary is not followed by CRLF"},
		{name: "boundary among the headers", body: lines("--b", `Content-Disposition: form-data; name="a"`, "--b: x", "", "1") + closing, fault: "line 2, column 1: a header field of a part does not end in CRLF"},
		{name: "boundary at the front of the content", body: fieldPart("a", "--b: x") + closing, fault: "line 3, column 1: a part has no empty line after its header fields"},
		{name: "no empty line, no content", body: lines("--b", `Content-Disposition: form-data; name="a"`) + "\r\n" + closing, fault: "line 3, column 1: a part has no empty line after its header fields"},
		{name: "header without its end", body: lines("--b", `Content-Disposition: form-data; name="a"`) + closing, fault: "line 2, column 1: a header field of a part does not end in CRLF"},
		{name: "too many", body: strings.Repeat(fieldPart("a", ""), 65) + closing, fault: "more than 64 parts"},
	}))
}

func TestMultipartHeaders(t *testing.T) {
	const ordinary = `Content-Disposition: form-data; name="a"`
	cases := []struct{ header, fault string }{
		{"X: y", "line 1, column 4: a part has no Content-Disposition"},
		{"Content-Disposition: attachment; name=a", `line 2, column 1: a Content-Disposition is not "form-data"`},
		{"Content-Disposition: form-data", `line 2, column 1: a Content-Disposition is not "form-data"`},
		{"Content-Disposition: form-data; nam=a", "line 2, column 1: a part has no name"},
		{"Content-Disposition: form-data; name=", "line 2, column 1: a Content-Disposition is malformed"},
		{"Content-Disposition: form-data; name", "line 2, column 1: a Content-Disposition is malformed"},
		{"Content-Disposition: form-data; name=a;", "line 2, column 1: a Content-Disposition is malformed"},
		{"Content-Disposition: form-data; name=a b", "line 2, column 1: a Content-Disposition is malformed"},
		{`Content-Disposition: form-data; name="a`, "line 2, column 1: a Content-Disposition is malformed"},
		{`Content-Disposition: form-data; name="a"b`, "line 2, column 1: a Content-Disposition is malformed"},
		{`Content-Disposition: form-data; name="a\"b"`, "line 2, column 1: a Content-Disposition is malformed"},
		{"Content-Disposition: form-data; name=é", "line 2, column 1: a Content-Disposition is malformed"},
		{"Content-Disposition: form-data; name=a; NAME=b", "line 2, column 1: a part has two names"},
		{"Content-Disposition: form-data; name=a; name*=utf-8''b", "line 2, column 1: a part has its name in the encoding of RFC 8187"},
		{ordinary + "\r\n" + ordinary, "line 3, column 1: a part has two fields Content-Disposition"},
		{ordinary + "\r\nContent-Type: text/plain\r\nContent-type: text/plain", "line 4, column 1: a part has two fields Content-Type"},
		{ordinary + "\r\nContent-Type: text", `line 3, column 1: "text" is no media type`},
		{ordinary + "\r\nContent-Type:", `line 3, column 1: "" is no media type`},
		{ordinary + "\r\nContent-Transfer-Encoding: quoted-printable", `line 3, column 1: the Content-Transfer-Encoding "quoted-printable"`},
		{ordinary + "\r\nContent-Transfer-Encoding: base64", `line 3, column 1: the Content-Transfer-Encoding "base64"`},
		{ordinary + "\r\nContent-Encoding: gzip", "line 3, column 1: a part has a Content-Encoding"},
		{ordinary + "\r\n folded", "line 3, column 1: a header field of a part is malformed"},
		{ordinary + "\r\nX y: z", "line 3, column 1: a header field of a part is malformed"},
		{ordinary + "\r\nX: \x00", "line 3, column 1: a header field of a part is malformed"},
		{ordinary + "\r\nX: a\rb", "line 3, column 1: a header field of a part is malformed"},
		{"Content-Disposition : form-data; name=a", "line 2, column 1: a header field of a part is malformed"},
	}
	for _, tc := range cases {
		t.Run(tc.header, func(t *testing.T) {
			_, err := decodeForm(t, newMultipart(), "; boundary=b", lines("--b", tc.header, "", "1")+closing)
			checkFault(t, err, codecs.SyntaxError, tc.fault)
		})
	}
}

func TestMultipartBoundary(t *testing.T) {
	for _, params := range []string{"", `; boundary=""`, `; boundary="b "`, `; boundary="b*"`, "; boundary=" + strings.Repeat("b", 71)} {
		_, err := decodeForm(t, newMultipart(), params, fieldPart("a", "1")+closing)
		checkFault(t, err, codecs.BadMediaType, "boundary")
	}
	const every = "'()+_,-./:=? 09azAZ"
	body := strings.ReplaceAll(fieldPart("a", "1")+closing, "--b", "--"+every)
	record, err := decodeForm(t, newMultipart(), `; boundary="`+every+`"`, body)
	checkFields(t, record, err, []string{"a", "1"})
}

func TestMultipartCharset(t *testing.T) {
	typed := lines("--b", `Content-Disposition: form-data; name="a"`, "Content-Type: text/plain; charset=Shift_JIS", "", "\x8a\xbf")
	runFormCases(t, newMultipart(), inBoundary([]formCase{
		{name: "parameter", params: "; charset=windows-1252", body: fieldPart("\xe9", "\x80") + closing, fields: []string{"é", "€"}},
		{name: "field", params: "; charset=utf-8", body: fieldPart("\xe9", "\x80") + fieldPart("_charset_", "windows-1252") + closing, fields: []string{"é", "€", "_charset_", "windows-1252"}},
		{name: "part", body: fieldPart("_charset_", "windows-1252") + typed + fieldPart("b", "\xe9") + closing, fields: []string{"_charset_", "windows-1252", "a", "漢", "b", "é"}},
		{name: "names in Shift_JIS", body: fieldPart("_charset_", "Shift_JIS") + fieldPart("\x83\x5c", "1") + closing, fields: []string{"_charset_", "Shift_JIS", "ソ", "1"}},

		{name: "unknown field", body: fieldPart("_charset_", "klingon") + closing, fault: "klingon", kind: codecs.UnknownCharset},
		{name: "unknown part", body: strings.Replace(typed, "Shift_JIS", "klingon", 1) + closing, fault: "klingon", kind: codecs.UnknownCharset},
		{name: "not UTF-8", body: fieldPart("a", "1\r\n\xff") + closing, fault: "line 4, column 1: in the text that begins here, the byte 0xff"},
		{name: "name not UTF-8", body: fieldPart("a", "1") + fieldPart("\xff", "1") + closing, fault: "line 5, column 4: in the text that begins here, the byte 0xff"},
		{name: "not Shift_JIS", body: strings.Replace(typed, "\x8a\xbf", "\x8a", 1) + closing, fault: "line 5, column 1: in the text that begins here"},
	}))
}

func TestMultipartOtherParts(t *testing.T) {
	record, err := decodeForm(t, newMultipart(), "; boundary=b", withHeader("Content-Type: image/png"))
	want := codecs.Record{{Name: "a", Value: codecs.UnfitValue("wrong-type", "a part of the type image/png")}}
	if err != nil || !record.Equal(want) {
		t.Errorf("got %v, %v", record, err)
	}
}

func TestMultipartFile(t *testing.T) {
	cases := []struct{ name, headers, content, format, used string }{
		{"form", "Content-Type: application/x-www-form-urlencoded", "status=risky", "form", "application/x-www-form-urlencoded"},
		{"text with a charset", "Content-Type: Text/Plain; charset=utf-16le", "r\x00i\x00s\x00k\x00y\x00", "text", "text/plain"},
		{"no Content-Type", "X: y", "risky", "octet-text", "application/octet-stream"},
		{"line breaks", "Content-Type: text/plain", "\r\nrisky\r\n\r\n", "text", "text/plain"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			d, err := decodeInside(filePart(tc.headers, tc.content) + closing)
			if err != nil {
				t.Fatal(err)
			}
			checkFields(t, d.Record, nil, []string{"status", "risky"})
			if d.Codec.Name() != tc.format || d.Used != tc.used {
				t.Errorf("decoded as %s called %s", d.Codec.Name(), d.Used)
			}
		})
	}
}

// TestMultipartFileSteered is a form of a browser that uploads a file and
// cannot send PATCH.
func TestMultipartFileSteered(t *testing.T) {
	file := filePart("Content-Type: text/plain", "risky")
	for _, body := range []string{file + fieldPart("_method", "PATCH"), fieldPart("_method", "PATCH") + file} {
		d, err := decodeInside(body + closing)
		if err != nil {
			t.Fatal(err)
		}
		checkFields(t, d.Record, nil, []string{"status", "risky"})
		checkFields(t, d.Steering, nil, []string{"_method", "PATCH"})
	}
}

func TestMultipartFileNames(t *testing.T) {
	for _, params := range []string{`filename=""`, `filename="C:\a.txt"`, "filename=a; filename*=utf-8''a", "filename*=utf-8''a"} {
		body := lines("--b", "Content-Disposition: form-data; name=a; "+params, "Content-Type: text/plain", "", "risky") + closing
		d, err := decodeInside(body)
		if err != nil || d.Codec.Name() != "text" {
			t.Errorf("%s: %v, %v", params, d, err)
		}
	}
}

func TestMultipartFileRefused(t *testing.T) {
	file := filePart("Content-Type: text/plain", "risky")
	cases := []struct {
		name, body, fault string
		kind              codecs.ErrorKind
	}{
		{"two files", file + file, `line 6, column 4: the part "upload" stands beside a file`, codecs.SyntaxError},
		{"a field and a file", fieldPart("status", "active") + file, `line 1, column 4: the part "status" stands beside a file`, codecs.SyntaxError},
		{"a multipart", filePart("Content-Type: multipart/form-data; boundary=c", "--c--"), "line 1, column 4: a multipart stands in a multipart", codecs.SyntaxError},
		{"an unknown type", filePart("Content-Type: image/png", "x"), "image/png", codecs.UnknownType},
		{"an empty file", filePart("Content-Type: text/plain", ""), "the body is empty", codecs.SyntaxError},
		{"a malformed file", filePart("Content-Type: text/plain", "a: b\nc"), "line 2, column 1: the line", codecs.SyntaxError},
		{"an unknown charset", filePart("Content-Type: text/plain; charset=klingon", "x"), "klingon", codecs.UnknownCharset},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			_, err := decodeInside(tc.body + closing)
			checkFault(t, err, tc.kind, tc.fault)
		})
	}
}

func TestMultipartFieldsAreItsOwn(t *testing.T) {
	d, err := decodeInside(fieldPart("status", "risky") + closing)
	if err != nil || d.Codec.Name() != "multipart" || d.Used != "multipart/form-data" {
		t.Errorf("decoded as %v called %s, %v", d.Codec, d.Used, err)
	}
}

func TestMultipartEncode(t *testing.T) {
	m := newMultipart()
	checkRoundTrips(t, m, boundaryParam, unchanged)
	checkKinds(t, m, boundaryParam)
	checkCannotHold(t, m, unfit())
	for _, name := range []string{"%22", "a%0D", "a%0A", "\x00", "\x7f"} {
		checkCannotHold(t, m, texts(name, "1"))
	}

	names := texts("a\"\r\n", "1", `\`, "2", "é;=", "3", "%zz", "4", "", "5")
	body, err := m.Encode(nil, codecs.Document{Record: names})
	if err != nil {
		t.Fatal(err)
	}
	got, err := decodeForm(t, m, boundaryParam(body), string(body))
	checkFields(t, got, err, flat(names))
}

// TestMultipartIsReadByOthers reads what Encode writes with the standard
// library.
func TestMultipartIsReadByOthers(t *testing.T) {
	body, err := newMultipart().Encode(nil, codecs.Document{Record: texts("status", "risky", "review_comment", "a\r\nb")})
	if err != nil {
		t.Fatal(err)
	}
	boundary := strings.TrimPrefix(boundaryParam(body), "; boundary=")
	form, err := multipart.NewReader(bytes.NewReader(body), boundary).ReadForm(1 << 10)
	if err != nil || form.Value["status"][0] != "risky" || form.Value["review_comment"][0] != "a\r\nb" {
		t.Errorf("read as %v, %v", form, err)
	}
}

func TestMultipartBoundaryIsMadeFromTheContent(t *testing.T) {
	encode := func(r codecs.Record) string {
		body, err := newMultipart().Encode(nil, codecs.Document{Record: r})
		if err != nil {
			t.Fatal(err)
		}
		return newMultipart().ContentType(body)
	}
	first := encode(texts("a", "1"))
	if again := encode(texts("a", "1")); again != first {
		t.Errorf("%s, then %s", first, again)
	}
	if other := encode(texts("a", first)); other == first {
		t.Errorf("%s twice", first)
	}
	if empty := encode(nil); strings.HasSuffix(empty, "-") {
		t.Errorf("no parts: %s", empty)
	}
}

func FuzzMultipart(f *testing.F) {
	f.Add(fieldPart("status", "risky")+fieldPart("_charset_", "latin1")+closing, "")
	f.Add(filePart("Content-Type: text/plain", "a: b\n c")+closing, "")
	f.Add(withHeader("Content-Type: image/png"), "shift_jis")
	f.Fuzz(func(t *testing.T, body, charset string) {
		fuzzForm(t, newMultipart(), body, charset, boundaryParam)
	})
}

// inBoundary adds the boundary b to every case.
func inBoundary(cases []formCase) []formCase {
	for i := range cases {
		cases[i].params += "; boundary=b"
	}
	return cases
}

// boundaryParam is the parameter by which a body's Content-Type names its
// boundary.
func boundaryParam(body []byte) string {
	return strings.TrimPrefix(newMultipart().ContentType(body), "multipart/form-data")
}

// withHeader is a body of one field, a, with one more header field.
func withHeader(header string) string {
	return lines("--b", `Content-Disposition: form-data; name="a"`, header, "", "=41") + closing
}

func filePart(headers, content string) string {
	return lines("--b", `Content-Disposition: form-data; name="upload"; filename="a.txt"`, headers, "", content)
}

func decodeInside(body string) (codecs.Decoded, error) {
	boundary := []codecs.Param{{Name: "boundary", Value: "b"}}
	in := codecs.Input{Body: []byte(body), Type: codecs.MediaType{Name: "multipart/form-data", Params: boundary}}
	return codecs.DecodeAs(newMultipart(), in)
}
