package suites

import (
	"strings"

	"github.com/parley-gateway/parley/codecs"
)

func text(name, value string) codecs.Field {
	return codecs.Field{Name: name, Value: codecs.TextValue(value)}
}

// hostile is a comment that formats may trip over.
const hostile = "  Emoji \U0001F600, e\u0301\n]]> &amp; <b>\"q\"</b> 'single' \\ %41 + ; =\n\ttab\n\nstatus: active\n=1+1 \u00a0 "

// seedRecords are written in every format, and the documents altered.
var seedRecords = []codecs.Record{
	{text("status", "active")},
	{text("status", "risky"), text("review_comment", "a b")},
	{text("status", "risky"), text("review_comment", hostile)},
	{text("status", "risky"), {Name: "a", Value: codecs.ListValue(codecs.TextValue("b"), codecs.TextValue(""))},
		{Name: "c", Value: codecs.MapValue(codecs.Record{text("d", "e"), text("f", "null")})}},
}

// seeds are documents that Parley's encoders do not write.
var seeds = map[string][]string{
	"json": {
		`{"status" : "ri\u0073ky" , "review_comment":"\ud83d\ude00\/\b\f\n\r\t\"\\ é","n":[-0.5e+3,0,1E2,true,false,null,{}],"":{"a":[]}}`,
	},
	"xml": {
		"<?xml version='1.0' encoding='utf-8' standalone='yes'?>\n<!-- c --><u:user xmlns:u=\"urn:x\" xmlns='urn:y' status='ri&#x73;ky'>\n" +
			"<review_comment xml:space='preserve'>a<![CDATA[<b>&]]>&lt;&gt;&amp;&apos;&quot;&#10;<!-- d --></review_comment></u:user>\n<!-- e -->",
		"<a b=\"c\td\ne&#9;f\" xmlns:x='urn:z' x:g='h'><i/><x:j k=''>l</x:j ><m\n></m></a >",
		"<a><status>active</status><review_comment>one\r\ntwo\rthree</review_comment></a>",
		"<a xmlns:p='urn:p'><p:list xmlns:q='urn:q'><q:i>1</q:i><q:i>2</q:i></p:list><b/></a>",
		"<a><b>Long text, in which little is markup: é \u20ac \U0001F600 \"quoted\" 'single' > ]] ; = \t and\n a second line, with &amp; &#38; &#x26; in it, " +
			"and a third that goes on for a while, so that what is altered is mostly text.\r\n  Then some white space.   \n\n</b></a>",
		"<!-- A long comment, with - and > and & and <b> and 'quotes' in it, and é, on\ntwo lines --><a><b>x</b><!-- and one more, just as long as the other, & <i>so</i> on --></a>",
		"<a><b><![CDATA[<c>&d; ]] > \"e\" é\n second line & more <!-- none --> <?none?> text that goes on for a while, as text does]]>and<![CDATA[]]>more</b></a>",
		"<?xml version=\"1.0\"?>\n<?style type=\"text/xsl\" & < > anything ?>\n<?other?>\n\n<a>\n  <b>x</b>\n\n  <c  >y</c  >\n</a>\n\n\n",
		"<a b='a long value of an attribute, in which > \" é &lt; &#9; may stand, and go on for a while,\nover two lines' c=\"'and another' one that goes on, too\"/>",
		"<?xml version='1.0' encoding='iso-8859-1'?><a><b>caf\xe9 \xa0 and text that goes on for a while, one byte a character \xff</b></a>",
		"\xff\xfe<\x00a\x00>\x00<\x00b\x00>\x00t\x00e\x00x\x00t\x00 \x00i\x00n\x00 \x00\xac\x20<\x00/\x00b\x00>\x00<\x00/\x00a\x00>\x00",
	},
	"yaml": {
		"%YAML 1.2\n---\n# c\nstatus: 'ri''sky' # d\n\"review_comment\": \"a\\n\\x41\\u00e9 \\\n  b\n\n  c\"\n...\n",
		"status: risky\nreview_comment: |+\n  one\n   two\n\n\nlist:\n- a\n- - b\n  - c: d\n    e: f\n-\n  g: h\n? i\n: j\n",
		"status: risky\nreview_comment: >-\n  one\n  two\n\n    three\n  four\nplain: one two\n  three\n\n  four\n",
		"{status: risky, \"a\":b, c: [d, 'e', {f: g}], h: , i}\n",
		"a: ~\nb: null\nc: true\nd: 0x1F\ne: 0o17\nf: -1.5e+3\ng: .inf\nh: yes\ni: 2001-01-01\nj: 1:30\nk: +1\n",
	},
	"cbor": {
		"\xbf\x66status\x7f\x62ri\x63sky\xff\x61a\x9f\x01\x20\xf9\x3c\x00\xfa\x3f\xc0\x00\x00\xfb\x3f\xf8\x00\x00\x00\x00\x00\x00\xff\xff",
		"\xa4\x61a\x5f\x42\x01\x02\x41\x03\xff\x61b\xf4\x61c\xf6\x61d\x82\x19\x01\x00\x3a\x00\x01\x00\x00",
		"\xd9\xd9\xf7\xa1\x66status\x66active",
	},
	"msgpack": {
		"\xde\x00\x03\xa6status\xd9\x05risky\xa1a\xdc\x00\x05\x01\xff\xcc\x80\xd1\xff\x00\xcb\x3f\xf8\x00\x00\x00\x00\x00\x00\xda\x00\x01b\xc4\x02\x00\xff",
		"\x84\xa1a\xc0\xa1b\xc3\xa1c\xca\x3f\xc0\x00\x00\xa1d\xdf\x00\x00\x00\x01\xdb\x00\x00\x00\x01e\x81\xa1f\xc2",
	},
	"form": {
		"status=risky&review_comment=a+b%20c%2Bd%26e%3D;f=g&h&=i&&j=%C3%A9é",
		"%73tatus=active&review_comment=%E2%82%AC=x==&a%5Bb%5D=1",
	},
	"multipart": {
		strings.ReplaceAll("--b\nContent-Disposition: form-data; name=\"status\"\n\nrisky\n--b\n"+
			"content-type: text/plain; charset=utf-8\ncontent-disposition: FORM-DATA; name=review_comment\nX-Other: y\n\na\n\n--c\nb\n--b--\n", "\n", "\r\n"),
		strings.ReplaceAll("--b\nContent-Disposition: form-data; name=\"a%22b\"\n\n\n--b\nContent-Disposition:form-data;name=\"c\"\n\nx\n--b--", "\n", "\r\n"),
		strings.ReplaceAll("--b \t\nContent-Disposition: form-data; name=\"status\"\n\nrisky\n--b  \nContent-Disposition: form-data; name=\"\"\n\nx\n--b--\n", "\n", "\r\n"),
	},
	"html": {
		"<!DOCTYPE html><title>t</title><form><input name=status value=risky><textarea name=review_comment>\na &amp; b\n c</textarea><button>s</button></form>",
		"<form id=f><select name='status'><option>active<option selected value=risky>R</select><input type=hidden name=a value='&lt;b&quot;'>" +
			"<input type=checkbox name=c checked><input type=radio name=d value=e><input type=radio name=d value=f checked></form>",
		"<body><p><form action='/x'><fieldset disabled><input name=g value=h></fieldset><label>s <input value=\"active\" name=\"status\" /></label>" +
			"<table><tr><td><input name=i value=j></table></form><p>x</p>",
		"<form><input name=status value=active><script>var a = '<input name=b>';</script><style>p{}</style><!-- <input name=c> --><textarea name=d></textarea></form>",
	},
}
