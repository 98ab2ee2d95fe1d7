package codecs

import (
	"slices"
	"strconv"
	"time"
)

// A Record is an ordered list of named values: what every format is decoded
// into and encoded from. A name may stand in it twice, because what a caller
// wrote twice must be seen twice.
type Record []Field

// A Field is a value and its name. The members of a list have no name.
type Field struct {
	Name  string
	Value Value
}

// Kind says what a Value is.
type Kind uint8

const (
	Null Kind = iota
	Text
	Number
	Boolean
	Bytes
	Time
	List
	Map
	// Unfit is what a format can write and a Record cannot hold, such as a
	// CBOR tag or an element inside a field. It is decoded, so that it can be
	// reported beside other faults, and never encoded.
	Unfit
)

var kindNames = [...]string{"null", "text", "a number", "a boolean", "bytes", "a time", "a list", "a map", "unfit"}

// String names the kind with its article, to stand in a sentence.
func (k Kind) String() string { return kindNames[k] }

// A Value is one value of a Record. It keeps its kind. The zero Value is
// Null. Values are not altered after they were made, and may be shared.
type Value struct {
	kind    Kind
	flag    bool   // Boolean
	nsec    int32  // Time
	sec     int64  // Time
	text    string // Text, Bytes; the literal of a Number; the description of what is Unfit
	code    string // Unfit
	members Record // List (names empty), Map
}

// NullValue is the value of nothing.
func NullValue() Value { return Value{} }

// TextValue makes a Text. s is valid UTF-8.
func TextValue(s string) Value { return Value{kind: Text, text: s} }

// NumberValue makes a Number from a literal by the grammar of JSON (RFC 8259
// section 6), or one of NaN, Infinity and -Infinity.
func NumberValue(literal string) Value { return Value{kind: Number, text: literal} }

// IntValue makes a Number from an integer.
func IntValue(n int64) Value { return NumberValue(strconv.FormatInt(n, 10)) }

// BoolValue makes a Boolean.
func BoolValue(b bool) Value { return Value{kind: Boolean, flag: b} }

// BytesValue makes a Bytes, whose content is any sequence of bytes.
func BytesValue(b string) Value { return Value{kind: Bytes, text: b} }

// TimeValue makes a Time, in UTC.
func TimeValue(t time.Time) Value {
	return Value{kind: Time, sec: t.Unix(), nsec: int32(t.Nanosecond())}
}

// ListValue makes a List.
func ListValue(values ...Value) Value {
	members := make(Record, len(values))
	for i, v := range values {
		members[i].Value = v
	}
	return Value{kind: List, members: members}
}

// TextsValue makes a List of Text.
func TextsValue[S ~string](texts []S) Value {
	members := make(Record, len(texts))
	for i, s := range texts {
		members[i].Value = TextValue(string(s))
	}
	return Value{kind: List, members: members}
}

// MapValue makes a Map.
func MapValue(fields Record) Value { return Value{kind: Map, members: fields} }

// UnfitValue makes an Unfit value. code is stable, "wrong-type" for one;
// description names the value in a sentence: "a value with the CBOR tag 32".
func UnfitValue(code, description string) Value {
	return Value{kind: Unfit, code: code, text: description}
}

// Kind says what the value is.
func (v Value) Kind() Kind { return v.kind }

// Text is the content of a Text or a Bytes, the literal of a Number, and the
// description of what is Unfit.
func (v Value) Text() string { return v.text }

// Code is the code of what is Unfit.
func (v Value) Code() string { return v.code }

// Bool is the content of a Boolean.
func (v Value) Bool() bool { return v.flag }

// Time is the content of a Time, in UTC.
func (v Value) Time() time.Time { return time.Unix(v.sec, int64(v.nsec)).UTC() }

// Members are the values of a List, which have no names, or the fields of a
// Map.
func (v Value) Members() Record { return v.members }

// Equal reports whether two values are of one kind and have the same content.
func (v Value) Equal(w Value) bool {
	return v.kind == w.kind && v.flag == w.flag && v.sec == w.sec && v.nsec == w.nsec &&
		v.text == w.text && v.code == w.code && v.members.Equal(w.members)
}

// Equal reports whether two records hold the same fields in the same order.
func (r Record) Equal(s Record) bool {
	return slices.EqualFunc(r, s, func(f, g Field) bool {
		return f.Name == g.Name && f.Value.Equal(g.Value)
	})
}

// Get finds the first value of a name.
func (r Record) Get(name string) (Value, bool) {
	for _, f := range r {
		if f.Name == name {
			return f.Value, true
		}
	}
	return Value{}, false
}

// AppendScalar appends the value as text: a Text as it is, a Number's
// literal, true or false, a Time by RFC 3339 with the fraction only where
// there is one, Bytes in base64 (RFC 4648 section 4). A Null is nothing. A
// List or Map has no text, see Flatten.
func (v Value) AppendScalar(dst []byte) []byte {
	switch v.kind {
	case Text, Number:
		return append(dst, v.text...)
	case Boolean:
		return strconv.AppendBool(dst, v.flag)
	case Bytes:
		return appendBase64(dst, v.text)
	case Time:
		return v.Time().AppendFormat(dst, time.RFC3339Nano)
	}
	return dst
}
