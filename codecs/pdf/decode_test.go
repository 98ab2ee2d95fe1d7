package pdf_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/pdf"
	"github.com/parley-gateway/parley/codecs/pdf/pdftest"
)

func decode(body []byte) (codecs.Record, error) {
	return pdf.New().Decode(codecs.Input{Body: body})
}

func text(name, s string) codecs.Field { return codecs.Field{Name: name, Value: codecs.TextValue(s)} }

func field(name string, v codecs.Value) codecs.Field { return codecs.Field{Name: name, Value: v} }

// fields is a form whose fields are the objects from 4 on, so many.
func fields(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d 0 R ", 4+i)
	}
	return "<</Fields[" + b.String() + "]>>"
}

func TestDecodeFields(t *testing.T) {
	tests := []struct {
		name    string
		form    string // fields(len(objects)) where it is empty
		objects []string
		want    codecs.Record
	}{
		{name: "one of each", objects: []string{"<</T(a)/FT/Tx/V(b)>>", "<</T(c)/FT/Ch/V(d)>>", "<</T(e)/FT/Btn/V/f>>"},
			want: codecs.Record{text("a", "b"), text("c", "d"), text("e", "f")}},
		{name: "without a value", objects: []string{"<</T(a)/FT/Tx/DV(b)/RV(c)>>", "<</T(d)/FT/Tx/V null>>", "<</T(e)/FT/Tx/V 99 0 R>>", "<</T(f)/FT/Ch/V[]>>",
			"<</T(g)/FT/Ch/V[null]>>", "<</T(h)/FT/Btn/V/Off>>", "<</T(i)/FT/Btn>>", "<</T(j)>>"}},
		{name: "empty", objects: []string{"<</T(a)/FT/Tx/V()>>", "<</T(b)/FT/Tx/V<>>>"}, want: codecs.Record{text("a", ""), text("b", "")}},
		{name: "value, and not its appearance", objects: []string{"<</T(a)/FT/Tx/V(b)/DV(c)/RV(d)/AP<</N 5 0 R>>>>", pdftest.Stream("", "BT (shown) Tj ET")}, form: fields(1),
			want: codecs.Record{text("a", "b")}},
		{name: "no fields", objects: []string{"<</T(a)/FT/Sig/V<<>>>>", "<</T(b)/FT/Btn/Ff 65536/V(c)>>", "<</FT/Tx/V(d)>>", "<</T(e)/FT/Tx/V(f)>>"},
			want: codecs.Record{text("e", "f")}},

		{name: "names joined", form: "<</Fields[4 0 R]>>", objects: []string{"<</T(a)/Kids[5 0 R 6 0 R]>>", "<</T(b)/Parent 4 0 R/FT/Tx/V(c)>>",
			"<</T(d)/Parent 4 0 R/Kids[7 0 R]>>", "<</T(e.f)/Parent 6 0 R/FT/Tx/V(g)>>"}, want: codecs.Record{text("a.b", "c"), text("a.d.e.f", "g")}},
		{name: "names as text strings", objects: []string{"<</T<feff043a043b044e0447>/FT/Tx/V(a)>>", "<</T(\\200)/FT/Tx/V(b)>>", "<</T()/FT/Tx/V(c)>>"},
			want: codecs.Record{text("ключ", "a"), text("•", "b"), text("", "c")}},
		{name: "inherited", form: "<</Fields[4 0 R]>>", objects: []string{"<</T(a)/FT/Ch/V(B)/Opt[[(b)(B)]]/Kids[5 0 R 6 0 R 7 0 R]>>", "<</T(b)/Parent 4 0 R>>",
			"<</T(c)/Parent 4 0 R/FT/Tx/V(d)>>", "<</T(e)/Parent 4 0 R/FT/Btn/Ff 65536>>"}, want: codecs.Record{text("a.b", "b"), text("a.c", "d")}},
		{name: "widgets of one field", form: "<</Fields[4 0 R]>>", objects: []string{"<</T(a)/FT/Tx/V(b)/Kids[5 0 R 6 0 R null 99 0 R]>>", "<</Parent 4 0 R>>", "<</Parent 4 0 R>>"},
			want: codecs.Record{text("a", "b")}},
		{name: "no kids", objects: []string{"<</T(a)/FT/Tx/V(b)/Kids[]>>", "<</T(c)/FT/Tx/V(d)/Kids[null]>>"}, want: codecs.Record{text("a", "b"), text("c", "d")}},
		{name: "widgets that disagree", form: "<</Fields[4 0 R]>>", objects: []string{"<</T(a)/FT/Tx/V(b)/Kids[5 0 R 6 0 R]>>", "<</Parent 4 0 R>>", "<</Parent 4 0 R/V(c)>>"},
			want: codecs.Record{text("a", "b"), text("a", "c")}},
		{name: "twice the same", objects: []string{"<</T(a)/FT/Tx/V(b)>>", "<</T(c)/FT/Tx/V(d)>>", "<</T(a)/FT/Tx/V<62>>>"}, want: codecs.Record{text("a", "b"), text("c", "d"), text("a", "b")}},
		{name: "twice with different values", objects: []string{"<</T(a)/FT/Tx/V(b)>>", "<</T(c)/FT/Tx/V(d)>>", "<</T(a)/FT/Tx/V(B)>>", "<</T(a)/FT/Tx/V 1>>"},
			want: codecs.Record{text("a", "b"), text("c", "d"), text("a", "B"), field("a", codecs.IntValue(1))}},
		{name: "one object twice", form: "<</Fields[4 0 R 4 0 R]>>", objects: []string{"<</T(a)/FT/Tx/V(b)>>"}, want: codecs.Record{text("a", "b")}},
		{name: "kids in the list of fields", form: "<</Fields[5 0 R 4 0 R]>>", objects: []string{"<</T(a)/Kids[5 0 R]>>", "<</T(b)/Parent 4 0 R/FT/Tx/V(c)>>"},
			want: codecs.Record{text("a.b", "c")}},
		{name: "fields that are no objects of their own", form: "<</Fields[<</T(a)/FT/Tx/V(b)>>null]>>", want: codecs.Record{text("a", "b")}},

		{name: "wrong kinds", objects: []string{"<</T(a)/FT/Tx/V 1>>", "<</T(b)/FT/Tx/V -.5>>", "<</T(c)/FT/Tx/V true>>", "<</T(d)/FT/Tx/V[(e)1]>>", "<</T(f)/FT/Tx/V<<>>>>",
			"<</T(g)/FT/Btn/V 1>>", "<</T(h)/FT/Ch/V[[(i)]]>>"},
			want: codecs.Record{field("a", codecs.IntValue(1)), field("b", codecs.NumberValue("-0.5")), field("c", codecs.BoolValue(true)),
				field("d", codecs.ListValue(codecs.TextValue("e"), codecs.IntValue(1))), field("f", codecs.UnfitValue("wrong-type", "a dictionary")),
				field("g", codecs.IntValue(1)), field("h", codecs.ListValue(codecs.TextValue("i")))}},
		{name: "indirectly", form: "7 0 R", objects: []string{"<</T 5 0 R/FT 6 0 R/V 8 0 R>>", "(a)", "/Tx", "<</Fields 9 0 R>>", "(b)", "[4 0 R]"}, want: codecs.Record{text("a", "b")}},

		{name: "choices", objects: []string{"<</T(a)/FT/Ch/V(b)/Opt[(a)(b)]>>", "<</T(b)/FT/Ch/V[(c)]>>", "<</T(c)/FT/Ch/V[(d)(e)]>>", "<</T(d)/FT/Ch/V(own)/Opt[(a)]>>", "<</T(e)/FT/Ch/V/f>>"},
			want: codecs.Record{text("a", "b"), text("b", "c"), field("c", codecs.ListValue(codecs.TextValue("d"), codecs.TextValue("e"))), text("d", "own"), text("e", "f")}},
		{name: "choices by what is shown", objects: []string{"<</T(a)/FT/Ch/V(Risky)/Opt[[(active)(Active)][(risky)(Risky)]]>>", "<</T(b)/FT/Ch/V(b)/Opt[[(a)(b)][(b)(c)]]>>",
			"<</T(c)/FT/Ch/V[<feff0042>]/Opt[[(b)(B)]]>>"}, want: codecs.Record{text("a", "risky"), text("b", "b"), text("c", "b")}},

		{name: "choices by their places", objects: []string{"<</T(a)/FT/Ch/V(B)/I[1]/Opt[(a)[(b)(B)]]>>", "<</T(c)/FT/Ch/V(own)/I[]/Opt[(a)]>>",
			"<</T(d)/FT/Ch/V[(a)(b)]/I[0 1]/Opt[(a)(b)]>>"},
			want: codecs.Record{text("a", "b"), text("c", "own"), field("d", codecs.ListValue(codecs.TextValue("a"), codecs.TextValue("b")))}},

		{name: "radio buttons", form: "<</Fields[4 0 R]>>", objects: []string{"<</T(a)/FT/Btn/Ff 49152/V/risky/Kids[5 0 R 6 0 R]>>", "<</Parent 4 0 R/AS/Off>>", "<</Parent 4 0 R/AS/risky>>"},
			want: codecs.Record{text("a", "risky")}},
		{name: "buttons with options", objects: []string{"<</T(a)/FT/Btn/V/1/Opt[(b)(c)]>>", "<</T(d)/FT/Btn/V/2/Opt[(e)]>>", "<</T(f)/FT/Btn/V/g/Opt[(h)]>>", "<</T(i)/FT/Btn/V/Off/Opt[(j)]>>"},
			want: codecs.Record{text("a", "c"), text("d", "2"), text("f", "g")}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			form := tt.form
			if form == "" {
				form = fields(len(tt.objects))
			}
			got, err := decode(pdftest.Form(form, tt.objects...))
			if err != nil || !got.Equal(tt.want) {
				t.Errorf("read as %v, %v; want %v", got, err, tt.want)
			}
		})
	}
}

func TestDecodeText(t *testing.T) {
	const every = "\t\n\r˘ˇˆ˙˝˛˚˜ !~•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž€¡¬®ÿ"
	tests := []struct{ name, value, want string }{
		{"literal", `(a\n\r\t\(\)\\\q\101\0533\540 (b(c)) )`, "a\n\r\t()\\qA+3` (b(c)) "},
		{"line ends in a literal", "(a\rb\r\nc\nd\\\re\\\r\nf\\\ng\\\n\rh\\r\\ni)", "a\nb\nc\ndefg\nh\r\ni"},
		{"hexadecimal", "<61 6\n2\t 7>", "abp"},
		{"name", "/a#20b#23#C3#A9", "a b#é"},
		{"UTF-16", "<FEFF00e9d83dde000000001b>", "é😀\x00\x1b"},
		{"UTF-16, empty", "<FEFF>", ""},
		{"UTF-16, second mark", "<FEFFFEFF0061>", "\ufeffa"},
		{"UTF-16, language escape", `<FEFF001b0065006e001b0061>`, "\x1ben\x1ba"},
		{"UTF-16, as a literal", "(\xfe\xff\x00\\\x00\x0aa)", "\u0000\u0a61"},
		{"UTF-8", "(\xef\xbb\xbfé😀)", "é😀"},
		{"PDFDocEncoding", `(\t\n\r\030\031\032\033\034\035\036\037 !~\200\201\202\203\204\205\206\207\210\211\212\213\214\215\216\217` +
			`\220\221\222\223\224\225\226\227\230\231\232\233\234\235\236\240\241\254\256\377)`, every},
		{"stream", "5 0 R", "é😀"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := decode(pdftest.Form("<</Fields[4 0 R]>>", "<</T(a)/FT/Tx/V "+tt.value+">>",
				pdftest.Stream("/Filter/FlateDecode", pdftest.Deflate("\xef\xbb\xbfé😀"))))
			if err != nil || !got.Equal(codecs.Record{text("a", tt.want)}) {
				t.Errorf("%s is read as %v, %v; want %q", tt.value, got, err, tt.want)
			}
		})
	}
}

func TestDecodePages(t *testing.T) {
	page := func(annots string) string { return "<</Type/Page/Parent 2 0 R/Annots " + annots + ">>" }
	tests := []struct {
		name    string
		objects []string // the first is the page
		want    codecs.Record
	}{
		{"widget that the form does not list", []string{page("[4 0 R]"), "<</Subtype/Widget/T(a)/FT/Tx/V(b)>>"}, codecs.Record{text("a", "b")}},
		{"widget of a field that the form does not list", []string{page("[4 0 R 5 0 R]"), "<</Subtype/Widget/Parent 6 0 R>>", "<</Subtype/Widget/Parent 6 0 R>>",
			"<</T(a)/FT/Tx/V(b)/Kids[4 0 R 5 0 R]>>"}, codecs.Record{text("a", "b")}},
		{"widget that is no object of its own", []string{page("[<</Subtype/Widget/T(a)/FT/Tx/V(b)>>]"), "null"}, codecs.Record{text("a", "b")}},
		{"other annotations", []string{page("4 0 R"), "[null 5 0 R<</Subtype/Popup/Parent 5 0 R>>6 0 R]", "<</Subtype/Text/T(author)/FT/Tx/V(b)>>",
			"<</Subtype/Widget/T(a)/FT/Tx/V(b)>>"}, codecs.Record{text("a", "b")}},
		{"page below others", []string{"<</Type/Pages/Parent 2 0 R/Kids[4 0 R]>>", page("[5 0 R]"), "<</Subtype/Widget/T(a)/FT/Tx/V(b)>>"}, codecs.Record{text("a", "b")}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := pdftest.New().Object(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<<>>>>").Object(2, "<</Type/Pages/Kids[3 0 R]>>")
			for i, o := range tt.objects {
				f.Object(3+i, o)
			}
			got, err := decode(f.Table("").Bytes())
			if err != nil || !got.Equal(tt.want) {
				t.Errorf("read as %v, %v; want %v", got, err, tt.want)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	field := func(entries string) []string { return []string{"<</T(a)/FT/Tx" + entries + ">>"} }
	tests := []struct {
		name    string
		form    string
		objects []string
		detail  string
	}{
		{"UTF-16, half a character", "", field("/V<FEFF006100>"), "a text in UTF-16 has half a character"},
		{"UTF-16, high surrogate alone", "", field("/V<FEFFD83D>"), "a text in UTF-16 has a surrogate without its other half"},
		{"UTF-16, high surrogate before a letter", "", field("/V<FEFFD83D0061>"), "a text in UTF-16 has a surrogate without its other half"},
		{"UTF-16, low surrogate first", "", field("/V<FEFFDE00D83D>"), "a text in UTF-16 has a surrogate without its other half"},
		{"UTF-16LE", "", field("/V<FFFE6100>"), "a text begins with the byte order mark of UTF-16LE, which PDF does not have"},
		{"UTF-8", "", field("/V<EFBBBFC3>"), "a text is not valid in UTF-8"},
		{"name that is no UTF-8", "", field("/V/#C3"), "a text is not valid in UTF-8"},
		{"PDFDocEncoding, controls", "", field("/V(\\033\\013)"), "a text has the byte 0x0b, which PDFDocEncoding does not define"},
		{"PDFDocEncoding, 7f", "", field("/V(\x7f)"), "a text has the byte 0x7f, which PDFDocEncoding does not define"},
		{"PDFDocEncoding, 9f", "", field("/V(\x9f)"), "a text has the byte 0x9f, which PDFDocEncoding does not define"},
		{"PDFDocEncoding, ad", "", field("/V(\xad)"), "a text has the byte 0xad, which PDFDocEncoding does not define"},
		{"name of a field", "", []string{"<</T<FEFF61>/FT/Tx>>"}, "a text in UTF-16 has half a character"},
		{"name that is no text", "", []string{"<</T/a/FT/Tx>>"}, "the name of a field is a name"},
		{"no type", "", []string{"<</T(a)/V(b)>>"}, "a field has none of the types Btn, Tx, Ch and Sig"},
		{"another type", "", []string{"<</T(a)/FT/Xx>>"}, "a field has none of the types Btn, Tx, Ch and Sig"},
		{"form that is no dictionary", "(a)", nil, "a string stands where a dictionary belongs"},
		{"fields that are no array", "<</Fields 4 0 R>>", field(""), "a dictionary stands where an array belongs"},
		{"field that is no dictionary", "", []string{"[]"}, "an array stands where a dictionary belongs"},
		{"kid of another", "<</Fields[4 0 R 5 0 R]>>", []string{"<</T(a)/Kids[6 0 R]>>", "<</T(b)/Kids[6 0 R]>>", "<</T(c)/Parent 4 0 R>>"},
			"a field does not name as its parent the one that it is a kid of"},
		{"kid without a parent", "<</Fields[4 0 R]>>", []string{"<</T(a)/Kids[5 0 R]>>", "<</T(c)/FT/Tx>>"},
			"a field does not name as its parent the one that it is a kid of"},
		{"kids in a circle", "<</Fields[4 0 R]>>", []string{"<</T(a)/Kids[5 0 R]>>", "<</T(b)/Parent 4 0 R/Kids[4 0 R]>>"},
			"a field does not name as its parent the one that it is a kid of"},
		{"kid of itself", "<</Fields[4 0 R]>>", []string{"<</T(a)/Kids[4 0 R]>>"}, "a field does not name as its parent the one that it is a kid of"},
		{"parents in a circle", "<</Fields[4 0 R]>>", []string{"<</T(a)/Parent 5 0 R>>", "<</T(b)/Parent 4 0 R>>"}, "the parents of a field lead in a circle"},
		{"place of another item", "", []string{"<</T(a)/FT/Ch/V(a)/I[1]/Opt[(a)(b)]>>"}, "a choice has one value, and tells the place of another"},
		{"place beyond the items", "", []string{"<</T(a)/FT/Ch/V(a)/I[1]/Opt[(a)]>>"}, "a choice has one value, and tells the place of another"},
		{"two places", "", []string{"<</T(a)/FT/Ch/V(a)/I[0 1]/Opt[(a)(b)]>>"}, "a choice has one value, and tells the place of another"},
		{"place without a value", "", []string{"<</T(a)/FT/Ch/I[0]/Opt[(a)(b)]>>"}, "a choice has one value, and tells the place of another"},
		{"place that was inherited", "<</Fields[4 0 R]>>", []string{"<</T(a)/FT/Ch/I[0]/Opt[(a)(b)]/Kids[5 0 R]>>", "<</T(b)/V(b)/Parent 4 0 R>>"},
			"a choice has one value, and tells the place of another"},
		{"item with three texts", "", []string{"<</T(a)/FT/Ch/V(b)/Opt[[(a)(b)(c)]]>>"}, "an item to choose is a list of 3"},
		{"many fields", "", manyFields(65), "there are more than 64 fields"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			form := tt.form
			if form == "" {
				form = fields(len(tt.objects))
			}
			got, err := decode(pdftest.Form(form, tt.objects...))
			checkMalformed(t, got, err, tt.detail)
		})
	}
}

func manyFields(n int) []string {
	objects := make([]string, n)
	for i := range objects {
		objects[i] = fmt.Sprintf("<</T(%d)/FT/Tx/V()>>", i)
	}
	return objects
}

func checkMalformed(t *testing.T, got codecs.Record, err error, detail string) {
	t.Helper()
	var e *codecs.Error
	if !errors.As(err, &e) || e.Kind != codecs.SyntaxError || e.Detail != detail {
		t.Errorf("read as %v, %v; want a SyntaxError: %s", got, err, detail)
	}
}

func TestDecodeRefusesPages(t *testing.T) {
	for name, tt := range map[string]struct {
		pages  []string // objects from 2 on
		detail string
	}{
		"in a circle":       {[]string{"<</Kids[3 0 R]>>", "<</Kids[2 0 R]>>"}, "a page stands in the document twice"},
		"page that is text": {[]string{"<</Kids[3 0 R]>>", "(a)"}, "a string stands where a dictionary belongs"},
		"direct page":       {[]string{"<</Kids[<<>>]>>"}, "a page is no object of its own"},
		"text for pages":    {[]string{"<</Kids(a)>>"}, "a string stands where an array belongs"},
		"annotation":        {[]string{"<</Annots[(a)]>>"}, "a string stands where a dictionary belongs"},
	} {
		t.Run(name, func(t *testing.T) {
			f := pdftest.New().Object(1, "<</Pages 2 0 R/AcroForm<<>>>>")
			for i, o := range tt.pages {
				f.Object(2+i, o)
			}
			got, err := decode(f.Table("").Bytes())
			checkMalformed(t, got, err, tt.detail)
		})
	}
}

func TestDecodeFindsNoFields(t *testing.T) {
	for name, tt := range map[string]struct {
		form    string
		objects []string
		found   string
	}{
		"no form":                   {"null", nil, "a document without a form"},
		"empty form":                {"<<>>", nil, "a form without fields"},
		"nothing to fill in":        {"<</Fields[4 0 R]>>", []string{"<</T(a)/FT/Btn/Ff 65536>>"}, "a form without fields"},
		"XFA alone":                 {"<</Fields[]/XFA[(template)4 0 R]>>", []string{pdftest.Stream("", "<template/>")}, "an XFA form without an AcroForm"},
		"XFA with a signature only": {"<</Fields[4 0 R]/XFA 4 0 R>>", []string{"<</T(a)/FT/Sig>>"}, "an XFA form without an AcroForm"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := decode(pdftest.Form(tt.form, tt.objects...))
			if want := "the body holds " + tt.found + " where fields belong"; !codecs.IsKind(err, codecs.NotFields) || err.Error() != want {
				t.Errorf("read as %v, %v; want %s", got, err, want)
			}
		})
	}
}

// TestDecodeRunsNothing reads a form that has all that a reader could run or
// open, each of it broken where it is looked at.
func TestDecodeRunsNothing(t *testing.T) {
	f := pdftest.New().
		Object(1, "<</Pages 2 0 R/OpenAction 9 0 R/AA 9 0 R/Names<</JavaScript 9 0 R/EmbeddedFiles 9 0 R>>/AcroForm<</Fields[4 0 R]/XFA 9 0 R/CO 9 0 R/NeedAppearances true>>>>").
		Object(2, "<</Kids[3 0 R]>>").
		Object(3, "<</Annots[4 0 R]/Contents 9 0 R/Resources 9 0 R/AA 9 0 R>>").
		Object(4, "<</Subtype/Widget/T(status)/FT/Tx/V(risky)/A<</S/Launch/F(cmd)>>/AA<</C<</S/JavaScript/JS 9 0 R>>>>/AP<</N 9 0 R>>>>").
		Object(9, "<<<broken")
	got, err := decode(f.Table("").Bytes())
	if err != nil || !got.Equal(codecs.Record{text("status", "risky")}) {
		t.Errorf("read as %v, %v", got, err)
	}
}
