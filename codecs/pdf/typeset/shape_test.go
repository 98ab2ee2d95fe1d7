package typeset_test

import (
	"strings"
	"testing"

	"github.com/parley-gateway/parley/codecs/pdf/typeset"
)

func BenchmarkShape(b *testing.B) {
	for name, text := range map[string]string{"latin": "Benjamin Zhang at delay.example", "id": "d4add56e-c345-4ac9-b392-7a890a60559a", "arabic": "مرحبا بالعالم 123", "han": "用户状态已更改", "hindi": "नमस्ते दुनिया"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				typeset.Shape(text, typeset.Regular).Lines(30)
			}
		})
	}
}

func visual(text string) string {
	var b strings.Builder
	for c := range typeset.Shape(text, typeset.Regular).Lines(1000)[0].Clusters() {
		b.WriteString(c.Text)
	}
	return b.String()
}

func TestDirection(t *testing.T) {
	for text, want := range map[string]string{
		"abc אבג 123 def":    "abc 123 גבא def",
		"abc אבג 1,234% def": "abc 1,234% גבא def",
		"אבג abc 12":         "abc 12 גבא",
		"def ١٢٣ אבג":        "def גבא ١٢٣",
		"אבג (abc) דה":       "הד )abc( גבא",
	} {
		if got := visual(text); got != want {
			t.Errorf("%q is ordered %q; want %q", text, got, want)
		}
	}
}
