package codecs_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/parley-gateway/parley/codecs"
)

func TestParseMediaType(t *testing.T) {
	for _, c := range []struct{ value, want string }{
		{"application/json", "application/json"},
		{"Application/JSON", "application/json"},
		{"  text/plain\t", "text/plain"},
		{"text/plain;charset=utf-8", "text/plain charset=utf-8"},
		{"text/plain ; Charset=UTF-8", "text/plain charset=UTF-8"},
		{"text/plain;charset=utf-8;", "text/plain charset=utf-8"},
		{"text/plain;; ;charset=utf-8", "text/plain charset=utf-8"},
		{`text/plain;charset="utf-8"`, "text/plain charset=utf-8"},
		{`multipart/form-data; boundary="a b;c,\"d\\"`, `multipart/form-data boundary=a b;c,"d\`},
		{`multipart/form-data; boundary=""`, "multipart/form-data boundary="},
		{"application/vnd.acme.v1+json;a=1;b=2", "application/vnd.acme.v1+json a=1 b=2"},
	} {
		m, err := codecs.ParseMediaType(c.value)
		if err != nil {
			t.Errorf("%q: %v", c.value, err)
			continue
		}
		if got := show(m); got != c.want {
			t.Errorf("%q: got %q, want %q", c.value, got, c.want)
		}
	}
}

func show(m codecs.MediaType) string {
	var b strings.Builder
	b.WriteString(m.Name)
	for _, p := range m.Params {
		b.WriteString(" " + p.Name + "=" + p.Value)
	}
	return b.String()
}

func TestParseMediaTypeMalformed(t *testing.T) {
	for _, value := range []string{
		"", " ", "json", "/", "text/", "/plain", "text/plain/x", "text /plain", "text/pl ain", "*/*", "text/*",
		"application/json, application/json", "tëxt/plain",
		"text/plain;charset", "text/plain;charset=", "text/plain;=utf-8", "text/plain;charset =utf-8", "text/plain;charset= utf-8",
		"text/plain;charset=utf-8 x", "text/plain;charset=a,b", `text/plain;charset="utf-8`, `text/plain;charset="utf-8\"`,
		`text/plain;charset="a"b`, "text/plain;charset=\"a\x00\"", "text/plain;charset=\"a\\\x00\"", "text/plain;charset=\"\x7f\"",
		"text/plain;charset=utf-8;charset=utf-8", "text/plain;charset=utf-8;Charset=latin1",
		"text/plain" + strings.Repeat(";a=b", 20_000),
	} {
		if m, err := codecs.ParseMediaType(value); !codecs.IsKind(err, codecs.BadMediaType) {
			t.Errorf("%.60q: got %+v, %v", value, m, err)
		}
	}
}

// The parameters are compared with each other, so there may not be many.
func TestParseMediaTypeBoundsParameters(t *testing.T) {
	value := "text/plain"
	for c := 'a'; c < 'a'+16; c++ {
		value += ";" + string(c) + "=1"
	}
	if _, err := codecs.ParseMediaType(value); err != nil {
		t.Errorf("16 parameters: %v", err)
	}
	if _, err := codecs.ParseMediaType(value + ";z=1"); !codecs.IsKind(err, codecs.BadMediaType) {
		t.Errorf("17 parameters: %v", err)
	}
}

func TestParam(t *testing.T) {
	m, err := codecs.ParseMediaType("text/plain;CharSet=UTF-8")
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Param("charset"); got != "UTF-8" {
		t.Errorf("charset is %q", got)
	}
	if got := m.Param("boundary"); got != "" {
		t.Errorf("boundary is %q", got)
	}
}

func FuzzMediaType(f *testing.F) {
	for _, seed := range []string{
		"application/json", "text/plain; charset=utf-8", `multipart/form-data; boundary="a b;c,\"d\\"`,
		"text/plain;;charset=", `a/b;c="\`, "*/*",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		m, err := codecs.ParseMediaType(value)
		if err != nil {
			if !codecs.IsKind(err, codecs.BadMediaType) {
				t.Fatalf("%v is of another kind", err)
			}
			return
		}
		if m.Name != strings.ToLower(m.Name) || strings.Count(m.Name, "/") != 1 {
			t.Fatalf("the name is %q", m.Name)
		}
		again, err := codecs.ParseMediaType(write(m))
		if err != nil || again.Name != m.Name || !slices.Equal(again.Params, m.Params) {
			t.Fatalf("%+v was written as %q and read as %+v, %v", m, write(m), again, err)
		}
	})
}

// write quotes every value.
func write(m codecs.MediaType) string {
	quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	var b strings.Builder
	b.WriteString(m.Name)
	for _, p := range m.Params {
		b.WriteString(";" + p.Name + `="` + quote.Replace(p.Value) + `"`)
	}
	return b.String()
}
