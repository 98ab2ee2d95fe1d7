package codecs_test

import (
	"bytes"
	"testing"

	"github.com/parley-gateway/parley/codecs"
)

func TestNDJSON(t *testing.T) {
	for name, c := range map[string]struct {
		records []codecs.Record
		want    string
	}{
		"no records": {nil, ""},
		"no fields":  {[]codecs.Record{{}}, "{}\n"},
		"lines": {[]codecs.Record{{textField("a", "1\r\n2")}, {{Name: "b", Value: codecs.TextsValue([]string{"x"})}}},
			`{"a":"1\r\n2"}` + "\n" + `{"b":["x"]}` + "\n"},
	} {
		list := codecs.Listing{Name: "users", Item: "user", Records: c.records, Next: "abc"}
		got, err := codecs.NewNDJSON().EncodeList([]byte("kept"), list)
		if err != nil || string(got) != "kept"+c.want {
			t.Errorf("%s: got %q, %v\nwant %q", name, got, err, c.want)
		}
	}
	unfit := codecs.Listing{Records: []codecs.Record{{unfitField("a", "a tag")}}}
	if got, err := codecs.NewNDJSON().EncodeList(nil, unfit); !codecs.IsKind(err, codecs.Unencodable) {
		t.Errorf("an unfit value is written as %q, %v", got, err)
	}
}

// FuzzNDJSON demands that each line is read as the JSON format reads it, and
// that what is read can be written and read again as the same.
func FuzzNDJSON(f *testing.F) {
	for _, seed := range []string{
		"{\"a\":\"1\"}\n{\"a\":\"2\"}\n", "\ufeff{}\r\n\n[]\n", "{\"a\":1,\"a\":[{}]}", "{} {}\n", "{\"a\":\"\\ud800\"}\n", "{\"a\":\"\xff\"}", "{\n}\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		read, ok := readWholeList(codecs.NewNDJSON(), body)
		if !ok {
			return
		}
		fuzzList(t, codecs.NewNDJSON(), read)
		for line := range bytes.Lines(body) {
			if len(bytes.TrimSpace(bytes.TrimPrefix(line, []byte("\ufeff")))) == 0 {
				continue
			}
			alone, err := codecs.NewJSON().Decode(codecs.Input{Body: line})
			if err != nil || !alone.Equal(read[0]) {
				t.Fatalf("%q is read as %v in a list, and alone as %v, %v", line, read[0], alone, err)
			}
			read = read[1:]
		}
	})
}
