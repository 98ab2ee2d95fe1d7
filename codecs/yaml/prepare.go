package yaml

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"github.com/parley-gateway/parley/codecs"
)

// maxSpaces bounds what stands between words. The library takes memory for each.
const maxSpaces = 1 << 17

const mustEscape = "the character U+%04X must be written as an escape in quotation marks"

// checkCost refuses what the library would read at too high a price.
func checkCost(text []byte, limits codecs.Limits) error {
	if bytes.Count(text, []byte(" "))+bytes.Count(text, []byte("\t")) > maxSpaces {
		return codecs.Malformed("there are more than %d spaces", maxSpaces)
	}
	if countIndicators(text) > limits.MaxValues() {
		return codecs.Malformed("there are more than %d characters that could mean something", limits.MaxValues())
	}
	return nil
}

// prepare refuses what the library would read by YAML 1.1, and hides what it
// should read and does not: the directive %YAML 1.2.
func prepare(text []byte) ([]byte, error) {
	if at := unreadable(text); at >= 0 {
		r, _ := utf8.DecodeRune(text[at:])
		return nil, codecs.MalformedText(text, at, mustEscape, r)
	}
	return hideVersion(text)
}

// unreadable finds the first character that may stand in no text, or that
// ends a line in YAML 1.1 and does not in YAML 1.2, or is -1.
func unreadable(text []byte) int {
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf {
			if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
				return i
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		switch r {
		case '\u0085', '\u2028', '\u2029', '\ufffe', '\uffff':
			return i
		}
		i += size
	}
	return -1
}

// isPrintable reports whether a character may stand outside quotation marks
// and means the same in every version of YAML.
func isPrintable(r rune) bool {
	switch r {
	case '\t', '\n', '\r':
		return true
	case 0x7f, '\u2028', '\u2029', '\ufeff', '\ufffe', '\uffff':
		return false
	}
	return r >= ' ' && (r < 0x80 || r > 0x9f)
}

// countIndicators counts what could begin a value or a comment, in text too
// (YAML 1.2.2 section 5.3). The library holds up to a thousand bytes for each.
func countIndicators(text []byte) (n int) {
	for i, c := range text {
		switch c {
		case ',', '[', '{', ':', '"', '\'', '&', '*', '!', '|', '>', '%':
			n++
		case '#':
			n += 2 // comments cost it the most
		case '-', '?': // in a word they mean nothing
			if i+1 == len(text) || isSpace(text[i+1]) {
				n++
			}
		}
	}
	return n
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// hideVersion makes the directive %YAML 1.2 a comment, in a copy, so that all
// places stay what they are. Any other directive is refused.
func hideVersion(text []byte) ([]byte, error) {
	hidden := false
	for at := 0; at < len(text); {
		line, rest := cutLine(text[at:])
		switch {
		case isBlank(line):
		case line[0] != '%':
			if hidden && !bytes.HasPrefix(line, []byte("---")) {
				return nil, codecs.MalformedText(text, at, "the document after a directive begins with ---")
			}
			return text, nil
		case hidden || !isVersion12(line):
			return nil, codecs.MalformedText(text, at, "directives are refused, but %%YAML 1.2")
		default:
			text = slices.Clone(text)
			text[at], hidden = '#', true
		}
		at = len(text) - len(rest)
	}
	return text, nil
}

// cutLine cuts a line and its line break off the front of a text.
func cutLine(text []byte) (line, rest []byte) {
	end := bytes.IndexAny(text, "\r\n")
	if end < 0 {
		return text, nil
	}
	line, rest = text[:end], text[end+1:]
	if text[end] == '\r' {
		rest = bytes.TrimPrefix(rest, []byte("\n"))
	}
	return line, rest
}

// isBlank reports whether a line is empty or holds a comment.
func isBlank(line []byte) bool {
	line = bytes.TrimLeft(line, " \t")
	return len(line) == 0 || line[0] == '#'
}

func isVersion12(line []byte) bool {
	words := bytes.Fields(line)
	return len(words) > 1 && string(words[0]) == "%YAML" && string(words[1]) == "1.2" &&
		(len(words) == 2 || words[2][0] == '#')
}
