package pdf

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// writeFillFont writes the font for programs that fill a form in, which know
// Helvetica without having it: nothing here is set in it.
func writeFillFont(w *writer, font ref) {
	unicode := w.reserve()
	w.object(font).add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding/ToUnicode ").ref(unicode).add(">>")
	w.stream(unicode, nil, fillFontUnicode)
}

// fillFontUnicode is the CMap of WinAnsiEncoding (ISO 32000-1 Annex D), with the
// controls that end lines. Poppler looks here whether the font has all that a
// comment holds, and else embeds another, of megabytes, for its line breaks.
var fillFontUnicode = func() buffer {
	b := beginUnicode("<00><FF>")
	b.add("2 beginbfchar\n<0A><000A>\n<0D><000D>\nendbfchar\n")
	b.add("2 beginbfrange\n<20><7E><0020>\n<A0><FF><00A0>\nendbfrange\n")
	var marks buffer
	for code := byte(0x80); code < 0xa0; code++ {
		if r := charmap.Windows1252.DecodeByte(code); r != utf8.RuneError {
			marks = fmt.Appendf(marks, "<%02X><%04X>\n", code, r)
		}
	}
	b.int(bytes.Count(marks, []byte("\n"))).add(" beginbfchar\n").add(string(marks)).add("endbfchar\n")
	return endUnicode(b)
}()
