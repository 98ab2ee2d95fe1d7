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

// checkMutations reads bodies with faults that nobody thought of. What it
// finds goes under the rules of every call: panics, errors, utf8 and input.
func (k *kit) checkMutations() {
	random := rand.New(rand.NewPCG(k.opts.Seed, 0))
	for _, fragment := range fragments {
		k.readAny([]byte(fragment), k.mediaOf(nil))
	}
	for range mutations {
		b := k.bodies[random.IntN(len(k.bodies))]
		mutated := bytes.Clone(b.bytes)
		for range 1 + random.IntN(4) {
			mutated = mutate(random, mutated)
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
	_, _ = k.decode(body, media, codecs.Limits{})
}

// mutate alters one place of a body.
func mutate(random *rand.Rand, b []byte) []byte {
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
