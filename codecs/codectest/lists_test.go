package codectest_test

import (
	"fmt"
	"io"
	"iter"

	"github.com/parley-gateway/parley/codecs"
)

// listToy is toy with lists that are read and streamed. Each of its fields,
// where it is set, breaks a promise.
type listToy struct {
	listOnly
	read  func(codecs.Record, codecs.ListInput) ([]codecs.Value, error)
	begin string // what a stream writes first, in the place of nothing
}

var _ interface {
	codecs.ListDecoder
	codecs.ListStreamer
} = listToy{}

func (t listToy) DecodeList(in codecs.ListInput) iter.Seq2[codecs.Item, error] {
	return func(yield func(codecs.Item, error) bool) {
		records, err := t.records(in)
		if err != nil {
			yield(codecs.Item{}, err)
			return
		}
		for _, r := range records {
			if !yield(codecs.Item{Record: r.Members()}, nil) {
				return
			}
		}
	}
}

// records lets the list and the document around it be no levels of a record.
func (t listToy) records(in codecs.ListInput) ([]codecs.Value, error) {
	body, err := io.ReadAll(in.Body)
	if err != nil {
		return nil, err
	}
	limits := in.Limits
	limits.Depth = limits.MaxDepth() + 2
	document, err := toy{}.Decode(codecs.Input{Body: body, Limits: limits})
	if err != nil {
		return nil, err
	}
	if t.read != nil {
		return t.read(document, in)
	}
	return wholeList(document, in)
}

func wholeList(document codecs.Record, in codecs.ListInput) ([]codecs.Value, error) {
	if _, more := document.Get(codecs.NextCursor); more {
		return nil, codecs.Malformed("this is one page of many")
	}
	return onePage(document, in)
}

func onePage(document codecs.Record, in codecs.ListInput) ([]codecs.Value, error) {
	list, _ := document.Get(in.Name)
	return valuesOf(list.Members()), nil
}

func lastIsLost(document codecs.Record, in codecs.ListInput) ([]codecs.Value, error) {
	records, err := wholeList(document, in)
	return records[:max(len(records)-1, 0)], err
}

func otherError(document codecs.Record, in codecs.ListInput) ([]codecs.Value, error) {
	records, err := wholeList(document, in)
	if err != nil {
		return nil, fmt.Errorf("a list: %w", err)
	}
	return records, nil
}

// StreamList keeps the records until the end: how many there are stands before
// them.
func (t listToy) StreamList(name, item string) codecs.ListStream {
	return &listToyStream{begin: t.begin, list: codecs.Listing{Name: name, Item: item}}
}

type listToyStream struct {
	begin string
	list  codecs.Listing
}

func (s *listToyStream) Append(dst []byte, r codecs.Record) ([]byte, error) {
	if holdsUnfit(r) {
		return nil, codecs.CannotHold(listToy{}, "that value")
	}
	s.list.Records = append(s.list.Records, r)
	return dst, nil
}

func (s *listToyStream) End(dst []byte) []byte {
	written, _ := toy{}.EncodeList(append(dst, s.begin...), s.list)
	return written
}
