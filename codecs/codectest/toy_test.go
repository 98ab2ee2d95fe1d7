package codectest_test

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/parley-gateway/parley/codecs"
)

// toy is a format that keeps every promise: a letter for the kind, a length
// of four bytes, the content. Each of its fields, where it is set, breaks
// one.
type toy struct {
	types  []string
	text   func([]byte) (string, error)
	read   func(codecs.Input) (codecs.Record, error)
	write  func([]byte, codecs.Document) ([]byte, error)
	list   func([]byte, codecs.Listing) ([]byte, error)
	sniffs func([]byte) bool
}

var _ interface {
	codecs.Codec
	codecs.Encoder
	codecs.ListEncoder
	codecs.Sniffer
} = toy{}

const signature = "toy{"

func (t toy) Name() string { return "toy" }

func (t toy) MediaTypes() []string {
	if t.types != nil {
		return t.types
	}
	return []string{"application/x-toy", "text/x-toy"}
}

func (t toy) Decode(in codecs.Input) (codecs.Record, error) {
	if t.read != nil {
		return t.read(in)
	}
	r := toyReader{body: in.Body, limits: in.Limits, text: t.text}
	if r.text == nil {
		r.text = validText
	}
	return r.document()
}

func (t toy) Encode(dst []byte, doc codecs.Document) ([]byte, error) {
	if t.write != nil {
		return t.write(dst, doc)
	}
	if holdsUnfit(doc.Record) {
		return nil, codecs.CannotHold(t, "that value")
	}
	return appendFields(append(dst, signature...), doc.Record), nil
}

func (t toy) EncodeList(dst []byte, l codecs.Listing) ([]byte, error) {
	if t.list != nil {
		return t.list(dst, l)
	}
	return toy{}.Encode(dst, codecs.Document{Record: l.Record()})
}

func (t toy) Sniff(body []byte) bool {
	if t.sniffs != nil {
		return t.sniffs(body)
	}
	return strings.HasPrefix(string(body), signature)
}

func (t toy) Signatures() []string { return []string{signature} }

func holdsUnfit(r codecs.Record) bool {
	for _, f := range r {
		if f.Value.Kind() == codecs.Unfit || holdsUnfit(f.Value.Members()) {
			return true
		}
	}
	return false
}

func appendFields(dst []byte, r codecs.Record) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(r)))
	for _, f := range r {
		dst = appendValue(appendString(dst, f.Name), f.Value)
	}
	return dst
}

func appendString(dst []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint32(dst, uint32(len(s))), s...)
}

func appendValue(dst []byte, v codecs.Value) []byte {
	switch v.Kind() {
	case codecs.Null:
		return append(dst, 'z')
	case codecs.Boolean:
		return append(dst, strconv.FormatBool(v.Bool())[0])
	case codecs.Number:
		return appendString(append(dst, 'n'), v.Text())
	case codecs.Bytes:
		return appendString(append(dst, 'b'), v.Text())
	case codecs.List:
		return appendFields(append(dst, 'l'), v.Members())
	case codecs.Map:
		return appendFields(append(dst, 'm'), v.Members())
	}
	return appendString(append(dst, 's'), string(v.AppendScalar(nil)))
}

type toyReader struct {
	body   []byte
	at     int
	limits codecs.Limits
	text   func([]byte) (string, error)
}

func (r *toyReader) document() (codecs.Record, error) {
	start, err := r.next(len(signature))
	if err != nil || string(start) != signature {
		return nil, codecs.MalformedAt(0, "the signature is missing")
	}
	record, err := r.fields(1, r.limits.MaxFields())
	if err == nil && r.at < len(r.body) {
		return nil, codecs.MalformedAt(r.at, "there is something after the end")
	}
	return record, err
}

func (r *toyReader) next(n int) ([]byte, error) {
	if n < 0 || n > len(r.body)-r.at {
		return nil, codecs.MalformedAt(r.at, "the body ends within a value")
	}
	r.at += n
	return r.body[r.at-n : r.at], nil
}

func (r *toyReader) fields(level, most int) (codecs.Record, error) {
	if err := r.limits.CheckDepth(level); err != nil {
		return nil, err
	}
	count, err := r.length()
	if err == nil && count > most {
		return nil, codecs.Malformed("there are more than %d fields", most)
	}
	var fields codecs.Record
	for len(fields) < count && err == nil {
		var f codecs.Field
		if f.Name, err = r.string(); err == nil {
			f.Value, err = r.value(level)
		}
		fields = append(fields, f)
	}
	return fields, err
}

func (r *toyReader) length() (int, error) {
	b, err := r.next(4)
	if err != nil {
		return 0, err
	}
	return int(binary.BigEndian.Uint32(b)), nil
}

func (r *toyReader) string() (string, error) {
	b, err := r.bytes()
	if err != nil {
		return "", err
	}
	return r.text(b)
}

func validText(b []byte) (string, error) {
	if !utf8.Valid(b) {
		return "", codecs.Malformed("a text is not valid in UTF-8")
	}
	return string(b), nil
}

func (r *toyReader) bytes() ([]byte, error) {
	n, err := r.length()
	if err != nil {
		return nil, err
	}
	return r.next(n)
}

func (r *toyReader) value(level int) (codecs.Value, error) {
	kind, err := r.next(1)
	if err != nil {
		return codecs.Value{}, err
	}
	switch kind[0] {
	case 'z':
		return codecs.NullValue(), nil
	case 't', 'f':
		return codecs.BoolValue(kind[0] == 't'), nil
	case 's', 'S': // two ways to say the same, for an encoder that wavers
		s, err := r.string()
		return codecs.TextValue(s), err
	case 'n':
		s, err := r.string()
		return codecs.NumberValue(s), err
	case 'b':
		b, err := r.bytes()
		return codecs.BytesValue(string(b)), err
	case 'l':
		members, err := r.fields(level+1, len(r.body))
		return codecs.ListValue(valuesOf(members)...), err
	case 'm':
		members, err := r.fields(level+1, r.limits.MaxFields())
		return codecs.MapValue(members), err
	}
	return codecs.Value{}, codecs.MalformedAt(r.at-1, "%q is no kind of value", kind)
}

func valuesOf(r codecs.Record) []codecs.Value {
	values := make([]codecs.Value, len(r))
	for i, f := range r {
		values[i] = f.Value
	}
	return values
}

// lines is a flat format of text that does not mark its end: a quoted name,
// an equals sign and a quoted value on each line.
type lines struct{}

var _ interface {
	codecs.Codec
	codecs.Encoder
} = lines{}

func (lines) Name() string         { return "lines" }
func (lines) MediaTypes() []string { return []string{"text/x-lines"} }

func (l lines) Encode(dst []byte, doc codecs.Document) ([]byte, error) {
	for _, f := range codecs.Flatten(doc.Record) {
		if f.Value.Kind() == codecs.Unfit {
			return nil, codecs.CannotHold(l, "that value")
		}
		dst = fmt.Appendf(dst, "%q=%q\n", f.Name, f.Value.AppendScalar(nil))
	}
	return dst, nil
}

func (lines) Decode(in codecs.Input) (codecs.Record, error) {
	if len(in.Body) == 0 {
		return nil, codecs.Malformed("the body is empty")
	}
	var r codecs.Record
	for line := range strings.SplitSeq(strings.TrimSuffix(string(in.Body), "\n"), "\n") {
		f, err := fieldOf(line)
		if err == nil {
			r, err = in.Limits.Append(r, f)
		}
		if err != nil {
			return nil, err
		}
	}
	return r, nil
}

func fieldOf(line string) (codecs.Field, error) {
	quoted, err := strconv.QuotedPrefix(line)
	if err != nil {
		return codecs.Field{}, codecs.Malformed("a line begins with no quoted name")
	}
	name, errName := strconv.Unquote(quoted)
	rest, isField := strings.CutPrefix(line[len(quoted):], "=")
	value, errValue := strconv.Unquote(rest)
	if errName != nil || !isField || errValue != nil || !utf8.ValidString(name+value) {
		return codecs.Field{}, codecs.Malformed("a line is no field")
	}
	return codecs.Field{Name: name, Value: codecs.TextValue(value)}, nil
}
