package object_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/parley-gateway/parley/codecs/pdf/object"
	"github.com/parley-gateway/parley/codecs/pdf/pdftest"
)

func TestRevisions(t *testing.T) {
	base := func() *pdftest.File { return pdftest.New().Object(1, "<<>>").Object(4, "(old)").Table("") }
	hybrid := func(f *pdftest.File, table func(*pdftest.File)) *pdftest.File {
		f.ObjectStream(5, 4, "(hidden)")
		at := f.HiddenXRefStream(6, "")
		f.Forget()
		table(f)
		return f.Table(fmt.Sprintf("/XRefStm %d", at))
	}
	for name, tt := range map[string]struct {
		file *pdftest.File
		want object.Object
	}{
		"table":                            {base(), object.String("old")},
		"stream":                           {pdftest.New().Object(4, "(a)").XRefStream(5, ""), object.String("a")},
		"object stream":                    {pdftest.New().ObjectStream(6, 3, "1", "(a)", "2").XRefStream(7, ""), object.String("a")},
		"object stream that extends":       {pdftest.New().ObjectStream(5, 4, "(a)").XRefStream(6, "/Extends 99 0 R"), object.String("a")},
		"changed":                          {base().Object(4, "(new)").Table(""), object.String("new")},
		"changed in a stream":              {base().Object(4, "(new)").XRefStream(5, ""), object.String("new")},
		"changed in an object stream":      {base().ObjectStream(5, 4, "(new)").XRefStream(6, ""), object.String("new")},
		"changed twice":                    {base().Object(4, "(new)").Table("").Object(4, "(newer)").Table(""), object.String("newer")},
		"unchanged":                        {base().Object(5, "(new)").Table("").Object(5, "(newer)").XRefStream(6, ""), object.String("old")},
		"removed":                          {base().Free(4).Table(""), nil},
		"removed in a stream":              {base().Free(4).XRefStream(5, ""), nil},
		"never there":                      {pdftest.New().Object(1, "<<>>").Table(""), nil},
		"hybrid":                           {hybrid(pdftest.New(), func(f *pdftest.File) { f.Object(1, "<<>>") }), object.String("hidden")},
		"hybrid, free in the table":        {hybrid(pdftest.New(), func(f *pdftest.File) { f.Free(4) }), object.String("hidden")},
		"hybrid, in use in the table":      {hybrid(pdftest.New(), func(f *pdftest.File) { f.Object(4, "(table)") }), object.String("table")},
		"hybrid, before the revision":      {hybrid(base(), func(f *pdftest.File) { f.Object(1, "<<>>") }), object.String("hidden")},
		"hybrid, removed and not in there": {hybrid(base().Object(7, "1").Table(""), func(f *pdftest.File) { f.Free(4) }), object.String("hidden")},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := resolve(tt.file.Bytes())
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("read as %v, %v; want %v", got, err, tt.want)
			}
		})
	}
}

func TestFilesAreRefused(t *testing.T) {
	table := string(file("(a)"))
	stream := pdftest.New().Object(4, "(a)").XRefStream(5, "").String()
	inStream := pdftest.New().ObjectStream(5, 4, "(a)").XRefStream(6, "").String()
	twelve := pdftest.New().Object(4, "(a)").XRefStream(12, "").String()
	at := strings.Index(twelve, "12 0 obj")
	replace := func(s, old, with string) string { return strings.Replace(s, old, with, 1) }
	xref := fmt.Sprint(strings.Index(table, "xref"))
	offset := fmt.Sprintf("%010d", strings.Index(table, "4 0 obj"))
	for name, tt := range map[string]struct{ body, detail string }{
		"empty":                      {"", "the header %PDF- is missing"},
		"no header":                  {table[1:], "the header %PDF- is missing"},
		"space before the header":    {" " + table, "the header %PDF- is missing"},
		"version 3":                  {replace(table, "1.7", "3.0"), "the version is neither 1.x nor 2.x"},
		"version 1":                  {replace(table, "1.7", "1 7"), "the version is neither 1.x nor 2.x"},
		"version 2.0":                {replace(table, "1.7", "2.0"), ""},
		"white space at the end":     {table + "\x00\t\n\f\r ", ""},
		"text at the end":            {table + "x", "the file does not end with %%EOF"},
		"no end":                     {strings.TrimSuffix(table, "%%EOF\n"), "the file does not end with %%EOF"},
		"no startxref":               {replace(table, "startxref", "startxxxx"), "startxref and an offset are missing before %%EOF"},
		"no offset":                  {replace(table, "startxref\n"+xref, "startxref\n"), "startxref and an offset are missing before %%EOF"},
		"no space before the offset": {replace(table, "startxref\n"+xref, "startxref"+xref), "startxref and an offset are missing before %%EOF"},
		"offset of nothing":          {replace(table, "startxref\n"+xref, "startxref\n5"), "there is no cross-reference section"},
		"offset of an object":        {replace(table, "startxref\n"+xref, "startxref\n9"), "there is no cross-reference section"},
		"offset beyond the end":      {replace(table, "startxref\n"+xref, "startxref\n99999"), "the cross-references lead to the offset 99999, beyond the end"},
		"offset into a number":       {replace(twelve, fmt.Sprint("startxref\n", at), fmt.Sprint("startxref\n", at+1)), "the cross-references lead into a number"},
		"offset that is too large":   {replace(table, "startxref\n"+xref, "startxref\n99999999999"), "startxref and an offset are missing before %%EOF"},
		"comment before the end":     {replace(table, "startxref", "%x\nstartxref"), ""},
		"object before the end":      {replace(table, "startxref", "9 0 obj\nnull\nendobj\nstartxref"), "there is something between the cross-reference section and startxref"},
		"the file twice":             {table + table, "there is something between the cross-reference section and startxref"},
		"encrypted":                  {pdftest.New().Object(4, "(a)").Table("/Encrypt 5 0 R").String(), "the file is encrypted; it has to be saved without a password"},
		"encrypted, stream":          {pdftest.New().Object(4, "(a)").XRefStream(5, "/Encrypt<<>>").String(), "the file is encrypted; it has to be saved without a password"},

		"trailer that is no dictionary": {replace(table, "<</Size 5/Root 1 0 R>>", "[]"), "the trailer is no dictionary"},
		"no trailer":                    {replace(table, "trailer", "trail"), "a number is missing"},
		"size":                          {replace(table, "/Size 5", "/Size 4"), "the cross-reference section goes beyond its /Size"},
		"no size":                       {replace(table, "/Size 5", "/Size/5"), "the cross-reference section goes beyond its /Size"},
		"size of a stream":              {replace(stream, "/Size 6", "/Size 5"), "the cross-reference section goes beyond its /Size"},
		"previous of itself":            {replace(table, "/Root", "/Prev "+xref+"/Root"), "the cross-reference sections lead in a circle"},
		"previous of nothing":           {replace(table, "/Root", "/Prev 9/Root"), "there is no cross-reference section"},
		"previous beyond the end":       {replace(table, "/Root", "/Prev 99999/Root"), "the trailer does not lead to a cross-reference section"},
		"previous that is text":         {replace(table, "/Root", "/Prev(a)/Root"), "the trailer does not lead to a cross-reference section"},
		"previous before the file":      {replace(table, "/Root", "/Prev -1/Root"), "the trailer does not lead to a cross-reference section"},
		"previous null":                 {replace(table, "/Root", "/Prev null/XRefStm null/Root"), ""},
		"stream of a table":             {replace(table, "/Root", "/XRefStm "+xref+"/Root"), "there is no cross-reference section"},
		"stream beyond the end":         {replace(table, "/Root", "/XRefStm 99999/Root"), "the trailer does not lead to a cross-reference section"},

		"table beyond the end":            {replace(table, "1 4\n", "1 4000\n"), "the cross-reference table ends after the file does"},
		"many entries":                    {replace(table, "1 4\n", "1 2147483647\n"), "the cross-reference table ends after the file does"},
		"more than can be":                {replace(table, "1 4\n", "1 9999999999\n"), "a number is missing"},
		"short lines":                     {replace(table, offset+" 00000 n \n", offset+" 00000 n\n"), "a number is missing"},
		"line end":                        {replace(table, offset+" 00000 n \n", offset+" 00000 n\r\n"), ""},
		"line end, CR":                    {replace(table, offset+" 00000 n \n", offset+" 00000 n \r"), ""},
		"no line end":                     {replace(table, offset+" 00000 n \n", offset+" 00000 n  "), "a line of the cross-reference table is malformed"},
		"neither":                         {replace(table, offset+" 00000 n", offset+" 00000 x"), "an entry is neither in use nor free"},
		"offset that is none":             {replace(table, offset, "000000000x"), "a line of the cross-reference table is malformed"},
		"offset of another":               {replace(table, offset, "0000000009"), "the object 1 0 stands where 4 0 should"},
		"generation of another":           {replace(table, offset+" 00000", offset+" 00001"), "the object 4 0 stands where 4 1 should"},
		"reference to another generation": {replace(replace(table, offset+" 00000", offset+" 00001"), "4 0 obj", "4 1 obj"), "the object 4 has the generation 1 and not 0"},
		"offset into the end":             {replace(table, offset, "0000099999"), "the cross-references lead to the offset 99999, beyond the end"},
		"offset of no object":             {replace(table, offset, "0000000010"), "a number is missing"},
		"no obj":                          {replace(table, "4 0 obj", "4 0 obx"), "obj is missing"},
		"no endobj":                       {replace(table, "(a)\nendobj", "(a)\nendxxx"), "endobj is missing"},

		"widths":           {replace(stream, "/W[1 3 1]", "/W[1 9 1]"), "a field of the cross-reference stream is not 0 to 8 bytes wide"},
		"widths, negative": {replace(stream, "/W[1 3 1]", "/W[1 -3 1]"), "a field of the cross-reference stream is not 0 to 8 bytes wide"},
		"no widths":        {replace(stream, "/W[1 3 1]", "/W[0 0 0]"), "the entries of the cross-reference stream do not have three fields"},
		"two widths":       {replace(stream, "/W[1 3 1]", "/W[1 3  ]"), "the entries of the cross-reference stream do not have three fields"},
		"wide":             {replace(stream, "/W[1 3 1]", "/W[8 8 8]"), "the cross-reference stream holds less than it says"},
		"odd index":        {replace(stream, "/Index[4 2 ]", "/Index[4 2 1]"), "the cross-reference stream has an odd /Index"},
		"long index":       {replace(stream, "/Index[4 2 ]", "/Index[4 3 ]"), "the cross-reference stream holds less than it says"},
		"negative index":   {replace(stream, "/Index[4 2 ]", "/Index[-4 2]"), "the cross-reference stream holds less than it says"},
		"no index":         {replace(stream, "/Index[4 2 ]", "/Ixdex[4 2 ]"), "the cross-reference stream holds less than it says"},
		"another type":     {replace(stream, "/XRef", "/XXXX"), "there is no cross-reference section"},
		"parts elsewhere":  {replace(stream, "/W[1 3 1]", "/W 9 0 R "), "the entries of the cross-reference stream do not have three fields"},
		"length elsewhere": {replace(stream, "/Length ", "/Length 4 0 R/L "), "a cross-reference section needs the object 4"},

		"object stream that is none": {replace(inStream, "/ObjStm", "/XxxXxx"), "the object 5 is no object stream"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := resolve([]byte(tt.body))
			checkMalformed(t, got, err, tt.detail)
		})
	}
}

// objectStream has the object 4 in the object stream 5, as far as the
// cross-references go.
func objectStream(dict, data string) []byte {
	return pdftest.New().Object(5, pdftest.Stream("/Type/ObjStm"+dict, data)).Inside(5, 0, 4).XRefStream(6, "").Bytes()
}

func TestObjectStreamsAreRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		body   []byte
		detail string
	}{
		"read":                  {objectStream("/N 1/First 4", "4 0 (a)"), ""},
		"many":                  {objectStream("/N 2147483648/First 4", "4 0 (a)"), "the object stream does not say what it holds"},
		"more than it says":     {objectStream("/N 2/First 4", "4 0 (a)"), "a number is missing"},
		"none":                  {objectStream("/N 0/First 4", "4 0 (a)"), "the object 4 is not where it should be in its object stream"},
		"another":               {objectStream("/N 1/First 4", "7 0 (a)"), "the object 4 is not where it should be in its object stream"},
		"first beyond the end":  {objectStream("/N 1/First 9", "4 0 (a)"), "the object stream does not say what it holds"},
		"first before the data": {objectStream("/N 1/First -1", "4 0 (a)"), "the object stream does not say what it holds"},
		"no first":              {objectStream("/N 1", "4 0 (a)"), "the object stream does not say what it holds"},
		"offset beyond the end": {objectStream("/N 1/First 7", "4 2000 (a)"), "the end comes before an object does"},
		"open object":           {objectStream("/N 1/First 4", "4 0 [(a)"), "the end comes before an object does"},
		"reference":             {objectStream("/N 1/First 4", "4 0 7 0 R"), "the object 4 is nothing but a reference to 7"},
		"another type":          {objectStream("/Type/XX/N 1/First 4", "4 0 (a)"), `a dictionary has the key "Type" twice`},
		"not there":             {pdftest.New().Object(1, "<<>>").Inside(5, 0, 4).XRefStream(6, "").Bytes(), "the object 5 is no object stream"},
		"in another":            {pdftest.New().ObjectStream(6, 5, "(a)").Inside(5, 0, 4).XRefStream(7, "").Bytes(), "the object 5 is no object stream"},
		"in itself":             {pdftest.New().Inside(5, 0, 5).Inside(5, 0, 4).XRefStream(7, "").Bytes(), "the object 5 needs itself to be read"},
		"in each other":         {pdftest.New().Inside(6, 0, 5).Inside(5, 0, 6).Inside(5, 0, 4).XRefStream(7, "").Bytes(), "the object 5 needs itself to be read"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := resolve(tt.body)
			checkMalformed(t, got, err, tt.detail)
		})
	}
}

func TestCrossReferencesAreBounded(t *testing.T) {
	revisions := pdftest.New().Object(4, "(a)")
	for range 257 {
		revisions.Table("")
	}
	parts := pdftest.New()
	for i := range 4097 {
		parts.Free(10 + 2*i)
	}
	for name, tt := range map[string]struct {
		file   *pdftest.File
		detail string
	}{
		"sections":         {revisions, "there are more than 256 cross-reference sections"},
		"parts":            {parts.Table(""), "the cross-reference sections have more than 4096 parts"},
		"stream of zeros":  {xrefStream("/Size 2147483647/W[1 0 0]/Index[0 2147483647]/Filter/FlateDecode", pdftest.Deflate(strings.Repeat("\x00", 9<<20))), "finding the fields takes more than 6291456 steps"},
		"size":             {xrefStream("/Size 9223372036854775807/W[1 8 8]", ""), "the cross-reference stream holds less than it says"},
		"index":            {xrefStream("/Size 1/W[1 0 0]/Index[9223372036854775807 1]", "\x00"), "the cross-reference stream holds less than it says"},
		"offset":           {xrefStream("/Size 5/W[1 8 0]/Index[4 1]", "\x01"+strings.Repeat("\xff", 8)), "the cross-references lead to the offset 9223372036854775807, beyond the end"},
		"number of stream": {xrefStream("/Size 5/W[1 8 8]/Index[4 1]", "\x02"+strings.Repeat("\xff", 16)), "the object 9223372036854775807 is no object stream"},
		"type":             {xrefStream("/Size 5/W[8 0 0]/Index[4 1]", strings.Repeat("\xff", 8)), ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := resolve(tt.file.Bytes())
			checkMalformed(t, got, err, tt.detail)
		})
	}
}

// xrefStream has nothing but a cross-reference stream.
func xrefStream(dict, data string) *pdftest.File {
	f := pdftest.New()
	start := f.Len()
	return f.Object(1, pdftest.Stream("/Type/XRef/Root 1 0 R"+dict, data)).End(start)
}
