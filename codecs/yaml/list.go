package yaml

import (
	"iter"

	goyaml "go.yaml.in/yaml/v4"

	"github.com/parley-gateway/parley/codecs"
)

// maxList is how long a list may be, in bytes: the library needs some twenty
// times as much memory.
const maxList = 16 << 20

// DecodeList reads a sequence of mappings, a mapping that holds such a sequence
// under the list's name and nothing else, or one mapping that is itself the only
// record. The text is read whole.
func (Codec) DecodeList(in codecs.ListInput) iter.Seq2[codecs.Item, error] {
	return func(yield func(codecs.Item, error) bool) {
		r, records, err := listOf(in)
		if err != nil {
			yield(codecs.Item{}, err)
			return
		}
		for i, n := range records {
			record, err := r.record(n)
			if !yield(codecs.Item{Record: record, Number: i + 1}, err) {
				return
			}
		}
	}
}

// listOf finds the nodes that are the records.
func listOf(in codecs.ListInput) (reader, []*goyaml.Node, error) {
	body, err := in.ReadWhole(maxList)
	if err != nil {
		return reader{}, nil, err
	}
	text, err := codecs.DecodeText(codecs.Input{Body: body}, "")
	if err != nil {
		return reader{}, nil, err
	}
	limits := in.Limits
	limits.Depth = limits.MaxDepth() + 2 // the list and the mapping that holds it
	text, root, err := parse(text, limits)
	if err != nil {
		return reader{}, nil, err
	}
	r := reader{text, in.Limits}
	records, err := r.listIn(root, in)
	return r, records, err
}

func (r reader) listIn(root *goyaml.Node, in codecs.ListInput) ([]*goyaml.Node, error) {
	if root.Kind == goyaml.MappingNode && refused(root) == "" {
		names := make([]string, len(root.Content)/2)
		for i := range names {
			names[i] = root.Content[2*i].Value
		}
		at, err := in.FieldOfList(names)
		switch {
		case err != nil:
			return nil, err
		case at < 0:
			return []*goyaml.Node{root}, nil
		}
		if what := refused(root.Content[2*at]); what != "" {
			return nil, r.malformed(root.Content[2*at], "%s", what)
		}
		root = root.Content[2*at+1]
	}
	if root.Kind == goyaml.SequenceNode && refused(root) == "" {
		return root.Content, nil
	}
	v, err := r.value(root, 1)
	if err != nil {
		return nil, err
	}
	return nil, codecs.NoFields(v.Kind().String())
}

// StreamList writes a mapping that holds the records in a list.
func (c Codec) StreamList(name, _ string) codecs.ListStream { return &stream{format: c, name: name} }

type stream struct {
	format Codec
	name   string
	begun  bool
}

func (s *stream) Append(dst []byte, r codecs.Record) ([]byte, error) {
	if !s.begun {
		s.begun = true
		dst = append(appendKey(dst, s.name, 0), '\n')
	}
	return s.format.appendItems(dst, codecs.ListValue(codecs.MapValue(r)).Members(), step, 0)
}

func (s *stream) End(dst []byte) []byte {
	if s.begun {
		return dst
	}
	return append(appendKey(dst, s.name, 0), " []\n"...)
}
