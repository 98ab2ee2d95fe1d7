package codectest

import (
	"bytes"
	"strings"
	"time"

	"github.com/parley-gateway/parley/codecs"
)

// checkOptions collects the valid bodies that the rules after it begin with.
func (k *kit) checkOptions() {
	if !k.isEquipped() {
		k.fault("a codec that cannot encode needs Samples, Duplicate and Wide")
	}
	for _, sample := range k.opts.Samples {
		if err := k.addBody(sample); err != nil {
			k.fault("the sample %s is refused: %v", show(sample), err)
		}
	}
	if k.encoder == nil {
		return
	}
	for _, r := range []codecs.Record{command("review"), answer()} {
		if written, err := k.encode(nil, r); err == nil {
			// What the codec makes of its own encoder's bodies is for the
			// rules of round trips to say.
			_ = k.addBody(written)
		}
	}
}

// isEquipped reports whether there is what the rules of reading need.
func (k *kit) isEquipped() bool {
	return k.encoder != nil || len(k.opts.Samples) > 0 && k.opts.Duplicate != nil && k.opts.Wide != nil
}

func (k *kit) addBody(b []byte) error {
	media := k.mediaOf(b)
	record, err := k.decode(b, media, codecs.Limits{})
	if err != nil {
		return err
	}
	k.bodies = append(k.bodies, body{bytes: b, media: media, record: record})
	return nil
}

func (k *kit) checkTruncation() {
	for _, b := range k.bodies {
		for end := 1; end < len(b.bytes); end++ {
			if k.meansNothing(b.bytes[end:]) {
				break
			}
			record, err := k.decode(b.bytes[:end], b.media, codecs.Limits{})
			if err == nil && (!k.opts.Open || record.Equal(b.record)) {
				k.fault("the first %d bytes of %s are read as %s", end, show(b.bytes), show(record))
				break
			}
		}
	}
}

// meansNothing reports whether all of b may stand after the end.
func (k *kit) meansNothing(b []byte) bool {
	return len(bytes.Trim(b, k.opts.Trailing)) == 0
}

// checkTrailing appends every byte there is, and what some parsers stop at.
func (k *kit) checkTrailing() {
	for _, b := range k.bodies {
		for c := range 256 {
			k.checkAppended(b, []byte{byte(c)})
		}
		for _, tail := range []string{"\n{}", "null", "x", " x", "\nx", "<a/>", "\x00\x00", "\ufeff", "&x=y", "\r\n--x"} {
			k.checkAppended(b, []byte(tail))
		}
		k.checkAppended(b, b.bytes)
	}
}

func (k *kit) checkAppended(b body, tail []byte) {
	record, err := k.decode(append(bytes.Clone(b.bytes), tail...), b.media, codecs.Limits{})
	if err != nil {
		return
	}
	switch unchanged := record.Equal(b.record); {
	case unchanged && !k.meansNothing(tail):
		k.fault("%q after %s is ignored", tail, show(b.bytes))
	case !unchanged && !k.opts.Open:
		k.fault("%q after %s is read as %s", tail, show(b.bytes), show(record))
	}
}

func (k *kit) checkEmpty() {
	for _, empty := range [][]byte{nil, {}} {
		media, _ := codecs.ParseMediaType(k.format.MediaTypes()[0])
		if record, err := k.decode(empty, media, codecs.Limits{}); err == nil {
			k.fault("an empty body is read as %s", show(record))
		}
	}
}

// bombDepth is deep enough to exhaust what recurses without a limit, or takes
// quadratic time.
const bombDepth = 100_000

// bombTime is what a bomb may take on a slow machine. To refuse it takes far
// less than a millisecond where reading stops at the limit.
const bombTime = 2 * time.Second

func (k *kit) checkDepth() {
	for _, limits := range []codecs.Limits{{}, {Depth: 5}, {Depth: 3}} {
		k.checkLimit(k.deep, limits.MaxDepth(), limits, "levels")
	}
	if k.opts.Deep == nil && len(k.deep(1000)) > 100*1000 {
		k.faultOnce("options", "the encoder's bodies grow with the square of their depth, so Deep is needed")
		return
	}
	bomb := k.deep(bombDepth)
	start := time.Now()
	if _, err := k.decode(bomb, k.mediaOf(bomb), codecs.Limits{}); !codecs.IsKind(err, codecs.SyntaxError) {
		k.fault("%d levels are not refused as a SyntaxError but with: %v", bombDepth, err)
	}
	if took := time.Since(start); took > bombTime {
		k.fault("%d levels take %v to refuse", bombDepth, took)
	}
}

func (k *kit) checkFields() {
	for _, limits := range []codecs.Limits{{}, {Fields: 5}, {Fields: 3}} {
		k.checkLimit(k.wide, limits.MaxFields(), limits, "fields")
		if k.encoder != nil && k.keepsMaps() {
			k.checkLimit(k.wideMap, limits.MaxFields(), limits, "fields of a map")
		}
	}
}

// checkLimit demands that what is at the limit is read, and that what is one
// beyond is refused.
func (k *kit) checkLimit(generate func(int) []byte, most int, limits codecs.Limits, of string) {
	within, beyond := generate(most), generate(most+1)
	if _, err := k.decode(within, k.mediaOf(within), limits); err != nil {
		k.fault("%d %s are refused where so many are allowed: %v", most, of, err)
	}
	_, err := k.decode(beyond, k.mediaOf(beyond), limits)
	if !codecs.IsKind(err, codecs.SyntaxError) {
		k.fault("%d %s are not refused as a SyntaxError where %d are allowed but with: %v", most+1, of, most, err)
	}
}

func (k *kit) deep(levels int) []byte {
	if k.opts.Deep != nil {
		return k.opts.Deep(levels)
	}
	return k.mustEncode(deepRecord(levels))
}

func (k *kit) wide(fields int) []byte {
	if k.opts.Wide != nil {
		return k.opts.Wide(fields)
	}
	return k.mustEncode(wideRecord(fields))
}

func (k *kit) wideMap(fields int) []byte {
	return k.mustEncode(codecs.Record{{Name: "map", Value: codecs.MapValue(wideRecord(fields))}})
}

// mustEncode writes without a copy to compare with, which takes long for a
// bomb.
func (k *kit) mustEncode(r codecs.Record) []byte {
	written, err := k.encoder.Encode(nil, codecs.Document{Name: "user", Record: r})
	if err != nil {
		k.fault("writing %s fails: %v", show(r), err)
	}
	return written
}

func (k *kit) checkSignature() {
	if k.sniffer.Sniff(nil) || k.sniffer.Sniff([]byte{}) {
		k.fault("an empty body is recognised")
	}
	if len(k.sniffer.Signatures()) == 0 || strings.Join(k.sniffer.Signatures(), "") == "" {
		k.fault("Signatures says nothing of what is recognised")
	}
	recognised := 0
	for _, b := range k.bodies {
		if k.sniffer.Sniff(b.bytes) {
			recognised++
		}
	}
	if recognised == 0 {
		k.fault("no body of the format is recognised; where the encoder writes no signature, a sample has to have one")
	}
}
