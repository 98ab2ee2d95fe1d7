package object

import (
	"math"

	"github.com/parley-gateway/parley/codecs"
)

// readXRefStream reads a cross-reference stream (section 7.5.8).
func (f *File) readXRefStream(p *parser) (Dict, error) {
	f.sections = append(f.sections, section{})
	start := p.at
	if _, _, err := p.header(); err != nil {
		return nil, codecs.MalformedAt(start, "there is no cross-reference section")
	}
	o, err := f.readBody(p, start)
	if err != nil {
		return nil, err
	}
	s, ok := o.(*Stream)
	if !ok || s.Dict["Type"] != Name("XRef") {
		return nil, codecs.MalformedAt(start, "there is no cross-reference section")
	}
	data, err := f.Decode(s)
	if err != nil {
		return nil, err
	}
	widths, err := widthsOf(s)
	if err != nil {
		return nil, err
	}
	if err := f.addRuns(s, data, widths); err != nil {
		return nil, err
	}
	return s.Dict, f.checkSize(s.Dict, start)
}

// widthsOf are the sizes of the three fields of an entry, in bytes.
func widthsOf(s *Stream) ([]int, error) {
	array, _ := s.Dict["W"].(Array)
	var widths []int
	size := 0
	for _, o := range array {
		width, ok := o.(Integer)
		if !ok || width < 0 || width > 8 {
			return nil, codecs.MalformedAt(s.at, "a field of the cross-reference stream is not 0 to 8 bytes wide")
		}
		widths = append(widths, int(width))
		size += int(width)
	}
	if len(widths) != 3 || size == 0 {
		return nil, codecs.MalformedAt(s.at, "the entries of the cross-reference stream do not have three fields")
	}
	return widths, nil
}

// addRuns divides the entries as /Index says.
func (f *File) addRuns(s *Stream, data []byte, widths []int) error {
	index := Array{Integer(0), s.Dict["Size"]}
	if o := s.Dict["Index"]; o != nil {
		index, _ = o.(Array)
	}
	size := widths[0] + widths[1] + widths[2]
	for ; len(index) >= 2; index = index[2:] {
		first, okFirst := index[0].(Integer)
		count, okCount := index[1].(Integer)
		if !okFirst || !okCount || first < 0 || first > math.MaxInt32 || count < 0 || count > Integer(len(data)/size) {
			return codecs.MalformedAt(s.at, "the cross-reference stream holds less than it says")
		}
		r := run{first: int(first), count: int(count), at: s.at, widths: widths}
		r.entries, data = data[:r.count*size], data[r.count*size:]
		if err := f.addRun(r); err != nil {
			return err
		}
	}
	if len(index) != 0 {
		return codecs.MalformedAt(s.at, "the cross-reference stream has an odd /Index")
	}
	return nil
}

// streamEntry reads the entry at a place. What is none of the types of table
// 18 is null.
func (r run) streamEntry(i int) entry {
	size := r.widths[0] + r.widths[1] + r.widths[2]
	fields := r.entries[i*size : (i+1)*size]
	kind := 1
	if r.widths[0] > 0 {
		kind = bigEndian(fields[:r.widths[0]])
	}
	second := bigEndian(fields[r.widths[0] : size-r.widths[2]])
	third := bigEndian(fields[size-r.widths[2]:])
	switch kind {
	case 1:
		return entry{kind: inUse, offset: second, generation: third}
	case 2:
		return entry{kind: compressed, stream: second, index: third}
	}
	return entry{}
}

// bigEndian reads a number; one that is too large to count anything is the
// largest there is.
func bigEndian(digits []byte) int {
	n := uint64(0)
	for _, d := range digits {
		n = n<<8 | uint64(d)
	}
	return int(min(n, math.MaxInt))
}
