package codecs

import "iter"

// DecodeList reads an element of the list's name that holds one element per
// record, or one such element alone, in any namespace. The text is read whole.
func (XML) DecodeList(in ListInput) iter.Seq2[Item, error] {
	r, err := newXMLListReader(in)
	if err != nil {
		return failedList(err)
	}
	return func(yield func(Item, error) bool) {
		l := xmlList{xmlReader: r, in: in, yield: yield}
		if err := l.document(); err != nil && !l.stopped {
			yield(Item{}, err)
		}
	}
}

func newXMLListReader(in ListInput) (*xmlReader, error) {
	body, err := in.ReadWhole(MaxListBody)
	if err != nil {
		return nil, err
	}
	text, err := DecodeText(Input{Body: body}, xmlEncoding(body))
	if err != nil {
		return nil, err
	}
	return &xmlReader{text: normalizeXMLLines(text), limits: in.Limits}, nil
}

// An xmlList hands out the records of a document while it reads on.
type xmlList struct {
	*xmlReader
	in      ListInput
	yield   func(Item, error) bool
	number  int  // of the record that was read last
	stopped bool // nobody wants more
}

func (l *xmlList) document() error {
	if err := l.prolog(); err != nil {
		return err
	}
	begin := l.pos
	tag, err := l.startTag()
	if err != nil {
		return err
	}
	switch name := string(tag.name.local); {
	case name == l.in.Item:
		l.pos, l.scope = begin, l.scope[:tag.outer]
		err = l.record()
	case name != l.in.Name:
		return l.failAt(begin, "the root element is <%s>, neither <%s> nor <%s>", name, l.in.Name, l.in.Item)
	default:
		if err = l.checkAttrs(); err == nil {
			err = l.records(tag)
		}
	}
	if err != nil || l.stopped {
		return err
	}
	return l.epilog()
}

// checkAttrs refuses what would be lost: the cursor of the next page, or
// whatever else.
func (l *xmlList) checkAttrs() error {
	for _, a := range l.attrs {
		switch {
		case a.isAboutDocument():
		case string(a.name.local) == NextCursor:
			return l.in.onePage()
		default:
			return l.failAt(a.at, "the element <%s> has attributes", l.in.Name)
		}
	}
	return nil
}

// records reads up to the end of the element that tag began.
func (l *xmlList) records(tag xmlTag) error {
	if tag.empty {
		return nil
	}
	var around xmlContent
	for !l.stopped {
		if err := l.charData(&around); err != nil {
			return err
		}
		if around.hasInk {
			return l.failAt(around.ink, "text stands beside the records")
		}
		switch {
		case l.skip("</"):
			return l.endTag(tag)
		case l.skip("<!--"):
			if err := l.comment(); err != nil {
				return err
			}
		case l.pos == len(l.text):
			return l.fail("the document ends inside the element <%s>", tag.written)
		case l.begins("<!"), l.begins("<?"):
			return l.misplaced()
		default:
			if err := l.record(); err != nil {
				return err
			}
		}
	}
	return nil
}

// record reads one element and hands it out. One that is well-formed and no
// record leaves the rest readable.
func (l *xmlList) record() error {
	begin := l.pos
	f, err := l.field(1)
	if err != nil {
		return err
	}
	l.number++
	item := Item{Number: l.number}
	switch v := f.Value; {
	case f.Name != l.in.Item:
		err = l.failAt(begin, "the element is <%s>, not <%s>", f.Name, l.in.Item)
	case v.kind == Map:
		item.Record = v.members
	case v.kind == Text && v.text != "":
		err = NoFields("text")
	case v.kind != Text:
		err = NoFields(describe(v))
	}
	l.stopped = !l.yield(item, err)
	return nil
}

// StreamList writes an element of the list's name that holds one element per
// record.
func (x XML) StreamList(name, item string) ListStream {
	return &xmlStream{format: x, name: name, item: item}
}

type xmlStream struct {
	format     XML
	name, item string
	writer     xmlWriter
	begun      bool
}

func (s *xmlStream) Append(dst []byte, r Record) ([]byte, error) {
	s.writer.dst = dst
	if !s.begun {
		s.begin()
	}
	s.writer.depth = 1
	s.writer.element(s.item, MapValue(r))
	s.writer.depth = 0
	if s.writer.unfit != "" {
		return nil, CannotHold(s.format, s.writer.unfit)
	}
	return s.writer.dst, nil
}

func (s *xmlStream) begin() {
	s.begun = true
	s.writer.begin(s.name)
	s.writer.dst = append(s.writer.dst, '>')
}

func (s *xmlStream) End(dst []byte) []byte {
	s.writer.dst = dst
	if s.begun {
		s.writer.newLine()
	} else {
		s.begin()
	}
	s.writer.close(s.name)
	s.writer.newLine()
	return s.writer.dst
}
