package object

import "github.com/parley-gateway/parley/codecs"

// maxFilters is how many filters a stream may pass through.
const maxFilters = 4

// readStream takes the bytes of a stream (section 7.3.8). They have to be as
// many as its dictionary says.
func (f *File) readStream(p *parser, d Dict, start int) (*Stream, error) {
	p.at += len("stream")
	switch {
	case p.startsWith("\r\n"):
		p.at += 2
	case p.startsWith("\n"):
		p.at++
	default:
		return nil, p.fail(p.at, "no line ends after stream")
	}
	o, err := f.Resolve(d["Length"])
	if err != nil {
		return nil, err
	}
	length, ok := o.(Integer)
	if !ok || length < 0 || length > Integer(len(p.data)-p.at) {
		return nil, p.fail(start, "the length of a stream is wrong")
	}
	s := &Stream{Dict: d, raw: p.data[p.at : p.at+int(length)], at: start}
	p.at += int(length)
	p.skipLineEnd()
	if !p.startsWith("endstream") {
		return nil, p.fail(p.at, "the length of a stream is wrong")
	}
	p.at += len("endstream")
	return s, nil
}

func (p *parser) skipLineEnd() {
	for _, c := range []string{"\r", "\n"} {
		if p.startsWith(c) {
			p.at++
		}
	}
}

// A filter decodes data and spends what it makes of it (section 7.4).
type filter func(d *decoding, data []byte) ([]byte, error)

var filters = map[Name]filter{
	"ASCIIHexDecode":  decodeHex,
	"ASCII85Decode":   decode85,
	"FlateDecode":     inflate,
	"LZWDecode":       decodeLZW,
	"RunLengthDecode": decodeRuns,
}

// decoding is what a filter needs beside its data.
type decoding struct {
	budget     *budget
	parameters Dict
	at         int // where the stream begins in the file
}

func (d *decoding) fail(filter string) error {
	return codecs.MalformedAt(d.at, "a stream cannot be decoded by %s", filter)
}

// Decode undoes the filters of a stream. What it returns may share the memory
// of the file.
func (f *File) Decode(s *Stream) ([]byte, error) {
	names, err := f.listOf(s, "Filter")
	if err != nil {
		return nil, err
	}
	parameters, err := f.listOf(s, "DecodeParms")
	if err != nil {
		return nil, err
	}
	switch {
	case s.Dict["F"] != nil:
		return nil, codecs.MalformedAt(s.at, "the content of a stream is in another file")
	case len(names) > maxFilters:
		return nil, codecs.MalformedAt(s.at, "a stream has more than %d filters", maxFilters)
	}
	data := s.raw
	for i, o := range names {
		name, _ := o.(Name)
		decode, known := filters[name]
		if !known {
			return nil, codecs.MalformedAt(s.at, "a stream has the filter %q, which is not read", clip(name))
		}
		d := decoding{budget: &f.budget, at: s.at}
		if i < len(parameters) {
			d.parameters, _ = parameters[i].(Dict)
		}
		if data, err = decode(&d, data); err != nil {
			return nil, err
		}
	}
	return data, nil
}

// listOf is an entry that may be an array, or one of what would stand in it,
// or missing.
func (f *File) listOf(s *Stream, key Name) (Array, error) {
	o, err := f.Resolve(s.Dict[key])
	if err != nil || o == nil {
		return nil, err
	}
	array, ok := o.(Array)
	if !ok {
		return Array{o}, nil
	}
	resolved := make(Array, len(array))
	for i, o := range array {
		if resolved[i], err = f.Resolve(o); err != nil {
			return nil, err
		}
	}
	return resolved, nil
}
