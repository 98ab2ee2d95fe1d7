package codecs_test

import (
	"bytes"

	"github.com/parley-gateway/parley/codecs"
)

// The fake formats have the names, media types, order and abilities of
// contract section 3 and nothing else, so that what is tested with them is
// how formats are found and chosen.

type fake struct {
	name  string
	types []string
}

func (f fake) Name() string         { return f.name }
func (f fake) MediaTypes() []string { return f.types }

// fakeReader reads a body as one field, named after the format.
type fakeReader struct{ fake }

func (f fakeReader) Decode(in codecs.Input) (codecs.Record, error) {
	return codecs.Record{{Name: f.name, Value: codecs.TextValue(string(in.Body))}}, nil
}

// fakeSingle is answered, but not in lists.
type fakeSingle struct{ fakeReader }

func (fakeSingle) Encode(dst []byte, _ codecs.Document) ([]byte, error) { return dst, nil }

// fakeFull is answered in every shape.
type fakeFull struct{ fakeSingle }

func (fakeFull) EncodeList(dst []byte, _ codecs.Listing) ([]byte, error) { return dst, nil }

// fakeList is answered in lists alone, and never read.
type fakeList struct{ fake }

func (fakeList) EncodeList(dst []byte, _ codecs.Listing) ([]byte, error) { return dst, nil }

type fakeSuffixed struct {
	fakeFull
	suffix, signature string
}

func (f fakeSuffixed) Suffix() string         { return f.suffix }
func (f fakeSuffixed) Signatures() []string   { return []string{f.signature} }
func (f fakeSuffixed) Sniff(body []byte) bool { return bytes.HasPrefix(body, []byte(f.signature)) }

type fakeShySingle struct{ fakeSingle }

func (fakeShySingle) NamedOnly() {}

// fakeContainer holds the body of another format behind its first byte.
type fakeContainer struct {
	fakeFull
	registry *codecs.Registry
}

func (fakeContainer) NamedOnly() {}

func (f fakeContainer) DecodeInside(in codecs.Input) (codecs.Decoded, error) {
	c, err := f.registry.Sniff(in.Body)
	if err != nil {
		return codecs.Decoded{}, err
	}
	in.Type = codecs.MediaType{Name: c.MediaTypes()[0]}
	return codecs.DecodeAs(c, in)
}

func reader(name string, types ...string) fakeReader { return fakeReader{fake{name, types}} }
func single(name string, types ...string) fakeSingle { return fakeSingle{reader(name, types...)} }
func full(name string, types ...string) fakeFull     { return fakeFull{single(name, types...)} }

func suffixed(name, signature string, types ...string) fakeSuffixed {
	return fakeSuffixed{full(name, types...), "+" + name, signature}
}

// fakeRegistry holds the formats of contract section 3.
func fakeRegistry() *codecs.Registry {
	r := codecs.NewRegistry(
		suffixed("json", "{", "application/json", "text/json"),
		reader("json-patch", "application/json-patch+json"),
		suffixed("xml", "<?xml", "application/xml", "text/xml"),
		fakeShySingle{single("form", "application/x-www-form-urlencoded")},
		fakeShySingle{single("multipart", "multipart/form-data")},
		full("text", "text/plain"),
		full("html", "text/html", "application/xhtml+xml"),
		full("pdf", "application/pdf"),
	)
	r.Register(fakeContainer{full("octets", "application/octet-stream"), r})
	r.Register(suffixed("cbor", "\xd9\xd9\xf7", "application/cbor"))
	r.Register(full("msgpack", "application/vnd.msgpack", "application/msgpack", "application/x-msgpack"))
	r.Register(suffixed("yaml", "%YAML", "application/yaml", "text/yaml", "application/x-yaml"))
	r.Register(fakeList{fake{"csv", []string{"text/csv"}}})
	r.Register(fakeList{fake{"ndjson", []string{"application/x-ndjson", "application/jsonl"}}})
	return r
}
