package typeset_test

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-text/typesetting/font/opentype"

	"github.com/parley-gateway/parley/codecs/pdf/typeset"
)

func shape(text string) *typeset.Text { return typeset.Shape(text, typeset.Regular) }

// clusters are those of a text that is one line, from left to right.
func clusters(text string) []typeset.Cluster {
	return slices.Collect(shape(text).Lines(1e6)[0].Clusters())
}

// TestFonts checks that there is a font for each script, and a box for what
// has none.
func TestFonts(t *testing.T) {
	for text, want := range map[string]string{
		"Việt Łódź ß": "NotoSans-Regular", "Ελληνικά": "NotoSans-Regular", "Київ": "NotoSans-Regular", "“–…” € ½ ™": "NotoSans-Regular", "e\u0301\u0323": "NotoSans-Regular",
		"العربية": "NotoSansArabic", "فارسی،": "NotoSansArabic", "עִבְרִית": "NotoSansHebrew", "हिन्दी।": "NotoSansDevanagari", "தமிழ்": "NotoSansTamil", "ภาษาไทย": "NotoSansThai",
		"ქართული": "NotoSansGeorgian", "հայերեն": "NotoSansArmenian", "አማርኛ": "NotoSansEthiopic", "漢字、かなカナ": "DroidSansFallback", "ＡＢ": "DroidSansFallback", "한국어": "NotoSansKR",
		"\u1112\u1161\u11ab": "NotoSansKR", "😀👩‍💻🇩🇪☎️3️⃣👍🏽": "NotoEmoji",
		"\ue000": "", "\U00012000": "", "\x00": "", "\u202e": "", "\ufeff": "", "\u00ad": "", "\u3164": "",
	} {
		for _, c := range clusters(text) {
			name := ""
			if c.Font != nil {
				name = c.Font.Name
			}
			if name != want && c.Text != " " {
				t.Errorf("%q in %q is set in %q; want %q", c.Text, text, name, want)
			}
		}
	}
}

// TestNothingIsLost checks that all characters of a text are in its clusters.
func TestNothingIsLost(t *testing.T) {
	for _, text := range []string{"abc", "क्षेत्रीय स्थिति", "تم تغيير", "a\u202eb\x00", "👩‍💻🏴\U000e0067\u200d", "e\u0301\ue000\u0301", "a\tb", "ผู้ใช้"} {
		got := 0
		for _, c := range clusters(text) {
			got += len(c.Text)
		}
		if got != len(text) {
			t.Errorf("the clusters of %q have %d bytes; want %d", text, got, len(text))
		}
	}
}

// TestJoining checks that letters join: an Arabic letter has other glyphs in
// a word than alone.
func TestJoining(t *testing.T) {
	alone := clusters("ب")[0].Glyphs[0].ID
	seen := map[uint16]bool{alone: true}
	for _, c := range clusters("ببب") {
		seen[c.Glyphs[0].ID] = true
	}
	if len(seen) != 4 {
		t.Errorf("the letter has %d forms; want 4", len(seen))
	}
	if got := clusters("لا"); len(got) != 1 {
		t.Errorf("lam and alef are %d clusters; want a ligature", len(got))
	}
	if got := clusters("क्ष"); len(got) != 1 || len(got[0].Glyphs) != 1 {
		t.Errorf("the conjunct is %v; want one glyph", got)
	}
	if got := clusters("बि"); len(got) != 1 || len(got[0].Glyphs) != 2 {
		t.Errorf("the syllable is %v; want a sign before its letter", got)
	}
}

func TestDirection(t *testing.T) {
	for text, want := range map[string]string{
		"abc אבג def":        "abc גבא def",
		"abc אבג 123 def":    "abc 123 גבא def",
		"abc אבג 1,234% def": "abc 1,234% גבא def",
		"abc אבג -12 def":    "abc 12- גבא def",
		"אבג abc 12":         "abc 12 גבא",
		"אבג 12 דה":          "הד 12 גבא",
		"def ١٢٣ אבג":        "def גבא ١٢٣",
		"אבג (abc) דה":       "הד )abc( גבא",
		"12 אבג":             "גבא 12",
		"a\u202ebc":          "a\u202ebc",
		"\u2067abc":          "\u2067abc",
		"אב\u202dגד":         "דג\u202dבא",
	} {
		var got strings.Builder
		for _, c := range clusters(text) {
			got.WriteString(c.Text)
		}
		if got.String() != want {
			t.Errorf("%q is ordered %q; want %q", text, got.String(), want)
		}
	}
	if !shape("12 אבג").Lines(100)[0].RightToLeft || shape("a אבג").Lines(100)[0].RightToLeft {
		t.Error("the direction of a paragraph is not that of its first letter")
	}
}

func TestLines(t *testing.T) {
	for _, tt := range []struct {
		text  string
		width float32
		want  []string
	}{
		{"", 10, []string{""}},
		{"a\n\nb\n", 10, []string{"a", "", "b", ""}},
		{"one two three", 4, []string{"one two", "three"}},
		{"one two   ", 100, []string{"one two"}},
		{"abcdefgh", 2, []string{"abc", "def", "gh"}},
		{"98d91cd7-860d-4869", 7, []string{"98d91cd7-", "860d-4869"}},
		{"漢字漢字", 2, []string{"漢字", "漢字"}},
		{"e\u0301e\u0301", 0.1, []string{"e\u0301", "e\u0301"}},
		{"אבג דהו", 2, []string{"גבא", "והד"}},
	} {
		var got []string
		for _, l := range shape(tt.text).Lines(tt.width) {
			var line strings.Builder
			for c := range l.Clusters() {
				line.WriteString(c.Text)
			}
			got = append(got, line.String())
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q is broken into %q; want %q", tt.text, got, tt.want)
		}
	}
}

func TestWidths(t *testing.T) {
	if got, want := shape("a bb\nc").Width(), shape("a bb").Width(); got != want {
		t.Errorf("the width is %v; want %v", got, want)
	}
	if got, want := shape("a bb c").WordWidth(10), shape("bb").Width(); got != want {
		t.Errorf("the longest word is %v wide; want %v", got, want)
	}
	if got, want := shape("aaaaaaaa-bb-cc").WordWidth(3), shape("aaaaaaaa-").Width(); got != want {
		t.Errorf("the longest piece is %v wide; want %v", got, want)
	}
}

// TestSubset reads a subset again: its glyphs look as in the whole font, and
// the components of a glyph come with it.
func TestSubset(t *testing.T) {
	word := clusters("aé")
	s := typeset.NewSubset(word[0].Font)
	for i, c := range word {
		if number, kept := s.Add(c.Glyphs[0].ID, c.Text); number != uint16(i+1) || !kept {
			t.Errorf("%q has the number %d, %t", c.Text, number, kept)
		}
	}
	if number, kept := s.Add(word[0].Glyphs[0].ID, "b"); number != 1 || kept {
		t.Errorf("a glyph for other text has the number %d, %t", number, kept)
	}
	file, name := s.File()
	again, sameName := s.File()
	if !bytes.Equal(file, again) || name != sameName || !strings.HasSuffix(name, "+NotoSans-Regular") || len(name) != 6+len("+NotoSans-Regular") {
		t.Errorf("the subset is named %q and then %q", name, sameName)
	}
	loader, err := opentype.NewLoader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	tables := map[string][]byte{}
	for _, tag := range []string{"glyf", "head", "hhea", "hmtx", "loca", "maxp"} {
		if tables[tag], err = loader.RawTable(opentype.MustNewTag(tag)); err != nil {
			t.Fatal(err)
		}
	}
	count := int(binary.BigEndian.Uint16(tables["maxp"][4:]))
	if count < len(s.Texts()) || len(tables["loca"]) != 4*(count+1) || len(tables["hmtx"]) != 4*count {
		t.Errorf("there are %d glyphs, %d bytes of loca and %d of hmtx", count, len(tables["loca"]), len(tables["hmtx"]))
	}
	if end := int(binary.BigEndian.Uint32(tables["loca"][4*count:])); end != len(tables["glyf"]) {
		t.Errorf("the glyphs end at %d of %d", end, len(tables["glyf"]))
	}
	if advance := int(binary.BigEndian.Uint16(tables["hmtx"][4:])); advance != s.Advance(1) {
		t.Errorf("the advance is %d; want %d", advance, s.Advance(1))
	}
}

// TestConcurrency shapes by many at once. The race detector looks on.
func TestConcurrency(t *testing.T) {
	const text = "abc العربية हिन्दी 漢字 한국어 😀"
	want := shape(text).Width()
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if got := shape(text).Width(); got != want {
				t.Errorf("the text is %v wide, and then %v", want, got)
			}
		})
	}
	wait.Wait()
}

func BenchmarkShape(b *testing.B) {
	for name, text := range map[string]string{"latin": "Benjamin Zhang at delay.example", "arabic": "مرحبا بالعالم 123", "han": "用户状态已更改", "devanagari": "नमस्ते दुनिया"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				shape(text).Lines(30)
			}
		})
	}
}
