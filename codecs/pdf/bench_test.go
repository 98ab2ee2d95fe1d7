package pdf_test

import (
	"testing"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/pdf"
)

func BenchmarkEncode(b *testing.B) {
	for _, bb := range []struct {
		name string
		doc  codecs.Document
	}{
		{"latin", withForm(user("Benjamin Zhang", "Abuse of the system."))},
		{"fields", user("Benjamin Zhang", "Abuse of the system.")},
		{"cyrillic", withForm(user("Бенжамин Чжан", cyrillic))},
		{"arabic", withForm(user("بنيامين زانغ", arabic))},
		{"indic", withForm(user("Benjamin Zhang", indic))},
		{"cjk", withForm(user("张本杰明", han))},
		{"emoji", withForm(user("Benjamin Zhang", emojis))},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			var dst []byte
			for b.Loop() {
				dst, _ = pdf.New().Encode(dst[:0], bb.doc)
			}
			b.SetBytes(int64(len(dst)))
		})
	}
	b.Run("list", func(b *testing.B) {
		b.ReportAllocs()
		list := history(200)
		var dst []byte
		for b.Loop() {
			dst, _ = pdf.New().EncodeList(dst[:0], list)
		}
		b.SetBytes(int64(len(dst)))
	})
}
