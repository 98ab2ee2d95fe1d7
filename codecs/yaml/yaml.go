// Package yaml reads and writes YAML 1.2.2 with its core schema. It is a
// package of its own because it brings a parser with it.
package yaml

import (
	"bytes"
	"errors"
	"io"
	"strings"

	goyaml "go.yaml.in/yaml/v4"

	"github.com/parley-gateway/parley/codecs"
)

// Codec is the format of YAML 1.2.2. A record is a mapping. What makes one
// text mean another, anchors, aliases, tags and directives but %YAML 1.2, is
// refused, and the merge key is a name like any other. A key that comes twice
// is handed over twice.
type Codec struct{}

var (
	_ codecs.Codec        = Codec{}
	_ codecs.ListStreamer = Codec{}
	_ codecs.ListDecoder  = Codec{}
	_ codecs.Suffixer     = Codec{}
)

// New makes the codec.
func New() Codec { return Codec{} }

func (Codec) Name() string { return "yaml" }
func (Codec) MediaTypes() []string {
	return []string{"application/yaml", "text/yaml", "application/x-yaml"}
}
func (Codec) Suffix() string { return "+yaml" }

// Decode reads one document that holds a mapping. A key that is no text gives
// a field with an Unfit value, a key that is a list or a map is refused.
func (Codec) Decode(in codecs.Input) (codecs.Record, error) {
	text, err := codecs.DecodeText(in, "")
	if err != nil {
		return nil, err
	}
	if err := checkCost(text, in.Limits); err != nil {
		return nil, err
	}
	text, root, err := parse(text, in.Limits)
	if err != nil {
		return nil, err
	}
	return reader{text, in.Limits}.record(root)
}

// parse reads the only document of a text, and returns the text as it was read.
func parse(text []byte, limits codecs.Limits) ([]byte, *goyaml.Node, error) {
	text, err := prepare(text)
	if err != nil {
		return nil, nil, err
	}
	root, err := compose(text, limits)
	return text, root, err
}

// compose parses the only document of a text.
func compose(text []byte, limits codecs.Limits) (*goyaml.Node, error) {
	loader, err := goyaml.NewLoader(bytes.NewReader(text), goyaml.WithPlugin(depthLimit{limits}))
	if err != nil {
		return nil, codecs.Malformed("%v", err)
	}
	var document, next goyaml.Node
	switch err := loader.Load(&document); {
	case errors.Is(err, io.EOF):
		return nil, codecs.Malformed("there is no document in the body")
	case err != nil:
		return nil, syntaxError(text, err)
	}
	switch err := loader.Load(&next); {
	case err == nil:
		return nil, codecs.MalformedText(text, offsetOf(text, next.Line, next.Column), "a second document begins")
	case !errors.Is(err, io.EOF):
		return nil, syntaxError(text, err)
	}
	return document.Content[0], nil
}

// depthLimit stops the library before it recurses.
type depthLimit struct{ limits codecs.Limits }

func (d depthLimit) CheckDepth(depth int, _ *goyaml.DepthContext) error {
	return d.limits.CheckDepth(depth)
}

// CheckAlias has nothing to do: aliases are refused before they are followed.
func (depthLimit) CheckAlias(int, int) error { return nil }

// syntaxError says what the library says, in fewer words.
func syntaxError(text []byte, err error) error {
	var e *goyaml.LoadError
	if !errors.As(err, &e) {
		return codecs.Malformed("%v", err)
	}
	detail := e.Message
	if e.ContextMsg != "" {
		detail += " " + e.ContextMsg
	}
	if strings.HasSuffix(detail, "<document start>") {
		detail = "there is something after the end of the document"
	}
	return codecs.MalformedText(text, offsetOf(text, e.Mark.Line, e.Mark.Column), "%s", detail)
}

// offsetOf finds the byte at a line and a column of code points, both from 1.
// What lies behind the end is the end: the library ends a last line that
// lacks its line break.
func offsetOf(text []byte, line, column int) int {
	at := 0
	for ; line > 1 && at < len(text); line-- {
		_, rest := cutLine(text[at:])
		at = len(text) - len(rest)
	}
	for i := range string(text[at:]) {
		if column--; column < 1 {
			return at + i
		}
	}
	return len(text)
}

// reader turns the library's nodes into values.
type reader struct {
	text   []byte
	limits codecs.Limits
}

// record reads a node that holds a mapping.
func (r reader) record(n *goyaml.Node) (codecs.Record, error) {
	v, err := r.value(n, 1)
	if err != nil {
		return nil, err
	}
	if v.Kind() != codecs.Map {
		return nil, codecs.NoFields(v.Kind().String())
	}
	return v.Members(), nil
}

func (r reader) value(n *goyaml.Node, depth int) (codecs.Value, error) {
	if what := refused(n); what != "" {
		return codecs.Value{}, r.malformed(n, "%s", what)
	}
	switch n.Kind {
	case goyaml.MappingNode:
		return r.mapping(n, depth)
	case goyaml.SequenceNode:
		return r.sequence(n, depth)
	}
	return r.scalar(n)
}

// refused names what is refused about a node, or is empty. The library says
// "!" for the tag that makes a plain scalar text, and marks all others by the
// style.
func refused(n *goyaml.Node) string {
	switch {
	case n.Kind == goyaml.AliasNode:
		return "aliases are refused"
	case n.Anchor != "":
		return "anchors are refused"
	case n.Style&goyaml.TaggedStyle != 0 || n.Tag == "!":
		return "tags are refused"
	}
	return ""
}

func (r reader) malformed(n *goyaml.Node, format string, args ...any) error {
	return codecs.MalformedText(r.text, offsetOf(r.text, n.Line, n.Column), format, args...)
}

func (r reader) mapping(n *goyaml.Node, depth int) (codecs.Value, error) {
	if err := r.limits.CheckDepth(depth); err != nil {
		return codecs.Value{}, err
	}
	fields := make(codecs.Record, 0, min(len(n.Content)/2, r.limits.MaxFields()))
	for i := 0; i < len(n.Content); i += 2 {
		f, err := r.field(n.Content[i], n.Content[i+1], depth)
		if err != nil {
			return codecs.Value{}, err
		}
		if fields, err = r.limits.Append(fields, f); err != nil {
			return codecs.Value{}, err
		}
	}
	return codecs.MapValue(fields), nil
}

func (r reader) field(key, value *goyaml.Node, depth int) (codecs.Field, error) {
	name, err := r.value(key, depth+1)
	if err != nil {
		return codecs.Field{}, err
	}
	if key.Kind != goyaml.ScalarNode {
		return codecs.Field{}, r.malformed(key, "the key is %v", name.Kind())
	}
	v, err := r.value(value, depth+1)
	if err != nil {
		return codecs.Field{}, err
	}
	if name.Kind() != codecs.Text {
		v = codecs.UnfitValue("wrong-type", "a field named by "+name.Kind().String())
	}
	return codecs.Field{Name: key.Value, Value: v}, nil
}

func (r reader) sequence(n *goyaml.Node, depth int) (codecs.Value, error) {
	if err := r.limits.CheckDepth(depth); err != nil {
		return codecs.Value{}, err
	}
	values := make([]codecs.Value, len(n.Content))
	for i, item := range n.Content {
		var err error
		if values[i], err = r.value(item, depth+1); err != nil {
			return codecs.Value{}, err
		}
	}
	return codecs.ListValue(values...), nil
}

const quoted = goyaml.SingleQuotedStyle | goyaml.DoubleQuotedStyle

// scalar resolves what is plain. What is not printable may stand in quoted
// scalars only (YAML 1.2.2 section 5.1).
func (r reader) scalar(n *goyaml.Node) (codecs.Value, error) {
	if n.Style&quoted != 0 {
		return codecs.TextValue(n.Value), nil
	}
	for _, c := range n.Value {
		if !isPrintable(c) {
			return codecs.Value{}, r.malformed(n, mustEscape, c)
		}
	}
	if n.Style&(goyaml.LiteralStyle|goyaml.FoldedStyle) != 0 {
		return codecs.TextValue(n.Value), nil
	}
	return resolve(n.Value), nil
}
