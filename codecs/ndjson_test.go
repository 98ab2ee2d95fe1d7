package codecs_test

import (
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
