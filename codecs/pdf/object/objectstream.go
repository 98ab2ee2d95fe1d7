package object

import "github.com/parley-gateway/parley/codecs"

// An objectStream is a stream of other objects, decoded (section 7.5.7).
type objectStream struct {
	data    []byte
	at      int // where its object begins in the file
	numbers []int
	offsets []int // in data
}

// readCompressed reads an object out of the stream that holds it.
func (f *File) readCompressed(e entry, number int) (o Object, at int, err error) {
	s, err := f.objectStream(e.stream)
	if err != nil {
		return nil, 0, err
	}
	if e.index >= len(s.numbers) || s.numbers[e.index] != number {
		return nil, 0, codecs.MalformedAt(s.at, "the object %d is not where it should be in its object stream", number)
	}
	p := &parser{lexer: lexer{data: s.data, at: s.offsets[e.index], within: s.at}, budget: &f.budget}
	start := p.at
	if o, err = p.object(1); err != nil {
		return nil, 0, err
	}
	return o, s.at, f.budget.spend(p.at - start)
}

func (f *File) objectStream(number int) (*objectStream, error) {
	if s, ok := f.streams[number]; ok {
		return s, nil
	}
	o, err := f.Resolve(Reference{Number: number})
	if err != nil {
		return nil, err
	}
	s, ok := o.(*Stream)
	if !ok || s.Dict["Type"] != Name("ObjStm") {
		return nil, codecs.Malformed("the object %d is no object stream", number)
	}
	opened, err := f.openObjectStream(s)
	if err != nil {
		return nil, err
	}
	f.streams[number] = opened
	return opened, nil
}

// openObjectStream decodes a stream and reads the numbers and offsets that it
// begins with.
func (f *File) openObjectStream(s *Stream) (*objectStream, error) {
	data, err := f.Decode(s)
	if err != nil {
		return nil, err
	}
	count, okCount := s.Dict["N"].(Integer)
	first, okFirst := s.Dict["First"].(Integer)
	if !okCount || !okFirst || first < 0 || first > Integer(len(data)) || count < 0 || count > first {
		return nil, codecs.MalformedAt(s.at, "the object stream does not say what it holds")
	}
	opened := &objectStream{data: data, at: s.at}
	pairs := lexer{data: data[:first], within: s.at}
	for range count {
		number, err := pairs.natural()
		if err != nil {
			return nil, err
		}
		offset, err := pairs.natural()
		if err != nil {
			return nil, err
		}
		opened.numbers = append(opened.numbers, number)
		opened.offsets = append(opened.offsets, min(int(first)+offset, len(data)))
	}
	return opened, nil
}
