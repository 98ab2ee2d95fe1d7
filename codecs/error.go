package codecs

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"
)

// ErrorKind says what sort of failure an Error is.
type ErrorKind uint8

const (
	// SyntaxError: the body is not well-formed in its format, or uses what is
	// refused in it.
	SyntaxError ErrorKind = iota + 1
	// NotFields: the body is well-formed and holds no fields, such as a list.
	NotFields
	// UnknownType: nothing registered reads the declared media type, or
	// recognises the body.
	UnknownType
	// UnknownCharset: nobody knows the declared character encoding.
	UnknownCharset
	// BadMediaType: the declared media type is itself malformed.
	BadMediaType
	// Unencodable: the format cannot hold the record.
	Unencodable
)

// Error is every failure of a codec or the registry.
type Error struct {
	Kind      ErrorKind
	Detail    string   // a sentence without the place and the final stop
	Line      int      // of text, from 1; 0 where there is none
	Column    int      // in code points, from 1
	Offset    int      // in bytes, from 0; -1 where there is none
	Supported []string // what there is instead, with UnknownType
}

func (e *Error) Error() string {
	switch {
	case e.Line > 0:
		return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Detail)
	case e.Offset >= 0:
		return fmt.Sprintf("offset %d: %s", e.Offset, e.Detail)
	}
	return e.Detail
}

func newError(kind ErrorKind, format string, args ...any) *Error {
	return &Error{Kind: kind, Detail: fmt.Sprintf(format, args...), Offset: -1}
}

// Malformed makes a SyntaxError that is about the body as a whole.
func Malformed(format string, args ...any) *Error {
	return newError(SyntaxError, format, args...)
}

// MalformedAt makes a SyntaxError at an offset into binary data.
func MalformedAt(offset int, format string, args ...any) *Error {
	e := newError(SyntaxError, format, args...)
	e.Offset = offset
	return e
}

// MalformedText makes a SyntaxError at an offset into text, told as line and
// column.
func MalformedText(text []byte, offset int, format string, args ...any) *Error {
	offset = min(max(offset, 0), len(text))
	before := text[:offset]
	e := MalformedAt(offset, format, args...)
	e.Line = 1 + bytes.Count(before, []byte{'\n'})
	e.Column = 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return e
}

// NoFields makes the NotFields error for a body that holds something else,
// which found names with its article.
func NoFields(found string) *Error {
	return newError(NotFields, "the body holds %s where fields belong", found)
}

// CannotHold makes the Unencodable error of a format.
func CannotHold(format Format, what string) *Error {
	return newError(Unencodable, "%s cannot hold %s", format.Name(), what)
}

// IsKind reports whether err is an Error of a kind.
func IsKind(err error, kind ErrorKind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == kind
}
