package codectest

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/parley-gateway/parley/codecs"
)

// kit is one check of one format. Its codec, encoder and so on are the
// format itself, or nil where it is none.
type kit struct {
	format  codecs.Format
	codec   codecs.Codec
	encoder codecs.Encoder
	lists   codecs.ListEncoder
	sniffer codecs.Sniffer

	listDecoder codecs.ListDecoder
	streamer    codecs.ListStreamer

	opts Options

	rule   string
	faults []error
	told   map[string]bool // the rules of every call that were told once
	bodies []body
}

// body is a valid body, what it holds, and what its sender calls it.
type body struct {
	bytes  []byte
	media  codecs.MediaType
	record codecs.Record
}

func newKit(f codecs.Format, opts Options) *kit {
	k := &kit{format: f, opts: opts.withDefaults(), told: map[string]bool{}}
	k.codec, _ = f.(codecs.Codec)
	k.encoder, _ = f.(codecs.Encoder)
	k.lists, _ = f.(codecs.ListEncoder)
	k.sniffer, _ = f.(codecs.Sniffer)
	k.listDecoder, _ = f.(codecs.ListDecoder)
	k.streamer, _ = f.(codecs.ListStreamer)
	if k.opts.Row == nil {
		k.opts.Row = k.back
	}
	return k
}

func (o Options) withDefaults() Options {
	if o.Back == nil && o.Flat {
		o.Back = Texts
	}
	if o.Back == nil {
		o.Back = Kinds
	}
	if o.Listing == nil && !o.Flat {
		o.Listing = codecs.Listing.Record
	}
	if o.CannotHold == nil {
		o.CannotHold = func(rune) bool { return false }
	}
	return o
}

// run checks one rule. A panic ends the rule and not the check.
func (k *kit) run(r rule) {
	k.rule = r.name
	defer func() {
		if cause := recover(); cause != nil {
			k.faultOnce("panics", "while checking %s: %v", r.name, cause)
		}
	}()
	r.check(k)
}

func (k *kit) fault(format string, args ...any) {
	k.faults = append(k.faults, fmt.Errorf(k.rule+": "+format, args...))
}

// faultOnce is for rules that each of many calls could break.
func (k *kit) faultOnce(rule, format string, args ...any) {
	if !k.told[rule] {
		k.told[rule] = true
		k.faults = append(k.faults, fmt.Errorf(rule+": "+format, args...))
	}
}

// decode reads a copy of a body, and looks for what no call may do.
func (k *kit) decode(body []byte, media codecs.MediaType, limits codecs.Limits) (codecs.Record, error) {
	given := bytes.Clone(body)
	record, err := k.read(codecs.Input{Body: given, Type: media, Limits: limits})
	if !bytes.Equal(given, body) {
		k.faultOnce("input", "reading %s wrote to it", show(body))
	}
	if err != nil {
		k.checkError(body, err)
		return nil, err
	}
	if text, ok := invalidText(record); ok {
		k.faultOnce("utf8", "reading %s gives the text %q", show(body), text)
	}
	return record, nil
}

func (k *kit) read(in codecs.Input) (codecs.Record, error) {
	if container, ok := k.codec.(codecs.Container); ok {
		decoded, err := container.DecodeInside(in)
		return decoded.Record, err
	}
	return k.codec.Decode(in)
}

func (k *kit) checkError(body []byte, err error) {
	e, ok := asError(err)
	switch {
	case !ok:
		k.faultOnce("errors", "reading %s fails with a %T: %v", show(body), err, err)
	case e.Kind == 0 || e.Kind == codecs.Unencodable:
		k.faultOnce("errors", "reading %s fails with the kind %d: %v", show(body), e.Kind, err)
	case e.Detail == "" || strings.HasSuffix(e.Detail, ".") || !utf8.ValidString(e.Detail):
		k.faultOnce("errors", "reading %s fails with %q, which is no sentence without its final stop", show(body), e.Detail)
	case e.Offset < -1 || (e.Line > 0) != (e.Column > 0):
		k.faultOnce("errors", "reading %s fails at line %d, column %d, offset %d", show(body), e.Line, e.Column, e.Offset)
	}
}

// asError is strict: an *Error within another error is not what was promised.
func asError(err error) (*codecs.Error, bool) {
	e, ok := err.(*codecs.Error) //nolint:errorlint // it is what wraps it that is looked for
	return e, ok
}

func invalidText(r codecs.Record) (string, bool) {
	for _, f := range r {
		switch {
		case !utf8.ValidString(f.Name):
			return f.Name, true
		case f.Value.Kind() != codecs.Bytes && !utf8.ValidString(f.Value.Text()):
			return f.Value.Text(), true
		}
		if text, ok := invalidText(f.Value.Members()); ok {
			return text, true
		}
	}
	return "", false
}

// encode writes a copy of a record, and looks for what no call may do.
func (k *kit) encode(dst []byte, r codecs.Record) ([]byte, error) {
	given := document(r)
	written, err := k.encoder.Encode(dst, given)
	if !given.Record.Equal(r) {
		k.faultOnce("record", "writing %s changes it", show(r))
	}
	k.checkWriteError(err)
	return written, err
}

// encodeList is encode for lists.
func (k *kit) encodeList(dst []byte, l codecs.Listing) ([]byte, error) {
	given := cloneListing(l)
	written, err := k.lists.EncodeList(dst, given)
	if !given.Record().Equal(l.Record()) {
		k.faultOnce("record", "writing the list %s changes it", show(l.Record()))
	}
	k.checkWriteError(err)
	return written, err
}

func document(r codecs.Record) codecs.Document {
	return codecs.Document{Name: "user", Record: cloneRecord(r)}
}

func (k *kit) checkWriteError(err error) {
	if e, ok := asError(err); err != nil && (!ok || e.Kind != codecs.Unencodable) {
		k.faultOnce("errors", "writing fails with a %T that is not of kind Unencodable: %v", err, err)
	}
}

// mediaOf is how the sender of a body calls it. That it is well-formed is for
// the rule of names to see.
func (k *kit) mediaOf(body []byte) codecs.MediaType {
	media, _ := codecs.ParseMediaType(codecs.ContentType(k.format, k.format.MediaTypes()[0], body))
	return media
}

// encoded is a record as a body. A record that cannot be written is a fault
// of the rule at hand.
func (k *kit) encoded(r codecs.Record) (body, bool) {
	written, err := k.encode(nil, r)
	if err != nil {
		k.fault("writing %s fails: %v", show(r), err)
		return body{}, false
	}
	return body{bytes: written, media: k.mediaOf(written), record: r}, true
}

// back is what a record is after it was written and read.
func (k *kit) back(r codecs.Record) codecs.Record {
	if k.opts.Flat {
		r = codecs.Flatten(r)
	}
	return mapRecord(r, k.opts.Back)
}
