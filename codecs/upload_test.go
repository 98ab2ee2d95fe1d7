package codecs_test

import (
	"testing"

	"github.com/parley-gateway/parley/codecs"
)

// TestUpload reads files as what they are: bytes that nobody decodes.
func TestUpload(t *testing.T) {
	file := func(name, content string) string {
		return lines("--b", `Content-Disposition: form-data; name="file"; filename="`+name+`"`, "Content-Type: application/xml", "", content)
	}
	for _, c := range []struct {
		name, body string
		want       codecs.Record
	}{
		{"beside fields", fieldPart("accept", "*/*") + file("a.xml", "<a\xff\r\n") + closing, codecs.Record{
			{Name: "accept", Value: codecs.TextValue("*/*")}, {Name: "file", Value: codecs.BytesValue("<a\xff\r\n")},
		}},
		{"none was chosen", file("", "") + closing, codecs.Record{{Name: "file", Value: codecs.BytesValue("")}}},
		{"twice", file("a", "1") + file("b", "2") + closing, codecs.Record{
			{Name: "file", Value: codecs.BytesValue("1")}, {Name: "file", Value: codecs.BytesValue("2")},
		}},
	} {
		in := codecs.Input{Body: []byte(c.body), Type: codecs.MediaType{
			Name: "multipart/form-data", Params: []codecs.Param{{Name: "boundary", Value: "b"}},
		}}
		got, err := codecs.Upload{}.Decode(in)
		if err != nil || !got.Equal(c.want) {
			t.Errorf("%s: %v, %v; want %v", c.name, got, err, c.want)
		}
	}
	broken := codecs.Input{Body: []byte("--b\r\n"), Type: codecs.MediaType{Name: "multipart/form-data"}}
	if _, err := (codecs.Upload{}).Decode(broken); !codecs.IsKind(err, codecs.BadMediaType) {
		t.Errorf("without a boundary: %v", err)
	}
}
