package codecs

import (
	"encoding/hex"
	"math"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/ugorji/go/codec"
)

// An unpacker reads the values of one format with the codec of ugorji. That
// is lenient, so whoever unpacks a body has checked before that it is
// well-formed, and how many values it holds.
//
// ugorji puts a map into a Go map, which forgets the order and what came
// twice, or into a slice of keys and values in turn. Only the slice will do,
// and only the outermost map can be had in it; so a body is taken apart level
// by level, into pieces that are still encoded.
type unpacker struct {
	// kind tells what a piece is by how it begins. ugorji makes an empty
	// piece of a null.
	kind func(piece []byte) Kind
	// special reads the kinds that formats write too differently: Number and
	// Unfit.
	special func(l *level, piece []byte) (Value, error)
	// plain finds the content of a Text that stands in its piece as it is, and
	// reports false for one that has to be decoded. Nil where that gains
	// nothing.
	plain func(piece []byte) ([]byte, bool)

	levels sync.Pool // of *level
}

// A level is one list or map being taken apart.
type level struct {
	decoder *codec.Decoder
	pieces  pieces
	text    string // the last, to save an allocation for each
}

// decode reads a piece into what target points to.
func (l *level) decode(piece []byte, target any) error {
	l.decoder.ResetBytes(piece)
	if err := l.decoder.Decode(target); err != nil {
		return Malformed("%v", err)
	}
	return nil
}

// text reads the content of a Text or a Bytes.
func (u *unpacker) text(l *level, piece []byte) (string, error) {
	if u.plain != nil {
		if content, ok := u.plain(piece); ok {
			return string(content), nil
		}
	}
	err := l.decode(piece, &l.text)
	// ZeroCopy, which spares a copy of every piece, makes the text share the
	// memory of the body.
	return strings.Clone(l.text), err
}

type pieces []codec.Raw

// MapBySlice lets ugorji decode a map into the slice.
func (pieces) MapBySlice() {}

// keptPieces is how many pieces a level may have had to be used again, so
// that one large list does not hold its memory for good.
const keptPieces = 1024

// newUnpacker makes an unpacker. The handle has ZeroCopy set.
func newUnpacker(h codec.Handle, kind func([]byte) Kind, special func(*level, []byte) (Value, error)) *unpacker {
	u := &unpacker{kind: kind, special: special}
	u.levels.New = func() any { return &level{decoder: codec.NewDecoderBytes(nil, h)} }
	return u
}

// unpack reads the piece that is a whole body.
func (u *unpacker) unpack(piece []byte, limits Limits) (Value, error) {
	l := u.levels.Get().(*level)
	defer u.release(l)
	return u.value(l, piece, limits, 1)
}

// split takes a list or a map apart: a map into names and values in turn. The
// pieces share the memory of the body.
func (u *unpacker) split(piece []byte) ([]codec.Raw, error) {
	l := u.levels.Get().(*level)
	defer u.release(l)
	var parts pieces
	err := l.decode(piece, &parts)
	return parts, err
}

// release forgets the body before the level is used for another.
func (u *unpacker) release(l *level) {
	if cap(l.pieces) > keptPieces {
		return
	}
	clear(l.pieces)
	l.pieces, l.text = l.pieces[:0], ""
	l.decoder.ResetBytes(nil)
	u.levels.Put(l)
}

// value reads a piece. Were it a list or a map, it would be level depth.
func (u *unpacker) value(l *level, piece []byte, limits Limits, depth int) (Value, error) {
	switch kind := u.kind(piece); kind {
	case Null:
		return NullValue(), nil
	case Text, Bytes:
		s, err := u.text(l, piece)
		return Value{kind: kind, text: s}, err
	case Boolean:
		var b bool
		err := l.decode(piece, &b)
		return BoolValue(b), err
	case List, Map:
		return u.nested(kind, piece, limits, depth)
	}
	return u.special(l, piece)
}

func (u *unpacker) nested(kind Kind, piece []byte, limits Limits, depth int) (Value, error) {
	if err := limits.CheckDepth(depth); err != nil {
		return Value{}, err
	}
	l := u.levels.Get().(*level)
	defer u.release(l)
	if err := l.decode(piece, &l.pieces); err != nil {
		return Value{}, err
	}
	read := u.members
	if kind == Map {
		read = u.fields
	}
	members, err := read(l, limits, depth+1)
	return Value{kind: kind, members: members}, err
}

func (u *unpacker) members(l *level, limits Limits, depth int) (Record, error) {
	members := make(Record, len(l.pieces))
	for i, piece := range l.pieces {
		v, err := u.value(l, piece, limits, depth)
		if err != nil {
			return nil, err
		}
		members[i].Value = v
	}
	return members, nil
}

func (u *unpacker) fields(l *level, limits Limits, depth int) (Record, error) {
	count := len(l.pieces) / 2
	fields := make(Record, 0, min(count, limits.MaxFields()))
	for i := range count {
		f, err := u.field(l, l.pieces[2*i], l.pieces[2*i+1], limits, depth)
		if err != nil {
			return nil, err
		}
		if fields, err = limits.Append(fields, f); err != nil {
			return nil, err
		}
	}
	return fields, nil
}

func (u *unpacker) field(l *level, key, piece []byte, limits Limits, depth int) (Field, error) {
	if u.kind(key) != Text {
		return u.oddField(l, key, limits, depth)
	}
	name, err := u.text(l, key)
	if err != nil {
		return Field{}, err
	}
	v, err := u.value(l, piece, limits, depth)
	return Field{Name: name, Value: v}, err
}

// oddField is a field whose name is no text. It is unfit whatever its value
// is.
func (u *unpacker) oddField(l *level, key []byte, limits Limits, depth int) (Field, error) {
	name, err := u.value(l, key, limits, depth)
	if err != nil {
		return Field{}, err
	}
	return Field{
		Name:  notation(name),
		Value: UnfitValue("wrong-type", "a value whose name is "+describe(name)),
	}, nil
}

// notation writes a value roughly in the diagnostic notation of RFC 8949
// section 8, so that the bytes of a word are not taken for the word.
func notation(v Value) string {
	switch v.kind {
	case Bytes:
		return "h'" + hex.EncodeToString([]byte(clip(v.text))) + "'"
	case Number, Boolean:
		return string(v.AppendScalar(nil))
	}
	return describe(v)
}

// clip shortens what a sender wrote, to be told in a message.
func clip(s string) string {
	const most = 64
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}

// describe names a value in a sentence.
func describe(v Value) string {
	if v.kind == Unfit {
		return v.text
	}
	return v.kind.String()
}

// What the checks of the binary formats share.

func endsEarly(body []byte) *Error { return MalformedAt(len(body), "the data ends early") }

func checkEnd(body []byte, end int) error {
	if end < len(body) {
		return MalformedAt(end, "something comes after the end of the data")
	}
	return nil
}

// bigEndian is the number in 1, 2, 4 or 8 bytes.
func bigEndian(b []byte) (n uint64) {
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return n
}

// checkString checks the content of a string that begins at an offset, and
// says where it ends.
func checkString(body []byte, at int, length uint64, text bool) (int, error) {
	if length > uint64(len(body)-at) {
		return 0, endsEarly(body)
	}
	end := at + int(length)
	if text && !utf8.Valid(body[at:end]) {
		return 0, invalidUTF8(body[:end], at)
	}
	return end, nil
}

func invalidUTF8(body []byte, at int) *Error {
	for {
		r, size := utf8.DecodeRune(body[at:])
		if r == utf8.RuneError && size <= 1 {
			return MalformedAt(at, "the byte 0x%02x is not valid in UTF-8", body[at])
		}
		at += size
	}
}

// What their numbers share.

// floatValue makes a Number of the shortest literal that gives x back.
func floatValue(x float64) Value {
	switch {
	case math.IsNaN(x):
		return NumberValue("NaN")
	case math.IsInf(x, 1):
		return NumberValue("Infinity")
	case math.IsInf(x, -1):
		return NumberValue("-Infinity")
	}
	return NumberValue(strconv.FormatFloat(x, notationOf(x), -1, 64))
}

// notationOf changes to exponents where JavaScript does.
func notationOf(x float64) byte {
	if x = math.Abs(x); x != 0 && (x < 1e-6 || x >= 1e21) {
		return 'e'
	}
	return 'f'
}

// integer takes a literal for an integer and its sign. -0 is none: only a
// double holds it.
func integer(literal string) (magnitude uint64, minus, ok bool) {
	digits, minus := strings.CutPrefix(literal, "-")
	magnitude, err := strconv.ParseUint(digits, 10, 64)
	return magnitude, minus, err == nil && !(minus && magnitude == 0)
}

// double is the double nearest to a literal.
func double(f Format, literal string) (float64, error) {
	x, err := strconv.ParseFloat(literal, 64)
	if err != nil {
		return 0, CannotHold(f, "the number "+literal)
	}
	return x, nil
}
