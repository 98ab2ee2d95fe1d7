package object_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/pdf/object"
	"github.com/parley-gateway/parley/codecs/pdf/pdftest"
)

// resolve reads the object 4 of a file.
func resolve(body []byte) (object.Object, error) {
	f, err := object.Open(body)
	if err != nil {
		return nil, err
	}
	return f.Resolve(object.Reference{Number: 4})
}

// file has these objects from 4 on.
func file(objects ...string) []byte { return pdftest.Form("null", objects...) }

func TestObjects(t *testing.T) {
	tests := []struct {
		source string
		want   object.Object
	}{
		{"null", nil},
		{"true", object.Boolean(true)},
		{"false", object.Boolean(false)},
		{"0", object.Integer(0)},
		{"-12", object.Integer(-12)},
		{"+7", object.Integer(7)},
		{"0012", object.Integer(12)},
		{"9223372036854775807", object.Integer(9223372036854775807)},
		{"1.5", object.Real(1.5)},
		{"-.5", object.Real(-0.5)},
		{"4.", object.Real(4)},
		{"/", object.Name("")},
		{"/Name", object.Name("Name")},
		{"/A;Name_With-Various***Characters?", object.Name("A;Name_With-Various***Characters?")},
		{"/lime#20Green#2f", object.Name("lime Green/")},
		{"()", object.String("")},
		{"(a(b)c)", object.String("a(b)c")},
		{`(\n\r\t\b\f\(\)\\\z)`, object.String("\n\r\t\b\f()\\z")},
		{`(\0\00\000\0053\53\053\1a\8\777)`, object.String("\x00\x00\x00\x053++\x01a8\xff")},
		{"(a\\\nb\\\r\nc\\\rd)", object.String("abcd")},
		{"(a\nb\r\nc\rd\n\re)", object.String("a\nb\nc\nd\n\ne")},
		{"(%no comment\\)", nil},
		{"<>", object.String("")},
		{"<4E6F76\n20>", object.String("Nov ")},
		{"<901fA>", object.String("\x90\x1f\xa0")},
		{"[]", object.Array{}},
		{"[1 -2(a)/b<63>[null]true 5 0 R 6 0]", object.Array{object.Integer(1), object.Integer(-2), object.String("a"), object.Name("b"), object.String("c"),
			object.Array{nil}, object.Boolean(true), object.Reference{Number: 5}, object.Integer(6), object.Integer(0)}},
		{"[1 2 3 R 4 0 R5 0 RR]", nil},
		{"<<>>", object.Dict{}},
		{"<</a/b/c<</d 1>>/e 5 0 R/f null>>", object.Dict{"a": object.Name("b"), "c": object.Dict{"d": object.Integer(1)}, "e": object.Reference{Number: 5}, "f": nil}},
		{"%comment\n<<%(\r/a%]\r\n1%>>\n>>%", object.Dict{"a": object.Integer(1)}},
		{"\x00\t\f\r\n 1", object.Integer(1)},
	}
	for _, tt := range tests {
		t.Run(tt.source, func(t *testing.T) {
			got, err := resolve(file(tt.source))
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("read as %#v, %v; want %#v", got, err, tt.want)
			}
		})
	}
}

func TestObjectsAreRefused(t *testing.T) {
	deep := strings.Repeat("[", 65) + strings.Repeat("]", 65)
	for source, detail := range map[string]string{
		"":                                      `"endobj" begins no object`,
		"True":                                  `"True" begins no object`,
		"nul":                                   `"nul" begins no object`,
		"--1":                                   `"--1" begins no object`,
		"+-1":                                   `"+-1" begins no object`,
		"1e5":                                   `"1e5" begins no object`,
		"1.2.3":                                 `"1.2.3" begins no object`,
		".":                                     `"." begins no object`,
		"-":                                     `"-" begins no object`,
		"0x10":                                  `"0x10" begins no object`,
		"9223372036854775808":                   "the number 9223372036854775808 is too large",
		"1" + strings.Repeat("0", 400) + ".":    "the number 1" + strings.Repeat("0", 31) + " is too large",
		")":                                     `")" begins no object`,
		">":                                     `">" begins no object`,
		"{}":                                    `"{" begins no object`,
		"\xff\n":                                `"\xff" begins no object`,
		"(a":                                    "a string is never closed",
		`(a\)`:                                  "a string is never closed",
		"<6g>":                                  "a hexadecimal string holds another character",
		"/a#":                                   "a name holds a number sign without the code of a character",
		"/a#4":                                  "a name holds a number sign without the code of a character",
		"/a#zz":                                 "a name holds a number sign without the code of a character",
		"/a#00":                                 "a name holds a number sign without the code of a character",
		"[1":                                    `"endobj" begins no object`,
		"<</a 1":                                "the key of a dictionary is no name",
		"<<1 2>>":                               "the key of a dictionary is no name",
		"<</a>>":                                `">" begins no object`,
		"<</a 1/b 2/a 1>>":                      `a dictionary has the key "a" twice`,
		"<</a null/#61 1>>":                     `a dictionary has the key "a" twice`,
		deep:                                    "objects are nested deeper than 64 levels",
		"1 2":                                   "endobj is missing",
		"<<>>stream\nendstream":                 "the length of a stream is wrong",
		"<</Length -1>>stream\nendstream":       "the length of a stream is wrong",
		"<</Length 1.0>>stream\na\nendstream":   "the length of a stream is wrong",
		"<</Length 2>>stream\na\nendstream":     "", // the line end may belong to it
		"<</Length 1>>stream\nab\nendstream":    "the length of a stream is wrong",
		"<</Length 3>>stream\na\nendstream":     "the length of a stream is wrong",
		"<</Length 1>>stream\na\n\nendstream":   "the length of a stream is wrong",
		"<</Length 99999>>stream\na\nendstream": "the length of a stream is wrong",
		"<</Length 1>>stream\ra\nendstream":     "no line ends after stream",
		"<</Length 1>>stream a\nendstream":      "no line ends after stream",
		"<</Length 5 0 R>>stream\na\nendstream": "the length of a stream is wrong",
		"<</Length 4 0 R>>stream\na\nendstream": "the object 4 needs itself to be read",
		"4 0 R":                                 "the object 4 is nothing but a reference to 4",
	} {
		t.Run(source, func(t *testing.T) {
			got, err := resolve(file(source))
			checkMalformed(t, got, err, detail)
		})
	}
}

// checkMalformed demands an error with this detail, or none where it is empty.
func checkMalformed(t *testing.T, got object.Object, err error, detail string) {
	t.Helper()
	if detail == "" {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	var e *codecs.Error
	if !errors.As(err, &e) || e.Kind != codecs.SyntaxError || e.Detail != detail {
		t.Errorf("read as %v, %v; want a SyntaxError: %s", got, err, detail)
	}
}

func TestErrorsHaveOffsets(t *testing.T) {
	body := file("<</a 1/a 2>>")
	_, err := resolve(body)
	var e *codecs.Error
	if want := strings.Index(string(body), "/a 2"); !errors.As(err, &e) || e.Offset != want {
		t.Errorf("%v; want the offset %d", err, want)
	}
	inside := pdftest.New().Object(1, "<<>>").ObjectStream(2, 4, "<</a 1/a 2>>").XRefStream(3, "").Bytes()
	_, err = resolve(inside)
	if want := strings.Index(string(inside), "2 0 obj"); !errors.As(err, &e) || e.Offset != want {
		t.Errorf("%v; want the offset %d, where the object stream begins", err, want)
	}
}

func TestTypeName(t *testing.T) {
	for _, tt := range []struct {
		o    object.Object
		want string
	}{
		{nil, "null"}, {object.Boolean(true), "a boolean"}, {object.Integer(1), "a number"}, {object.Real(1), "a number"}, {object.String(""), "a string"},
		{object.Name(""), "a name"}, {object.Array{}, "an array"}, {object.Dict{}, "a dictionary"}, {&object.Stream{}, "a stream"}, {object.Reference{}, "a reference"},
	} {
		if got := object.TypeName(tt.o); got != tt.want {
			t.Errorf("%#v is called %s", tt.o, got)
		}
	}
}
