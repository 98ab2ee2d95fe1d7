package object_test

import (
	"bytes"
	"compress/lzw"
	"strings"
	"testing"

	"github.com/parley-gateway/parley/codecs/pdf/object"
	"github.com/parley-gateway/parley/codecs/pdf/pdftest"
)

func decodeStream(dict, data string) ([]byte, error) {
	f, err := object.Open(file(pdftest.Stream(dict, data), "/FlateDecode", "[5 0 R]", "<</Predictor 12/Columns 2>>"))
	if err != nil {
		return nil, err
	}
	o, err := f.Resolve(object.Reference{Number: 4})
	if err != nil {
		return nil, err
	}
	return f.Decode(o.(*object.Stream))
}

// lzwOf encodes without an early change, which is what Go knows.
func lzwOf(text string) string {
	var b bytes.Buffer
	w := lzw.NewWriter(&b, lzw.MSB, 8)
	w.Write([]byte(text))
	w.Close()
	return b.String()
}

// earlyLZWOf encodes with the early change that the standard expects, as
// TIFF does.
func earlyLZWOf(text string) string {
	var out []byte
	bits, held, width := 0, 0, 9
	put := func(code int) {
		bits, held = bits<<width|code, held+width
		for ; held >= 8; held -= 8 {
			out = append(out, byte(bits>>(held-8)))
		}
		bits &= 1<<held - 1
	}
	codes := map[string]int{}
	code := func(s string) int {
		if len(s) == 1 {
			return int(s[0])
		}
		return codes[s]
	}
	put(256)
	known := text[:1]
	for _, c := range []byte(text[1:]) {
		next := known + string([]byte{c})
		if codes[next] > 0 {
			known = next
			continue
		}
		put(code(known))
		codes[next] = 258 + len(codes)
		if len(codes) == 4096-258-2 {
			put(256)
			clear(codes)
			width = 9
		}
		if 258+len(codes) >= 1<<width {
			width++
		}
		known = string([]byte{c})
	}
	put(code(known))
	put(257)
	return string(append(out, byte(bits<<(8-held)), 0))
}

// varied is long enough for codes of every width, and for the table to be
// full.
var varied = func() string {
	var b strings.Builder
	for i := range 30_000 {
		b.WriteByte(byte(i * i >> 3))
	}
	return b.String()
}()

func TestFilters(t *testing.T) {
	const late = "/Filter/LZWDecode/DecodeParms<</EarlyChange 0>>"
	predicted := func(parameters, data string) (string, string) {
		return "/Filter/FlateDecode/DecodeParms<<" + parameters + ">>", pdftest.Deflate(data)
	}
	tests := map[string]struct{ dict, data, want string }{
		"none":                {"", "a", "a"},
		"none, said":          {"/Filter[]", "a", "a"},
		"null":                {"/Filter null", "a", "a"},
		"Flate":               {"/Filter/FlateDecode", pdftest.Deflate("abc"), "abc"},
		"Flate, empty":        {"/Filter/FlateDecode", pdftest.Deflate(""), ""},
		"Flate, line end":     {"/Filter/FlateDecode", pdftest.Deflate("abc") + "\r\n", "abc"},
		"Flate, elsewhere":    {"/Filter 5 0 R", pdftest.Deflate("abc"), "abc"},
		"Flate, in an array":  {"/Filter 6 0 R/DecodeParms[null]", pdftest.Deflate("abc"), "abc"},
		"hexadecimal":         {"/Filter/ASCIIHexDecode", "61 6\n2 7>\n", "abp"},
		"base 85":             {"/Filter/ASCII85Decode", "87cUR\nD]i,\"Ebo80zGQ~>\r\n", "Hello World!\x00\x00\x00\x00x"},
		"runs":                {"/Filter/RunLengthDecode", "\x02abc\xfed\x00e\x80ignored", "abcddde"},
		"two filters":         {"/Filter[/ASCIIHexDecode/RunLengthDecode]", "0061fe6280>", "abbb"},
		"LZW of the standard": {"/Filter/LZWDecode", "\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01", "-----A---B"},
		"LZW, early":          {"/Filter/LZWDecode", earlyLZWOf(varied), varied},
		"LZW, late":           {late, lzwOf("abababababab"), "abababababab"},
		"LZW, every width":    {late, lzwOf(varied), varied},
		"LZW, empty":          {late, lzwOf(""), ""},
	}
	for name, tt := range map[string]struct{ parameters, data, want string }{
		"predictor 1":      {"/Predictor 1/Columns 99", "ab", "ab"},
		"PNG none":         {"/Predictor 10/Columns 2", "\x00ab\x00cd", "abcd"},
		"PNG sub":          {"/Predictor 11/Columns 3", "\x01\x01\x02\x03", "\x01\x03\x06"},
		"PNG up":           {"/Predictor 12/Columns 2", "\x02\x01\x02\x02\x01\x01", "\x01\x02\x02\x03"},
		"PNG average":      {"/Predictor 13/Columns 2", "\x03\x04\x02\x03\x01\x01", "\x04\x04\x03\x04"},
		"PNG Paeth":        {"/Predictor 14/Columns 3", "\x04\x01\x02\x03\x04\x01\x01\x01", "\x01\x03\x06\x02\x04\x07"},
		"PNG, wide pixels": {"/Predictor 15/Columns 2/Colors 3/BitsPerComponent 8", "\x01\x01\x02\x03\x01\x01\x01", "\x01\x02\x03\x02\x03\x04"},
		"PNG, small bits":  {"/Predictor 15/Columns 9/BitsPerComponent 1", "\x01\x01\x02", "\x01\x03"},
		"PNG, empty":       {"/Predictor 15/Columns 1", "", ""},
		"TIFF":             {"/Predictor 2/Columns 2/Colors 2", "\x01\x02\x01\x01\x05\x06\x01\x01", "\x01\x02\x02\x03\x05\x06\x06\x07"},
	} {
		dict, data := predicted(tt.parameters, tt.data)
		tests[name] = struct{ dict, data, want string }{dict, data, tt.want}
	}
	tests["predictor elsewhere"] = struct{ dict, data, want string }{"/Filter 6 0 R/DecodeParms[7 0 R]", pdftest.Deflate("\x02\x01\x02"), "\x01\x02"}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := decodeStream(tt.dict, tt.data)
			if err != nil || string(got) != tt.want {
				t.Errorf("decoded as %.80q, %v; want %.80q", got, err, tt.want)
			}
		})
	}
}

func TestFiltersRefuse(t *testing.T) {
	flate := func(parameters, data string) (string, string) {
		return "/Filter/FlateDecode/DecodeParms<<" + parameters + ">>", pdftest.Deflate(data)
	}
	type test struct{ dict, data, detail string }
	damaged := pdftest.Deflate("abcabcabc")
	tests := map[string]test{
		"unknown":                {"/Filter/DCTDecode", "", `a stream has the filter "DCTDecode", which is not read`},
		"abbreviated":            {"/Filter/Fl", "", `a stream has the filter "Fl", which is not read`},
		"encrypted":              {"/Filter[/Crypt]", "", `a stream has the filter "Crypt", which is not read`},
		"no name":                {"/Filter(a)", "", `a stream has the filter "", which is not read`},
		"in another file":        {"/F(a)", "", "the content of a stream is in another file"},
		"Flate, no header":       {"/Filter/FlateDecode", "a", "a stream cannot be decoded by FlateDecode"},
		"Flate, cut off":         {"/Filter/FlateDecode", damaged[:len(damaged)-5], "a stream cannot be decoded by FlateDecode"},
		"Flate, no checksum":     {"/Filter/FlateDecode", damaged[:len(damaged)-1], "a stream cannot be decoded by FlateDecode"},
		"Flate, checksum":        {"/Filter/FlateDecode", damaged[:len(damaged)-1] + "x", "a stream cannot be decoded by FlateDecode"},
		"hexadecimal, no end":    {"/Filter/ASCIIHexDecode", "61", "a stream cannot be decoded by ASCIIHexDecode"},
		"hexadecimal, letters":   {"/Filter/ASCIIHexDecode", "6x>", "a stream cannot be decoded by ASCIIHexDecode"},
		"hexadecimal, after it":  {"/Filter/ASCIIHexDecode", "61>61>", "a stream cannot be decoded by ASCIIHexDecode"},
		"base 85, no end":        {"/Filter/ASCII85Decode", "87cUR", "a stream cannot be decoded by ASCII85Decode"},
		"base 85, another":       {"/Filter/ASCII85Decode", "87cU\x7f~>", "a stream cannot be decoded by ASCII85Decode"},
		"base 85, after it":      {"/Filter/ASCII85Decode", "87cUR~>87cUR~>", "a stream cannot be decoded by ASCII85Decode"},
		"base 85, one left":      {"/Filter/ASCII85Decode", "87cUR8~>", "a stream cannot be decoded by ASCII85Decode"},
		"runs, no end":           {"/Filter/RunLengthDecode", "\x00a", "a stream cannot be decoded by RunLengthDecode"},
		"runs, cut off":          {"/Filter/RunLengthDecode", "\x05a\x80", "a stream cannot be decoded by RunLengthDecode"},
		"runs, cut off in a run": {"/Filter/RunLengthDecode", "\x81", "a stream cannot be decoded by RunLengthDecode"},
		"LZW, no end":            {"/Filter/LZWDecode", "\x80\x0b\x60", "a stream cannot be decoded by LZWDecode"},
		"LZW, unknown code":      {"/Filter/LZWDecode", "\xff\xff\xff", "a stream cannot be decoded by LZWDecode"},
		"LZW, early change":      {"/Filter/LZWDecode/DecodeParms<</EarlyChange 2>>", "\x80\x40", "a stream cannot be decoded by LZWDecode"},
	}
	for name, parameters := range map[string]string{
		"predictor 0":          "/Predictor 0",
		"predictor 3":          "/Predictor 3",
		"predictor 16":         "/Predictor 16",
		"predictor of text":    "/Predictor(a)",
		"columns 0":            "/Predictor 12/Columns 0",
		"columns, negative":    "/Predictor 12/Columns -1",
		"columns, a real":      "/Predictor 12/Columns 2.0",
		"columns, many":        "/Predictor 12/Columns 9223372036854775807",
		"columns, other rows":  "/Predictor 12/Columns 3",
		"colors":               "/Predictor 12/Columns 2/Colors 33",
		"bits":                 "/Predictor 12/Columns 2/BitsPerComponent 17",
		"TIFF, small bits":     "/Predictor 2/Columns 6/BitsPerComponent 4",
		"TIFF, other rows":     "/Predictor 2/Columns 4",
		"PNG, unknown filter":  "/Predictor 12/Columns 2/x 1",
		"parameters elsewhere": "/Predictor 5 0 R",
	} {
		dict, data := flate(parameters, "\x05ab\x05cd")
		tests[name] = test{dict, data, "a stream cannot be decoded by a predictor"}
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := decodeStream(tt.dict, tt.data)
			checkMalformed(t, object.String(got), err, tt.detail)
		})
	}
}
