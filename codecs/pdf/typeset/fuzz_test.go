package typeset_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/go-text/typesetting/segmenter"

	"github.com/parley-gateway/parley/codecs/pdf/typeset"
)

// FuzzShape sets any text in lines of any width: no character is lost or set twice,
// and no line is wider than it may be unless it is one grapheme.
func FuzzShape(f *testing.F) {
	for _, text := range []string{"abc def", "क्षेत्रीय स्थिति", "تم تغيير 12-3", "a\u202eb\x00", "👩‍💻🏴\U000e0067\u200d", "e\u0301\ue000", "אב (גד) 1,5%", "ผู้ใช้", "a\n\nb\tc", "a \u0301\u200d", "한국어\u1100\u1161"} {
		f.Add(text, uint8(3), false)
	}
	f.Fuzz(func(t *testing.T, text string, width uint8, bold bool) {
		text = strings.ToValidUTF8(text, "\ufffd")
		weight := typeset.Regular
		if bold {
			weight = typeset.Bold
		}
		most := float32(width) + 1
		seen := map[rune]int{}
		rest := reader([]rune(text))
		for _, line := range typeset.Shape(text, weight).Lines(most) {
			var set []rune
			for c := range line.Clusters() {
				set = append(set, []rune(c.Text)...)
				for _, r := range c.Text {
					seen[r]++
				}
			}
			read := rest.next(set)
			if line.Width > most+1e-3 && graphemes(read) > 1 {
				t.Errorf("%q: the line %q is %v wide; it may be %v", text, string(read), line.Width, most)
			}
		}
		for _, r := range text {
			seen[r]--
		}
		delete(seen, '\n')
		for r, n := range seen {
			if dropped := r == ' ' || r == '\t'; n > 0 || n < 0 && !dropped { // at the end of a line
				t.Errorf("%q: %q is set %d times too often", text, r, n)
			}
		}
	})
}

// reader is text that is read line by line.
type reader []rune

// next is the next line as it is read, which is not the order it is set in:
// a grapheme may hold characters of both directions. What stands before it
// was dropped at the end of the last line.
func (r *reader) next(set []rune) []rune {
	sorted := slices.Sorted(slices.Values(set))
	for len(*r) >= len(set) {
		line := (*r)[:len(set)]
		if slices.Equal(slices.Sorted(slices.Values(line)), sorted) {
			*r = (*r)[len(set):]
			return line
		}
		*r = (*r)[1:]
	}
	return set
}

func graphemes(text []rune) (n int) {
	var s segmenter.Segmenter
	s.Init(text)
	for i := s.GraphemeIterator(); i.Next(); {
		n++
	}
	return n
}
