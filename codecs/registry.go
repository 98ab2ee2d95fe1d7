package codecs

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Registry holds formats and finds them: by name, by Content-Type, by what a
// body begins with, and by Accept. The order in which formats are registered
// is the order in which they are preferred. It is safe for concurrent use
// once all formats are registered.
type Registry struct {
	formats  []Format
	byName   map[string]Format
	byType   map[string]Format
	bySuffix map[string]Format
	answers  [shapes][]answer
}

// NewRegistry makes a registry of formats.
func NewRegistry(formats ...Format) *Registry {
	r := &Registry{
		byName:   map[string]Format{},
		byType:   map[string]Format{},
		bySuffix: map[string]Format{},
	}
	for _, f := range formats {
		r.Register(f)
	}
	return r
}

// Register adds a format. It panics where a name or a media type is taken:
// that is a mistake of the program, not of its user.
func (r *Registry) Register(f Format) {
	claim(r.byName, f.Name(), f)
	for _, t := range f.MediaTypes() {
		claim(r.byType, t, f)
	}
	if s, ok := f.(Suffixer); ok {
		claim(r.bySuffix, s.Suffix(), f)
	}
	r.formats = append(r.formats, f)
	for shape := range shapes {
		r.answers[shape] = appendAnswers(r.answers[shape], f, shape)
	}
}

func claim(index map[string]Format, key string, f Format) {
	if other, taken := index[key]; taken {
		panic(fmt.Sprintf("codecs: %s and %s both claim %q", other.Name(), f.Name(), key))
	}
	index[key] = f
}

// Formats lists the formats in the order in which they were registered.
func (r *Registry) Formats() []Format { return slices.Clone(r.formats) }

// ByName finds a format by its name, or nil.
func (r *Registry) ByName(name string) Format { return r.byName[name] }

// Readable lists the media types that can be decoded, in order of
// preference, first names before aliases.
func (r *Registry) Readable() []string {
	return r.mediaTypes(func(f Format) bool { _, ok := f.(Codec); return ok })
}

// Writable lists the media types that an answer of this shape can have.
func (r *Registry) Writable(shape Shape) []string {
	return r.mediaTypes(shape.canHold)
}

func (r *Registry) mediaTypes(want func(Format) bool) []string {
	var first, aliases []string
	for _, f := range r.formats {
		if want(f) {
			types := f.MediaTypes()
			first, aliases = append(first, types[0]), append(aliases, types[1:]...)
		}
	}
	return append(first, aliases...)
}

// ByContentType finds the codec for the value of a Content-Type field, by its
// exact media type, else by its structured syntax suffix. Its failures are of
// kind BadMediaType and UnknownType.
func (r *Registry) ByContentType(value string) (Codec, MediaType, error) {
	m, err := ParseMediaType(value)
	if err != nil {
		return nil, m, err
	}
	if c, ok := r.byMediaType(m.Name).(Codec); ok {
		return c, m, nil
	}
	unknown := newError(UnknownType, "nothing here reads the media type %q", m.Name)
	unknown.Supported = r.Readable()
	return nil, m, unknown
}

func (r *Registry) byMediaType(name string) Format {
	if f, ok := r.byType[name]; ok {
		return f
	}
	if plus := strings.LastIndexByte(name, '+'); plus > 0 {
		return r.bySuffix[name[plus:]]
	}
	return nil
}

// Decoded is a record and what it was read from.
type Decoded struct {
	Record Record
	Codec  Codec  // the format of the record: inside a container, the one found there
	Used   string // the media type that the sender called that format by

	// Steering are fields that steer the request and stand beside the record,
	// in a container.
	Steering Record
}

// Spoken is the language of the request, for Choice.In: the format that was
// read and the name it was called by. Formats that are answered only when
// they are named are nobody's language.
func (d Decoded) Spoken() Language { return LanguageOf(d.Codec, d.Used) }

// Decode reads a body by the value of its Content-Type field.
func (r *Registry) Decode(contentType string, body []byte, limits Limits) (Decoded, error) {
	c, m, err := r.ByContentType(contentType)
	if err != nil {
		return Decoded{}, err
	}
	return DecodeAs(c, Input{Body: body, Type: m, Limits: limits})
}

// DecodeAs reads a body by a codec that was already found, and looks inside
// where it is a container. Whatever the codec, it bounds the names and values.
func DecodeAs(c Codec, in Input) (Decoded, error) {
	if len(in.Body) == 0 {
		return Decoded{}, Malformed("the body is empty")
	}
	d, err := decodeInside(c, in)
	if err == nil {
		err = cmp.Or(in.Limits.checkLengths(d.Steering), in.Limits.checkLengths(d.Record))
	}
	if err != nil {
		return Decoded{}, err
	}
	return d, nil
}

func decodeInside(c Codec, in Input) (Decoded, error) {
	if container, ok := c.(Container); ok {
		return container.DecodeInside(in)
	}
	record, err := c.Decode(in)
	return Decoded{Record: record, Codec: c, Used: in.Type.Name}, err
}

// Sniff finds the codec that recognises a body by how it begins. Where none
// does, the UnknownType error lists what would have been recognised.
func (r *Registry) Sniff(body []byte) (Codec, error) {
	unknown := newError(UnknownType, "the body begins with nothing that is recognised")
	for _, f := range r.formats {
		s, ok := f.(Sniffer)
		if !ok {
			continue
		}
		if c, ok := f.(Codec); ok && s.Sniff(body) {
			return c, nil
		}
		unknown.Supported = append(unknown.Supported, s.Signatures()...)
	}
	return nil, unknown
}

// ContentType is the Content-Type field for a body encoded in a format that
// was negotiated under a name: text formats say that they are in UTF-8.
func ContentType(f Format, name string, body []byte) string {
	if t, ok := f.(ContentTyper); ok {
		return t.ContentType(body)
	}
	return WithCharset(name)
}

// WithCharset adds the charset parameter to the media types that need it.
// It allocates nothing for the types in use.
func WithCharset(name string) string {
	switch name {
	case "text/plain":
		return "text/plain; charset=utf-8"
	case "text/html":
		return "text/html; charset=utf-8"
	case "text/xml":
		return "text/xml; charset=utf-8"
	}
	if strings.HasPrefix(name, "text/") {
		return name + "; charset=utf-8"
	}
	return name
}
