package codecs_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/parley-gateway/parley/codecs"
)

func decodeXML(body string) (codecs.Record, error) {
	return codecs.NewXML().Decode(codecs.Input{Body: []byte(body)})
}

func textField(name, text string) codecs.Field {
	return codecs.Field{Name: name, Value: codecs.TextValue(text)}
}

func unfitField(name, description string) codecs.Field {
	return codecs.Field{Name: name, Value: codecs.UnfitValue("wrong-type", description)}
}

func TestXMLDecode(t *testing.T) {
	active := codecs.Record{textField("status", "active")}
	for name, c := range map[string]struct {
		body string
		want codecs.Record
	}{
		"command":                 {xmlHead + "<user>\n <status>inactive</status>\n <review_comment>x y</review_comment>\n</user>\n", codecs.Record{textField("status", "inactive"), textField("review_comment", "x y")}},
		"no declaration":          {"<user><status>active</status></user>", active},
		"any root":                {"<größe><status>active</status></größe>", active},
		"attribute":               {"<user status='active'/>", active},
		"attribute then element":  {"<a c='1'><b>2</b></a>", codecs.Record{textField("c", "1"), textField("b", "2")}},
		"attribute, white space":  {"<a b = \" 1\t\n&#9;&#10;&#13; '\" ></a >", codecs.Record{textField("b", " 1  \t\n\r '")}},
		"empty":                   {"<user/>", nil},
		"empty with white space":  {"<user> <!-- nothing --> </user>", nil},
		"empty fields":            {"<a><b/><c></c><d><!-- x --></d></a>", codecs.Record{textField("b", ""), textField("c", ""), textField("d", "")}},
		"default namespace":       {"<user xmlns='urn:a'><status>active</status></user>", active},
		"default namespace ended": {"<user xmlns='urn:a'><status xmlns=''>active</status></user>", active},
		"prefixes":                {"<p:user xmlns:p='urn:a'><p:status>active</p:status></p:user>", active},
		"prefix of an attribute":  {"<p:user xmlns:p='urn:a' p:status='active'/>", active},
		"a namespace on a field":  {"<user><q:status xmlns:q='urn:q'>active</q:status></user>", active},
		"attributes of the document": {"<user xml:lang='en' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'" +
			" xsi:schemaLocation='a b' status='active'/>", active},
		"xsi in the name only":     {"<user xmlns:xsi='urn:x' xsi:status='active'/>", active},
		"a field twice":            {"<a><b>1</b><c/><b>2</b></a>", codecs.Record{textField("b", "1"), textField("c", ""), textField("b", "2")}},
		"attribute and element":    {"<a b='1'><b>2</b></a>", codecs.Record{textField("b", "1"), textField("b", "2")}},
		"one name, two namespaces": {"<a xmlns:p='urn:p' b='1' p:b='2'/>", codecs.Record{textField("b", "1"), textField("b", "2")}},
		"CDATA":                    {"<a><b>1<![CDATA[<2>&amp;]]]]><![CDATA[>]]>3</b></a>", codecs.Record{textField("b", "1<2>&amp;]]>3")}},
		"comment in text":          {"<a><b>in<!-- x -->active</b></a>", codecs.Record{textField("b", "inactive")}},
		"references":               {"<a><b>&lt;&gt;&amp;&quot;&apos;&#65;&#x1F600;&#13;</b></a>", codecs.Record{textField("b", "<>&\"'A😀\r")}},
		"line ends":                {"<a>\r\n<b>1\r\n2\r3\n4\r\r\n</b></a>", codecs.Record{textField("b", "1\n2\n3\n4\n\n")}},
		"white space is kept":      {"<a><b> \t\n</b></a>", codecs.Record{textField("b", " \t\n")}},
		"style sheet":              {"<?xml version='1.0'?>\n<?xml-stylesheet href='a'?><?p?><!-- - --><a/><!-- x -->\n", nil},
		"byte order mark":          {"\xef\xbb\xbf<?xml version='1.0'?><user status='active'/>", active},
		"declaration in full":      {"<?xml\tversion = '1.0'\r\nencoding=\"utf-8\" standalone='yes' ?><user status='active'/>", active},
		"a list":                   {"<a><b> <i>1</i> <i/> </b></a>", codecs.Record{{Name: "b", Value: codecs.TextsValue([]string{"1", ""})}}},
		"a map":                    {"<a><b><i>1</i><j>2</j></b></a>", codecs.Record{{Name: "b", Value: codecs.MapValue(codecs.Record{textField("i", "1"), textField("j", "2")})}}},
		"the root is no list":      {"<a><i>1</i></a>", codecs.Record{textField("i", "1")}},
		"attributes of a field":    {"<a><b c='1'>2</b><d/></a>", codecs.Record{unfitField("b", "an element with attributes"), textField("d", "")}},
		"xsi:nil":                  {"<a xmlns:x='http://www.w3.org/2001/XMLSchema-instance'><b x:nil='true'/></a>", codecs.Record{unfitField("b", "an element with attributes")}},
		"text beside elements":     {"<a><b>1<c/></b><d><c/>2</d></a>", codecs.Record{unfitField("b", "an element with text beside other elements"), unfitField("d", "an element with text beside other elements")}},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := decodeXML(c.body); err != nil || !got.Equal(c.want) {
				t.Errorf("%q\ngives %v, %v\nwant  %v", c.body, got, err, c.want)
			}
		})
	}
}

func TestXMLDecodeRefuses(t *testing.T) {
	const declared = "<?xml version='1.0'?>"
	for name, c := range map[string]struct{ body, fault string }{
		"nothing":                     {"", "1:1 the document ends too early"},
		"declaration alone":           {declared, "1:22 the document ends too early"},
		"text":                        {"active", "1:1 text stands outside"},
		"version 1.1":                 {"<?xml version='1.1'?><a/>", "1:20 the version of XML is 1.1, and only 1.0 is read"},
		"text before":                 {"x<a/>", "1:1 text stands outside"},
		"text after":                  {"<a/>\nx", "2:1 text stands outside"},
		"NUL after":                   {"<a/>\x00", "1:5 the character U+0000"},
		"second root":                 {"<a/><a/>", "1:5 the document goes on"},
		"CDATA after":                 {"<a/><![CDATA[]]>", "1:5 a declaration"},
		"cut off in text":             {"<a><b>x", "1:8 the document ends inside the element <b>"},
		"cut off in a tag":            {"<a b", "1:5 an equals sign"},
		"cut off in a value":          {"<a b='", "1:7 the value of an attribute is not ended"},
		"cut off in an end tag":       {"<a></a", "1:7 the end tag does not match <a>"},
		"crossed":                     {"<a><b></a></b>", "1:9 the end tag does not match <b>"},
		"end tag that goes on":        {"<a></ab>", "1:7 the end tag does not match <a>"},
		"end tag of another case":     {"<a></A>", "1:6 the end tag"},
		"end tag, one namespace":      {"<p:a xmlns:p='u' xmlns:q='u'></q:a>", "1:32 the end tag"},
		"end tag with an attribute":   {"<a></a b=''>", "1:8 the end tag"},
		"end tag first":               {"</a>", "1:2 a name is missing"},
		"DOCTYPE":                     {declared + "<!DOCTYPE a><a/>", "1:22 a document type declaration"},
		"DOCTYPE inside":              {"<a><!DOCTYPE a></a>", "1:4 a document type declaration"},
		"DOCTYPE after":               {"<a/><!DOCTYPE a>", "1:5 a document type declaration"},
		"doctype":                     {"<!doctype html><a/>", "1:1 a declaration"},
		"element declaration":         {"<a><!ELEMENT a ANY></a>", "1:4 a declaration"},
		"instruction inside":          {"<a><?p?></a>", "1:4 a processing instruction"},
		"instruction in a field":      {"<a><b>x<?p?></b></a>", "1:8 a processing instruction"},
		"instruction after":           {"<a/><?p?>", "1:5 a processing instruction"},
		"instruction without a name":  {"<? p?><a/>", "1:3 the processing instruction has no name"},
		"instruction with a colon":    {"<?p:q?><a/>", "1:4 white space is missing"},
		"instruction not ended":       {"<?p <a/>", "1:5 the processing instruction is not ended"},
		"declaration late":            {" " + declared + "<a/>", "1:4 an XML declaration"},
		"declaration twice":           {declared + declared + "<a/>", "1:24 an XML declaration"},
		"declaration in capitals":     {"<?XML version='1.0'?><a/>", "1:3 an XML declaration"},
		"declaration of nothing":      {"<?xml ?><a/>", "1:7 the XML declaration"},
		"version missing":             {"<?xml encoding='utf-8'?><a/>", "the XML declaration"},
		"version 2":                   {"<?xml version='2.0'?><a/>", "the XML declaration"},
		"version cut":                 {"<?xml version='1.'?><a/>", "the XML declaration"},
		"version not quoted":          {"<?xml version=1.0?><a/>", "the XML declaration"},
		"version quoted in two ways":  {"<?xml version='1.0\"?><a/>", "the XML declaration"},
		"encoding empty":              {"<?xml version='1.0' encoding=''?><a/>", "the XML declaration"},
		"encoding with a space":       {"<?xml version='1.0' encoding=' utf-8'?><a/>", "the XML declaration"},
		"encoding before version":     {"<?xml encoding='utf-8' version='1.0'?><a/>", "the XML declaration"},
		"encoding without a space":    {"<?xml version='1.0'encoding='utf-8'?><a/>", "the XML declaration"},
		"standalone maybe":            {"<?xml version='1.0' standalone='maybe'?><a/>", "the XML declaration"},
		"declaration goes on":         {"<?xml version='1.0' x='y'?><a/>", "the XML declaration"},
		"comment with hyphens":        {"<!-- a -- b --><a/>", "1:8 two hyphens"},
		"comment with three hyphens":  {"<a><!-- a ---></a>", "1:11 two hyphens"},
		"comment not ended":           {"<a><!-- </a>", "1:8 the comment is not ended"},
		"CDATA not ended":             {"<a><![CDATA[ ]] ></a>", "1:13 the CDATA section is not ended"},
		"CDATA's end in text":         {"<a><b>x]]></b></a>", "1:8 ]]> stands in text"},
		"attribute twice":             {"<a b='' b=''/>", "1:9 the attribute b stands here twice"},
		"attribute twice, in a field": {"<a><b c='' c=''/></a>", "1:12 the attribute c"},
		"attribute twice by prefix":   {"<a xmlns:p='u' xmlns:q='u' p:b='' q:b=''/>", "the attribute b stands here twice"},
		"declared twice":              {"<a xmlns:p='u' xmlns:p='v'/>", "the attribute p stands here twice"},
		"attributes run together":     {"<a b=''c=''/>", "1:8 white space"},
		"attribute without a value":   {"<a b/>", "1:5 an equals sign"},
		"attribute without quotes":    {"<a b=c/>", "1:6 a quotation mark"},
		"< in an attribute":           {"<a b='<'/>", "1:7 < stands"},
		"slash apart":                 {"<a / >", "1:4 a name"},
		"name with a digit":           {"<1/>", "1:2 a name"},
		"name with a space":           {"< a/>", "1:2 a name"},
		"name with a sign":            {"<a×/>", "1:3 white space"},
		"colon first":                 {"<:a/>", "1:2 a name"},
		"colon last":                  {"<a:/>", "1:4 a name"},
		"two colons":                  {"<a:b:c xmlns:a='u'/>", "1:5 white space"},
		"prefix not declared":         {"<p:a/>", "1:2 the prefix p is not declared"},
		"prefix of an attribute":      {"<a p:b=''/>", "1:4 the prefix p is not declared"},
		"prefix out of scope":         {"<a><b xmlns:p='u'/><p:c/></a>", "1:21 the prefix p is not declared"},
		"prefix declared as nothing":  {"<a xmlns:p=''/>", "1:4 the prefix p is declared without"},
		"prefix xmlns":                {"<xmlns:a/>", "the prefix xmlns is not declared"},
		"xmlns declared":              {"<a xmlns:xmlns='u'/>", "the namespaces of xml and xmlns"},
		"xml declared as another":     {"<a xmlns:xml='u'/>", "the namespaces of xml and xmlns"},
		"another declared as xml":     {"<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>", "the namespaces of xml and xmlns"},
		"another declared as xmlns":   {"<a xmlns='http://www.w3.org/2000/xmlns/'/>", "the namespaces of xml and xmlns"},
		"& alone":                     {"<a><b>x & y</b></a>", "1:9 a & does not begin"},
		"& then a semicolon":          {"<a><b>x & y;</b></a>", "1:9 a & does not begin"},
		"&;":                          {"<a b='&;'/>", "1:7 a & does not begin"},
		"entity of HTML":              {"<a><b>&nbsp;</b></a>", "1:7 the entity nbsp is not declared"},
		"entity of another case":      {"<a><b>&LT;</b></a>", "1:7 the entity LT is not declared"},
		"reference to NUL":            {"<a><b>&#0;</b></a>", "1:7 the reference"},
		"reference to U+FFFF":         {"<a b='&#xFFFF;'/>", "1:7 the reference"},
		"reference to a surrogate":    {"<a><b>&#xD800;</b></a>", "1:7 the reference"},
		"reference too far":           {"<a><b>&#x110000;</b></a>", "1:7 the reference"},
		"reference very far":          {"<a><b>&#99999999999999999999;</b></a>", "1:7 the reference"},
		"reference with a capital":    {"<a><b>&#X41;</b></a>", "1:7 the reference"},
		"reference with a sign":       {"<a><b>&#+65;</b></a>", "1:7 the reference"},
		"reference to nothing":        {"<a><b>&#;</b></a>", "1:7 the reference"},
		"control character":           {"<a><b>\x1b</b></a>", "1:7 the character U+001B"},
		"control in a comment":        {"<a><!--\x01--></a>", "1:8 the character U+0001"},
		"U+FFFE":                      {"<a>\r\n\r<b>\ufffe</b></a>", "3:4 the character U+FFFE"},
		"not UTF-8":                   {"<a>\n<b>é\xff</b></a>", "2:5 the byte 0xff"},
		"overlong":                    {"<a>\xc0\xbcb/></a>", "1:4 the byte 0xc0"},
		"text beside fields":          {"<a>\n <b/> x</a>", "2:7 text stands beside the fields"},
		"text beside attributes":      {"<a b=''>&#x20;<![CDATA[x]]></a>", "1:24 text stands beside the fields"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := decodeXML(c.body)
			var e *codecs.Error
			if !errors.As(err, &e) || e.Kind != codecs.SyntaxError {
				t.Fatalf("%q gives %v", c.body, err)
			}
			if got := fmt.Sprintf("%d:%d %s", e.Line, e.Column, e.Detail); !strings.Contains(got, c.fault) {
				t.Errorf("%q gives %q, want %q", c.body, got, c.fault)
			}
		})
	}
}

func TestXMLDecodeBombs(t *testing.T) {
	for name, body := range map[string]string{
		"a billion laughs": `<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;&c;</a>`,
		"a file":           `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>`,
		"a parameter":      `<!DOCTYPE a [<!ENTITY % b SYSTEM "http://example.com/"> %b;]><a/>`,
		"a DTD":            `<!DOCTYPE a SYSTEM "http://example.com/a.dtd"><a/>`,
		"not ended":        `<!DOCTYPE a [`,
	} {
		if _, err := decodeXML(body); !codecs.IsKind(err, codecs.SyntaxError) || !strings.Contains(err.Error(), "document type") {
			t.Errorf("%s gives %v", name, err)
		}
	}
}

func TestXMLDecodeNoFields(t *testing.T) {
	for _, body := range []string{"<status>active</status>", "<a> x <!-- y --></a>", "<a xmlns='u'><![CDATA[x]]></a>"} {
		if _, err := decodeXML(body); !codecs.IsKind(err, codecs.NotFields) {
			t.Errorf("%q gives %v", body, err)
		}
	}
	if _, err := decodeXML("<status>active</status>x"); !codecs.IsKind(err, codecs.SyntaxError) {
		t.Errorf("what is not well-formed either gives %v", err)
	}
}

func TestXMLDecodeCharsets(t *testing.T) {
	const umlaut, name = "ü", "Иван"
	wide := func(s string, high, low int) string {
		var b []byte
		for _, u := range utf16.Encode([]rune(s)) {
			unit := []byte{byte(u >> 8), byte(u)}
			b = append(b, unit[high], unit[low])
		}
		return string(b)
	}
	document := func(encoding, text string) string {
		return "<?xml version='1.0' encoding='" + encoding + "'?>\r\n<a b='" + text + "'/>"
	}
	for label, c := range map[string]struct{ charset, body, want string }{
		"declared ISO-8859-1":             {"", document("ISO-8859-1", "\xfc"), umlaut},
		"declared windows-1251":           {"", document("windows-1251", "\xc8\xe2\xe0\xed"), name},
		"parameter before declaration":    {"windows-1251", document("ISO-8859-1", "\xc8\xe2\xe0\xed"), name},
		"byte order mark before both":     {"windows-1251", "\xef\xbb\xbf" + document("ISO-8859-1", name), name},
		"parameter utf-8":                 {"utf-8", document("ISO-8859-1", name), name},
		"UTF-16 with a mark, big":         {"", "\xfe\xff" + wide(document("UTF-16", name), 0, 1), name},
		"UTF-16 with a mark, little":      {"", "\xff\xfe" + wide(document("utf-16", name+"😀"), 1, 0), name + "😀"},
		"UTF-16 with a mark, undeclared":  {"", "\xff\xfe" + wide("<a b='ü'/>", 1, 0), umlaut},
		"UTF-16 without a mark, little":   {"", wide(document("UTF-16LE", name), 1, 0), name},
		"UTF-16 without a mark, big":      {"", wide(document("UTF-16BE", name), 0, 1), name},
		"UTF-16 by parameter":             {"utf-16be", wide("<a b='ü'/>", 0, 1), umlaut},
		"UTF-16 with a mark, other label": {"utf-8", "\xff\xfe" + wide(document("utf-8", name), 1, 0), name},
	} {
		in := codecs.Input{Body: []byte(c.body)}
		if c.charset != "" {
			in.Type.Params = []codecs.Param{{Name: "charset", Value: c.charset}}
		}
		got, err := codecs.NewXML().Decode(in)
		if want := (codecs.Record{textField("b", c.want)}); err != nil || !got.Equal(want) {
			t.Errorf("%s: got %v, %v", label, got, err)
		}
	}
	for body, kind := range map[string]codecs.ErrorKind{
		document("x-none", ""):       codecs.UnknownCharset,
		document("utf-7", ""):        codecs.UnknownCharset,
		document("utf-16", "é"):      codecs.SyntaxError,
		document("utf-8", "\xfc"):    codecs.SyntaxError,
		document("koi8-r' x='", "a"): codecs.SyntaxError,
		"\xff\xfe<\x00a\x00/":        codecs.SyntaxError,
		"\xff\xfe<\x00\x00\xd8/\x00": codecs.SyntaxError,
	} {
		if _, err := decodeXML(body); !codecs.IsKind(err, kind) {
			t.Errorf("%q gives %v", body, err)
		}
	}
}

func TestXMLDecodeLimits(t *testing.T) {
	limits := codecs.Limits{Depth: 3, Fields: 2}
	for body, ok := range map[string]bool{
		"<a><b><c><d/></c></b></a>":                     true,
		"<a><b><c><d><e/></d></c></b></a>":              false,
		"<a><b/><c/></a>":                               true,
		"<a><b/><c/><d/></a>":                           false,
		"<a b='' c=''><d/></a>":                         false,
		"<a b='' c='' d=''/>":                           false,
		"<a><b><c/><d/><e/></b></a>":                    false,
		"<a><b><i/><i/><i/></b></a>":                    true,
		"<a><b><i/><i/><c/></b></a>":                    false,
		"<a xmlns:p='u' xmlns:q='u'/>":                  true,
		"<a xmlns:p='u'><b xmlns:q='u' xmlns='v'/></a>": false,
	} {
		_, err := codecs.NewXML().Decode(codecs.Input{Body: []byte(body), Limits: limits})
		if ok && err != nil || !ok && !codecs.IsKind(err, codecs.SyntaxError) {
			t.Errorf("%s gives %v", body, err)
		}
	}
}
