package codecs

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/ugorji/go/codec"
)

// CBOR is the format of RFC 8949. A record is a map whose keys are text. Of
// the tags it knows only 55799, which says that this is CBOR (section 3.4.6)
// and may stand around the whole. undefined is a null; simple values that are
// assigned to nothing are refused.
type CBOR struct{}

var (
	_ Codec       = CBOR{}
	_ ListEncoder = CBOR{}
	_ Suffixer    = CBOR{}
	_ Sniffer     = CBOR{}
)

// NewCBOR makes the codec.
func NewCBOR() CBOR { return CBOR{} }

func (CBOR) Name() string         { return "cbor" }
func (CBOR) MediaTypes() []string { return []string{"application/cbor"} }
func (CBOR) Suffix() string       { return "+cbor" }
func (CBOR) Signatures() []string { return []string{"d9 d9 f7 (self-described CBOR)"} }

// selfDescribed is the head of the CBOR tag 55799, which says that CBOR
// follows and nothing else.
const selfDescribed = "\xd9\xd9\xf7"

// Sniff recognises self-described CBOR.
func (CBOR) Sniff(body []byte) bool { return bytes.HasPrefix(body, []byte(selfDescribed)) }

// The major types of RFC 8949 section 3.1.
const (
	cborUnsigned = iota
	cborNegative
	cborBytes
	cborText
	cborArray
	cborMap
	cborTag
	cborSimple
)

// Additional information of RFC 8949 section 3, and the simple values of
// section 3.3.
const (
	cborIndefinite = 31
	cborBreak      = 0xff
	cborFalse      = 20
	cborTrue       = 21
	cborOneByte    = 24
	cborHalf       = 25
	cborSingle     = 26
	cborDouble     = 27
)

// Decode reads a map.
func (CBOR) Decode(in Input) (Record, error) {
	c := &cborCheck{body: in.Body, limits: in.Limits}
	start, err := c.skipSelfDescription()
	if err != nil {
		return nil, err
	}
	end, err := c.item(start, 1)
	if err != nil {
		return nil, err
	}
	if err := checkEnd(in.Body, end); err != nil {
		return nil, err
	}
	v, err := cborUnpacker.unpack(in.Body[start:], in.Limits)
	if err != nil {
		return nil, err
	}
	if v.kind != Map {
		return nil, NoFields(describe(v))
	}
	return v.members, nil
}

// cborCheck makes sure that a body is well-formed by RFC 8949 appendix C, and
// its text valid.
type cborCheck struct {
	body   []byte
	limits Limits
	values int // so far
}

// A cborHead is what an item begins with.
type cborHead struct {
	major byte
	info  byte
	arg   uint64 // what info stands for; 0 for an indefinite length
	end   int
}

func (c *cborCheck) skipSelfDescription() (int, error) {
	h, err := c.head(0)
	if err != nil || h.major != cborTag || h.arg != 55799 {
		return 0, err
	}
	return h.end, nil
}

// head reads the head of the item at an offset.
func (c *cborCheck) head(at int) (cborHead, error) {
	if at >= len(c.body) {
		return cborHead{}, endsEarly(c.body)
	}
	h := cborHead{major: c.body[at] >> 5, info: c.body[at] & 31, end: at + 1}
	if h.info < cborOneByte {
		h.arg = uint64(h.info)
		return h, nil
	}
	if h.info > cborDouble {
		return h, c.checkIndefinite(h, at)
	}
	size := 1 << (h.info - cborOneByte)
	if len(c.body)-h.end < size {
		return h, endsEarly(c.body)
	}
	h.arg = bigEndian(c.body[h.end : h.end+size])
	h.end += size
	return h, nil
}

func (c *cborCheck) checkIndefinite(h cborHead, at int) error {
	switch {
	case h.info < cborIndefinite:
		return MalformedAt(at, "the additional information %d is reserved", h.info)
	case h.major == cborSimple:
		return MalformedAt(at, "a break comes where a value belongs")
	case h.major < cborBytes || h.major == cborTag:
		return MalformedAt(at, "a value of major type %d has an indefinite length", h.major)
	}
	return nil
}

// item checks the item at an offset and says where it ends. Were it nested,
// it would be level depth.
func (c *cborCheck) item(at, depth int) (int, error) {
	c.values++
	if err := c.limits.CheckValues(c.values); err != nil {
		return 0, err
	}
	h, err := c.head(at)
	if err != nil {
		return 0, err
	}
	switch h.major {
	case cborBytes, cborText:
		return c.str(h)
	case cborArray, cborMap:
		return c.items(h, depth)
	case cborTag:
		return c.tagged(h, depth)
	case cborSimple:
		return h.end, checkCBORSimple(h, at)
	}
	return h.end, nil
}

func (c *cborCheck) str(h cborHead) (int, error) {
	if h.info != cborIndefinite {
		return c.chunk(h)
	}
	at := h.end
	for {
		if c.isBreak(at) {
			return at + 1, nil
		}
		chunk, err := c.head(at)
		if err != nil {
			return 0, err
		}
		if chunk.major != h.major || chunk.info == cborIndefinite {
			return 0, MalformedAt(at, "a chunk of a string is no string of definite length of the same type")
		}
		if at, err = c.chunk(chunk); err != nil {
			return 0, err
		}
	}
}

func (c *cborCheck) chunk(h cborHead) (int, error) {
	return checkString(c.body, h.end, h.arg, h.major == cborText)
}

func (c *cborCheck) isBreak(at int) bool { return at < len(c.body) && c.body[at] == cborBreak }

func (c *cborCheck) items(h cborHead, depth int) (int, error) {
	if err := c.limits.CheckDepth(depth); err != nil {
		return 0, err
	}
	at, err := h.end, error(nil)
	for n := uint64(0); h.info == cborIndefinite || n < h.arg; n++ {
		if h.info == cborIndefinite && c.isBreak(at) {
			return at + 1, nil
		}
		if at, err = c.member(h, at, depth+1); err != nil {
			return 0, err
		}
	}
	return at, nil
}

func (c *cborCheck) member(h cborHead, at, depth int) (int, error) {
	if h.major == cborArray {
		return c.item(at, depth)
	}
	value, err := c.item(at, depth)
	if err != nil {
		return 0, err
	}
	return c.item(value, depth)
}

// tagged counts a tag as a level, because tags can be nested without end.
func (c *cborCheck) tagged(h cborHead, depth int) (int, error) {
	if err := c.limits.CheckDepth(depth); err != nil {
		return 0, err
	}
	return c.item(h.end, depth+1)
}

func checkCBORSimple(h cborHead, at int) error {
	switch {
	case h.info == cborOneByte && h.arg < 32:
		return MalformedAt(at, "the simple value %d is written in two bytes", h.arg)
	case h.info < cborFalse || h.info == cborOneByte:
		return MalformedAt(at, "the simple value %d is assigned to nothing", h.arg)
	}
	return nil
}

var cborUnpacker = newUnpacker(
	func() codec.Handle {
		h := new(codec.CborHandle)
		h.ZeroCopy = true
		return h
	}(),
	cborKind, cborSpecial)

var cborKinds = [...]Kind{
	cborUnsigned: Number,
	cborNegative: Number,
	cborBytes:    Bytes,
	cborText:     Text,
	cborArray:    List,
	cborMap:      Map,
	cborTag:      Unfit,
}

func cborKind(piece []byte) Kind {
	if len(piece) == 0 {
		return Null
	}
	major, info := piece[0]>>5, piece[0]&31
	switch {
	case major < cborSimple:
		return cborKinds[major]
	case info >= cborHalf:
		return Number
	case info > cborTrue:
		return Null
	}
	return Boolean
}

// cborSpecial reads integers by itself, since those below -2^63 are beyond
// ugorji.
func cborSpecial(l *level, piece []byte) (Value, error) {
	h, err := (&cborCheck{body: piece}).head(0)
	if err != nil {
		return Value{}, err
	}
	switch h.major {
	case cborUnsigned:
		return NumberValue(strconv.FormatUint(h.arg, 10)), nil
	case cborNegative:
		return NumberValue(negative(h.arg)), nil
	case cborTag:
		return UnfitValue("wrong-type", fmt.Sprintf("a value with the CBOR tag %d", h.arg)), nil
	}
	var x float64
	err = l.decode(piece, &x)
	return floatValue(x), err
}

// cborLeast is the least integer, whose magnitude is one too many for 64 bits.
const cborLeast = "-18446744073709551616"

// negative is the literal of -1-n.
func negative(n uint64) string {
	if n == math.MaxUint64 {
		return cborLeast
	}
	return "-" + strconv.FormatUint(n+1, 10)
}

// Encode writes a map in the order of the fields, every head in its shortest
// form and every length definite. Bytes stay bytes, a Time is text by RFC
// 3339. A Number is an integer where its literal is one that CBOR holds, else
// a double.
func (c CBOR) Encode(dst []byte, doc Document) ([]byte, error) {
	return c.appendRecord(dst, doc.Record)
}

// EncodeList writes a map that holds the records in an array.
func (c CBOR) EncodeList(dst []byte, list Listing) ([]byte, error) {
	return c.appendRecord(dst, list.Record())
}

func (c CBOR) appendRecord(dst []byte, r Record) ([]byte, error) {
	dst = appendCBORHead(dst, cborMap, uint64(len(r)))
	for _, f := range r {
		dst = appendCBORText(dst, f.Name)
		var err error
		if dst, err = c.appendValue(dst, f.Value); err != nil {
			return nil, err
		}
	}
	return dst, nil
}

func (c CBOR) appendValue(dst []byte, v Value) ([]byte, error) {
	switch v.kind {
	case Null:
		return append(dst, 0xf6), nil
	case Text:
		return appendCBORText(dst, v.text), nil
	case Number:
		return c.appendNumber(dst, v.text)
	case Boolean:
		if v.flag {
			return append(dst, 0xf5), nil
		}
		return append(dst, 0xf4), nil
	case Bytes:
		return append(appendCBORHead(dst, cborBytes, uint64(len(v.text))), v.text...), nil
	case Time:
		var text [len(time.RFC3339Nano)]byte
		return appendCBORText(dst, string(v.AppendScalar(text[:0]))), nil
	case List:
		return c.appendList(dst, v.members)
	case Map:
		return c.appendRecord(dst, v.members)
	}
	return nil, CannotHold(c, v.text)
}

func (c CBOR) appendList(dst []byte, members Record) ([]byte, error) {
	dst = appendCBORHead(dst, cborArray, uint64(len(members)))
	for _, m := range members {
		var err error
		if dst, err = c.appendValue(dst, m.Value); err != nil {
			return nil, err
		}
	}
	return dst, nil
}

func (c CBOR) appendNumber(dst []byte, literal string) ([]byte, error) {
	magnitude, minus, ok := integer(literal)
	switch {
	case ok && minus:
		return appendCBORHead(dst, cborNegative, magnitude-1), nil
	case ok:
		return appendCBORHead(dst, cborUnsigned, magnitude), nil
	case literal == cborLeast:
		return appendCBORHead(dst, cborNegative, math.MaxUint64), nil
	}
	x, err := double(c, literal)
	return binary.BigEndian.AppendUint64(append(dst, cborSimple<<5|cborDouble), math.Float64bits(x)), err
}

func appendCBORText(dst []byte, s string) []byte {
	return append(appendCBORHead(dst, cborText, uint64(len(s))), s...)
}

func appendCBORHead(dst []byte, major byte, arg uint64) []byte {
	major <<= 5
	switch {
	case arg < cborOneByte:
		return append(dst, major|byte(arg))
	case arg <= math.MaxUint8:
		return append(dst, major|cborOneByte, byte(arg))
	case arg <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(dst, major|cborHalf), uint16(arg))
	case arg <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(dst, major|cborSingle), uint32(arg))
	}
	return binary.BigEndian.AppendUint64(append(dst, major|cborDouble), arg)
}
