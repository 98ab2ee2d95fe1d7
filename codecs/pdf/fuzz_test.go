package pdf_test

import (
	"bytes"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/pdf/pdftest"
)

// FuzzDecode alters one place of a file, of those that programs wrote and some
// that have what those lack.
func FuzzDecode(f *testing.F) {
	bodies := [][]byte{
		pdftest.New().Document(fields(1), "<</T(a)/FT/Ch/V[(B)(C)]/Opt[[(b)(B)]]>>").ObjectStream(7, 8, "1", "/Tx").XRefStream(9, "").Bytes(),
		stream("/Filter[/ASCIIHexDecode/LZWDecode/RunLengthDecode/ASCII85Decode]", "800B6050220C0C8501>"),
		stream("/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 3>>", pdftest.Deflate("\x02abc\x04def")),
	}
	for _, tt := range filledFiles {
		bodies = append(bodies, readFilled(f, tt.name))
	}
	for i, body := range bodies {
		f.Add(uint8(i), uint16(0), uint8(0), []byte{})
		f.Add(uint8(i), uint16(len(body)), uint8(0), []byte("%"))
		f.Add(uint8(i), uint16(bytes.Index(body, []byte("/Type"))), uint8(5), []byte("/V 4 0 R"))
	}
	f.Fuzz(func(t *testing.T, file uint8, at uint16, cut uint8, insert []byte) {
		body := bodies[int(file)%len(bodies)]
		from := int(at) % (len(body) + 1)
		to := min(from+int(cut), len(body))
		checkDecode(t, slices.Concat(body[:from], insert, body[to:]))
	})
}

// FuzzForm alters objects, and puts them into a file that leads to them.
func FuzzForm(f *testing.F) {
	for _, o := range []string{
		"<</T(status)/FT/Ch/V(Risky)/Opt[[(risky)(Risky)]]>>", "<</T<feff0061>/FT/Tx/V<feffd83dde00>/Kids[5 0 R]>>", "<</FT/Btn/V/1/Opt[(b)(c)]/Parent 4 0 R>>",
		"<</Subtype/Widget/T(a.b)/FT/Tx/V[1 -.5 true null(a)/b]/Parent 5 0 R>>", "<</Length 2/Filter/ASCIIHexDecode>>stream\n61>\nendstream",
		`(\(a\053\
b(c)\r\n)`,
	} {
		f.Add(o, o)
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		checkDecode(t, pdftest.Form("<</Fields[4 0 R 5 0 R]>>", first, second))
	})
}

// checkDecode demands that whatever is read is valid text, and read the same
// when it is read again.
func checkDecode(t *testing.T, body []byte) {
	read, err := decode(body)
	if err != nil {
		if _, ok := err.(*codecs.Error); !ok { //nolint:errorlint // it is what wraps it that is looked for
			t.Errorf("%q is refused with a %T: %v", body, err, err)
		}
		return
	}
	checkText(t, read)
	again, err := decode(body)
	if err != nil || !again.Equal(read) {
		t.Errorf("%q is read as %v, and then as %v, %v", body, read, again, err)
	}
}

func checkText(t *testing.T, r codecs.Record) {
	for _, f := range r {
		if !utf8.ValidString(f.Name) || !utf8.ValidString(f.Value.Text()) {
			t.Errorf("%q with the value %q is no valid text", f.Name, f.Value.Text())
		}
		checkText(t, f.Value.Members())
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{"base", "mutool", "pdfbox-incremental", "pdftk-fdf", "qpdf-linearized-object-streams", "qpdf-object-streams"} {
		body := readFilled(b, name)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				if _, err := decode(body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
