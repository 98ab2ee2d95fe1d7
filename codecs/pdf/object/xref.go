package object

import (
	"slices"

	"github.com/parley-gateway/parley/codecs"
)

const (
	// maxSections is how many cross-reference sections a file may have: one
	// for each time that it was saved.
	maxSections = 256
	// maxRuns is how many runs of object numbers they may have together. Each
	// object that is looked up costs a look at all.
	maxRuns = 4096
)

// A section is one cross-reference table or stream.
type section struct {
	runs []run
	// hides says that what this section calls free may be in use in the next,
	// for readers that know streams (section 7.5.8.4).
	hides bool
}

// A run is the entries of consecutive object numbers, as they stand in the
// file.
type run struct {
	first, count int
	entries      []byte
	at           int   // where the entries, or the stream that holds them, begin in the file
	widths       []int // of the fields of an entry of a stream; nil in a table
}

type entryKind uint8

const (
	free entryKind = iota
	inUse
	compressed
)

// An entry says where an object is.
type entry struct {
	kind       entryKind
	offset     int // inUse
	generation int // inUse
	stream     int // compressed: the number of the object stream
	index      int // compressed: the place in it
}

// readSections reads the newest section and all before it. One of them has to
// end where the last lines of the file begin, or the end belongs to another
// file.
func (f *File) readSections(start, tail int) error {
	var offsets []int
	last := false
	for offset := start; ; {
		if slices.Contains(offsets, offset) {
			return codecs.MalformedAt(offset, "the cross-reference sections lead in a circle")
		}
		if len(f.sections) >= maxSections {
			return codecs.MalformedAt(offset, "there are more than %d cross-reference sections", maxSections)
		}
		offsets = append(offsets, offset)
		trailer, end, err := f.readSection(offset)
		if err != nil {
			return err
		}
		last = last || end == tail
		if trailer["Prev"] == nil {
			break
		}
		if offset, err = f.offsetIn(trailer["Prev"], offset); err != nil {
			return err
		}
	}
	if !last {
		return codecs.MalformedAt(tail, "there is something between the cross-reference section and startxref")
	}
	return nil
}

// offsetIn reads an offset that a trailer holds, itself at another.
func (f *File) offsetIn(o Object, at int) (int, error) {
	n, ok := o.(Integer)
	if !ok || n < 0 || n >= Integer(len(f.data)) {
		return 0, codecs.MalformedAt(at, "the trailer does not lead to a cross-reference section")
	}
	return int(n), nil
}

// readSection reads a table or a stream, and adds it. end is where the next
// thing begins in the file.
func (f *File) readSection(offset int) (trailer Dict, end int, err error) {
	p, err := f.parserAt(offset)
	if err != nil {
		return nil, 0, err
	}
	if p.startsWith("xref") {
		trailer, err = f.readTable(p)
	} else {
		trailer, err = f.readXRefStream(p)
	}
	if err != nil {
		return nil, 0, err
	}
	if trailer["Encrypt"] != nil {
		return nil, 0, codecs.Malformed("the file is encrypted; it has to be saved without a password")
	}
	if f.Trailer == nil {
		f.Trailer = trailer
	}
	p.skipSpace()
	return trailer, p.at, nil
}

// checkSize makes sure that the newest section has no object beyond the number
// that its trailer says: such are missing to some readers (table 15).
func (f *File) checkSize(trailer Dict, at int) error {
	size, _ := trailer["Size"].(Integer)
	for _, r := range f.sections[len(f.sections)-1].runs {
		if r.count > 0 && Integer(r.first+r.count) > size {
			return codecs.MalformedAt(at, "the cross-reference section goes beyond its /Size")
		}
	}
	return nil
}

// addRun gives a run to the newest of the sections that are known so far.
func (f *File) addRun(r run) error {
	if f.runs == maxRuns {
		return codecs.MalformedAt(r.at, "the cross-reference sections have more than %d parts", maxRuns)
	}
	f.runs++
	s := &f.sections[len(f.sections)-1]
	s.runs = append(s.runs, r)
	return nil
}

// find looks an object up. One that has no entry is free.
func (f *File) find(number int) (entry, error) {
	for i, s := range f.sections {
		e, found, err := f.findIn(s, number)
		if err != nil {
			return entry{}, err
		}
		if !found {
			continue
		}
		if e.kind == free && s.hides {
			e, _, err = f.findIn(f.sections[i+1], number)
		}
		return e, err
	}
	return entry{}, nil
}

func (f *File) findIn(s section, number int) (e entry, found bool, err error) {
	if err := f.budget.spend(len(s.runs)); err != nil {
		return entry{}, false, err
	}
	for _, r := range s.runs {
		if i := number - r.first; i >= 0 && i < r.count {
			e, err := r.entry(i)
			return e, true, err
		}
	}
	return entry{}, false, nil
}

func (r run) entry(i int) (entry, error) {
	if r.widths == nil {
		return r.tableEntry(i)
	}
	return r.streamEntry(i), nil
}
