package codecs

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Multipart is the format multipart/form-data (RFC 7578), read more strictly
// than the standard library reads it: nothing may stand before the first
// boundary or after the closing one, lines end in CRLF, and nothing is
// decoded that the sender did not ask for. It holds fields, one a part, or
// one file, which is a body of its own.
type Multipart struct{ registry *Registry }

var (
	_ Encoder      = Multipart{}
	_ Container    = Multipart{}
	_ ContentTyper = Multipart{}
	_ Steerer      = Multipart{}
	_ NamedOnly    = Multipart{}
)

// NewMultipart makes the codec. Files are decoded by the formats of the
// registry.
func NewMultipart(registry *Registry) Multipart { return Multipart{registry} }

func (Multipart) Name() string         { return "multipart" }
func (Multipart) MediaTypes() []string { return []string{"multipart/form-data"} }
func (Multipart) Steering() []string   { return FormSteering() }
func (Multipart) NamedOnly()           {}

// Decode reads the fields, or the record that the file holds.
func (m Multipart) Decode(in Input) (Record, error) {
	d, err := m.DecodeInside(in)
	return d.Record, err
}

// DecodeInside reads the fields as multipart, or the file as what its own
// Content-Type says, application/octet-stream where it has none. Places in
// the errors of a file are places in that file. The text of a field is in the
// encoding that the charset parameter of its own Content-Type names, else in
// that of the field _charset_, else in that of the body's charset parameter,
// else in UTF-8 (RFC 7578 section 4.6).
func (m Multipart) DecodeInside(in Input) (Decoded, error) {
	parts, err := readParts(in)
	if err != nil {
		return Decoded{}, err
	}
	if i := slices.IndexFunc(parts, part.isFile); i >= 0 {
		return m.decodeFile(in, parts, i)
	}
	record, err := decodeFieldParts(in, parts)
	if err != nil {
		return Decoded{}, err
	}
	return Decoded{Record: record, Codec: m, Used: in.Type.Name}, nil
}

func (m Multipart) decodeFile(in Input, parts []part, i int) (Decoded, error) {
	file := parts[i]
	steering, err := decodeBesideFile(in, slices.Delete(parts, i, i+1))
	if err != nil {
		return Decoded{}, err
	}
	if file.mediaType.Name == "" {
		file.mediaType.Name = "application/octet-stream"
	}
	codec, _, err := m.registry.ByContentType(file.mediaType.Name)
	if err != nil {
		return Decoded{}, err
	}
	if _, nested := codec.(Multipart); nested {
		return Decoded{}, MalformedText(in.Body, file.at, "a multipart stands in a multipart")
	}
	decoded, err := DecodeAs(codec, Input{Body: file.content, Type: file.mediaType, Limits: in.Limits})
	decoded.Steering = steering
	return decoded, err
}

// decodeBesideFile reads the parts that stand beside a file. What the request
// says is in the file; they can only steer it.
func decodeBesideFile(in Input, parts []part) (Record, error) {
	for _, p := range parts {
		if p.isFile() || !slices.Contains(steeringFields, p.name) {
			return nil, MalformedText(in.Body, p.at, "the part %q stands beside a file", p.name)
		}
	}
	if len(parts) == 0 {
		return nil, nil
	}
	return decodeFieldParts(in, parts)
}

func decodeFieldParts(in Input, parts []part) (Record, error) {
	if len(parts) == 0 {
		return nil, NoFields("nothing")
	}
	charset := cmp.Or(ownCharset(parts), in.Type.Param("charset"))
	record := make(Record, 0, min(len(parts), in.Limits.MaxFields()))
	for _, p := range parts {
		field, err := p.field(in.Body, charset)
		if err != nil {
			return nil, err
		}
		if record, err = in.Limits.Append(record, field); err != nil {
			return nil, err
		}
	}
	return record, nil
}

// ownCharset is the value of the first field _charset_, or "".
func ownCharset(parts []part) string {
	for _, p := range parts {
		if p.name == CharsetField {
			return string(p.content)
		}
	}
	return ""
}

// part is one part of a multipart. Nothing in it is decoded yet.
type part struct {
	at        int    // where it begins in the body, after its boundary
	name      string // of the field, escaped and in the body's encoding
	named     bool   // a Content-Disposition was read
	file      bool
	mediaType MediaType // the zero value where it declares none
	content   []byte
	contentAt int
}

func (p part) isFile() bool { return p.file }

func (p part) field(body []byte, charset string) (Field, error) {
	name, err := decodePiece(body, p.at, []byte(p.name), charset)
	if err != nil {
		return Field{}, err
	}
	field := Field{Name: unescapeName.Replace(name)}
	if p.file {
		field.Value = BytesValue(string(p.content))
		return field, nil
	}
	if t := p.mediaType.Name; t != "" && t != "text/plain" {
		field.Value = UnfitValue("wrong-type", "a part of the type "+t)
		return field, nil
	}
	charset = cmp.Or(p.mediaType.Param("charset"), charset)
	text, err := decodePiece(body, p.contentAt, p.content, charset)
	field.Value = TextValue(text)
	return field, err
}

// How browsers escape a name: the HTML standard, section 4.10.21.8, and the
// parser of the Fetch standard, section 5.5. A backslash stands for itself.
var (
	escapeName   = strings.NewReplacer(`"`, "%22", "\r", "%0D", "\n", "%0A")
	unescapeName = strings.NewReplacer("%22", `"`, "%0D", "\r", "%0A", "\n")
)

// readParts splits a body (RFC 2046 section 5.1.1). The body is cut at the
// boundaries before anything else is looked at, so that no header field and
// no content can hide one. A part that holds one without a line break before it,
// or with half of one, is refused: some readers see its end there.
func readParts(in Input) ([]part, error) {
	delimiter, err := delimiterOf(in.Type)
	if err != nil {
		return nil, err
	}
	body := in.Body
	at := len(delimiter) - len(crlf)
	if !bytes.HasPrefix(body, delimiter[len(crlf):]) {
		return nil, MalformedText(body, 0, "the body does not begin with its boundary")
	}
	parts := make([]part, 0, 4)
	for !bytes.HasPrefix(body[at:], dashes) {
		length := bytes.Index(body[at:], delimiter)
		if length < 0 {
			return nil, MalformedText(body, len(body), "the closing boundary is missing")
		}
		if inside := bytes.Index(body[at:at+length], delimiter[len(crlf):]); inside >= 0 {
			return nil, MalformedText(body, at+inside, "the boundary stands inside a part")
		}
		if len(parts) == in.Limits.MaxParts() {
			return nil, Malformed("there are more than %d parts", len(parts))
		}
		p, err := readPart(body, at, at+length)
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
		at += length + len(delimiter)
	}
	at += len(dashes)
	if rest := trimPadding(body[at:]); len(rest) > 0 && string(rest) != crlf {
		return nil, MalformedText(body, at, "something stands after the closing boundary")
	}
	return parts, nil
}

const crlf = "\r\n"

var dashes = []byte("--")

// delimiterOf is what every part ends with: a line break, two dashes and the
// boundary.
func delimiterOf(t MediaType) ([]byte, error) {
	boundary := t.Param("boundary")
	if boundary == "" {
		return nil, newError(BadMediaType, "the media type %s has no boundary", t.Name)
	}
	if len(boundary) > 70 || strings.Trim(boundary, boundaryBytes) != "" || strings.HasSuffix(boundary, " ") {
		return nil, newError(BadMediaType, "the media type %s has a malformed boundary", t.Name)
	}
	return []byte(crlf + "--" + boundary), nil
}

const boundaryBytes = "'()+_,-./:=? 0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// trimPadding skips the white space that RFC 2046 lets transports add after a
// boundary.
func trimPadding(line []byte) []byte { return bytes.TrimLeft(line, " \t") }

// readPart reads what stands between two boundaries: the end of the first
// one's line, header fields, an empty line, the content. RFC 2046 lets the last two
// be absent together; some readers then take the boundary for content.
func readPart(body []byte, start, end int) (part, error) {
	p := part{at: start}
	rest, ok := bytes.CutPrefix(trimPadding(body[start:end]), []byte(crlf))
	if !ok {
		return p, MalformedText(body, start, "a boundary is not followed by CRLF")
	}
	for len(rest) > 0 && !bytes.HasPrefix(rest, []byte(crlf)) {
		line, after, ok := bytes.Cut(rest, []byte(crlf))
		if !ok {
			return p, MalformedText(body, end-len(rest), "a header field of a part does not end in CRLF")
		}
		if err := p.setHeader(string(line)); err != nil {
			return p, MalformedText(body, end-len(rest), "%s", err)
		}
		rest = after
	}
	if !p.named {
		return p, MalformedText(body, start, "a part has no Content-Disposition")
	}
	if p.content, ok = bytes.CutPrefix(rest, []byte(crlf)); !ok {
		return p, MalformedText(body, end, "a part has no empty line after its header fields")
	}
	p.contentAt = end - len(p.content)
	return p, nil
}

// setHeader takes in one header field. Its errors are sentences without a
// place. Fields that RFC 7578 section 4.8 does not know are ignored, as it
// wants.
func (p *part) setHeader(line string) error {
	name, value, ok := strings.Cut(line, ":")
	if !ok || !isToken(name) || strings.ContainsFunc(value, isHeaderControl) {
		return errors.New("a header field of a part is malformed")
	}
	value = trimOWS(value)
	switch strings.ToLower(name) {
	case "content-disposition":
		return p.setDisposition(value)
	case "content-type":
		return p.setMediaType(value)
	case "content-transfer-encoding":
		return checkTransferEncoding(value)
	case "content-encoding":
		return errors.New("a part has a Content-Encoding, which is not supported")
	}
	return nil
}

func isHeaderControl(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }

func (p *part) setDisposition(value string) error {
	if p.named {
		return errors.New("a part has two fields Content-Disposition")
	}
	end := strings.IndexByte(value, ';')
	if end < 0 || !strings.EqualFold(trimOWS(value[:end]), "form-data") {
		return errors.New(`a Content-Disposition is not "form-data" with a name`)
	}
	for rest := value[end:]; rest != ""; {
		name, content, after, ok := cutDispositionParam(rest)
		if !ok {
			return errors.New("a Content-Disposition is malformed")
		}
		if err := p.setDispositionParam(strings.ToLower(name), content); err != nil {
			return err
		}
		rest = after
	}
	if !p.named {
		return errors.New("a part has no name")
	}
	return nil
}

// cutDispositionParam cuts one parameter off the front of s, which begins
// with a semicolon. Unlike in the header fields of HTTP a quotation mark
// always ends a quoted value, because browsers do not escape backslashes.
func cutDispositionParam(s string) (name, value, rest string, ok bool) {
	name, rest, ok = strings.Cut(strings.TrimLeft(s[1:], " \t"), "=")
	if !ok || !isToken(name) {
		return "", "", "", false
	}
	if quoted, found := strings.CutPrefix(rest, `"`); found {
		value, rest, ok = strings.Cut(quoted, `"`)
	} else {
		value, rest, ok = cutParamValue(rest)
	}
	rest = strings.TrimLeft(rest, " \t")
	return name, value, rest, ok && (rest == "" || rest[0] == ';')
}

func (p *part) setDispositionParam(name, value string) error {
	switch name {
	case "name":
		if p.named {
			return errors.New("a part has two names")
		}
		p.name, p.named = value, true
	case "name*":
		return errors.New("a part has its name in the encoding of RFC 8187, which RFC 7578 has not")
	case "filename", "filename*":
		p.file = true
	}
	return nil
}

func (p *part) setMediaType(value string) error {
	if p.mediaType.Name != "" {
		return errors.New("a part has two fields Content-Type")
	}
	t, err := ParseMediaType(value)
	p.mediaType = t
	return err
}

// checkTransferEncoding lets pass what changes nothing. RFC 7578 section 4.7
// deprecates the others, and readers differ in whether they decode them.
func checkTransferEncoding(value string) error {
	switch strings.ToLower(value) {
	case "7bit", "8bit", "binary":
		return nil
	}
	return fmt.Errorf("the Content-Transfer-Encoding %q is not supported", value)
}

// Encode writes one part per field, nested ones by their path. A Null is an
// empty part. A name fails that would not be read back as it is.
func (m Multipart) Encode(dst []byte, doc Document) ([]byte, error) {
	record := Flatten(doc.Record)
	boundary := boundaryFor(record)
	for _, f := range record {
		if f.Value.kind == Unfit {
			return nil, CannotHold(m, f.Value.text)
		}
		name := escapeName.Replace(f.Name)
		if unescapeName.Replace(name) != f.Name || strings.ContainsFunc(name, isHeaderControl) {
			return nil, CannotHold(m, "a name with control characters, %22, %0D or %0A")
		}
		dst = append(append(dst, "--"...), boundary...)
		dst = append(append(dst, "\r\nContent-Disposition: form-data; name=\""...), name...)
		dst = f.Value.AppendScalar(append(dst, "\"\r\n\r\n"...))
		dst = append(dst, crlf...)
	}
	dst = append(append(dst, "--"...), boundary...)
	return append(dst, "--\r\n"...), nil
}

// boundaryFor makes the boundary from a digest of what it has to stand out
// from: nobody can write a text that holds its own digest.
func boundaryFor(record Record) []byte {
	var room [512]byte
	content := room[:0]
	for _, f := range record {
		content = f.Value.AppendScalar(append(content, f.Name...))
	}
	digest := sha256.Sum256(content)
	return hex.AppendEncode([]byte("parley-"), digest[:16])
}

// ContentType names the boundary, which it reads from the body's first line.
func (Multipart) ContentType(body []byte) string {
	line, _, _ := bytes.Cut(body, []byte(crlf))
	boundary := bytes.TrimSuffix(bytes.TrimPrefix(line, dashes), dashes)
	return "multipart/form-data; boundary=" + string(boundary)
}
