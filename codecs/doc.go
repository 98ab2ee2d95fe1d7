// Package codecs turns bytes into records and records into bytes, in many
// formats, and chooses among the formats by what a client sent and what it
// accepts.
//
// # The record
//
// A [Record] is an ordered list of named values. Everything that is decoded
// becomes one and everything that is encoded was one; nothing else crosses
// between a format and the rest of the program. A format knows nothing of
// users, and whoever works with users knows nothing of formats. A record keeps
// what the sender wrote: the order, a name that came twice, and the kind of
// each value, so that whoever reads it can be strict in the same way for every
// format.
//
// # A format of your own
//
// A format is a type with a name, its media types, and what it can do:
//
//	type pipe struct{}
//
//	func (pipe) Name() string                                { return "pipe" }
//	func (pipe) MediaTypes() []string                        { return []string{"text/x-pipe"} }
//	func (pipe) Decode(in Input) (Record, error)             { ... } // it can be read
//	func (pipe) Encode(dst []byte, d Document) ([]byte, error) { ... } // it can be answered
//
// [Registry.Register] makes it known. From then on it is found by its
// Content-Type ([Registry.ByContentType]) and by Accept
// ([Registry.Negotiate]). The example of this package is such a format, whole.
// Package codectest holds a format to what is promised here.
//
// # What a format may add
//
// A format says what else it can do by the methods it has:
//
//   - [Codec]: it can be read; [Encoder]: one record can be written in it;
//     [ListEncoder]: a list of records can.
//   - [Suffixer]: it stands behind every media type with its suffix, +json.
//   - [Sniffer]: it recognises a body that says nothing of itself.
//   - [Container]: its bodies hold a body of another format.
//   - [ProblemEncoder]: problems have a media type of their own in it.
//   - [NamedOnly]: it is answered only to clients that name it.
//   - [Steerer]: some of its fields steer the request.
//   - [Padder]: white space around a word is layout in it.
//   - [Attacher]: what is answered in it is a file to be saved.
//   - [ContentTyper]: its Content-Type depends on the body.
//
// # What is promised
//
// Formats are safe for concurrent use. Decode writes nothing to the body and
// keeps nothing of it, never panics, takes time and memory in proportion to
// the body, and honours [Limits], but for those of lengths, which [DecodeAs]
// sees to. Text in a record is valid UTF-8. The same record is always encoded in
// the same bytes. Every failure is an [*Error].
package codecs
