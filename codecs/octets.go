package codecs

// Octets is application/octet-stream: a body whose sender does not say what
// it is. What recognises itself by its first bytes is read as that; nothing
// is guessed. It is written as self-described CBOR (RFC 8949 section 3.4.6),
// which can be recognised in turn.
type Octets struct {
	registry *Registry
	cbor     octetsEncoder
}

type octetsEncoder interface {
	Encoder
	ListEncoder
}

var (
	_ Container   = (*Octets)(nil)
	_ Encoder     = (*Octets)(nil)
	_ ListEncoder = (*Octets)(nil)
	_ Attacher    = (*Octets)(nil)
	_ NamedOnly   = (*Octets)(nil)
)

// NewOctets makes the codec. It reads the formats of the registry that are a
// Sniffer, those that are registered later too, and writes in cbor.
func NewOctets(registry *Registry, cbor octetsEncoder) *Octets {
	return &Octets{registry: registry, cbor: cbor}
}

func (*Octets) Name() string         { return "octets" }
func (*Octets) MediaTypes() []string { return []string{"application/octet-stream"} }

// NamedOnly keeps octets away from clients that did not name it.
func (*Octets) NamedOnly() {}

// Filename names the file after its record, as CBOR.
func (*Octets) Filename(name string) string { return name + ".cbor" }

// Decode is DecodeInside for those who do not care what was inside.
func (o *Octets) Decode(in Input) (Record, error) {
	decoded, err := DecodeAs(o, in)
	return decoded.Record, err
}

// DecodeInside reads the body as the format that recognises it. A body that
// none does is an error of kind UnknownType. Parameters of the media type say
// nothing about what is inside and are not handed on.
func (o *Octets) DecodeInside(in Input) (Decoded, error) {
	c, err := o.registry.Sniff(in.Body)
	if err != nil {
		return Decoded{}, err
	}
	if _, ok := c.(Container); ok {
		return Decoded{}, newError(UnknownType, "%s cannot stand in %s", c.Name(), o.Name())
	}
	return DecodeAs(c, Input{Body: in.Body, Type: MediaType{Name: c.MediaTypes()[0]}, Limits: in.Limits})
}

// Encode writes self-described CBOR.
func (o *Octets) Encode(dst []byte, doc Document) ([]byte, error) {
	return o.cbor.Encode(append(dst, selfDescribed...), doc)
}

// EncodeList writes self-described CBOR.
func (o *Octets) EncodeList(dst []byte, list Listing) ([]byte, error) {
	return o.cbor.EncodeList(append(dst, selfDescribed...), list)
}
