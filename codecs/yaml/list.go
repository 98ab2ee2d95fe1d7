package yaml

import (
	"cmp"
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
		r, list, err := listOf(in)
		if err != nil {
			yield(codecs.Item{}, err)
			return
		}
		for i := range list.records {
			record, err := recordOf(list.read(r, i))
			if !yield(codecs.Item{Record: record, Number: i + 1}, err) {
				return
			}
		}
	}
}

// nodes are those that are the records, and what they stand in: nil for one that
// is the whole document.
type nodes struct {
	records []*goyaml.Node
	parent  *goyaml.Node
}

func (l nodes) read(r *reader, i int) (codecs.Value, error) {
	if l.parent == nil {
		return r.placed(l.records[i], 0, 1)
	}
	return r.member(l.records[i], l.parent, 1)
}

func listOf(in codecs.ListInput) (*reader, nodes, error) {
	body, err := in.ReadWhole(maxList)
	if err != nil {
		return nil, nodes{}, err
	}
	text, err := codecs.DecodeText(codecs.Input{Body: body}, "")
	if err != nil {
		return nil, nodes{}, err
	}
	limits := in.Limits
	limits.Depth = limits.MaxDepth() + 2 // the list and the mapping that holds it
	text, root, err := parse(text, limits)
	if err != nil {
		return nil, nodes{}, err
	}
	r := newReader(text, in.Limits)
	list, err := r.listIn(root, in)
	return r, list, err
}

func (r *reader) listIn(root *goyaml.Node, in codecs.ListInput) (nodes, error) {
	switch {
	case refused(root) != "":
	case root.Kind == goyaml.SequenceNode:
		return nodes{root.Content, root}, r.checkLayout(root, 0)
	case root.Kind == goyaml.MappingNode:
		return r.listInside(root, in)
	}
	v, err := r.placed(root, 0, 1)
	if err != nil {
		return nodes{}, err
	}
	return nodes{}, codecs.NoFields(v.Kind().String())
}

// listInside finds the list that a mapping holds and nothing else, or takes the
// mapping for the only record.
func (r *reader) listInside(root *goyaml.Node, in codecs.ListInput) (nodes, error) {
	names := make([]string, len(root.Content)/2)
	for i := range names {
		names[i] = root.Content[2*i].Value
	}
	at, err := in.FieldOfList(names)
	if err != nil {
		return nodes{}, err
	}
	if at < 0 {
		return nodes{[]*goyaml.Node{root}, nil}, nil
	}
	if err := r.checkLayout(root, 0); err != nil {
		return nodes{}, err
	}
	if _, err := r.inside(root.Content[2*at], root, 1); err != nil {
		return nodes{}, err
	}
	list := root.Content[2*at+1]
	if list.Kind != goyaml.SequenceNode || refused(list) != "" {
		v, err := r.member(list, root, 1)
		if err != nil {
			return nodes{}, err
		}
		return nodes{}, codecs.NoFields(v.Kind().String())
	}
	return nodes{list.Content, list}, cmp.Or(r.checkIndentation(list, root), r.checkLayout(list, root.Column))
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
