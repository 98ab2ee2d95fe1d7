package codectest

import (
	"fmt"
	"strings"

	"github.com/parley-gateway/parley/codecs"
)

// CheckElsewhere demands that a record that was read from any body can be written
// in each other format and read back as the same, where the format can hold it. It
// is about texts alone, since that is what all formats have: a record with
// anything else in it is not looked at. What is layout in some formats is not
// compared: how a line ends, and what XML has no way to write.
func CheckElsewhere(r codecs.Record, formats ...codecs.Format) error {
	if !isTexts(r) {
		return nil
	}
	for _, f := range formats {
		if err := checkWithin(f, r); err != nil {
			return fmt.Errorf("%s: %w", f.Name(), err)
		}
	}
	return nil
}

// isTexts reports a record of texts, none of which steers a request.
func isTexts(r codecs.Record) bool {
	for _, f := range r {
		if f.Value.Kind() != codecs.Text || strings.HasPrefix(f.Name, "_") {
			return false
		}
	}
	return len(r) > 0
}

func checkWithin(f codecs.Format, r codecs.Record) error {
	encoder, writes := f.(codecs.Encoder)
	codec, reads := f.(codecs.Codec)
	if !writes || !reads {
		return nil
	}
	body, err := encoder.Encode(nil, codecs.Document{Name: "user", Record: r})
	if codecs.IsKind(err, codecs.Unencodable) {
		return nil
	}
	if err != nil {
		return err
	}
	media, err := codecs.ParseMediaType(codecs.ContentType(f, f.MediaTypes()[0], body))
	if err != nil {
		return err
	}
	got, err := codecs.DecodeAs(codec, codecs.Input{Body: body, Type: media})
	if err != nil {
		return fmt.Errorf("%s is written as %s, which is refused: %w", show(r), show(body), err)
	}
	if want := withoutLayout(r); !withoutLayout(got.Record).Equal(want) {
		return fmt.Errorf("%s comes back as %s", show(want), show(got.Record))
	}
	return nil
}

func withoutLayout(r codecs.Record) codecs.Record {
	plain := make(codecs.Record, len(r))
	for i, f := range r {
		value := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(f.Value.Text())
		plain[i] = codecs.Field{Name: f.Name, Value: codecs.TextValue(strings.Map(heldByXML, value))}
	}
	return plain
}

// heldByXML replaces the characters that XML 1.0 has none of (section 2.2).
func heldByXML(r rune) rune {
	if r < ' ' && r != '\t' && r != '\n' || r == 0xfffe || r == 0xffff {
		return '\ufffd'
	}
	return r
}
