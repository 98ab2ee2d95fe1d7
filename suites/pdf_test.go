package suites

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/codectest"
	"github.com/parley-gateway/parley/codecs/pdf/pdftest"
	"github.com/parley-gateway/parley/handlers"
)

// pdfByParley reads the fields that hold text. Those that are empty are left out,
// as pdf.js tells none of them from one without a value; what is no text is
// refused by the binder.
var pdfByParley = each(func(d document) (any, error) {
	decoded, err := handlers.Formats().Decode(d.Type, d.Body, codecs.Limits{})
	if err != nil {
		return nil, err
	}
	values := map[string]any{}
	for _, f := range decoded.Record {
		_, twice := values[f.Name]
		switch {
		case twice:
			return nil, fmt.Errorf("the field %q comes twice", f.Name)
		case f.Value.Kind() != codecs.Text:
			return nil, fmt.Errorf("%s is %s", f.Name, f.Value.Kind())
		case f.Value.Text() != "":
			values[f.Name] = f.Value.Text()
		}
	}
	return values, nil
})

// pdfSeeds are forms that programs filled in, and small ones.
func pdfSeeds(t *testing.T) (list []document) {
	t.Helper()
	for _, form := range filledForms(t) {
		list = append(list, document{[]byte(form), "application/pdf"})
	}
	for _, objects := range pdfObjects {
		list = append(list, document{pdfOf(objects), "application/pdf"})
	}
	return list
}

// pdfMutants are, one half, forms that programs filled in with one byte of them
// altered; and, the other, small files in which the fields are altered, and found
// nevertheless: offsets that no longer hold would be all there is to refuse.
func pdfMutants(t *testing.T) []document {
	t.Helper()
	random := rand.New(rand.NewPCG(8, 3))
	filled := filledForms(t)
	var list []document
	for range mutants / 20 {
		form := filled[random.IntN(len(filled))]
		list = append(list, document{codectest.Mutate(random, []byte(form)), "application/pdf"})
	}
	for range mutants / 2 {
		objects := []byte(pdfObjects[random.IntN(len(pdfObjects))])
		for range 1 + random.IntN(3) {
			objects = codectest.Mutate(random, objects)
		}
		list = append(list, document{pdfOf(string(objects)), "application/pdf"})
	}
	return list
}

func filledForms(t *testing.T) (forms []string) {
	t.Helper()
	files, err := filepath.Glob("../testdata/pdf/filled/*.pdf")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d forms, %v", len(files), err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		forms = append(forms, string(content))
	}
	return forms
}

// pdfOf makes a file of the objects of a form, from number 4 on: two fields and
// what they lead to. Each dictionary is a widget, since pdf.js knows no field that
// none shows.
func pdfOf(objects string) []byte {
	list := strings.Split(objects, "\n--\n")
	for i, o := range list {
		list[i] = strings.Replace(o, "<<", "<</Subtype/Widget ", 1)
	}
	return pdftest.Form("<</Fields[4 0 R 5 0 R]>>", list...)
}

// pdfObjects are objects of forms.
var pdfObjects = []string{
	"<</T(status)/FT/Tx/V(risky)>>\n--\n<</T(review_comment)/FT/Tx/V(a \\(b\\) (c) \\144\\n\\\ne\\re\\\\)>>",
	"<</T(status)/FT/Ch/Ff 131072/V(Risky)/Opt[[(risky)(Risky)][(active)(Active)]]>>\n--\n<</T<feff0061>/FT/Tx/V<feffd83dde00 00e9 000a 0062>>>",
	"<</T(a)/FT/Tx/V(b)/Kids[6 0 R 7 0 R]>>\n--\n<</T(status)/FT/Tx/V 8 0 R>>\n--\n" +
		"<</Parent 4 0 R>>\n--\n<</Parent 4 0 R/T(c)/V(d)>>\n--\n(active)",
	"<< /T (status) /FT /Ch /V (active) /Opt [(active) (risky)] >>\n--\n<</T(\xefe)/FT/Tx/Ff 4096/V(\xef\xbb\xbfe\xcc\x81\x0a)>>",
	"<</T(status)/FT/Tx/V(risky)/DV(active)/AP<<>>/Rect[0 0 1 1]>>\n--\n<</T(agreed)/FT/Btn/V/Yes/AS/Yes/AP<</N<</Yes<<>>/Off<<>>>>>>>>",
	"<</T(status)/FT/Ch/Ff 131072/V[(risky)]/I[0]/Opt[(risky)(active)]/TU(Status)/TM(s)>>\n--\n" +
		"<</T(a.b)/FT/Tx/Ff 4194304/MaxLen 40/Q 1/V<80 41 a0 9f>/DA(/F 0 Tf)/F 4>>",
}
