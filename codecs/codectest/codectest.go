// Package codectest checks that a format keeps what package codecs promises
// of formats, in the way that testing/fstest checks a file system: whoever
// writes a codec calls Test and knows.
//
//	func TestConformance(t *testing.T) {
//		codectest.Test(t, toml.New(), codectest.Options{Trailing: " \t\r\n#"})
//	}
//
// Which rules apply is told from the interfaces that the format satisfies.
// Every fault begins with the name of the rule that was broken:
//
//	names         names and media types are well-formed, lower case and said once
//	text          hostile text comes back as it was written
//	field-names   so do hostile names of fields, where they are not refused
//	kinds         every kind of value comes back as Options.Back says
//	duplicates    a field given twice is handed over twice, in order
//	truncation    a body that was cut off is not taken for the whole
//	trailing      what stands after the end is not ignored
//	empty         an empty body is refused
//	depth         the limit of depth holds to the level, and against bombs
//	fields        the limit of fields holds to the field
//	rewriting     what was read from any body is written so that it is read again
//	panics        nothing panics, whatever the body
//	errors        every failure is an *Error that can be shown to its caller
//	utf8          text and names that were read are valid UTF-8
//	input         reading writes nothing to the body
//	aliasing      a record does not share the memory of the body
//	concurrency   one value serves many goroutines
//	append        writing keeps what dst held, and appends
//	determinism   the same record is written as the same bytes
//	record        writing leaves the record as it was
//	unfit         what is Unfit is refused, however deep it stands
//	lists         lists are written, and read back as Options.Listing says
//	list-reading  lists are read as they were written, one that was cut off or goes on is not taken for the whole, and the limits hold for each record
//	streams       a list that is written piece by piece is the same
//	signature     a format recognises its own bodies, and not an empty one
//	options       the Options hold what cannot be made without an encoder
package codectest

import (
	"errors"
	"testing"

	"github.com/parley-gateway/parley/codecs"
)

// Options say of a format what its interfaces do not. The zero Options suit
// a format that nests, has every kind of value but times, and tells by the
// body alone whether anything is missing or too much.
type Options struct {
	// Samples are valid bodies. A codec that cannot encode needs one or more;
	// to any other they add what its encoder does not write.
	Samples [][]byte
	// Duplicate is a body in which the field status is active and then risky.
	// Only a codec that cannot encode needs it.
	Duplicate []byte
	// Deep makes a body whose values are nested to this many levels, the
	// record being the first, for formats whose encoder cannot, or not in
	// linear time.
	Deep func(levels int) []byte
	// Wide makes a body of this many fields. Only a codec that cannot encode
	// needs it.
	Wide func(fields int) []byte

	// Flat formats have no lists and maps. Theirs come back as
	// codecs.Flatten names them.
	Flat bool
	// Back is what a value is after it was written and read: Kinds where it is
	// nil, Texts where it is nil and the format is flat. It is asked for a
	// list or a map before its members. For one that comes back as a fault
	// it gives any Unfit value.
	Back func(codecs.Value) codecs.Value
	// CannotHold reports the characters that the format has no way to write.
	// Encoding them has to be refused, or U+FFFD has to stand for each.
	CannotHold func(r rune) bool
	// Listing is what a list is read as before Back: its Record where Listing
	// is nil and the format nests.
	Listing func(codecs.Listing) codecs.Record

	// Row is what a record is after it was written to a list and read by
	// DecodeList: like one that was not in a list where Row is nil.
	Row func(codecs.Record) codecs.Record

	// Open formats do not mark their end, so a body that was cut off may be
	// read as another record, though never as the same.
	Open bool
	// Trailing are the characters that may stand after the end without a
	// meaning, such as white space.
	Trailing string

	// Seed chooses the mutations. They are the same for the same seed.
	Seed uint64
}

// Kinds is the Back of formats that keep the kind of every value but times,
// which come back as text.
func Kinds(v codecs.Value) codecs.Value {
	if v.Kind() == codecs.Time {
		return Texts(v)
	}
	return v
}

// Texts is the Back of formats that have nothing but text.
func Texts(v codecs.Value) codecs.Value {
	return codecs.TextValue(string(v.AppendScalar(nil)))
}

// Test fails t where Check finds faults in a format.
func Test(t testing.TB, f codecs.Format, opts Options) {
	t.Helper()
	if err := Check(f, opts); err != nil {
		t.Errorf("%s breaks its promises:\n%v", f.Name(), err)
	}
}

// Check looks for everything that a format does not keep. Its error is that
// of errors.Join, with one error for each fault, and each begins with the
// name of its rule and a colon.
func Check(f codecs.Format, opts Options) error {
	k := newKit(f, opts)
	for _, r := range rules {
		if r.applies(k) {
			k.run(r)
		}
	}
	return errors.Join(k.faults...)
}

// A rule is one promise. Those that every call could break, such as panics,
// have no line in the table: the kit looks for them at each call.
type rule struct {
	name    string
	applies func(*kit) bool
	check   func(*kit)
}

var rules = []rule{
	{"names", always, (*kit).checkNames},
	{"options", hasCodec, (*kit).checkOptions},
	{"text", readsAndWrites, (*kit).checkText},
	{"field-names", readsAndWrites, (*kit).checkFieldNames},
	{"kinds", readsAndWrites, (*kit).checkKinds},
	{"duplicates", reads, (*kit).checkDuplicates},
	{"truncation", reads, (*kit).checkTruncation},
	{"trailing", reads, (*kit).checkTrailing},
	{"empty", reads, (*kit).checkEmpty},
	{"depth", nests, (*kit).checkDepth},
	{"fields", reads, (*kit).checkFields},
	{"rewriting", reads, (*kit).checkMutations},
	{"aliasing", reads, (*kit).checkAliasing},
	{"concurrency", always, (*kit).checkConcurrency},
	{"append", writes, (*kit).checkAppend},
	{"determinism", writes, (*kit).checkDeterminism},
	{"unfit", writes, (*kit).checkUnfit},
	{"lists", writesLists, (*kit).checkLists},
	{"list-reading", readsLists, (*kit).checkListReading},
	{"streams", streamsLists, (*kit).checkStreams},
	{"signature", sniffs, (*kit).checkSignature},
}

func always(*kit) bool           { return true }
func hasCodec(k *kit) bool       { return k.codec != nil }
func reads(k *kit) bool          { return k.codec != nil && k.isEquipped() }
func writes(k *kit) bool         { return k.encoder != nil || k.lists != nil }
func writesLists(k *kit) bool    { return k.lists != nil }
func readsLists(k *kit) bool     { return k.listDecoder != nil && k.lists != nil }
func streamsLists(k *kit) bool   { return k.streamer != nil }
func readsAndWrites(k *kit) bool { return k.codec != nil && k.encoder != nil }
func nests(k *kit) bool          { return reads(k) && !k.opts.Flat && (k.encoder != nil || k.opts.Deep != nil) }
func sniffs(k *kit) bool         { return reads(k) && k.sniffer != nil }
