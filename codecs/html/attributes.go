package html

import "bytes"

// checkAttributes refuses the tag that begins at an offset, if one does, for
// too many attributes. The tokenizer takes memory for them all before anybody
// can look.
func (p *page) checkAttributes(at int) error {
	rest, isTag := bytes.CutPrefix(p.text[at:], []byte("<"))
	rest, isEnd := bytes.CutPrefix(rest, []byte("/"))
	if !isTag || p.raw && !isEnd || len(rest) == 0 || !isLetter(rest[0]) {
		return nil
	}
	if countAttributes(rest) > maxAttributes {
		return p.malformed(at, "the element has more than %d attributes", maxAttributes)
	}
	return nil
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// countAttributes counts those of the tag whose name text begins with, up to
// one more than there may be, as the tokenizer does (HTML section 13.2.5.32 and
// those after it).
func countAttributes(text []byte) (n int) {
	rest := after(text, endsName)
	for ; n <= maxAttributes; n++ {
		rest = after(rest, endsGap)
		if len(rest) == 0 || rest[0] == '>' {
			return n
		}
		rest = after(after(rest[1:], endsAttribute), endsSpace)
		if len(rest) > 0 && rest[0] == '=' {
			rest = afterValue(after(rest[1:], endsSpace))
		}
	}
	return n
}

func afterValue(text []byte) []byte {
	if len(text) == 0 || text[0] != '"' && text[0] != '\'' {
		return after(text, endsValue)
	}
	_, rest, _ := bytes.Cut(text[1:], text[:1])
	return rest
}

// The characters at which pieces of a tag end.
var (
	endsName      = only(whiteSpace + "/>")
	endsAttribute = only(whiteSpace + "/>=")
	endsValue     = only(whiteSpace + ">")
	endsSpace     = allBut(whiteSpace)
	endsGap       = allBut(whiteSpace + "/")
)

type characters [256]bool

func only(these string) *characters {
	var set characters
	for i := range these {
		set[these[i]] = true
	}
	return &set
}

func allBut(these string) *characters {
	set := only(these)
	for c := range set {
		set[c] = !set[c]
	}
	return set
}

// after is what begins with the first of these characters.
func after(text []byte, these *characters) []byte {
	for i, c := range text {
		if these[c] {
			return text[i:]
		}
	}
	return nil
}
