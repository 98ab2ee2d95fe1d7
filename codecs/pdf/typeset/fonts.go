package typeset

import (
	"bytes"
	"embed"
	"io"
	"slices"
	"sync"

	"github.com/andybalholm/brotli"
)

// The fonts are made by fonts/make.sh, compressed with brotli (RFC 7932).
//
//go:embed fonts/*.ttf.br
var files embed.FS

// source is a font in the program, opened when a character wants it.
type source struct {
	name   string // as a document names it
	blocks [][2]rune
	open   func() *Font
}

func newSource(file, name string, blocks ...[2]rune) *source {
	return &source{name, blocks, sync.OnceValue(func() *Font { return mustLoad(file, name) })}
}

// mustLoad opens a font. One in the program that cannot be is a mistake of
// the program.
func mustLoad(file, name string) *Font {
	compressed, err := files.ReadFile("fonts/" + file + ".ttf.br")
	if err != nil {
		panic(err)
	}
	data, err := io.ReadAll(brotli.NewReader(bytes.NewReader(compressed)))
	if err != nil {
		panic(err)
	}
	f, err := newFont(name, data)
	if err != nil {
		panic(err)
	}
	return f
}

// sans is looked at first, for every character.
var sans = [...]*source{
	Regular: newSource("sans", "NotoSans-Regular"),
	Bold:    newSource("sans-bold", "NotoSans-Bold"),
}

var emoji = newSource("emoji", "NotoEmoji", [2]rune{0x2000, 0x2bff}, [2]rune{0x3030, 0x303d}, [2]rune{0x3297, 0x3299}, [2]rune{0x1f000, 0x1faff}, [2]rune{0xfe4e5, 0xfe837})

// others are looked at for the blocks that they are made for, so that no font
// is opened in vain.
var others = []*source{
	newSource("armenian", "NotoSansArmenian", [2]rune{0x0530, 0x058f}, [2]rune{0xfb13, 0xfb17}),
	newSource("hebrew", "NotoSansHebrew", [2]rune{0x0590, 0x05ff}, [2]rune{0xfb1d, 0xfb4f}),
	newSource("arabic", "NotoSansArabic", [2]rune{0x0600, 0x06ff}, [2]rune{0x0750, 0x077f}, [2]rune{0x08a0, 0x08ff}, [2]rune{0xfb50, 0xfdff}, [2]rune{0xfe70, 0xfeff}),
	newSource("devanagari", "NotoSansDevanagari", [2]rune{0x0900, 0x097f}, [2]rune{0x1cd0, 0x1cff}, [2]rune{0xa830, 0xa83f}, [2]rune{0xa8e0, 0xa8ff}),
	newSource("tamil", "NotoSansTamil", [2]rune{0x0b80, 0x0bff}),
	newSource("thai", "NotoSansThai", [2]rune{0x0e00, 0x0e7f}),
	newSource("georgian", "NotoSansGeorgian", [2]rune{0x10a0, 0x10ff}, [2]rune{0x1c90, 0x1cbf}, [2]rune{0x2d00, 0x2d2f}),
	newSource("ethiopic", "NotoSansEthiopic", [2]rune{0x1200, 0x139f}, [2]rune{0x2d80, 0x2ddf}, [2]rune{0xab00, 0xab2f}),
	newSource("hangul", "NotoSansKR", [2]rune{0x1100, 0x11ff}, [2]rune{0x3130, 0x318f}, [2]rune{0xa960, 0xa97f}, [2]rune{0xac00, 0xd7ff}),
	newSource("han", "DroidSansFallback", [2]rune{0x2e80, 0x312f}, [2]rune{0x3190, 0x9fff}, [2]rune{0xf900, 0xfaff}, [2]rune{0xfe30, 0xfe4f}, [2]rune{0xff00, 0xffef}, [2]rune{0x20000, 0x2ffff}),
	emoji,
}

// fontOf chooses the font of a grapheme: the first that has all of it, else
// the first that has its beginning, or nil.
func fontOf(grapheme []rune, weight Weight) *Font {
	first := sans[weight].open()
	if len(grapheme) == 1 && first.has(grapheme[0]) {
		return first
	}
	if slices.ContainsFunc(grapheme, wantsEmoji) && emoji.open().has(grapheme[0]) {
		return emoji.open()
	}
	if first.hasAll(grapheme) {
		return first
	}
	var begins *Font
	if first.has(grapheme[0]) {
		begins = first
	}
	for _, s := range others {
		if !s.isFor(grapheme[0]) || !s.open().has(grapheme[0]) {
			continue
		}
		if s.open().hasAll(grapheme) {
			return s.open()
		}
		if begins == nil {
			begins = s.open()
		}
	}
	return begins
}

// wantsEmoji reports whether a character turns the one before it into an
// emoji: variation selector 16, the keycap.
func wantsEmoji(r rune) bool { return r == 0xfe0f || r == 0x20e3 }

func (s *source) isFor(r rune) bool {
	return slices.ContainsFunc(s.blocks, func(b [2]rune) bool { return b[0] <= r && r <= b[1] })
}
