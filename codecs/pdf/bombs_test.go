package pdf_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/parley-gateway/parley/codecs/pdf/pdftest"
)

const (
	// maxMemory is what any file may take, all that was ever allocated.
	maxMemory = 16 << 20
	// maxTime is what it may take on a slow machine that does something else
	// too. The bounds count steps: none takes more than a tenth of that.
	maxTime = 2 * time.Second
)

// TestDecodeIsBounded reads what was made to cost much.
func TestDecodeIsBounded(t *testing.T) {
	const mib = 1 << 20
	value := func(v string) []byte { return pdftest.Form(fields(1), "<</T(a)/FT/Tx/V "+v+">>") }
	for name, tt := range map[string]struct {
		body   []byte
		detail string // what it is refused with; empty where it is read
	}{
		"arrays":                   {value(strings.Repeat("[", mib)), "objects are nested deeper than 64 levels"},
		"dictionaries":             {value(strings.Repeat("<</a", mib/4)), "objects are nested deeper than 64 levels"},
		"open strings":             {value(strings.Repeat("(", mib)), "a string is never closed"},
		"parentheses":              {value(strings.Repeat("(", mib/2) + strings.Repeat(")", mib/2)), ""},
		"hexadecimal strings":      {value(strings.Repeat("<", mib)), `the key of a dictionary is no name`},
		"empty arrays":             {value("[" + strings.Repeat("[]", mib/2) + "]"), "finding the fields takes more than 32768 objects"},
		"empty dictionaries":       {value("[" + strings.Repeat("<<>>", mib/4) + "]"), "finding the fields takes more than 32768 objects"},
		"numbers":                  {value("[" + strings.Repeat("1 ", mib/2) + "]"), "finding the fields takes more than 32768 objects"},
		"one number":               {value(strings.Repeat("1", mib)), "the number 11111111111111111111111111111111 is too large"},
		"keys":                     {value("<<" + manyKeys(60_000) + ">>"), ""},
		"comments":                 {value("[" + strings.Repeat("1%\n", mib/4) + "]"), "finding the fields takes more than 32768 objects"},
		"one comment":              {value("[1%" + strings.Repeat("a", mib)), `"endobj" begins no object`},
		"length of itself":         {pdftest.Form(fields(1), "<</T(a)/FT/Tx/V 5 0 R>>", "<</Length 5 0 R>>stream\n\nendstream"), "the object 5 needs itself to be read"},
		"lengths of each other":    {lengths(5000), "the object 13 needs more than 8 others to be read"},
		"references":               {pdftest.Form("4 0 R", "5 0 R", "4 0 R"), "the object 4 is nothing but a reference to 5"},
		"deep fields":              {deepFields(20_000), "fields are nested deeper than 32 levels"},
		"deep parents":             {deepParents(10_000), "fields are nested deeper than 32 levels"},
		"deep pages":               {deepPages(20_000), "pages are nested deeper than 32 levels"},
		"kids":                     {pdftest.Form("<</Fields[4 0 R]>>", manyKids(20_000)...), "finding the fields takes more than 32768 objects"},
		"kids that inherit a text": {pdftest.Form("<</Fields[4 0 R]>>", heirs("/T(a)/FT/Tx/V("+strings.Repeat("x", mib/2)+")", 8000)...), "finding the fields takes more than 6291456 steps"},
		"kids that inherit a name": {pdftest.Form("<</Fields[4 0 R]>>", heirs("/FT/Tx/T("+strings.Repeat("x", mib/2)+")", 8000, "/T(b)")...), "finding the fields takes more than 6291456 steps"},
		"kids that inherit options": {pdftest.Form("<</Fields[4 0 R]>>", heirs("/T(a)/FT/Ch/V(a)/Opt["+strings.Repeat("(b)", 10_000)+"]", 5000)...),
			"finding the fields takes more than 6291456 steps"},
		"annotations of all pages": {sharedAnnotations(1000, 30_000), "there are more than 16384 pages, annotations and fields"},
		"value that inflates":      {stream("/Filter/FlateDecode", gigabyte), "finding the fields takes more than 6291456 steps"},
		"value that inflates twice": {stream("/Filter[/FlateDecode/FlateDecode]", pdftest.Deflate(gigabyte)),
			"finding the fields takes more than 6291456 steps"},
		"values that inflate together": {pdftest.Form(fields(20), inflating(20)...), "finding the fields takes more than 6291456 steps"},
		"runs":                         {stream("/Filter[/FlateDecode/RunLengthDecode]", pdftest.Deflate(strings.Repeat("\x81a", mib)+"\x80")), "finding the fields takes more than 6291456 steps"},
		"zeros of base 85":             {stream("/Filter[/FlateDecode/ASCII85Decode]", pdftest.Deflate(strings.Repeat("z", 4*mib)+"~>")), "finding the fields takes more than 6291456 steps"},
		"columns":                      {stream("/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 2147483647/Colors 32/BitsPerComponent 16>>", pdftest.Deflate("a")), "a stream cannot be decoded by a predictor"},
		"filters":                      {stream("/Filter["+strings.Repeat("/ASCIIHexDecode", 1000)+"]", ">"), "a stream has more than 4 filters"},
		"objects inside each other":    {nestedObjects(20_000), "finding the fields takes more than 6291456 steps"},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			got, err := decode(tt.body)
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if allocated := after.TotalAlloc - before.TotalAlloc; allocated > maxMemory || took > maxTime {
				t.Errorf("%d bytes take %v and %d bytes of memory", len(tt.body), took, allocated)
			}
			t.Logf("%d bytes take %v and %d bytes of memory", len(tt.body), took, after.TotalAlloc-before.TotalAlloc)
			if tt.detail != "" {
				checkMalformed(t, nil, err, tt.detail)
			} else if err != nil || len(got) != 1 {
				t.Errorf("read as %d fields, %v", len(got), err)
			}
		})
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n / 2 {
		fmt.Fprintf(&b, "/%x 1", i)
	}
	return b.String()
}

// stream is a form whose field has a stream for a value.
func stream(dict, data string) []byte {
	return pdftest.Form(fields(1), "<</T(a)/FT/Tx/V 5 0 R>>", pdftest.Stream(dict, data))
}

// gigabyte is as many zeros, deflated, but for the checksum at the end.
var gigabyte = func() string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write(make([]byte, 1<<20))
	z.Flush()
	const header = 2
	return b.String()[:header] + strings.Repeat(b.String()[header:], 1<<10)
}()

// inflating are fields whose values are streams of 7 MiB, so many.
func inflating(n int) []string {
	data := pdftest.Deflate(strings.Repeat("\x00", 7<<20))
	objects := make([]string, 2*n)
	for i := range n {
		objects[i] = fmt.Sprintf("<</T(%d)/FT/Tx/V %d 0 R>>", i, 4+n+i)
		objects[n+i] = pdftest.Stream("/Filter/FlateDecode", data)
	}
	return objects
}

// lengths are streams, the length of each of which is the next one.
func lengths(n int) []byte {
	objects := []string{"<</T(a)/FT/Tx/V 5 0 R>>"}
	for i := range n {
		objects = append(objects, fmt.Sprintf("<</Length %d 0 R>>stream\n\nendstream", 6+i))
	}
	return pdftest.Form(fields(1), objects...)
}

func deepFields(n int) []byte {
	objects := make([]string, n)
	for i := range objects {
		objects[i] = fmt.Sprintf("<</T(a)/Parent %d 0 R/Kids[%d 0 R]>>", 3+i, 5+i)
	}
	objects[0] = "<</T(a)/Kids[5 0 R]>>"
	return pdftest.Form("<</Fields[4 0 R]>>", objects...)
}

func deepParents(n int) []byte {
	objects := make([]string, n)
	for i := range objects {
		objects[i] = fmt.Sprintf("<</T(a)/FT/Tx/V(b)/Parent %d 0 R>>", 5+i)
	}
	return pdftest.Form("<</Fields[4 0 R]>>", objects...)
}

func deepPages(n int) []byte {
	f := pdftest.New().Object(1, "<</Pages 2 0 R/AcroForm<<>>>>")
	for i := range n {
		f.Object(2+i, fmt.Sprintf("<</Kids[%d 0 R]>>", 3+i))
	}
	return f.Table("").Bytes()
}

func manyKids(n int) []string {
	return heirs("/T(a)", n)
}

// heirs are a field and so many kids of it.
func heirs(entries string, n int, own ...string) []string {
	var kids strings.Builder
	objects := []string{""}
	for i := range n {
		fmt.Fprintf(&kids, "%d 0 R ", 5+i)
		objects = append(objects, "<</Parent 4 0 R"+strings.Join(own, "")+">>")
	}
	objects[0] = "<<" + entries + "/Kids[" + kids.String() + "]>>"
	return objects
}

// sharedAnnotations is a document whose pages have all the same annotations.
func sharedAnnotations(pages, annotations int) []byte {
	f := pdftest.New().Object(1, "<</Pages 2 0 R/AcroForm<<>>>>").Object(3, "["+strings.Repeat("null ", annotations)+"]")
	var kids strings.Builder
	for i := range pages {
		fmt.Fprintf(&kids, "%d 0 R ", 4+i)
		f.Object(4+i, "<</Annots 3 0 R>>")
	}
	return f.Object(2, "<</Kids["+kids.String()+"]>>").Table("").Bytes()
}

// nestedObjects is a form whose fields stand within the strings of others, as
// anything may.
func nestedObjects(n int) []byte {
	var inner strings.Builder
	f := pdftest.New().Document(fields(n))
	for i := range n {
		f.Begin(4 + i)
		f.WriteString("<</T(")
		inner.WriteString(")/FT/Tx/V()>>\nendobj\n")
	}
	f.WriteString(inner.String())
	return f.Table("").Bytes()
}
