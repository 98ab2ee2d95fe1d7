package pdf_test

import (
	"strings"
	"testing"
	"time"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/pdf"
)

// TestEncodeCostsLinearTime writes what costs shaping, ordering and breaking
// of lines the most.
func TestEncodeCostsLinearTime(t *testing.T) {
	const size = 1 << 16
	of := func(piece string) string { return strings.Repeat(piece, size/len(piece)) }
	for name, value := range map[string]string{
		"a word":         of("a"),
		"lines":          of("\n"),
		"spaces":         of(" "),
		"marks":          "a" + of("\u0301"),
		"joiners":        of("\u200d"),
		"isolates":       of("\u2067a\u2069"),
		"brackets":       "א" + of("(") + of(")"),
		"two directions": of("aא1"),
		"arabic":         of("لا"),
		"ligatures":      of("क्ष्"),
		"flags":          of("🇩🇪"),
		"boxes":          of("\x01"),
		"jamo":           of("\u1100"),
		"tags":           "🏴" + of("\U000e0067"),
		"many fonts":     of("aя ا א क த ท ა ա አ 한 漢 ✅"),
	} {
		start := time.Now()
		_, err := pdf.New().Encode(nil, codecs.Document{Record: codecs.Record{text("a", value)}})
		if took := time.Since(start); err != nil || took > 5*time.Second {
			t.Errorf("%s: took %v, and then %v", name, took, err)
		}
	}
}
