// Package object reads the objects of PDF files (ISO 32000-1 section 7) and
// knows nothing of what they mean.
//
// It reads strictly: where a repair could decide what a file says, the file is
// refused. It reads nothing but what it is asked for, and what one file may
// cost is bounded by counting, so that no clock decides. Its failures are a
// *codecs.Error.
package object

// An Object is one of the types of ISO 32000-1 section 7.3: Boolean, Integer,
// Real, String, Name, Array, Dict, *Stream, or a Reference to one of them.
// Null is nil, so that an entry of a Dict that is null and one that is missing
// are the same, as section 7.3.7 demands.
type Object any

// Boolean is true or false.
type Boolean bool

// Integer is a number that was written without a point.
type Integer int64

// Real is a number that was written with one.
type Real float64

// String holds the bytes of a string, whichever way it was written.
type String string

// Name is without its solidus, and the escapes of section 7.3.5 are undone.
type Name string

// Array is a list of objects of any types.
type Array []Object

// Dict is a dictionary.
type Dict map[Name]Object

// A Stream is a Dict and bytes, which File.Decode decodes.
type Stream struct {
	Dict Dict
	raw  []byte
	at   int // where its object begins in the file
}

// A Reference names an object of the file.
type Reference struct{ Number, Generation int }

// TypeName names the type of an object with its article, to stand in a
// sentence.
func TypeName(o Object) string {
	switch o.(type) {
	case Boolean:
		return "a boolean"
	case Integer, Real:
		return "a number"
	case String:
		return "a string"
	case Name:
		return "a name"
	case Array:
		return "an array"
	case Dict:
		return "a dictionary"
	case *Stream:
		return "a stream"
	case Reference:
		return "a reference"
	}
	return "null"
}
