package pdf_test

import (
	"strings"
	"testing"
	"time"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/pdf"
)

// TestEncodeCostsLinearTime writes what costs shaping, ordering and breaking
// of lines the most: four times as much would take sixteen times as long.
func TestEncodeCostsLinearTime(t *testing.T) {
	for name, value := range map[string]func(of repeat) string{
		"a word":         func(of repeat) string { return of("a") },
		"lines":          func(of repeat) string { return of("\n") },
		"spaces":         func(of repeat) string { return of(" ") },
		"marks":          func(of repeat) string { return "a" + of("\u0301") },
		"joiners":        func(of repeat) string { return of("\u200d") },
		"isolates":       func(of repeat) string { return of("\u2067a\u2069") },
		"brackets":       func(of repeat) string { return "א" + of("(") + of(")") },
		"two directions": func(of repeat) string { return of("aא1") },
		"arabic":         func(of repeat) string { return of("لا") },
		"ligatures":      func(of repeat) string { return of("क्ष्") },
		"flags":          func(of repeat) string { return of("🇩🇪") },
		"boxes":          func(of repeat) string { return of("\x01") },
		"jamo":           func(of repeat) string { return of("\u1100") },
		"tags":           func(of repeat) string { return "🏴" + of("\U000e0067") },
		"many fonts":     func(of repeat) string { return of("aя ا א क த ท ა ա አ 한 漢 ✅") },
	} {
		quarter, whole := timeToEncode(t, value(upTo(1<<14))), timeToEncode(t, value(upTo(1<<16)))
		if noise := time.Second; whole > 10*quarter+noise {
			t.Errorf("%s: takes %v, and a quarter of it %v", name, whole, quarter)
		}
	}
}

// repeat makes a long text of a piece.
type repeat func(piece string) string

func upTo(size int) repeat {
	return func(piece string) string { return strings.Repeat(piece, size/len(piece)) }
}

func timeToEncode(t *testing.T, value string) time.Duration {
	t.Helper()
	start := time.Now()
	if _, err := pdf.New().Encode(nil, codecs.Document{Record: codecs.Record{text("a", value)}}); err != nil {
		t.Error(err)
	}
	return time.Since(start)
}
