package object

import (
	"bytes"

	"github.com/parley-gateway/parley/codecs"
)

// maxNested is how many objects may be needed at once to read one: a stream
// that holds others, and its length.
const maxNested = 8

// A File is a PDF whose objects are read when they are asked for. It shares
// the memory of the bytes that it was opened with, and none of its strings
// and names do. It is not safe for concurrent use.
type File struct {
	// Trailer is the trailer of the newest revision.
	Trailer Dict

	data     []byte
	sections []section // the newest first
	runs     int       // that they have together
	opened   bool
	budget   budget
	slots    map[int]*slot
	streams  map[int]*objectStream
	nested   int
}

// A slot keeps an object that was asked for.
type slot struct {
	object     Object
	generation int
	at         int
	reading    bool
}

// Open reads how a file begins, how it ends, and its cross-reference sections.
func Open(data []byte) (*File, error) {
	f := &File{
		data:    data,
		budget:  budget{work: maxWork, values: maxValues},
		slots:   map[int]*slot{},
		streams: map[int]*objectStream{},
	}
	if err := checkHeader(data); err != nil {
		return nil, err
	}
	start, tail, err := f.findSections()
	if err != nil {
		return nil, err
	}
	if err := f.readSections(start, tail); err != nil {
		return nil, err
	}
	f.opened = true
	return f, nil
}

// checkHeader looks for what section 7.5.2 demands, at the very beginning.
func checkHeader(data []byte) error {
	const header = "%PDF-1.7"
	if len(data) < len(header) || !bytes.HasPrefix(data, []byte("%PDF-")) {
		return codecs.MalformedAt(0, "the header %%PDF- is missing")
	}
	if major, minor := data[5], data[7]; major != '1' && major != '2' || data[6] != '.' || !isDigit(minor) {
		return codecs.MalformedAt(5, "the version is neither 1.x nor 2.x")
	}
	return nil
}

// findSections reads the last lines of a file backwards (section 7.5.5): where
// the newest cross-reference section begins, and where these lines do.
func (f *File) findSections() (start, tail int, err error) {
	rest, ok := bytes.CutSuffix(trimSpace(f.data), []byte("%%EOF"))
	if !ok {
		return 0, 0, codecs.MalformedAt(len(f.data), "the file does not end with %%%%EOF")
	}
	rest = trimSpace(rest)
	digits := len(rest)
	for digits > 0 && isDigit(rest[digits-1]) {
		digits--
	}
	start, ok = parseNatural(rest[digits:])
	before, found := bytes.CutSuffix(trimSpace(rest[:digits]), []byte("startxref"))
	if !ok || !found || len(before)+len("startxref") == digits {
		return 0, 0, codecs.MalformedAt(digits, "startxref and an offset are missing before %%%%EOF")
	}
	return start, len(before), nil
}

func trimSpace(data []byte) []byte {
	end := len(data)
	for end > 0 && isSpace(data[end-1]) {
		end--
	}
	return data[:end]
}

// Resolve follows a reference, and leaves any other object as it is. What no
// object is at is null (section 7.3.10).
func (f *File) Resolve(o Object) (Object, error) {
	r, ok := o.(Reference)
	if !ok {
		return o, nil
	}
	s, err := f.load(r)
	if err != nil {
		return nil, err
	}
	return s.object, nil
}

// Offset is where an object that was resolved and is not null begins in the
// file, or the stream that holds it does.
func (f *File) Offset(r Reference) int { return f.slots[r.Number].at }

// Spend pays for work on bytes that were read, so that those that are used
// again and again are paid for each time.
func (f *File) Spend(bytes int) error { return f.budget.spend(bytes) }

func (f *File) load(r Reference) (*slot, error) {
	if !f.opened {
		return nil, codecs.Malformed("a cross-reference section needs the object %d", r.Number)
	}
	s, known := f.slots[r.Number]
	if !known {
		s = &slot{reading: true}
		f.slots[r.Number] = s
		if err := f.fill(s, r.Number); err != nil {
			return nil, err
		}
	}
	switch {
	case s.reading:
		return nil, codecs.Malformed("the object %d needs itself to be read", r.Number)
	case s.object != nil && s.generation != r.Generation:
		return nil, codecs.MalformedAt(s.at, "the object %d has the generation %d and not %d", r.Number, s.generation, r.Generation)
	}
	return s, nil
}

// fill reads the object of a number into its slot.
func (f *File) fill(s *slot, number int) error {
	if f.nested == maxNested {
		return codecs.Malformed("the object %d needs more than %d others to be read", number, maxNested)
	}
	f.nested++
	defer func() { f.nested-- }()
	e, err := f.find(number)
	if err != nil {
		return err
	}
	switch e.kind {
	case inUse:
		s.at, s.generation = e.offset, e.generation
		s.object, err = f.readNumbered(e, number)
	case compressed:
		s.object, s.at, err = f.readCompressed(e, number)
	}
	if r, ok := s.object.(Reference); ok {
		return codecs.MalformedAt(s.at, "the object %d is nothing but a reference to %d", number, r.Number)
	}
	s.reading = false
	return err
}

// readNumbered reads the object that an entry leads to, which has to be it.
func (f *File) readNumbered(e entry, number int) (Object, error) {
	p, err := f.parserAt(e.offset)
	if err != nil {
		return nil, err
	}
	found, generation, err := p.header()
	if err != nil {
		return nil, err
	}
	if found != number || generation != e.generation {
		return nil, codecs.MalformedAt(e.offset, "the object %d %d stands where %d %d should", found, generation, number, e.generation)
	}
	return f.readBody(p, e.offset)
}

func (f *File) parserAt(offset int) (*parser, error) {
	if offset >= len(f.data) {
		return nil, codecs.MalformedAt(len(f.data), "the cross-references lead to the offset %d, beyond the end", offset)
	}
	if offset > 0 && isDigit(f.data[offset-1]) && isDigit(f.data[offset]) {
		return nil, codecs.MalformedAt(offset, "the cross-references lead into a number")
	}
	return &parser{lexer: lexer{data: f.data, at: offset, within: inFile}, budget: &f.budget}, nil
}

// header takes what an indirect object begins with (section 7.3.10).
func (p *parser) header() (number, generation int, err error) {
	if number, err = p.natural(); err != nil {
		return 0, 0, err
	}
	if generation, err = p.natural(); err != nil {
		return 0, 0, err
	}
	return number, generation, p.keyword("obj")
}

// readBody reads an indirect object from behind its header to its end.
func (f *File) readBody(p *parser, start int) (Object, error) {
	o, err := p.object(1)
	if err != nil {
		return nil, err
	}
	if err := f.budget.spend(p.at - start); err != nil {
		return nil, err
	}
	p.skipSpace()
	if d, ok := o.(Dict); ok && p.startsWith("stream") {
		if o, err = f.readStream(p, d, start); err != nil {
			return nil, err
		}
	}
	return o, p.keyword("endobj")
}
