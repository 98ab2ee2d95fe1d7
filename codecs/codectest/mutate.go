package codectest

import (
	"bytes"
	"math/rand/v2"
	"slices"

	"github.com/parley-gateway/parley/codecs"
)

// mutations is how many altered bodies are read. More find little more, and
// the check is to be run with every test.
const mutations = 2000

// fragments are what parsers stumble over: half of an escape, a length that
// nothing has, bytes that are no text, and brackets of every kind.
var fragments = []string{
	"\x00", "\xff", "\xff\xff\xff\xff\xff\xff\xff\xff", "\x7f\xff\xff\xff", "\x80", "\xc3", "\xed\xa0\x80", "\xef\xbb\xbf",
	"\xfe\xff", "\xbb", "\x9f", "\xdf", "\xc6", "\xd9\xd9\xf7", "\n", "\r", "\r\n\r\n", "\t", " ", "\"", "'", "\\", "\\u", "\\ud800",
	"{", "}", "[", "]", "<", ">", "</", "<!", "<?", "<![CDATA[", "-->", "&", "&#", "&#x110000;", ";", "%", "%4", "%zz", "=", ":", ": ", ",",
	"-", "--", "---\n", "...", "- ", "|", ">", "#", "!", "*", "~", "0", "-0", "1e999", "9223372036854775808", "null", "true", "\"\":",
}

// checkMutations reads bodies with faults that nobody thought of. Most of
// what it finds goes under the rules of every call: panics, errors, utf8 and
// input.
func (k *kit) checkMutations() {
	random := rand.New(rand.NewPCG(k.opts.Seed, 0))
	for _, fragment := range fragments {
		k.readAny([]byte(fragment), k.mediaOf(nil))
	}
	if len(k.bodies) == 0 {
		return // the rules of round trips have said why
	}
	for range mutations {
		b := k.bodies[random.IntN(len(k.bodies))]
		mutated := bytes.Clone(b.bytes)
		for range 1 + random.IntN(4) {
			mutated = Mutate(random, mutated)
		}
		k.readAny(mutated, b.media)
	}
}

// readAny names the body that a panic is about.
func (k *kit) readAny(body []byte, media codecs.MediaType) {
	defer func() {
		if cause := recover(); cause != nil {
			k.faultOnce("panics", "reading %s: %v", show(body), cause)
		}
	}()
	record, err := k.decode(body, media, codecs.Limits{})
	if err == nil && k.encoder != nil {
		k.checkRewriting(body, record)
	}
}

// checkRewriting demands that what was read can be written and read again,
// where the encoder does not refuse it.
func (k *kit) checkRewriting(body []byte, record codecs.Record) {
	written, err := k.encode(nil, record)
	if err != nil {
		return
	}
	want := k.back(mapRecord(record, k.heldText))
	if got, err := k.decode(written, k.mediaOf(written), codecs.Limits{}); err != nil || !same(want, got) {
		k.faultOnce(k.rule, "%s is read as %s and written as %s, which is read as %s: %v", show(body), show(want), show(written), show(got), err)
	}
}

// Mutate alters one place of a body, in place where it can, as transport,
// truncation and malice do.
func Mutate(random *rand.Rand, b []byte) []byte {
	from := random.IntN(len(b) + 1)
	to := min(len(b), from+random.IntN(8))
	switch random.IntN(6) {
	case 0:
		return slices.Insert(b, from, []byte(fragments[random.IntN(len(fragments))])...)
	case 1:
		return slices.Replace(b, from, to, []byte(fragments[random.IntN(len(fragments))])...)
	case 2:
		return slices.Delete(b, from, to)
	case 3:
		return slices.Insert(b, from, bytes.Clone(b[from:to])...)
	case 4:
		return b[:from]
	}
	if from < len(b) {
		b[from] ^= 1 << random.IntN(8)
	}
	return b
}
