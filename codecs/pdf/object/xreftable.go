package object

import "github.com/parley-gateway/parley/codecs"

// entrySize is that of an entry of a cross-reference table, its line end
// included.
const entrySize = 20

// readTable reads a cross-reference table (section 7.5.4), its trailer
// (section 7.5.5), and the stream that belongs to it where there is one.
func (f *File) readTable(p *parser) (Dict, error) {
	f.sections = append(f.sections, section{})
	if err := p.keyword("xref"); err != nil {
		return nil, err
	}
	for p.skipSpace(); !p.startsWith("trailer"); p.skipSpace() {
		if err := f.readTableRun(p); err != nil {
			return nil, err
		}
	}
	at := p.at
	p.at += len("trailer")
	o, err := p.object(1)
	if err != nil {
		return nil, err
	}
	trailer, ok := o.(Dict)
	if !ok {
		return nil, codecs.MalformedAt(at, "the trailer is no dictionary")
	}
	if err := f.checkSize(trailer, at); err != nil {
		return nil, err
	}
	return trailer, f.readHidden(trailer, at)
}

func (f *File) readTableRun(p *parser) error {
	first, err := p.natural()
	if err != nil {
		return err
	}
	count, err := p.natural()
	if err != nil {
		return err
	}
	p.skipSpace()
	if count > (len(p.data)-p.at)/entrySize {
		return p.fail(p.at, "the cross-reference table ends after the file does")
	}
	r := run{first: first, count: count, at: p.at}
	p.at += count * entrySize
	r.entries = p.data[r.at:p.at]
	return f.addRun(r)
}

// readHidden adds the cross-reference stream that a table is accompanied by
// (section 7.5.8.4).
func (f *File) readHidden(trailer Dict, at int) error {
	if trailer["XRefStm"] == nil {
		return nil
	}
	offset, err := f.offsetIn(trailer["XRefStm"], at)
	if err != nil {
		return err
	}
	p, err := f.parserAt(offset)
	if err != nil {
		return err
	}
	f.sections[len(f.sections)-1].hides = true
	_, err = f.readXRefStream(p)
	return err
}

// tableEntry reads a line such as "0000000017 00000 n" and its end.
func (r run) tableEntry(i int) (entry, error) {
	line := r.entries[i*entrySize : (i+1)*entrySize]
	offset, isOffset := parseNatural(line[:10])
	generation, isGeneration := parseNatural(line[11:16])
	if !isOffset || !isGeneration || line[10] != ' ' || line[16] != ' ' || !isLineEnd(line[18:]) {
		return entry{}, codecs.MalformedAt(r.at+i*entrySize, "a line of the cross-reference table is malformed")
	}
	switch line[17] {
	case 'f':
		return entry{}, nil
	case 'n':
		return entry{kind: inUse, offset: offset, generation: generation}, nil
	}
	return entry{}, codecs.MalformedAt(r.at+i*entrySize+17, "an entry is neither in use nor free")
}

func isLineEnd(two []byte) bool {
	switch string(two) {
	case "\r\n", " \n", " \r":
		return true
	}
	return false
}
