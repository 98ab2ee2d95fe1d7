package codectest

import (
	"strings"
	"unicode/utf8"

	"github.com/parley-gateway/parley/codecs"
)

// checkText writes each hostile text between two other fields, where what
// breaks out of it is seen, and then at the end, where what is trimmed is.
func (k *kit) checkText() {
	for _, text := range append(hostileTexts, k.ownBodies()...) {
		r := command(text)
		k.checkHeld(text, append(r, codecs.Field{Name: "last", Value: codecs.TextValue("end")}))
		k.checkHeld(text, r)
	}
}

// ownBodies are bodies of the format itself, boundaries and all, to stand as
// text in another.
func (k *kit) ownBodies() []string {
	var texts []string
	for range 2 {
		within := command(strings.Join(texts, ""))
		if written, err := k.encode(nil, within); err == nil {
			texts = append(texts, strings.ToValidUTF8(string(written), "?"))
		}
	}
	return texts
}

// checkHeld lets a format refuse text with characters that it cannot hold.
func (k *kit) checkHeld(text string, r codecs.Record) {
	if strings.ContainsFunc(text, k.opts.CannotHold) {
		if _, err := k.encode(nil, r); err != nil {
			return
		}
	}
	k.checkRoundTrip(r)
}

func (k *kit) checkRoundTrip(r codecs.Record) {
	written, ok := k.encoded(r)
	if !ok {
		return
	}
	got, err := k.decode(written.bytes, written.media, codecs.Limits{})
	if err != nil {
		k.fault("%s is written as %s, which is refused: %v", show(r), show(written.bytes), err)
		return
	}
	if want := k.back(mapRecord(r, k.heldText)); !same(want, got) {
		k.fault("%s comes back as %s, written as %s", show(want), show(got), show(written.bytes))
	}
}

// heldText replaces what the format cannot hold.
func (k *kit) heldText(v codecs.Value) codecs.Value {
	if v.Kind() != codecs.Text || !strings.ContainsFunc(v.Text(), k.opts.CannotHold) {
		return v
	}
	return codecs.TextValue(strings.Map(func(r rune) rune {
		if k.opts.CannotHold(r) {
			return utf8.RuneError
		}
		return r
	}, v.Text()))
}

// checkFieldNames lets a format refuse a name, but not alter it.
func (k *kit) checkFieldNames() {
	for _, name := range hostileNames {
		r := codecs.Record{
			{Name: "status", Value: codecs.TextValue("inactive")},
			{Name: name, Value: codecs.TextValue("value")},
			{Name: "last", Value: codecs.TextValue("end")},
		}
		if _, err := k.encode(nil, r); err == nil {
			k.checkRoundTrip(r)
		}
	}
}

// checkKinds writes each value before another field, so that one that is
// left out is seen as well as one that runs on.
func (k *kit) checkKinds() {
	for _, v := range everyKind {
		k.checkRoundTrip(codecs.Record{
			{Name: "value", Value: v},
			{Name: "last", Value: codecs.TextValue("end")},
		})
	}
	k.checkRoundTrip(answer())
}

func (k *kit) checkDuplicates() {
	if k.encoder == nil {
		k.checkDuplicateSample()
		return
	}
	k.checkRoundTrip(twice())
	if k.keepsMaps() {
		k.checkRoundTrip(codecs.Record{{Name: "map", Value: codecs.MapValue(twice())}})
	}
}

func (k *kit) checkDuplicateSample() {
	record, err := k.decode(k.opts.Duplicate, k.mediaOf(k.opts.Duplicate), codecs.Limits{})
	if err != nil {
		k.fault("%s is refused: %v", show(k.opts.Duplicate), err)
		return
	}
	var values []string
	for _, f := range record {
		if f.Name == "status" {
			values = append(values, f.Value.Text())
		}
	}
	if strings.Join(values, " then ") != "active then risky" {
		k.fault("%s is read as %s", show(k.opts.Duplicate), show(record))
	}
}

// keepsMaps reports whether a map comes back as a map.
func (k *kit) keepsMaps() bool {
	return !k.opts.Flat && k.opts.Back(codecs.MapValue(twice())).Kind() == codecs.Map
}
