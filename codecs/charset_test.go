package codecs_test

import (
	"testing"

	"github.com/parley-gateway/parley/codecs"
)

func TestDecodeText(t *testing.T) {
	for _, c := range []struct{ body, param, declared, want string }{
		{"", "", "", ""},
		{"naïve 🙂", "", "", "naïve 🙂"},
		{"na\xefve", "iso-8859-1", "", "naïve"},
		{"na\xefve", "", "latin1", "naïve"},
		{"na\xefve", "ISO-8859-1", "utf-8", "naïve"}, // the parameter outranks the declaration
		{"naïve", "utf-8", "iso-8859-1", "naïve"},
		{"naïve", "UTF8", "", "naïve"},
		{"naïve", " Utf-8 ", "", "naïve"},
		{"\x80", "windows-1252", "", "€"},
		{"\x80", "iso-8859-1", "", "€"}, // as the WHATWG has it
		{"\xcf\xf0\xe8\xe2\xe5\xf2", "windows-1251", "", "Привет"},
		{"\x93\xfa\x96\x7b", "shift_jis", "", "日本"},
		{"\x1b$BF|K\\\x1b(B", "iso-2022-jp", "", "日本"},
		{"\xc8\xd5\xb1\xbe", "gb18030", "", "日本"},
		{"\xef\xbb\xbfna\xc3\xafve", "", "", "naïve"},
		{"\xef\xbb\xbfna\xc3\xafve", "iso-8859-1", "", "naïve"}, // a byte order mark outranks all
		{"\xfe\xff\x00n\x00\xef", "", "", "nï"},
		{"\xff\xfen\x00\xef\x00", "utf-8", "", "nï"},
		{"n\x00\xef\x00", "utf-16", "", "nï"}, // little-endian, as the WHATWG has it
		{"n\x00\xef\x00", "utf-16le", "", "nï"},
		{"\x00n\x00\xef", "utf-16be", "", "nï"},
		{"\xff\xfe\x3d\xd8\x42\xde", "", "", "🙂"},
		{"\xff\xfe\xfd\xff", "", "", "\ufffd"}, // written by its sender, not put there for a fault
	} {
		got, err := codecs.DecodeText(text(c.body, c.param), c.declared)
		if err != nil || string(got) != c.want {
			t.Errorf("%q as %q, declared %q: got %q, %v", c.body, c.param, c.declared, got, err)
		}
	}
}

func text(body, charset string) codecs.Input {
	in := codecs.Input{Body: []byte(body), Type: codecs.MediaType{Name: "text/plain"}}
	if charset != "" {
		in.Type.Params = []codecs.Param{{Name: "charset", Value: charset}}
	}
	return in
}

func TestDecodeTextFails(t *testing.T) {
	for _, c := range []struct {
		body, param string
		kind        codecs.ErrorKind
		want        string
	}{
		{"a\nb\xff", "", codecs.SyntaxError, "line 2, column 2: the byte 0xff is not valid in UTF-8"},
		{"é\xc3", "", codecs.SyntaxError, "line 1, column 2: the byte 0xc3 is not valid in UTF-8"},
		{"\xed\xa0\x80", "", codecs.SyntaxError, "line 1, column 1: the byte 0xed is not valid in UTF-8"},
		{"\xc0\x80", "", codecs.SyntaxError, "line 1, column 1: the byte 0xc0 is not valid in UTF-8"},
		{"\xef\xbb\xbf\xff", "", codecs.SyntaxError, "line 1, column 1: the byte 0xff is not valid in UTF-8"},
		{"\xff\xfea\x00b", "", codecs.SyntaxError, "line 1, column 2: the last byte is half a code unit of UTF-16"},
		{"\xff\xfe\x3d\xd8a\x00", "", codecs.SyntaxError, "line 1, column 1: a surrogate of UTF-16 stands alone"},
		{"\xff\xfe\x3d\xd8", "", codecs.SyntaxError, "line 1, column 1: a surrogate of UTF-16 stands alone"},
		{"\xff\xfe\x42\xde\x3d\xd8", "", codecs.SyntaxError, "line 1, column 1: a surrogate of UTF-16 stands alone"},
		{"a\x81\xff", "shift_jis", codecs.SyntaxError, "line 1, column 2: a byte is not valid in shift_jis"},
		{"a", "klingon", codecs.UnknownCharset, `nobody knows the character encoding "klingon"`},
		{"a", "utf-7", codecs.UnknownCharset, `nobody knows the character encoding "utf-7"`},
		{"a", "iso-2022-kr", codecs.UnknownCharset, `the character encoding "iso-2022-kr" is not safe to read`},
	} {
		got, err := codecs.DecodeText(text(c.body, c.param), "")
		if !codecs.IsKind(err, c.kind) || err.Error() != c.want {
			t.Errorf("%q as %q: got %q, %v", c.body, c.param, got, err)
		}
	}
}

func TestDecodeTextLeavesTheBodyAlone(t *testing.T) {
	for _, charset := range []string{"utf-8", "iso-8859-1", "shift_jis", "utf-16le"} {
		in := text("ab\x93\xfa", charset)
		_, _ = codecs.DecodeText(in, "")
		if string(in.Body) != "ab\x93\xfa" {
			t.Errorf("%s: the body became %q", charset, in.Body)
		}
	}
}
