// Package pdftest builds small PDFs for tests, in each of the shapes that a
// file may have.
package pdftest

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A File is a PDF that grows. Objects are added before the cross-references
// that lead to them, so that each call of Table or XRefStream ends a revision.
type File struct {
	bytes.Buffer
	offsets  map[int]int    // of the revision, by object number; 0 where it is free
	inside   map[int][2]int // of the revision: the object stream and the place in it
	previous int            // where the cross-references of the revision before begin
	size     int
}

// New begins a file.
func New() *File {
	f := &File{offsets: map[int]int{}, inside: map[int][2]int{}, size: 1}
	f.WriteString("%PDF-1.7\n")
	return f
}

// Form is a file with a cross-reference table whose catalog is object 1 and
// whose only page is object 3. Its form is written in place of the entry
// AcroForm; the objects are numbered from 4 on.
func Form(form string, objects ...string) []byte {
	return New().Document(form, objects...).Table("").Bytes()
}

// Document adds the objects that Form is made of.
func (f *File) Document(form string, objects ...string) *File {
	for i, o := range Objects(form, objects...) {
		f.Object(i+1, o)
	}
	return f
}

// Objects are those of a Document, the first being number 1.
func Objects(form string, objects ...string) []string {
	return append([]string{
		"<</Type/Catalog/Pages 2 0 R/AcroForm " + form + ">>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
	}, objects...)
}

// Object adds an object.
func (f *File) Object(number int, content string) *File {
	f.Begin(number)
	fmt.Fprintf(&f.Buffer, "%s\nendobj\n", content)
	return f
}

// Begin adds the beginning of an object, and leaves the rest to the caller.
func (f *File) Begin(number int) {
	f.offsets[number] = f.Len()
	f.size = max(f.size, number+1)
	fmt.Fprintf(&f.Buffer, "%d 0 obj\n", number)
}

// Free removes an object.
func (f *File) Free(number int) *File {
	f.offsets[number] = 0
	return f
}

// ObjectStream adds objects in a stream, which is itself object number. They
// are numbered from first on.
func (f *File) ObjectStream(number, first int, objects ...string) *File {
	var index, data strings.Builder
	for i, o := range objects {
		fmt.Fprintf(&index, "%d %d ", first+i, data.Len())
		data.WriteString(o + "\n")
		f.Inside(number, i, first+i)
	}
	dict := fmt.Sprintf("/Type/ObjStm/N %d/First %d/Filter/FlateDecode", len(objects), index.Len())
	return f.Object(number, Stream(dict, Deflate(index.String()+data.String())))
}

// Inside says that an object stands at a place in an object stream.
func (f *File) Inside(stream, index, number int) *File {
	f.inside[number] = [2]int{stream, index}
	f.size = max(f.size, number+1)
	return f
}

// Table ends a revision with a cross-reference table. What the trailer holds
// beside what it has to is written as it is.
func (f *File) Table(trailer string) *File {
	start := f.Len()
	f.WriteString("xref\n")
	if f.previous == 0 {
		f.WriteString("0 1\n0000000000 65535 f \n")
	} else {
		trailer += fmt.Sprintf("/Prev %d", f.previous)
	}
	numbers := slices.Sorted(maps.Keys(f.offsets))
	for i, n := range numbers {
		if i == 0 || n != numbers[i-1]+1 {
			fmt.Fprintf(&f.Buffer, "%d %d\n", n, run(numbers[i:]))
		}
		kind := 'n'
		if f.offsets[n] == 0 {
			kind = 'f'
		}
		fmt.Fprintf(&f.Buffer, "%010d 00000 %c \n", f.offsets[n], kind)
	}
	fmt.Fprintf(&f.Buffer, "trailer\n<</Size %d/Root 1 0 R%s>>\n", f.size, trailer)
	return f.End(start)
}

// run is how many numbers follow each other.
func run(numbers []int) int {
	n := 1
	for n < len(numbers) && numbers[n] == numbers[n-1]+1 {
		n++
	}
	return n
}

// XRefStream ends a revision with a cross-reference stream, which is itself
// object number.
func (f *File) XRefStream(number int, extra string) *File {
	start := f.Len()
	f.HiddenXRefStream(number, extra)
	return f.End(start)
}

// HiddenXRefStream adds a cross-reference stream that a table leads to, and
// says where it begins.
func (f *File) HiddenXRefStream(number int, extra string) int {
	start := f.Len()
	f.Begin(number)
	var index strings.Builder
	var data bytes.Buffer
	numbers := slices.AppendSeq(slices.Collect(maps.Keys(f.offsets)), maps.Keys(f.inside))
	slices.Sort(numbers)
	for i, n := range numbers {
		if i == 0 || n != numbers[i-1]+1 {
			fmt.Fprintf(&index, "%d %d ", n, run(numbers[i:]))
		}
		data.Write(f.row(n))
	}
	if f.previous > 0 {
		extra += fmt.Sprintf("/Prev %d", f.previous)
	}
	dict := fmt.Sprintf("/Type/XRef/Size %d/Root 1 0 R/W[1 3 1]/Index[%s]/Filter/FlateDecode%s", f.size, index.String(), extra)
	fmt.Fprintf(&f.Buffer, "%s\nendobj\n", Stream(dict, Deflate(data.String())))
	return start
}

// row is the entry of a cross-reference stream for an object.
func (f *File) row(number int) []byte {
	if in, ok := f.inside[number]; ok {
		return []byte{2, 0, byte(in[0] >> 8), byte(in[0]), byte(in[1])}
	}
	offset := f.offsets[number]
	return []byte{byte(min(offset, 1)), byte(offset >> 16), byte(offset >> 8), byte(offset), 0}
}

// Forget leaves what was added since the revision before to another section.
func (f *File) Forget() {
	clear(f.offsets)
	clear(f.inside)
}

// End ends a revision whose cross-references begin at an offset.
func (f *File) End(start int) *File {
	fmt.Fprintf(&f.Buffer, "startxref\n%d\n%%%%EOF\n", start)
	f.previous = start
	f.Forget()
	return f
}

// Stream is the content of an object that is a stream. Its dictionary is
// given without its brackets and its length.
func Stream(dict, data string) string {
	return fmt.Sprintf("<<%s/Length %d>>stream\n%s\nendstream", dict, len(data), data)
}

// Deflate is FlateDecode the other way.
func Deflate(data string) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, err := z.Write([]byte(data))
	if err := errors.Join(err, z.Close()); err != nil {
		panic(err) // memory takes every write
	}
	return b.String()
}
