package suites

import (
	"encoding/hex"
	"strings"
	"testing"
)

// cborExamples are those of RFC 8949 appendix A: what each means in JSON, bytes as
// "h'…'", or nothing for what Parley refuses: tags, and simple values that mean
// nothing.
var cborExamples = []struct{ encoded, means string }{
	{"00", "0"}, {"01", "1"}, {"0a", "10"}, {"17", "23"}, {"1818", "24"}, {"1819", "25"}, {"1864", "100"}, {"1903e8", "1000"},
	{"1a000f4240", "1000000"}, {"1b000000e8d4a51000", "1000000000000"}, {"1bffffffffffffffff", "18446744073709551615"},
	{"c249010000000000000000", ""}, {"3bffffffffffffffff", "-18446744073709551616"}, {"c349010000000000000000", ""},
	{"20", "-1"}, {"29", "-10"}, {"3863", "-100"}, {"3903e7", "-1000"},
	{"f90000", "0.0"}, {"f98000", "-0.0"}, {"f93c00", "1.0"}, {"fb3ff199999999999a", "1.1"}, {"f93e00", "1.5"}, {"f97bff", "65504.0"},
	{"fa47c35000", "100000.0"}, {"fa7f7fffff", "3.4028234663852886e+38"}, {"fb7e37e43c8800759c", "1.0e+300"},
	{"f90001", "5.960464477539063e-8"}, {"f90400", "0.00006103515625"}, {"f9c400", "-4.0"}, {"fbc010666666666666", "-4.1"},
	{"f97c00", "1e999"}, {"f97e00", "NaN"}, {"f9fc00", "-1e999"}, {"fa7f800000", "1e999"}, {"fa7fc00000", "NaN"}, {"faff800000", "-1e999"},
	{"fb7ff0000000000000", "1e999"}, {"fb7ff8000000000000", "NaN"}, {"fbfff0000000000000", "-1e999"},
	{"f4", "false"}, {"f5", "true"}, {"f6", "null"}, {"f7", "null"}, {"f0", ""}, {"f8ff", ""},
	{"c074323031332d30332d32315432303a30343a30305a", ""}, {"c11a514b67b0", ""}, {"c1fb41d452d9ec200000", ""}, {"d74401020304", ""},
	{"d818456449455446", ""}, {"d82076687474703a2f2f7777772e6578616d706c652e636f6d", ""},
	{"40", `"h''"`}, {"4401020304", `"h'01020304'"`}, {"60", `""`}, {"6161", `"a"`}, {"6449455446", `"IETF"`}, {"62225c", `"\"\\"`},
	{"62c3bc", `"\u00fc"`}, {"63e6b0b4", `"\u6c34"`}, {"64f0908591", `"\ud800\udd51"`},
	{"80", "[]"}, {"83010203", "[1,2,3]"}, {"8301820203820405", "[1,[2,3],[4,5]]"},
	{"98190102030405060708090a0b0c0d0e0f101112131415161718181819", "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25]"},
	{"a0", "{}"}, {"a201020304", ""}, {"a26161016162820203", `{"a":1,"b":[2,3]}`}, {"826161a161626163", `["a",{"b":"c"}]`},
	{"a56161614161626142616361436164614461656145", `{"a":"A","b":"B","c":"C","d":"D","e":"E"}`},
	{"5f42010243030405ff", `"h'0102030405'"`}, {"7f657374726561646d696e67ff", `"streaming"`},
	{"9fff", "[]"}, {"9f018202039f0405ffff", "[1,[2,3],[4,5]]"}, {"9f01820203820405ff", "[1,[2,3],[4,5]]"},
	{"83018202039f0405ff", "[1,[2,3],[4,5]]"}, {"83019f0203ff820405", "[1,[2,3],[4,5]]"},
	{"9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff", "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25]"},
	{"bf61610161629f0203ffff", `{"a":1,"b":[2,3]}`}, {"826161bf61626163ff", `["a",{"b":"c"}]`}, {"bf6346756ef563416d7421ff", `{"Fun":true,"Amt":-2}`},
}

// TestCBORExamples reads every example of RFC 8949 appendix A as the value of a
// field.
func TestCBORExamples(t *testing.T) {
	for _, example := range cborExamples {
		got := byParley(false)(t, []document{fieldOfCBOR(t, example.encoded)})[0]
		switch want := cborValue(t, example.means); {
		case example.means == "" && got.refusal == "":
			t.Errorf("%s is %s, want a refusal", example.encoded, got)
		case example.means != "" && !got.equal(reading{value: map[string]any{"v": want}}):
			t.Errorf("%s is %s, want %#v", example.encoded, got, want)
		}
	}
}

// fieldOfCBOR is a map with one field that has an item as its value.
func fieldOfCBOR(t *testing.T, encoded string) document {
	t.Helper()
	item, err := hex.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	return document{append([]byte("\xa1\x61v"), item...), "application/cbor"}
}

func cborValue(t *testing.T, means string) any {
	t.Helper()
	if means == "" || means == "NaN" {
		return number(means)
	}
	v, err := encodingJSON(document{Body: []byte(means)})
	if err != nil {
		t.Fatal(err)
	}
	if s, ok := v.(string); ok && strings.HasPrefix(s, "h'") {
		content, err := hex.DecodeString(strings.Trim(s, "h'"))
		if err != nil {
			t.Fatal(err)
		}
		return raw(content)
	}
	return v
}

// cborMalformed are the examples of RFC 8949 appendix F.1, by its sections.
var cborMalformed = map[string]string{
	"end of input in a head":                                       "18 19 1a 1b 1901 1a0102 1b01020304050607 38 58 78 98 9a01ff00 b8 d8 f8 f900 fa0000 fb000000",
	"definite length strings with short data":                      "41 61 5affffffff00 5bffffffffffffffff010203 7affffffff00 7b7fffffffffffffff010203",
	"definite length maps and arrays not closed with enough items": "81 818181818181818181 8200 a1 a20102 a100 a2000000",
	"tag number not followed by tag content":                       "c0",
	"indefinite length strings not closed by a break":              "5f4100 7f6100",
	"indefinite length maps and arrays not closed by a break":      "9f 9f0102 bf bf01020102 819f 9f8000 9f9f9f9f9fffffffff 9f819f819f9fffffff",
	"reserved additional information values":                       "1c 1d 1e 3c 3d 3e 5c 5d 5e 7c 7d 7e 9c 9d 9e bc bd be dc dd de fc fd fe",
	"reserved two-byte encodings of simple values":                 "f800 f801 f818 f81f",
	"indefinite length string chunks not of the correct type":      "5f00ff 5f21ff 5f6100ff 5f80ff 5fa0ff 5fc000ff 5fe0ff 7f4100ff",
	"indefinite length string chunks not definite length":          "5f5f4100ffff 7f7f6100ffff",
	"break on its own": "ff",
	"break in a definite length array or map or a tag":   "81ff 8200ff a1ff a1ff00 a100ff a20000ff 9f81ff 9f829f819f9fffffffff",
	"break in an indefinite map on its value position":   "bf00ff bf000000ff",
	"major types 0, 1 and 6 with additional information": "1f 3f df",
}

// TestCBORMalformed sends every example of RFC 8949 appendix F.1, alone and as the
// value of a field: none is well-formed.
func TestCBORMalformed(t *testing.T) {
	s := newServer(t)
	for section, examples := range cborMalformed {
		for example := range strings.FieldsSeq(examples) {
			inField := string(fieldOfCBOR(t, example).Body)
			for _, body := range []string{inField[3:], inField} {
				if got := s.verdictOn("application/cbor", body); got != refused {
					t.Errorf("%s: %x is %s", section, body, got)
				}
			}
		}
	}
}
