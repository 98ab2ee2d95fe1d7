package codecs_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/parley-gateway/parley/codecs"
)

func TestByContentType(t *testing.T) {
	r := fakeRegistry()
	for _, c := range []struct{ value, want string }{
		{"application/json", "json"},
		{"APPLICATION/JSON; charset=utf-8", "json"},
		{"text/json", "json"},
		{"application/json-patch+json", "json-patch"}, // by its name before its suffix
		{"application/vnd.acme+json", "json"},
		{"image/svg+xml", "xml"},
		{"application/xhtml+xml", "html"},
		{"application/senml+cbor", "cbor"},
		{"application/openapi+yaml;version=3.1", "yaml"},
		{"application/octet-stream", "octets"},
	} {
		codec, m, err := r.ByContentType(c.value)
		if err != nil {
			t.Errorf("%q: %v", c.value, err)
			continue
		}
		if codec.Name() != c.want || !strings.HasPrefix(strings.ToLower(c.value), m.Name) {
			t.Errorf("%q: got %s for %+v", c.value, codec.Name(), m)
		}
	}
}

func TestByContentTypeFails(t *testing.T) {
	r := fakeRegistry()
	for _, c := range []struct {
		value string
		kind  codecs.ErrorKind
	}{
		{"image/png", codecs.UnknownType},
		{"application/vnd.acme+zip", codecs.UnknownType},
		{"application/vnd.acme+", codecs.UnknownType},
		{"text/csv", codecs.UnknownType}, // known, but not read
		{"", codecs.BadMediaType},
		{"application/*", codecs.BadMediaType},
		{"application/json, text/plain", codecs.BadMediaType},
	} {
		_, _, err := r.ByContentType(c.value)
		if !codecs.IsKind(err, c.kind) {
			t.Errorf("%q: %v", c.value, err)
		}
		var e *codecs.Error
		if c.kind == codecs.UnknownType && (!errors.As(err, &e) || !slices.Equal(e.Supported, r.Readable())) {
			t.Errorf("%q: the error does not list what is read", c.value)
		}
	}
}

func TestReadableAndWritable(t *testing.T) {
	r := fakeRegistry()
	firstNames := "application/json application/json-patch+json application/xml application/x-www-form-urlencoded " +
		"multipart/form-data text/plain text/html application/pdf application/octet-stream application/cbor " +
		"application/vnd.msgpack application/yaml"
	aliases := " text/json text/xml application/xhtml+xml application/msgpack application/x-msgpack text/yaml application/x-yaml"
	if got := strings.Join(r.Readable(), " "); got != firstNames+aliases {
		t.Errorf("readable: %s", got)
	}
	single := strings.Replace(firstNames, "application/json-patch+json ", "", 1)
	if got := strings.Join(r.Writable(codecs.Single), " "); got != single+aliases {
		t.Errorf("writable: %s", got)
	}
	lists := strings.Replace(single, "application/x-www-form-urlencoded multipart/form-data ", "", 1) + " text/csv application/x-ndjson"
	if got := strings.Join(r.Writable(codecs.Many), " "); got != lists+aliases+" application/jsonl" {
		t.Errorf("writable in lists: %s", got)
	}
}

func TestByName(t *testing.T) {
	r := fakeRegistry()
	if f := r.ByName("msgpack"); f == nil || f.Name() != "msgpack" {
		t.Errorf("msgpack: %v", f)
	}
	if f := r.ByName("protobuf"); f != nil {
		t.Errorf("protobuf: %v", f)
	}
}

// The list that is handed out belongs to the caller.
func TestFormatsIsACopy(t *testing.T) {
	r := fakeRegistry()
	r.Formats()[0] = nil
	if f := r.Formats()[0]; f == nil || f.Name() != "json" {
		t.Errorf("the first format became %v", f)
	}
}

func TestRegisterRefusesWhatIsTaken(t *testing.T) {
	for _, c := range []struct {
		format codecs.Format
		want   string
	}{
		{reader("json", "application/other"), `codecs: json and json both claim "json"`},
		{reader("other", "text/json"), `codecs: json and other both claim "text/json"`},
		{fakeSuffixed{full("other", "application/other"), "+json", ""}, `codecs: json and other both claim "+json"`},
	} {
		if got := panicOf(func() { fakeRegistry().Register(c.format) }); got != c.want {
			t.Errorf("got %v, want %s", got, c.want)
		}
	}
}

func panicOf(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

func TestDecode(t *testing.T) {
	r := fakeRegistry()
	for _, c := range []struct{ contentType, body, codec, used string }{
		{"application/json", "{}", "json", "application/json"},
		{"Text/XML;charset=utf-8", "<a/>", "xml", "text/xml"},
		{"application/vnd.acme+json", "{}", "json", "application/vnd.acme+json"},
		{"application/octet-stream", "{}", "json", "application/json"},
		{"application/octet-stream", "\xd9\xd9\xf7\xa0", "cbor", "application/cbor"},
	} {
		d, err := r.Decode(c.contentType, []byte(c.body), codecs.Limits{})
		if err != nil {
			t.Errorf("%s: %v", c.contentType, err)
			continue
		}
		if d.Codec.Name() != c.codec || d.Used != c.used || d.Record[0].Value.Text() != c.body {
			t.Errorf("%s: got %s as %s: %v", c.contentType, d.Codec.Name(), d.Used, d.Record)
		}
	}
}

func TestDecodeFails(t *testing.T) {
	r := fakeRegistry()
	for _, c := range []struct {
		contentType, body string
		kind              codecs.ErrorKind
	}{
		{"application/json", "", codecs.SyntaxError},
		{"application/octet-stream", "", codecs.SyntaxError},
		{"application/octet-stream", "PK\x03\x04", codecs.UnknownType},
		{"image/png", "{}", codecs.UnknownType},
		{"png", "{}", codecs.BadMediaType},
	} {
		if _, err := r.Decode(c.contentType, []byte(c.body), codecs.Limits{}); !codecs.IsKind(err, c.kind) {
			t.Errorf("%s %q: %v", c.contentType, c.body, err)
		}
	}
}

func TestSniffListsWhatItKnows(t *testing.T) {
	_, err := fakeRegistry().Sniff([]byte("PK\x03\x04"))
	var e *codecs.Error
	if !errors.As(err, &e) || !slices.Equal(e.Supported, []string{"{", "<?xml", "\xd9\xd9\xf7", "%YAML"}) {
		t.Errorf("got %+v", err)
	}
}

type boundaryTyped struct{ fakeFull }

func (boundaryTyped) ContentType(body []byte) string {
	return "multipart/mixed; boundary=" + string(body)
}

func TestContentType(t *testing.T) {
	for _, c := range []struct {
		format codecs.Format
		name   string
		want   string
	}{
		{full("json", "application/json"), "application/json", "application/json"},
		{full("text", "text/plain"), "text/plain", "text/plain; charset=utf-8"},
		{full("html", "text/html"), "text/html", "text/html; charset=utf-8"},
		{full("xml", "application/xml", "text/xml"), "text/xml", "text/xml; charset=utf-8"},
		{full("yaml", "application/yaml", "text/yaml"), "text/yaml", "text/yaml; charset=utf-8"},
		{boundaryTyped{}, "multipart/mixed", "multipart/mixed; boundary=b"},
	} {
		if got := codecs.ContentType(c.format, c.name, []byte("b")); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
