package html_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/html"
)

func decode(body string) (codecs.Record, error) {
	return html.New("status").Decode(codecs.Input{Body: []byte(body)})
}

func text(name, s string) codecs.Field { return codecs.Field{Name: name, Value: codecs.TextValue(s)} }

func unfit(name, what string) codecs.Field {
	return codecs.Field{Name: name, Value: codecs.UnfitValue("wrong-type", what)}
}

func TestDecode(t *testing.T) {
	tests := []struct {
		name, body string
		want       codecs.Record
	}{
		{"controls", `<form><input name=status value=" risky "><INPUT type=hidden name=_if_match value='"a"'><textarea name=review_comment> a
b </textarea></form>`, codecs.Record{text("status", " risky "), text("_if_match", `"a"`), text("review_comment", " a\nb ")}},
		{"buttons and files", `<form><input name=status value=a><input type=submit name=b value=c><input type=Image name=b><input type=reset name=b>
<input type=button name=b><input type=file name=b><button name=b value=c>d</button><input value=nameless></form>`, codecs.Record{text("status", "a")}},
		{"choices", `<form><input type=radio name=status value=active><input type=radio name=status value=risky checked>
<input type=checkbox name=a><input type=checkbox name=b checked><input type=checkbox name=c value="" checked=""></form>`,
			codecs.Record{text("status", "risky"), text("b", "on"), text("c", "")}},
		{"nothing chosen", `<form><input type=radio name=status value=active></form><p itemprop=status>risky</p>`, nil},
		{"select", `<form><select name=status><option>active<option selected>
  very
  risky </select></form>`, codecs.Record{text("status", "very risky")}},
		{"select, value", `<form><select name=status><optgroup><option value=a>A</option><option value=b selected>B</select></form>`, codecs.Record{text("status", "b")}},
		{"select, value that is empty", `<form><select name=status><option value selected>A</select></form>`, codecs.Record{text("status", "")}},
		{"select, none selected", `<form><select name=status><optgroup disabled><option>a</optgroup><option disabled>b<option>c<option>d</select></form>`,
			codecs.Record{text("status", "c")}},
		{"select, the last", `<form><select name=status><option selected>a<option selected>b</select></form>`, codecs.Record{text("status", "b")}},
		{"select, disabled", `<form><select name=status><option>a<option selected disabled>b</select></form>`, nil},
		{"select, many lines", `<form><select name=status size=" 5 "><option>a</select></form>`, nil},
		{"select, multiple", `<form><select name=status multiple><option selected>a<option>b<option selected>c<option selected disabled>d</select></form>`,
			codecs.Record{text("status", "a"), text("status", "c")}},
		{"textarea, first line break", "<form><textarea name=status>\r\n\r\na\rb&#13;</textarea></form>", codecs.Record{text("status", "\na\nb\r")}},
		{"textarea, markup", "<form><textarea name=status><b>&lt;</b><!--</textarea></form>", codecs.Record{text("status", "<b><</b><!--")}},
		{"disabled", `<form><input name=status value=a><input name=b disabled><fieldset disabled><legend><input name=c></legend>
<legend><input name=d></legend><input name=e></fieldset><fieldset><input name=f></fieldset></form>`,
			codecs.Record{text("status", "a"), text("c", ""), text("f", "")}},
		{"disabled anchor", `<form><input name=status disabled value=a><input name=b></form><p itemprop=status>a</p>`, codecs.Record{text("b", "")}},
		{"by id", `<input name=a form=x><form id=x><input name=b form=y></form><form id=y></form><input name=status value=c form=x><input name=d form=x disabled>
<form id=x><input name=e></form>`, codecs.Record{text("a", ""), text("status", "c")}},
		{"of the forms, the one", `<form><input name=q></form><form><input name=status value=a></form><form><input name=token></form>`, codecs.Record{text("status", "a")}},
		{"twice", `<form><input name=status value=a><input name=status value=b></form>`, codecs.Record{text("status", "a"), text("status", "b")}},
		{"nowhere", `<input name=status value=a><dl><dt>b<dd>c</dl>`, codecs.Record{text("b", "c")}},
		{"unread", `<script>"<form><input name=status></form>"</script><style><p itemprop=a></style><template><form><input name=status></form>
<p itemprop=a></p></template></template><noscript><p itemprop=a></p></noscript><!-- <p itemprop=a> --><svg><p itemprop=a></p></svg>
<title><p itemprop=a></title><p itemprop=status>ris<script>x</script>ky<template>x</template></p>`, codecs.Record{text("status", "risky")}},
		{"form before microdata", `<p itemprop=status>active</p><form><input name=status value=risky></form>`, codecs.Record{text("status", "risky")}},
		{"microdata", `<div itemscope><b itemprop="status state"> risky </b><meta itemprop=a content=b><time itemprop=t datetime=2024-01-01>x</time><time itemprop=u>y</time>
<data itemprop=d value=1>one</data><meter itemprop=m></meter><a itemprop=l href=/x>y</a><img itemprop=i src=z><p itemprop>q</p></div>`,
			codecs.Record{text("status", " risky "), text("state", " risky "), text("a", "b"), text("t", "2024-01-01"), text("u", "y"), text("d", "1"),
				text("m", ""), text("l", "/x"), text("i", "z")}},
		{"microdata, nested elements", "<div itemprop=a>x<div>y</div><span itemprop=b>z<br>&amp;</span></div>", codecs.Record{text("a", "xyz\n&"), text("b", "z\n&")}},
		{"microdata, nested items", `<div itemprop=a itemscope><p itemprop=b>c</div><p itemprop=d>e`, codecs.Record{unfit("a", "an item with properties of its own"), text("d", "e")}},
		{"microdata, end tags left out", "<ul><li itemprop=a>x<li itemprop=b>y</ul><p itemprop=c>z<p itemprop=d>w<div></div>v<table><tr><td itemprop=e>u<td itemprop=f>t<tr><td itemprop=g>s</table>",
			codecs.Record{text("a", "x"), text("b", "y"), text("c", "z"), text("d", "w"), text("e", "u"), text("f", "t"), text("g", "s")}},
		{"dl", "<dl><dt> status\n<dd> risky <dt>a</dt><dt>b</dt><dd>c</dd><dd>d</dd></dl><dl><dt>e<dd>f</dl>",
			codecs.Record{text("status", " risky "), text("a", "c"), text("b", "c"), text("a", "d"), text("b", "d"), text("e", "f")}},
		{"dl, nested", "<dl><dt>a<dd>x<dl><dt>b<dd>c</dl><dt>d<dd>e</dl>", codecs.Record{unfit("a", "a dl inside a dd"), text("d", "e")}},
		{"XHTML", `<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><body><form><input name="status" value="a"/></form></body></html>`,
			codecs.Record{text("status", "a")}},
		{"comment after the end", "<html><p itemprop=a>b</p></html>\n<!-- c -->\n", codecs.Record{text("a", "b")}},
		{"misnested without a meaning", "<p><b>x<p itemprop=a>y</b></i></div>z</p>", codecs.Record{text("a", "yz")}},
		{"character references", "<p itemprop=a>&lt;b&gt; &copy;&#x1F600;&#0;&notit;</p>", codecs.Record{text("a", "<b> ©😀\ufffd¬it;")}},
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

func TestDecodeRefuses(t *testing.T) {
	tests := []struct {
		name, body   string
		line, column int
		detail       string
	}{
		{"two forms", "<form><input name=status></form>\n<form><select name=status></select></form>", 2, 1, "a second form has the control status"},
		{"two forms, by id", "<form id=a></form><form id=b></form><input name=status form=b><input name=status form=a>", 1, 19, "a second form has the control status"},
		{"form in a form", "<form><input name=status><form></form>", 1, 26, "a form begins inside a form"},
		{"control in a select element", "<form><select name=a><input name=status></select></form>", 1, 22, "the element input stands inside a select element"},
		{"open form", "<p>\n<form><input name=status>", 2, 1, "the element form is never closed"},
		{"open textarea", "<form><textarea name=status>x</form>", 1, 1, "the element form is never closed"},
		{"open select element", "<form><select name=status><option>x</form>", 1, 7, "the element select is not closed before the one around it"},
		{"open script", "<p itemprop=a>b</p><script>x", 1, 20, "the element script is never closed"},
		{"open property", "<p itemprop=a>b</p><b itemprop=c>d", 1, 20, "the element b is never closed"},
		{"property closed by others", "<p><b itemprop=c>d</p>", 1, 4, "the element b is not closed before the one around it"},
		{"form closed by others", "<div><form></div></form>", 1, 6, "the element form is not closed before the one around it"},
		{"open list", "<dl><dt>a<dd>b", 1, 1, "the element dl is never closed"},
		{"open page", "<html><body><p itemprop=a>b</p></body>", 1, 1, "the element html is never closed"},
		{"inside a tag", "<p itemprop=a>b</p>\n<p class=", 2, 1, "the page ends inside a tag"},
		{"inside an attribute", "<p itemprop=a>b</p><p class='>", 1, 20, "the page ends inside a tag"},
		{"inside an end tag", "<p itemprop=a>b</p", 1, 16, "the page ends inside a tag"},
		{"after the first character of a tag", "<p itemprop=a>b<", 1, 17, "the page ends inside a tag"},
		{"inside a comment", "<p itemprop=a>b</p><!-- > --", 1, 20, "the page ends inside a comment"},
		{"inside a doctype", "<!doctype html", 1, 1, "the page ends inside a comment"},
		{"CDATA section", "<p itemprop=a><![CDATA[b]]></p>", 1, 15, "CDATA sections are not read in a page"},
		{"null character", "<p itemprop=a>b\x00</p>", 1, 16, "the character U+0000 is not allowed"},
		{"text after the end", "<html><p itemprop=a>b</p></html>\n<!-- c -->\nd", 2, 11, "there is something after the end of the page"},
		{"tag after the end", "<html><p itemprop=a>b</p></html><p>", 1, 33, "there is something after the end of the page"},
		{"value without a name", "<dl><dd>a</dl>", 1, 5, "a dd stands before any dt"},
		{"invalid UTF-8", "<p itemprop=a>\xff</p>", 1, 15, "the byte 0xff is not valid in UTF-8"},
		{"nested deeply", strings.Repeat("<b>", 257), 1, 769, "elements are nested deeper than 256 levels"},
		{"many attributes", "<p" + strings.Repeat(" b", 300) + attributes(256) + ">", 1, 1, "the element has more than 256 attributes"},
		{"many fields", "<p itemprop='" + strings.Repeat("a ", 65) + "'></p>", 0, 0, "there are more than 64 fields"},
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

// attributes are so many of different names.
func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " a%d", i)
	}
	return b.String()
}

func TestDecodeFindsNoFields(t *testing.T) {
	for _, body := range []string{"", " ", "text", "<p>x</p>", "<form><input name=q></form>", "<dl></dl>", `{"status":"risky"}`} {
		_, err := decode(body)
		if !codecs.IsKind(err, codecs.NotFields) {
			t.Errorf("decode(%q) fails with %v; want NotFields", body, err)
		}
	}
}

func TestCharset(t *testing.T) {
	const latin1 = "<p itemprop=a>\xe9</p>"
	tests := []struct{ name, media, body string }{
		{"meta", "text/html", `<meta charset=" ISO-8859-1 ">` + latin1},
		{"pragma", "text/html", `<meta http-equiv=Content-Type content="text/html; charset=windows-1252">` + latin1},
		{"parameter", "text/html; charset=latin1", `<meta charset=utf-8>` + latin1},
		{"byte order mark", "text/html; charset=latin1", "\ufeff<meta charset=latin1><p itemprop=a>é</p>"},
		{"UTF-16 that cannot be", "text/html", "<meta charset=UTF-16LE><p itemprop=a>é</p>"},
		{"UTF-16", "text/html; charset=utf-16le", "<\x00p\x00 \x00i\x00t\x00e\x00m\x00p\x00r\x00o\x00p\x00=\x00a\x00>\x00\xe9\x00<\x00/\x00p\x00>\x00"},
		{"nowhere", "text/html", "<p itemprop=a>é</p>"},
		{"not in a script", "text/html", "<script><meta charset=latin1></script><p itemprop=a>é</p>"},
		{"too late", "text/html", strings.Repeat(" ", 1020) + "<meta charset=latin1><p itemprop=a>é</p>"},
		{"content without a pragma", "text/html", `<meta content="text/html; charset=latin1"><p itemprop=a>é</p>`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			media, err := codecs.ParseMediaType(tt.media)
			if err != nil {
				t.Fatal(err)
			}
			got, err := html.New("status").Decode(codecs.Input{Body: []byte(tt.body), Type: media})
			if want := (codecs.Record{text("a", "é")}); err != nil || !got.Equal(want) {
				t.Errorf("decoded as %v, %v", got, err)
			}
		})
	}
	if _, err := decode("<meta charset=klingon>"); !codecs.IsKind(err, codecs.UnknownCharset) {
		t.Errorf("an unknown encoding fails with %v", err)
	}
}

func TestSniff(t *testing.T) {
	for body, want := range map[string]bool{
		"<!DOCTYPE HTML>": true, "\ufeff \r\n<Html lang=en>": true, "<html": true, "<!doctype htm": false, "<p>": false, "<?xml ": false, "x<html>": false, "": false,
	} {
		if html.New("status").Sniff([]byte(body)) != want {
			t.Errorf("Sniff(%q) = %t", body, !want)
		}
	}
}

// TestDecodeCostsLinearTime reads what costs parsers that build a tree more
// than linear time or memory: four times as much would take sixteen times as long.
func TestDecodeCostsLinearTime(t *testing.T) {
	open := strings.Repeat("<b>", 200)
	for name, body := range map[string]func(part int) string{
		"nested":                    func(part int) string { return strings.Repeat("<b>", 1<<18/part) },
		"anchors":                   func(part int) string { return strings.Repeat("<a>", 1<<18/part) },
		"formatting, reconstructed": func(part int) string { return "<p>" + open + strings.Repeat("<p>x", 1<<18/part) },
		"end tags of nothing":       func(part int) string { return open + strings.Repeat("</i>", 1<<18/part) },
		"elements at the limit":     func(part int) string { return open + strings.Repeat("<p>", 1<<18/part) },
		"table cells":               func(part int) string { return open + "<table>" + strings.Repeat("<td>", 1<<18/part) },
		"options":                   func(part int) string { return "<select>" + strings.Repeat("<option>", 1<<17/part) },
		"properties":                func(part int) string { return strings.Repeat("<p itemprop=a>", 1<<16/part) },
		"nested properties":         func(part int) string { return strings.Repeat("<b itemprop=a>", 200) + strings.Repeat("x", 1<<20/part) },
		"controls of one form":      func(part int) string { return "<form id=a>" + strings.Repeat("<input form=a name=status>", 1<<15/part) },
		"many attributes once":      func(part int) string { return "<p" + attributes(10_000) + ">" + strings.Repeat("<b>", 1<<17/part) },
		"references":                func(part int) string { return strings.Repeat("&a", 1<<19/part) },
		"open tag":                  func(part int) string { return strings.Repeat("<a ", 1<<18/part) },
		"open comments":             func(part int) string { return strings.Repeat("<!--", 1<<18/part) },
		"open scripts":              func(part int) string { return strings.Repeat("<script>", 1<<17/part) },
		"names before a value": func(part int) string {
			return "<dl>" + strings.Repeat("<dt>", 1<<17/part) + strings.Repeat("<dd>", 1<<17/part)
		},
	} {
		quarter, whole := timeToDecode(body(4)), timeToDecode(body(1))
		if noise := time.Second; whole > 10*quarter+noise {
			t.Errorf("%s takes %v, and a quarter of it %v", name, whole, quarter)
		}
	}
}

// timeToDecode is for bodies of which most are refused.
func timeToDecode(body string) time.Duration {
	start := time.Now()
	_, _ = decode(body)
	return time.Since(start)
}

// FuzzHTML demands that whatever is read can be written, where XML can hold
// it, and read again as the same.
func FuzzHTML(f *testing.F) {
	for _, seed := range []string{
		"<form><input name=status value=a><select name=b><option>c</select><textarea name=d>\n\ne</textarea></form>",
		"<div itemscope><p itemprop=a>b<time itemprop=c datetime=d>e</time></div>", "<dl><dt>a<dd>b</dl>", "<template><form></template>",
		"<fieldset disabled><legend><input name=status form=x></legend></fieldset><form id=x></form>", "<table><tr><td itemprop=a>b<tr></table>",
		"<!doctype html><meta charset=latin1><svg><![CDATA[x]]></svg><script></script>", "<optgroup><select><optgroup><option></select>",
		"<dl><dd><form><dl></dl></form></dl>", "<p itemprop=a><noscript></p></noscript><xmp></p></xmp>",
		"<p itemprop=0>\x01",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		read, err := html.New("status").Decode(codecs.Input{Body: body})
		if err != nil {
			return
		}
		written, err := html.New("status").Encode(nil, codecs.Document{Record: read})
		if err != nil || len(read) == 0 {
			return
		}
		again, err := html.New("status").Decode(codecs.Input{Body: written})
		if err != nil || !again.Equal(asShown(read)) {
			t.Errorf("%q is read as %v, written as %q and read as %v, %v", body, read, written, again, err)
		}
	})
}

// asShown is a record of texts as a page shows it.
func asShown(r codecs.Record) codecs.Record {
	shown := make(codecs.Record, len(r))
	for i, f := range r {
		shown[i] = text(f.Name, strings.Map(func(c rune) rune {
			if isNoXML(c) {
				return '\ufffd'
			}
			return c
		}, f.Value.Text()))
	}
	return shown
}
