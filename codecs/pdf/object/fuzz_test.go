package object_test

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/pdf/object"
	"github.com/parley-gateway/parley/codecs/pdf/pdftest"
)

// FuzzObjects reads any object: what is read and written again is read as the
// same.
func FuzzObjects(f *testing.F) {
	for _, source := range []string{
		"[1 -2(a)/b<63>[null]true 5 0 R 6 0]", "<</a/b/c[(\\053\\\n)]/d<</e .5>>>>", `(\n\r\t(a)\8\777)`, "/lime#20Green", "<901fA>", "%c\n-.5", "<</a 1/a 2>>", "12345678901234567890",
	} {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		read, err := resolve(file(source))
		if err != nil {
			checkRefusal(t, err)
			return
		}
		if _, isStream := read.(*object.Stream); isStream {
			return
		}
		again, err := resolve(file(sourceOf(read)))
		if err != nil || !reflect.DeepEqual(again, read) {
			t.Errorf("%q is read as %#v, written as %q and read as %#v, %v", source, read, sourceOf(read), again, err)
		}
	})
}

// checkRefusal demands an error that tells a place, or counts.
func checkRefusal(t *testing.T, err error) {
	t.Helper()
	var e *codecs.Error
	if !errors.As(err, &e) || e.Kind != codecs.SyntaxError {
		t.Errorf("an unexpected failure: %v", err)
	}
}

// sourceOf writes an object with as few liberties as there are.
func sourceOf(o object.Object) string {
	switch o := o.(type) {
	case nil:
		return "null"
	case object.String:
		return fmt.Sprintf("<%x>", string(o))
	case object.Name:
		return nameOf(o)
	case object.Real:
		return fmt.Sprintf("%.400f", float64(o))
	case object.Reference:
		return fmt.Sprintf("%d %d R", o.Number, o.Generation)
	case object.Array:
		var items []string
		for _, item := range o {
			items = append(items, sourceOf(item))
		}
		return "[" + strings.Join(items, " ") + "]"
	case object.Dict:
		var b strings.Builder
		for _, key := range slices.Sorted(maps.Keys(o)) {
			b.WriteString(nameOf(key) + " " + sourceOf(o[key]) + " ")
		}
		return "<<" + b.String() + ">>"
	}
	return fmt.Sprint(o)
}

func nameOf(n object.Name) string {
	var b strings.Builder
	for i := range len(n) {
		if n[i] == 0 { // which has no escape
			b.WriteByte(0)
			continue
		}
		fmt.Fprintf(&b, "#%02x", n[i])
	}
	return "/" + b.String()
}

// FuzzFilters decodes any data by any filters: it is refused or is no more than
// may be, and the same when it is decoded again.
func FuzzFilters(f *testing.F) {
	for _, dict := range []string{
		"/Filter/LZWDecode", "/Filter/ASCII85Decode", "/Filter/RunLengthDecode", "/Filter[/ASCIIHexDecode/FlateDecode]",
		"/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 3>>", "/Filter/LZWDecode/DecodeParms<</EarlyChange 0/Predictor 2>>",
	} {
		f.Add(dict, []byte("\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01"))
		f.Add(dict, []byte("87cUR~>"))
		f.Add(dict, []byte(pdftest.Deflate("\x02abc\x04def")))
	}
	f.Fuzz(func(t *testing.T, dict string, data []byte) {
		decoded, err := decodeStream(dict, string(data))
		if err != nil {
			checkRefusal(t, err)
			return
		}
		if again, err := decodeStream(dict, string(data)); err != nil || !bytes.Equal(again, decoded) || len(decoded) > 8<<20 {
			t.Errorf("%q is decoded to %d bytes, and then to %d, %v", data, len(decoded), len(again), err)
		}
	})
}

// FuzzEncoded decodes what was encoded.
func FuzzEncoded(f *testing.F) {
	f.Add([]byte("-----A---B"), uint8(3))
	f.Add([]byte(varied), uint8(1))
	f.Add([]byte("a"), uint8(12))
	f.Fuzz(func(t *testing.T, data []byte, columns uint8) {
		row := int(columns%32) + 1
		data = data[:len(data)/row*row]
		if len(data) == 0 || len(data) > 1<<17 {
			return // a stream without any row has no predictor
		}
		for dict, encoded := range map[string]string{
			"/Filter/LZWDecode/DecodeParms<</EarlyChange 0>>":                               lzwOf(string(data)),
			"/Filter/FlateDecode":                                                           pdftest.Deflate(string(data)),
			fmt.Sprintf("/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns %d>>", row): upwards(data, row),
		} {
			if got, err := decodeStream(dict, encoded); err != nil || !bytes.Equal(got, data) {
				t.Errorf("%q by %s comes back as %q, %v", data, dict, got, err)
			}
		}
	})
}

// upwards deflates rows, each as what it differs by from the one above (PNG section
// 9.2).
func upwards(data []byte, row int) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	above := make([]byte, row)
	for ; len(data) > 0; data = data[row:] {
		line := []byte{2}
		for i, c := range data[:row] {
			line = append(line, c-above[i])
		}
		z.Write(line)
		above = data[:row]
	}
	z.Close()
	return b.String()
}
