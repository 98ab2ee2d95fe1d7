package codecs

import (
	"bytes"
	"iter"

	"github.com/ugorji/go/codec"
)

// DecodeList reads an array of objects, an object that holds such an array
// under the list's name and nothing else, or one object that is itself the only
// record. The text is read whole.
func (JSON) DecodeList(in ListInput) iter.Seq2[Item, error] {
	records, err := jsonRecords(in)
	if err != nil {
		return failedList(err)
	}
	return func(yield func(Item, error) bool) {
		for i, piece := range records {
			v, err := jsonUnpacker.unpack(piece, in.Limits)
			item := Item{Number: i + 1}
			if err == nil {
				item.Record, err = fieldsOf(v)
			}
			if !yield(item, err) {
				return
			}
		}
	}
}

// jsonRecords finds the pieces of a text that are the records.
func jsonRecords(in ListInput) ([]codec.Raw, error) {
	body, err := in.ReadWhole(MaxListBody)
	if err != nil {
		return nil, err
	}
	text, err := DecodeText(Input{Body: body}, "")
	if err != nil {
		return nil, err
	}
	if err := checkJSON(text); err != nil {
		return nil, err
	}
	return jsonPieces(in, bytes.TrimSpace(text))
}

func jsonPieces(in ListInput, text []byte) ([]codec.Raw, error) {
	switch kind := jsonKind(text); kind {
	case List:
		return jsonUnpacker.split(text)
	case Map:
		return jsonMembers(in, text)
	default:
		return nil, NoFields(kind.String())
	}
}

func jsonMembers(in ListInput, text []byte) ([]codec.Raw, error) {
	members, err := jsonUnpacker.split(text)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(members)/2)
	for i := range names {
		name, err := jsonUnpacker.unpack(members[2*i], in.Limits)
		if err != nil {
			return nil, err
		}
		names[i] = name.Text()
	}
	at, err := in.FieldOfList(names)
	if err != nil {
		return nil, err
	}
	if at < 0 {
		return []codec.Raw{text}, nil
	}
	list := members[2*at+1]
	if kind := jsonKind(list); kind != List {
		return nil, NoFields(kind.String())
	}
	return jsonUnpacker.split(list)
}

// StreamList writes an object that holds the records in an array.
func (j JSON) StreamList(name, _ string) ListStream { return &jsonStream{format: j, name: name} }

type jsonStream struct {
	format JSON
	name   string
	begun  bool
}

func (s *jsonStream) Append(dst []byte, r Record) ([]byte, error) {
	if s.begun {
		dst = append(dst, ',')
	} else {
		dst = s.begin(dst)
	}
	return appendJSONRecord(dst, s.format, r)
}

func (s *jsonStream) begin(dst []byte) []byte {
	s.begun = true
	return append(AppendJSONString(append(dst, '{'), s.name), ":["...)
}

func (s *jsonStream) End(dst []byte) []byte {
	if !s.begun {
		dst = s.begin(dst)
	}
	return append(dst, "]}\n"...)
}
