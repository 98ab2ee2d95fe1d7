package codecs_test

import (
	"slices"
	"testing"

	"github.com/parley-gateway/parley/codecs"
)

func newOctets(formats ...codecs.Format) (*codecs.Registry, *codecs.Octets) {
	registry := codecs.NewRegistry(formats...)
	octets := codecs.NewOctets(registry, codecs.NewCBOR())
	registry.Register(octets)
	return registry, octets
}

func TestOctetsDecode(t *testing.T) {
	registry, _ := newOctets(codecs.NewJSON(), codecs.NewXML(), codecs.NewCBOR())
	for _, c := range []struct{ body, format, used string }{
		{`{"status":"active"}`, "json", "application/json"},
		{"\xef\xbb\xbf" + `{"status":"active"}`, "json", "application/json"},
		{"<?xml version='1.0'?><user><status>active</status></user>", "xml", "application/xml"},
		{"\xd9\xd9\xf7\xa1\x66status\x66active", "cbor", "application/cbor"},
	} {
		got, err := registry.Decode("application/octet-stream; charset=utf-16", []byte(c.body), codecs.Limits{})
		if err != nil {
			t.Errorf("%q: %v", c.body, err)
			continue
		}
		if got.Codec.Name() != c.format || got.Used != c.used {
			t.Errorf("%q was read as %s, %s", c.body, got.Codec.Name(), got.Used)
		}
		if want := (codecs.Record{textField("status", "active")}); !got.Record.Equal(want) {
			t.Errorf("%q gives %v", c.body, got.Record)
		}
	}
}

func TestOctetsDecodeRefuses(t *testing.T) {
	_, octets := newOctets(codecs.NewJSON(), codecs.NewXML(), codecs.NewCBOR())
	for body, kind := range map[string]codecs.ErrorKind{
		"":                                      codecs.SyntaxError,
		"active":                                codecs.UnknownType,
		"status=active":                         codecs.UnknownType,
		"<user/>":                               codecs.UnknownType,
		"\xa1\x66status\x66active":              codecs.UnknownType,
		"\xd9\xd9":                              codecs.UnknownType,
		"\xd9\xd9\xf7":                          codecs.SyntaxError,
		`{"status":`:                            codecs.SyntaxError,
		"<?xml version='1.0'?><!DOCTYPE a><a/>": codecs.SyntaxError,
	} {
		if record, err := octets.Decode(codecs.Input{Body: []byte(body)}); !codecs.IsKind(err, kind) {
			t.Errorf("%q gives %v, %v", body, record, err)
		}
	}
}

func TestOctetsHandsOnLimits(t *testing.T) {
	_, octets := newOctets(codecs.NewJSON())
	in := codecs.Input{Body: []byte(`{"a":"","b":""}`), Limits: codecs.Limits{Fields: 1}}
	if record, err := octets.Decode(in); !codecs.IsKind(err, codecs.SyntaxError) {
		t.Errorf("got %v, %v", record, err)
	}
}

// selfSniffing is a container that recognises every body, and would look for
// ever inside itself.
type selfSniffing struct{ *codecs.Octets }

func (selfSniffing) Sniff([]byte) bool    { return true }
func (selfSniffing) Signatures() []string { return nil }

func TestOctetsHoldNoContainer(t *testing.T) {
	registry := codecs.NewRegistry()
	octets := codecs.NewOctets(registry, codecs.NewCBOR())
	registry.Register(selfSniffing{octets})
	if record, err := octets.Decode(codecs.Input{Body: []byte("x")}); !codecs.IsKind(err, codecs.UnknownType) {
		t.Errorf("got %v, %v", record, err)
	}
}

func TestOctetsEncode(t *testing.T) {
	registry, octets := newOctets(codecs.NewJSON(), codecs.NewCBOR())
	record := codecs.Record{textField("status", "active"), {Name: "seq", Value: codecs.IntValue(7)}}
	body, err := octets.Encode([]byte("kept"), codecs.Document{Name: "user", Record: record})
	if err != nil {
		t.Fatal(err)
	}
	if string(body[:7]) != "kept\xd9\xd9\xf7" {
		t.Errorf("the body begins with %x", body[:7])
	}
	got, err := registry.Decode("application/octet-stream", body[len("kept"):], codecs.Limits{})
	if err != nil || !got.Record.Equal(record) {
		t.Errorf("got %v, %v", got.Record, err)
	}

	list := codecs.Listing{Name: "users", Item: "user", Records: []codecs.Record{record}, Next: "abc"}
	body, err = octets.EncodeList(nil, list)
	if err != nil {
		t.Fatal(err)
	}
	got, err = registry.Decode("application/octet-stream", body, codecs.Limits{})
	if err != nil || !got.Record.Equal(list.Record()) {
		t.Errorf("got %v, %v", got.Record, err)
	}
}

func TestOctetsFile(t *testing.T) {
	_, octets := newOctets()
	if got := octets.Filename("user"); got != "user.cbor" {
		t.Errorf("the file is named %q", got)
	}
	if got := octets.MediaTypes(); !slices.Equal(got, []string{"application/octet-stream"}) {
		t.Errorf("the media types are %q", got)
	}
}
