package codecs

import (
	"encoding/binary"
	"math"
	"strconv"
	"time"

	"github.com/ugorji/go/codec"
)

// MessagePack is the format of the MessagePack specification
// (github.com/msgpack/msgpack, spec.md). A record is a map whose keys are
// str. The extension types, of which the timestamp is one, are refused.
type MessagePack struct{}

var (
	_ Codec       = MessagePack{}
	_ ListEncoder = MessagePack{}
)

// NewMessagePack makes the codec.
func NewMessagePack() MessagePack { return MessagePack{} }

func (MessagePack) Name() string { return "msgpack" }
func (MessagePack) MediaTypes() []string {
	return []string{"application/vnd.msgpack", "application/msgpack", "application/x-msgpack"}
}

// The formats of the specification by their first byte.
const (
	mpFixMap   = 0x80
	mpFixArray = 0x90
	mpFixStr   = 0xa0
	mpNil      = 0xc0
	mpNothing  = 0xc1
	mpFalse    = 0xc2
	mpTrue     = 0xc3
	mpBin8     = 0xc4
	mpFloat32  = 0xca
	mpFloat64  = 0xcb
	mpUint8    = 0xcc
	mpUint16   = 0xcd
	mpUint32   = 0xce
	mpUint64   = 0xcf
	mpInt8     = 0xd0
	mpInt16    = 0xd1
	mpInt32    = 0xd2
	mpInt64    = 0xd3
	mpStr8     = 0xd9
	mpArray16  = 0xdc
	mpMap16    = 0xde
	mpNegative = 0xe0
)

// An mpForm is what a first byte says of what follows it.
type mpForm struct {
	kind   Kind   // Unfit for what is refused
	size   int    // how many bytes of payload, or of a length
	length uint64 // of a string, list or map whose length stands in the first byte
}

// mpForms has the form of every first byte.
var mpForms = func() (forms [256]mpForm) {
	for b := range forms {
		forms[b] = mpFixed(byte(b))
	}
	for i, size := range []int{1, 2, 4} {
		forms[mpBin8+i] = mpForm{kind: Bytes, size: size}
		forms[mpStr8+i] = mpForm{kind: Text, size: size}
	}
	for i, size := range []int{2, 4} {
		forms[mpArray16+i] = mpForm{kind: List, size: size}
		forms[mpMap16+i] = mpForm{kind: Map, size: size}
	}
	for i, size := range []int{1, 2, 4, 8} {
		forms[mpUint8+i] = mpForm{kind: Number, size: size}
		forms[mpInt8+i] = mpForm{kind: Number, size: size}
	}
	forms[mpFloat32] = mpForm{kind: Number, size: 4}
	forms[mpFloat64] = mpForm{kind: Number, size: 8}
	forms[mpNil] = mpForm{kind: Null}
	forms[mpFalse] = mpForm{kind: Boolean}
	forms[mpTrue] = mpForm{kind: Boolean}
	return forms
}()

// mpFixed is the form of a first byte that holds a number or a length too.
func mpFixed(b byte) mpForm {
	switch {
	case b < mpFixMap, b >= mpNegative:
		return mpForm{kind: Number}
	case b < mpFixArray:
		return mpForm{kind: Map, length: uint64(b - mpFixMap)}
	case b < mpFixStr:
		return mpForm{kind: List, length: uint64(b - mpFixArray)}
	case b < mpNil:
		return mpForm{kind: Text, length: uint64(b - mpFixStr)}
	}
	return mpForm{kind: Unfit}
}

// Decode reads a map.
func (MessagePack) Decode(in Input) (Record, error) {
	c := &mpCheck{body: in.Body, limits: in.Limits}
	end, err := c.item(0, 1)
	if err != nil {
		return nil, err
	}
	if err := checkEnd(in.Body, end); err != nil {
		return nil, err
	}
	v, err := mpUnpacker.unpack(in.Body, in.Limits)
	if err != nil {
		return nil, err
	}
	if v.kind != Map {
		return nil, NoFields(v.kind.String())
	}
	return v.members, nil
}

// mpCheck makes sure that a body is well-formed, its text valid, and nothing
// in it of a type that is refused.
type mpCheck struct {
	body   []byte
	limits Limits
	values int // so far
}

// item checks the item at an offset and says where it ends. Were it nested,
// it would be level depth.
func (c *mpCheck) item(at, depth int) (int, error) {
	c.values++
	if err := c.limits.CheckValues(c.values); err != nil {
		return 0, err
	}
	if at >= len(c.body) {
		return 0, endsEarly(c.body)
	}
	form := mpForms[c.body[at]]
	if form.kind == Unfit {
		return 0, mpRefused(c.body[at], at)
	}
	payload := at + 1
	end := payload + form.size
	if end > len(c.body) {
		return 0, endsEarly(c.body)
	}
	length := form.length
	if form.size > 0 {
		length = bigEndian(c.body[payload:end])
	}
	switch form.kind {
	case Text, Bytes:
		return checkString(c.body, end, length, form.kind == Text)
	case List:
		return c.items(end, length, depth)
	case Map:
		return c.items(end, 2*length, depth)
	}
	return end, nil
}

func mpRefused(b byte, at int) error {
	if b == mpNothing {
		return MalformedAt(at, "the byte 0xc1 begins nothing")
	}
	return MalformedAt(at, "extension types are refused")
}

func (c *mpCheck) items(at int, count uint64, depth int) (int, error) {
	if err := c.limits.CheckDepth(depth); err != nil {
		return 0, err
	}
	var err error
	for range count {
		if at, err = c.item(at, depth+1); err != nil {
			return 0, err
		}
	}
	return at, nil
}

var mpUnpacker = newUnpacker(
	func() codec.Handle {
		h := new(codec.MsgpackHandle)
		h.ZeroCopy = true
		return h
	}(),
	mpKind, mpNumber)

func mpKind(piece []byte) Kind {
	if len(piece) == 0 {
		return Null
	}
	return mpForms[piece[0]].kind
}

func mpNumber(l *level, piece []byte) (Value, error) {
	switch piece[0] {
	case mpFloat32, mpFloat64:
		var x float64
		err := l.decode(piece, &x)
		return floatValue(x), err
	case mpUint64:
		var n uint64
		err := l.decode(piece, &n)
		return NumberValue(strconv.FormatUint(n, 10)), err
	}
	var n int64
	err := l.decode(piece, &n)
	return IntValue(n), err
}

// Encode writes a map in the order of the fields, everything in the shortest
// form there is. Bytes are bin, a Time is str by RFC 3339. A Number is an
// integer where its literal is one of 64 bits, else a float 64.
func (m MessagePack) Encode(dst []byte, doc Document) ([]byte, error) {
	return m.appendRecord(dst, doc.Record)
}

// EncodeList writes a map that holds the records in an array.
func (m MessagePack) EncodeList(dst []byte, list Listing) ([]byte, error) {
	return m.appendRecord(dst, list.Record())
}

func (m MessagePack) appendRecord(dst []byte, r Record) ([]byte, error) {
	dst = appendMPCount(dst, mpFixMap, mpMap16, len(r))
	for _, f := range r {
		dst = appendMPText(dst, f.Name)
		var err error
		if dst, err = m.appendValue(dst, f.Value); err != nil {
			return nil, err
		}
	}
	return dst, nil
}

func (m MessagePack) appendValue(dst []byte, v Value) ([]byte, error) {
	switch v.kind {
	case Null:
		return append(dst, mpNil), nil
	case Text:
		return appendMPText(dst, v.text), nil
	case Number:
		return m.appendNumber(dst, v.text)
	case Boolean:
		if v.flag {
			return append(dst, mpTrue), nil
		}
		return append(dst, mpFalse), nil
	case Bytes:
		return append(appendMPLength(dst, mpBin8, len(v.text)), v.text...), nil
	case Time:
		var text [len(time.RFC3339Nano)]byte
		return appendMPText(dst, string(v.AppendScalar(text[:0]))), nil
	case List:
		return m.appendList(dst, v.members)
	case Map:
		return m.appendRecord(dst, v.members)
	}
	return nil, CannotHold(m, v.text)
}

func (m MessagePack) appendList(dst []byte, members Record) ([]byte, error) {
	dst = appendMPCount(dst, mpFixArray, mpArray16, len(members))
	for _, member := range members {
		var err error
		if dst, err = m.appendValue(dst, member.Value); err != nil {
			return nil, err
		}
	}
	return dst, nil
}

func (m MessagePack) appendNumber(dst []byte, literal string) ([]byte, error) {
	magnitude, minus, ok := integer(literal)
	switch {
	case ok && !minus:
		return appendMPUint(dst, magnitude), nil
	case ok && magnitude <= -math.MinInt64:
		return appendMPNegative(dst, -int64(magnitude)), nil
	}
	x, err := double(m, literal)
	return binary.BigEndian.AppendUint64(append(dst, mpFloat64), math.Float64bits(x)), err
}

func appendMPUint(dst []byte, n uint64) []byte {
	switch {
	case n < mpFixMap:
		return append(dst, byte(n))
	case n <= math.MaxUint8:
		return append(dst, mpUint8, byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(dst, mpUint16), uint16(n))
	case n <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(dst, mpUint32), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(dst, mpUint64), n)
}

func appendMPNegative(dst []byte, n int64) []byte {
	switch {
	case n >= -32:
		return append(dst, byte(n))
	case n >= math.MinInt8:
		return append(dst, mpInt8, byte(n))
	case n >= math.MinInt16:
		return binary.BigEndian.AppendUint16(append(dst, mpInt16), uint16(n))
	case n >= math.MinInt32:
		return binary.BigEndian.AppendUint32(append(dst, mpInt32), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(dst, mpInt64), uint64(n))
}

func appendMPText(dst []byte, s string) []byte {
	if len(s) < mpNil-mpFixStr {
		dst = append(dst, mpFixStr|byte(len(s)))
	} else {
		dst = appendMPLength(dst, mpStr8, len(s))
	}
	return append(dst, s...)
}

// appendMPLength appends the head of a string, where form is its type's first
// byte for lengths of 8 bits, which those for 16 and 32 bits follow.
func appendMPLength(dst []byte, form byte, n int) []byte {
	switch {
	case n <= math.MaxUint8:
		return append(dst, form, byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(dst, form+1), uint16(n))
	}
	return binary.BigEndian.AppendUint32(append(dst, form+2), uint32(n))
}

// appendMPCount appends the head of a list or map, where fixed is its first
// byte with a count inside and form the one for counts of 16 bits, which that
// for 32 bits follows.
func appendMPCount(dst []byte, fixed, form byte, n int) []byte {
	switch {
	case n < mpFixArray-mpFixMap:
		return append(dst, fixed|byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(dst, form), uint16(n))
	}
	return binary.BigEndian.AppendUint32(append(dst, form+1), uint32(n))
}
