package handlers_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/parley-gateway/parley/codecs/pdf/pdftest"
)

// family makes bodies of any size, in bytes, of one shape: what costs parsers of
// its format the most.
type family struct {
	name        string
	contentType string
	make        func(size int) []byte
}

// formatName is the format that the family is of.
func (f family) formatName() string {
	format, _, _ := strings.Cut(f.name, "/")
	return format
}

// families are of every format that is read.
var families = []family{
	{"json/long value", "application/json", fill(`{"status":"active","review_comment":"`, "x", `"}`)},
	{"json/wide", "application/json", fill(`{"status":"active"`, `,"a":1`, `}`)},
	{"json/list", "application/json", fill(`{"status":[0`, `,1`, `]}`)},
	{"json/empty lists", "application/json", fill(`{"status":[0`, `,[]`, `]}`)},
	{"json/list of lists", "application/json", fill(`{"status":[0`, `,[1,[2,[3,[4,[5]]]]]`, `]}`)},
	{"json/list of maps", "application/json", fill(`{"status":[0`, `,{"a":{"b":{}}}`, `]}`)},
	{"json/deep", "application/json", nest(`{"status":`, `[`, `]`, `}`)},
	{"json/deep and left open", "application/json", fill(`{"status":`, `{"a":`, ``)},
	{"json/lists at the limit of depth", "application/json", fill(`{"status":`+strings.Repeat("[", 30)+"0", ",0", strings.Repeat("]", 30)+"}")},
	{"json/escapes", "application/json", fill(`{"status":"active","review_comment":"`, `\u00e9`, `"}`)},
	{"json/pairs of surrogates", "application/json", fill(`{"review_comment":"`, `\ud83d\ude00`, `"}`)},
	{"json/digits", "application/json", fill(`{"status":1`, `1`, `}`)},
	{"json/exponent", "application/json", fill(`{"status":1e`, `9`, `}`)},
	{"json/white space", "application/json", fill(`{`, " \n", `}`)},
	{"json/long name", "application/json", fill(`{"`, `a`, `":1}`)},

	{"json-patch/operations", "application/json-patch+json", fill(`[{"op":"test","path":"/status","value":"active"}`, `,{"op":"test","path":"/status","value":"active"}`, `]`)},
	{"json-patch/path", "application/json-patch+json", fill(`[{"op":"add","path":"`, `/a~1`, `","value":1}]`)},
	{"json-patch/value", "application/json-patch+json", fill(`[{"op":"test","path":"/status","value":[0`, `,{"a":[]}`, `]}]`)},

	{"xml/long value", "application/xml", fill(`<user><status>active</status><review_comment>`, "x", `</review_comment></user>`)},
	{"xml/wide", "application/xml", fill(`<user>`, `<a/>`, `</user>`)},
	{"xml/deep", "application/xml", nest(`<user>`, `<a>`, `</a>`, `</user>`)},
	{"xml/deep and left open", "application/xml", fill(`<user>`, `<a>`, ``)},
	{"xml/wide in a field", "application/xml", fill(`<user><status>`, `<a/>`, `</status></user>`)},
	{"xml/attributes of the root", "application/xml", numbered(`<user`, ` a%d=""`, `/>`)},
	{"xml/attributes of a field", "application/xml", numbered(`<user><status`, ` a%d=""`, `/></user>`)},
	{"xml/namespaces", "application/xml", numbered(`<user`, ` xmlns:a%d="u"`, `/>`)},
	{"xml/namespaces of fields", "application/xml", fill(`<a>`, `<b:b xmlns:b="u"/>`, `</a>`)},
	{"xml/entities", "application/xml", fill(`<user><review_comment>`, `&amp;`, `</review_comment></user>`)},
	{"xml/characters by number", "application/xml", fill(`<user><review_comment>`, `&#x1F600;`, `</review_comment></user>`)},
	{"xml/declared entities", "application/xml", numbered(`<!DOCTYPE a [<!ENTITY a0 "a">`, `<!ENTITY a%d "&a0;&a0;&a0;">`, `]><a>&a0;</a>`)},
	{"xml/comments", "application/xml", fill(`<user>`, `<!---->`, `</user>`)},
	{"xml/comments in a field", "application/xml", fill(`<user><status>`, `a<!---->`, `</status></user>`)},
	{"xml/sections", "application/xml", fill(`<user><review_comment>`, `<![CDATA[a]]>`, `</review_comment></user>`)},
	{"xml/long name", "application/xml", fill(`<user><`, `a`, `/></user>`)},
	{"xml/open tags", "application/xml", fill(``, `<a `, ``)},
	{"xml/white space", "application/xml", fill(`<user>`, " \n", `</user>`)},

	{"form/long value", "application/x-www-form-urlencoded", fill(`review_comment=`, "x", ``)},
	{"form/ampersands", "application/x-www-form-urlencoded", fill(`status=active`, `&`, ``)},
	{"form/wide", "application/x-www-form-urlencoded", fill(`status=active`, `&a=`, ``)},
	{"form/escapes", "application/x-www-form-urlencoded", fill(`review_comment=`, `%C3%A9`, ``)},
	{"form/gb18030", "application/x-www-form-urlencoded", fill(`_charset_=gb18030&review_comment=`, `%810%810`, ``)},

	{"multipart/long value", "multipart/form-data; boundary=b", fill("--b\r\nContent-Disposition: form-data; name=\"status\"\r\n\r\n", "x", "\r\n--b--\r\n")},
	{"multipart/parts", "multipart/form-data; boundary=b", fill("--b", "\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--b", "--\r\n")},
	{"multipart/boundaries", "multipart/form-data; boundary=b", fill("--b", "\r\n--b", "--\r\n")},
	{"multipart/nearly boundaries", "multipart/form-data; boundary=" + strings.Repeat("-", 70), fill(strings.Repeat("-", 72)+"\r\n", "-", "")},
	{"multipart/headers", "multipart/form-data; boundary=b", fill("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n", "X: y\r\n", "\r\n\r\n--b--\r\n")},
	{"multipart/parameters", "multipart/form-data; boundary=b", fill("--b\r\nContent-Disposition: form-data; name=\"a\"", ";a=b", "\r\n\r\n\r\n--b--\r\n")},
	{"multipart/padding", "multipart/form-data; boundary=b", fill("--b", " ", "")},
	{"multipart/file", "multipart/form-data; boundary=b", fill("--b\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a\"\r\nContent-Type: application/json\r\n\r\n[", "[],", "1]\r\n--b--\r\n")},

	{"text/long value", "text/plain", fill("status: active\n\n", "x", "")},
	{"text/lines", "text/plain", fill("status: active\n\n", "\n", "")},
	{"text/folded", "text/plain", fill("review_comment: a", "\n ", "")},
	{"text/wide", "text/plain", fill("status: active", "\na:", "")},
	{"text/pairs", "text/plain", fill("status=active", "\na=", "")},
	{"text/one word", "text/plain", fill("", "a", "")},
	{"text/carriage returns", "text/plain", fill("status: active\n\n", "\r", "")},
	{"text/windows-1252", "text/plain; charset=windows-1252", fill("status: active\n\n", "\x80", "")},
	{"text/iso-2022-jp", "text/plain; charset=iso-2022-jp", fill("status: active\n\n", "\x1b$B0!\x1b(B", "")},
	{"text/gb18030", "text/plain; charset=gb18030", fill("status: active\n\n", "\x81\x30\x81\x30", "")},
	{"text/big5", "text/plain; charset=big5", fill("status: active\n\n", "\x88\x62", "")},
	{"text/utf-16", "text/plain; charset=utf-16le", fill("a\x00:\x00", "\xff\x4e", "")},
	{"text/not utf-8 at the end", "text/plain", fill("status: active\n\n", "é", "\xff")},

	{"html/long value", "text/html", fill(`<form><input name=status value=active><textarea name=review_comment>`, "x", `</textarea></form>`)},
	{"html/deep", "text/html", fill(`<form><input name=status value=active>`, `<b>`, ``)},
	{"html/deep and closed", "text/html", nest(`<dl><dt>status<dd>`, `<i>`, `</i>`, `active</dl>`)},
	{"html/anchors", "text/html", fill(`<form><input name=status value=active>`, `<a>`, ``)},
	{"html/attributes", "text/html", numbered(`<form><input name=status value=active`, ` a%d`, `></form>`)},
	{"html/attributes of all", "text/html", fill(`<form><input name=status value=active>`, `<p a b c d e f g h>`, ``)},
	{"html/options", "text/html", fill(`<form><select name=status>`, `<option>`, `</select></form>`)},
	{"html/groups of options", "text/html", fill(`<form><select name=status>`, `<optgroup><option selected>`, `</select></form>`)},
	{"html/controls", "text/html", fill(`<form><input name=status value=active>`, `<input name=a>`, `</form>`)},
	{"html/controls of one form", "text/html", fill(`<form id=a>`, `<input form=a name=status>`, ``)},
	{"html/forms", "text/html", fill(``, `<form><input name=status></form>`, ``)},
	{"html/radio buttons", "text/html", fill(`<form>`, `<input type=radio name=status value=a checked>`, `</form>`)},
	{"html/fieldsets", "text/html", fill(`<form>`, `<fieldset disabled><legend>`, `<input name=status>`)},
	{"html/properties", "text/html", fill(`<div itemscope>`, `<p itemprop=a>`, `</div>`)},
	{"html/items", "text/html", fill(`<div itemscope>`, `<p itemprop=a itemscope>`, `</div>`)},
	{"html/references of items", "text/html", numbered(`<div itemscope itemref="a0 a1 a2">`, `<p id=a%d itemprop=a>`, `</div>`)},
	{"html/pairs", "text/html", fill(`<dl>`, `<dt>a<dd>b`, `</dl>`)},
	{"html/names before a value", "text/html", fill(`<dl>`, `<dt>`, `<dd>b</dl>`)},
	{"html/tables", "text/html", fill(`<form><input name=status>`, `<table><td>`, ``)},
	{"html/entities", "text/html", fill(`<dl><dt>status<dd>`, `&NotEqualTilde;`, `</dl>`)},
	{"html/ambiguous references", "text/html", fill(`<dl><dt>status<dd>`, `&a`, `</dl>`)},
	{"html/comments", "text/html", fill(``, `<!---->`, `<dl><dt>status<dd>active</dl>`)},
	{"html/open comments", "text/html", fill(``, `<!--`, ``)},
	{"html/end tags", "text/html", fill(`<form><input name=status>`, `</i>`, ``)},
	{"html/meta", "text/html", fill(``, `<meta charset=x>`, ``)},
	{"html/templates", "text/html", fill(``, `<template>`, ``)},
	{"html/svg", "text/html", fill(`<svg>`, `<g>`, ``)},
	{"html/short texts", "text/html", fill(`<form><input name=status>`, `<p>x`, ``)},

	{"cbor/long value", "application/cbor", sized("\xa1\x66status\x7a", "x", "")},
	{"cbor/bytes", "application/cbor", sized("\xa1\x66status\x5a", "x", "")},
	{"cbor/chunks", "application/cbor", fill("\xa1\x66status\x7f", "\x61a", "\xff")},
	{"cbor/empty chunks", "application/cbor", fill("\xa1\x66status\x7f", "\x60", "\xff")},
	{"cbor/wide", "application/cbor", fill("\xbf", "\x61a\x01", "\xff")},
	{"cbor/list", "application/cbor", fill("\xa1\x66status\x9f", "\x01", "\xff")},
	{"cbor/empty lists", "application/cbor", fill("\xa1\x66status\x9f", "\x80", "\xff")},
	{"cbor/lists of lists", "application/cbor", fill("\xa1\x66status\x9f", "\x81\x81\x81\x80", "\xff")},
	{"cbor/maps", "application/cbor", fill("\xa1\x66status\x9f", "\xa1\x61a\xa0", "\xff")},
	{"cbor/deep", "application/cbor", fill("\xa1\x66status", "\x81", "\x01")},
	{"cbor/tags", "application/cbor", fill("\xa1\x66status", "\xc1", "\x01")},
	{"cbor/self-described again and again", "application/cbor", fill("", "\xd9\xd9\xf7", "\xa0")},
	{"cbor/announced", "application/cbor", fill("\xa1\x66status", "\x9b\x7f\xff\xff\xff\xff\xff\xff\xff", "")},
	{"cbor/doubles", "application/cbor", fill("\xa1\x66status\x9f", "\xfb\x7f\xef\xff\xff\xff\xff\xff\xff", "\xff")},
	{"cbor/names that are lists", "application/cbor", fill("\xbf", "\x82\x01\x02\x01", "\xff")},
	{"cbor/name of bytes", "application/cbor", sized("\xa1\x5a", "x", "\x01")},

	{"msgpack/long value", "application/msgpack", sized("\x81\xa6status\xdb", "x", "")},
	{"msgpack/wide", "application/msgpack", counted("\xdf", "\xa1a\x01", "")},
	{"msgpack/list", "application/msgpack", counted("\x81\xa6status\xdd", "\x01", "")},
	{"msgpack/empty lists", "application/msgpack", counted("\x81\xa6status\xdd", "\x90", "")},
	{"msgpack/lists of lists", "application/msgpack", counted("\x81\xa6status\xdd", "\x91\x91\x91\x90", "")},
	{"msgpack/maps", "application/msgpack", counted("\x81\xa6status\xdd", "\x81\xa1a\x80", "")},
	{"msgpack/deep", "application/msgpack", fill("\x81\xa6status", "\x91", "\x01")},
	{"msgpack/announced", "application/msgpack", fill("\x81\xa6status", "\xdd\xff\xff\xff\xff", "")},
	{"msgpack/extension", "application/msgpack", sized("\x81\xa6status\xc9", "x", "")},
	{"msgpack/name of bytes", "application/msgpack", sized("\x81\xc6", "x", "\x01")},

	{"json/long value at the limit of depth", "application/json", fill(`{"status":`+strings.Repeat("[", 30)+`"`, "x", `"`+strings.Repeat("]", 30)+"}")},
	{"json/values at their limit", "application/json", fill(`{"status":[[]`+strings.Repeat(",[[]]", 8000)+`],"a":"`, "x", `"}`)},
	{"cbor/values at their limit", "application/cbor", fill("\xbf\x66status\x9f"+strings.Repeat("\x81\x80", 8000)+"\xff\x61a\x7f", "\x78\x40"+strings.Repeat("x", 64), "\xff\xff")},
	{"yaml/values at their limit", "application/yaml", fill("status: ["+strings.Repeat("a,", 16_000)+"a]\nb: ", "x", "\n")},
	{"yaml/maps at their limit", "application/yaml", fill("status:\n"+strings.Repeat("- a: b\n", 8000)+"b: ", "x", "\n")},
	{"yaml/comments at their limit", "application/yaml", fill("status:\n"+strings.Repeat("- b #\n", 8000)+"b: ", "x", "\n")},
	{"yaml/dashes at their limit", "application/yaml", fill("status:\n"+strings.Repeat("-\n", 16_000)+"b: ", "x", "\n")},
	{"yaml/quoted keys at their limit", "application/yaml", fill("# ", "x", "\n{"+strings.Repeat(`"a"`, 8000)+"}\n")},
	{"html/controls at their limit", "text/html", fill("<form><input name=status>"+strings.Repeat("<input name=a>", 16_000)+"<textarea name=b>", "x", "</textarea></form>")},

	{"octets/json", "application/octet-stream", fill(`{"status":[0`, `,[]`, `]}`)},
	{"octets/nothing known", "application/octet-stream", fill(``, `x`, ``)},

	{"yaml/long value", "application/yaml", fill("status: active\nreview_comment: ", "x", "\n")},
	{"yaml/words", "application/yaml", fill("status: active\nreview_comment: x", " x", "\n")},
	{"yaml/quoted", "application/yaml", fill(`review_comment: "`, `\x41`, "\"\n")},
	{"yaml/literal", "application/yaml", fill("review_comment: |\n", " x\n", "")},
	{"yaml/folded", "application/yaml", fill("review_comment: >\n", " x\n\n", "")},
	{"yaml/lines of a plain scalar", "application/yaml", fill("review_comment: x", "\n x", "\n")},
	{"yaml/wide", "application/yaml", fill("status: active\n", "a: b\n", "")},
	{"yaml/list", "application/yaml", fill("status:\n", "- a\n", "")},
	{"yaml/dashes", "application/yaml", fill("status:\n", "-\n", "")},
	{"yaml/dashes in a line", "application/yaml", fill("status:\n ", "- ", "a\n")},
	{"yaml/maps in a list", "application/yaml", fill("status:\n", "- a: b\n", "")},
	{"yaml/flow", "application/yaml", fill("status: [0", ",1", "]\n")},
	{"yaml/deep flow", "application/yaml", nest("status: ", "[", "]", "\n")},
	{"yaml/open flow", "application/yaml", fill("status: ", "[", "")},
	{"yaml/open maps", "application/yaml", fill("status: ", "{a: ", "")},
	{"yaml/deep", "application/yaml", steps},
	{"yaml/long key", "application/yaml", fill("? ", "a", "\n: b\n")},
	{"yaml/quoted keys", "application/yaml", fill("{", `"a"`, "}")},
	{"yaml/question marks", "application/yaml", fill("", "? ", "a")},
	{"yaml/anchors", "application/yaml", numbered("status:\n", "- &a%d b\n", "")},
	{"yaml/aliases", "application/yaml", fill("a: &a b\nstatus: [0", ",*a", "]\n")},
	{"yaml/comments", "application/yaml", fill("status: active\n", "#\n", "")},
	{"yaml/comments in a list", "application/yaml", fill("status:\n", "- a #\n", "")},
	{"yaml/one comment", "application/yaml", fill("status: active #", "x", "\n")},
	{"yaml/white space", "application/yaml", fill("status: active", " ", "\n")},
	{"yaml/lines", "application/yaml", fill("status: active", "\n", "")},
	{"yaml/digits", "application/yaml", fill("status: 1", "1", "\n")},
	{"yaml/hexadecimal digits", "application/yaml", fill("status: 0x", "f", "\n")},
	{"yaml/documents", "application/yaml", fill("status: active\n", "---\n", "")},
	{"yaml/tags", "application/yaml", fill("status:\n", "- !a b\n", "")},
	{"yaml/directives", "application/yaml", fill("", "%YAML 1.2\n", "")},

	{"pdf/long value", "application/pdf", value(fill("(", "x", ")"))},
	{"pdf/list", "application/pdf", value(fill("[", "(a)", "]"))},
	{"pdf/empty dictionaries", "application/pdf", value(fill("[", "<<>>", "]"))},
	{"pdf/keys", "application/pdf", value(numbered("<<", "/%x 1", ">>"))},
	{"pdf/deep", "application/pdf", value(nest("", "[", "]", ""))},
	{"pdf/hexadecimal", "application/pdf", value(fill("<", "41", ">"))},
	{"pdf/escapes", "application/pdf", value(fill("(", `\101`, ")"))},
	{"pdf/comments", "application/pdf", value(fill("[", "%\n", "]"))},
	{"pdf/references", "application/pdf", value(fill("[", "4 0 R ", "]"))},
	{"pdf/inflated", "application/pdf", func(size int) []byte {
		return pdftest.Form("<</Fields[4 0 R]>>", "<</T(a)/FT/Tx/V 5 0 R>>", pdftest.Stream("/Filter/FlateDecode", pdftest.Deflate(strings.Repeat("x", size))))
	}},
	{"pdf/fields", "application/pdf", fields},
}

// fill makes bodies of a piece again and again, between a head and a tail.
func fill(head, piece, tail string) func(int) []byte {
	return func(size int) []byte {
		n := max(size-len(head)-len(tail), 0) / len(piece)
		return []byte(head + strings.Repeat(piece, n) + tail)
	}
}

// nest makes bodies of a piece within another, and closes what it opens.
func nest(head, open, end, tail string) func(int) []byte {
	return func(size int) []byte {
		n := max(size-len(head)-len(tail), 0) / (len(open) + len(end))
		return []byte(head + strings.Repeat(open, n) + strings.Repeat(end, n) + tail)
	}
}

// numbered makes bodies of pieces each of which holds its number.
func numbered(head, piece, tail string) func(int) []byte {
	return func(size int) []byte {
		b := bytes.NewBufferString(head)
		for n := 0; b.Len()+len(piece)+len(tail) < size; n++ {
			fmt.Fprintf(b, piece, n)
		}
		return append(b.Bytes(), tail...)
	}
}

// sized makes bodies of a piece whose length in four bytes stands before it.
func sized(head, piece, tail string) func(int) []byte {
	return lengthed(head, piece, tail, len(piece))
}

// counted makes bodies of pieces whose number in four bytes stands before them.
func counted(head, piece, tail string) func(int) []byte {
	return lengthed(head, piece, tail, 1)
}

func lengthed(head, piece, tail string, unit int) func(int) []byte {
	return func(size int) []byte {
		n := (size - len(head) - 5 - len(tail)) / len(piece)
		length := binary.BigEndian.AppendUint32([]byte(head), uint32(n*unit))
		return append(length, strings.Repeat(piece, n)+tail...)
	}
}

// steps is YAML whose every line stands deeper than the one before.
func steps(size int) []byte {
	var b bytes.Buffer
	for n := 0; b.Len()+n+4 < size; n++ {
		b.WriteString(strings.Repeat(" ", n) + "a:\n")
	}
	return b.Bytes()
}

// value makes forms in PDF whose only field has a value.
func value(of func(int) []byte) func(int) []byte {
	return func(size int) []byte {
		const rest = 600 // of the file, at least
		return pdftest.Form("<</Fields[4 0 R]>>", "<</T(status)/FT/Tx/V "+string(of(size-rest))+">>")
	}
}

// fields makes forms in PDF of many fields.
func fields(size int) []byte {
	var list strings.Builder
	var objects []string
	for n := 0; n < size/70; n++ {
		fmt.Fprintf(&list, "%d 0 R ", 4+n)
		objects = append(objects, fmt.Sprintf("<</T(%d)/FT/Tx/V(a)>>", n))
	}
	return pdftest.Form("<</Fields["+list.String()+"]>>", objects...)
}
