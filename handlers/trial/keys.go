package trial

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/url"
	"regexp"
	"slices"

	goyaml "go.yaml.in/yaml/v4"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers/records"
)

// key is the name of a field where it stands in a text.
type key struct {
	name     string
	from, to int // offsets; both 0 where they are not known
}

// finders look for the names of the fields in a text that is well-formed. They may
// miss some: FieldPlaces makes sure of what they found.
var finders = map[string]func(text []byte) []key{
	"json": jsonKeys,
	"xml":  xmlKeys,
	"form": formKeys,
	"text": textKeys,
	"yaml": yamlKeys,
}

// FieldPlaces are the places of a record's fields in the body that it was read
// from, in their order: Nowhere for all, unless the names that are found in the
// text are those of the record, one by one.
func FieldPlaces(in codecs.Input, d codecs.Decoded) []Place {
	places := slices.Repeat([]Place{Nowhere}, len(d.Record))
	find := finders[d.Codec.Name()]
	text, ok := textOf(in)
	if find == nil || !ok {
		return places
	}
	keys := find(text)
	if !slices.EqualFunc(keys, d.Record, func(k key, f codecs.Field) bool { return k.name == f.Name }) {
		return places
	}
	for i, k := range keys {
		if k.to > 0 {
			places[i] = placeIn(text, k.from, k.to)
		}
	}
	return places
}

// jsonKeys are the names in the outermost object.
func jsonKeys(text []byte) (keys []key) {
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil {
		return nil
	}
	for d.More() {
		before := int(d.InputOffset())
		token, err := d.Token()
		name, ok := token.(string)
		from, to := before+bytes.IndexByte(text[before:], '"'), int(d.InputOffset())
		if err != nil || !ok || d.Decode(new(json.RawMessage)) != nil {
			return nil
		}
		keys = append(keys, key{name, from, to})
	}
	return keys
}

// xmlKeys are the attributes of the root, whose places are not known, and the
// start tags of the elements in it.
func xmlKeys(text []byte) (keys []key) {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	for depth := 0; ; {
		from := int(d.InputOffset())
		token, err := d.RawToken()
		if err != nil {
			return keys
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch depth {
			case 0:
				keys = attributeKeys(t.Attr)
			case 1:
				keys = append(keys, key{t.Name.Local, from, int(d.InputOffset())})
			}
			depth++
		case xml.EndElement:
			depth--
		}
	}
}

func attributeKeys(attributes []xml.Attr) (keys []key) {
	for _, a := range attributes {
		switch {
		case a.Name.Space == "xmlns", a.Name.Space == "xml", a.Name.Space == "xsi", a.Name.Space == "" && a.Name.Local == "xmlns":
		default:
			keys = append(keys, key{name: a.Name.Local})
		}
	}
	return keys
}

// formKeys are the names of the pairs.
func formKeys(text []byte) (keys []key) {
	at := 0
	for pair := range bytes.SplitSeq(text, []byte("&")) {
		raw, _, _ := bytes.Cut(pair, []byte("="))
		if name, err := url.QueryUnescape(string(raw)); err == nil && len(pair) > 0 {
			keys = append(keys, key{name, at, at + len(raw)})
		}
		at += len(pair) + 1
	}
	return keys
}

var textName = regexp.MustCompile(`^([\p{L}\p{Nd}_.-]+)([:=])`)

// textKeys are the names before colons or equals signs, or the bare word. Free text
// after an empty line has the place of its first line.
func textKeys(text []byte) (keys []key) {
	if !textName.Match(text) {
		from := len(text) - len(bytes.TrimLeft(text, " \t\r\n"))
		return []key{{records.FieldStatus, from, from + len(bytes.TrimSpace(text))}}
	}
	at := 0
	for line := range bytes.Lines(text) {
		name := textName.FindSubmatch(line)
		switch {
		case len(bytes.TrimRight(line, "\r\n")) == 0:
			return append(keys, freeText(text, at+len(line))...)
		case name != nil:
			keys = append(keys, key{string(name[1]), at, at + len(name[1])})
		}
		if name != nil && string(name[2]) == "=" && string(name[1]) == records.FieldComment {
			return keys
		}
		at += len(line)
	}
	return keys
}

func freeText(text []byte, from int) []key {
	line, _, _ := bytes.Cut(text[from:], []byte("\n"))
	if len(line) == 0 {
		return nil
	}
	return []key{{records.FieldComment, from, from + len(line)}}
}

// yamlKeys are the keys of the outermost mapping.
func yamlKeys(text []byte) (keys []key) {
	loader, err := goyaml.NewLoader(bytes.NewReader(text))
	if err != nil {
		return nil
	}
	var document goyaml.Node
	if err := loader.Load(&document); err != nil || len(document.Content) == 0 {
		return nil
	}
	for i, node := range document.Content[0].Content {
		if i%2 == 0 {
			keys = append(keys, yamlKey(text, node))
		}
	}
	return keys
}

// yamlKey has a place where the name stands there as it is, in quotation marks or
// without.
func yamlKey(text []byte, node *goyaml.Node) key {
	k := key{name: node.Value}
	from, ok := offsetOf(text, node.Line, node.Column)
	if !ok {
		return k
	}
	for _, spelling := range []string{node.Value, `"` + node.Value + `"`, `'` + node.Value + `'`} {
		if bytes.HasPrefix(text[from:], []byte(spelling)) {
			k.from, k.to = from, from+len(spelling)
		}
	}
	return k
}
