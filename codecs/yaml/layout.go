package yaml

import (
	"bytes"

	goyaml "go.yaml.in/yaml/v4"

	"github.com/parley-gateway/parley/codecs"
)

// The library takes less indentation than YAML wants where it can tell without
// it what is meant; other parsers refuse that, or see the end there. Of a few line
// breaks they differ in whether they count.

const notIndented = "the line is not indented enough"

const (
	flow  = goyaml.FlowStyle | quoted
	block = goyaml.LiteralStyle | goyaml.FoldedStyle
)

// checkLayout checks the lines of a node that stands in a list or a map in block
// style, which begins in a column from 1, or in none: 0.
func (r *reader) checkLayout(n *goyaml.Node, column int) error {
	switch {
	case n.Style&flow != 0:
		return r.checkFlow(r.find(n), column)
	case n.Style&block != 0:
		return r.checkBlock(r.find(n), column)
	}
	return nil
}

// find finds where a node begins, which stands behind all that were asked for
// before.
func (r *reader) find(n *goyaml.Node) int {
	for ; r.line < n.Line; r.line++ {
		_, rest := cutLine(r.text[r.lineAt:])
		r.lineAt = len(r.text) - len(rest)
	}
	line, _ := cutLine(r.text[r.lineAt:])
	return r.lineAt + offsetOf(line, 1, n.Column)
}

// checkFlow wants every line on which what began before goes on to be indented
// more than what it stands in (YAML 1.2.2 sections 6.3 and 8.2.3).
func (r *reader) checkFlow(at, column int) error {
	depth, isKey := 0, false // what came last may be a key, so that a colon needs no space
	for at < len(r.text) {
		c, end := r.text[at], tokenEnd(r.text, at, isKey)
		if bad := underIndented(r.text, at, end, column); bad >= 0 {
			return codecs.MalformedText(r.text, bad, notIndented)
		}
		if bad := ambiguousBreak(r.text, at, end); bad >= 0 {
			return codecs.MalformedText(r.text, bad, "an empty line comes after an escaped line break")
		}
		at = end
		switch c {
		case ' ', '\t', '\r', '\n', '#':
			continue
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		}
		if depth == 0 {
			return nil
		}
		isKey = bytes.IndexByte([]byte(`]}"'`), c) >= 0
	}
	return nil
}

// underIndented finds the first line that begins in a token and is not indented
// as far as a column from 1, or is -1. A line that is empty needs no indentation,
// and neither does a comment, which no quoted scalar holds.
func underIndented(text []byte, at, end, column int) int {
	quoted := text[at] == '"' || text[at] == '\''
	for {
		_, rest := cutLine(text[at:end])
		if rest == nil {
			return -1
		}
		at = end - len(rest)
		line, _ := cutLine(text[at:])
		indent := indentOf(line)
		if indent < column && (!isBlank(line) || quoted && len(bytes.TrimSpace(line)) > 0) {
			return at + indent
		}
	}
}

// ambiguousBreak finds the first escaped line break in a token that an empty line
// comes after, or is -1.
func ambiguousBreak(text []byte, at, end int) int {
	if text[at] != '"' {
		return -1
	}
	for ; at < end; at++ {
		if text[at] != '\\' {
			continue
		}
		at++
		if at < end && isBreak(text[at]) && isBlankNext(text[at:]) {
			return at - 1
		}
	}
	return -1
}

// isBlankNext reports whether the line after the break that a text begins with is
// empty, and ends.
func isBlankNext(text []byte) bool {
	_, rest := cutLine(text)
	line, after := cutLine(rest)
	return after != nil && len(bytes.TrimSpace(line)) == 0
}

func isBreak(c byte) bool { return c == '\r' || c == '\n' }

// checkBlock wants the text of a block scalar to end in a line break, but where it
// is stripped, and checks the lines it begins with.
func (r *reader) checkBlock(start, column int) error {
	header, lines := cutLine(r.text[start:])
	indicators, _, _ := bytes.Cut(header, []byte(" "))
	if !bytes.ContainsAny(indicators, "123456789") {
		if err := r.checkBlank(lines, column); err != nil {
			return err
		}
	}
	if bytes.IndexByte(indicators, '-') >= 0 || !isOpenBlock(lines, column) {
		return nil
	}
	return codecs.MalformedText(r.text, len(r.text), "the last line of a block scalar has no line break")
}

// isOpenBlock reports whether the lines of a block scalar go on to the end of the
// text, and that is no line break.
func isOpenBlock(lines []byte, column int) bool {
	if len(lines) == 0 || lines[len(lines)-1] == '\n' {
		return false
	}
	for len(lines) > 0 {
		var line []byte
		line, lines = cutLine(lines)
		if indent := indentOf(line); indent < column && indent < len(line) {
			return false
		}
	}
	return true
}

// checkBlank wants no empty line at the beginning of a block scalar to have more
// spaces than the first line that is not empty (YAML 1.2.2 section 8.1.1.1).
func (r *reader) checkBlank(rest []byte, column int) error {
	widest, at := 0, 0
	for len(rest) > 0 {
		before := len(r.text) - len(rest)
		var line []byte
		line, rest = cutLine(rest)
		indent := indentOf(line)
		if indent < len(line) {
			if column <= indent && indent < widest {
				return codecs.MalformedText(r.text, at, "an empty line has more spaces than the text after it")
			}
			return nil
		}
		if indent > widest {
			widest, at = indent, before
		}
	}
	return nil
}

func indentOf(line []byte) int { return len(line) - len(bytes.TrimLeft(line, " ")) }

// tokenEnd finds where a token ends that begins at an offset into a list or map in
// flow style, or into a quoted scalar.
func tokenEnd(text []byte, at int, afterKey bool) int {
	switch c := text[at]; c {
	case '"', '\'':
		return quotedEnd(text, at)
	case '#':
		line, _ := cutLine(text[at:])
		return at + len(line)
	case '\r':
		if bytes.HasPrefix(text[at:], []byte("\r\n")) {
			return at + len("\r\n")
		}
		return at + 1
	case ' ', '\t', '\n', '[', '{', ']', '}', ',':
		return at + 1
	case ':':
		if afterKey {
			return at + 1
		}
	}
	return plainEnd(text, at)
}

// quotedEnd finds where a quoted scalar ends.
func quotedEnd(text []byte, at int) int {
	quote := text[at]
	for at++; at < len(text); at++ {
		switch {
		case text[at] == '\\' && quote == '"':
			at++
		case text[at] == quote && quote == '\'' && bytes.HasPrefix(text[at+1:], []byte{quote}):
			at++
		case text[at] == quote:
			return at + 1
		}
	}
	return len(text)
}

// plainEnd finds where a plain scalar or a single mark ends in flow style (YAML
// 1.2.2 section 7.3.3).
func plainEnd(text []byte, at int) int {
	for at++; at < len(text); at++ {
		switch text[at] {
		case ',', '[', ']', '{', '}', '\n', '\r':
			return at
		case ' ', '\t':
			if text[at-1] == ':' || bytes.HasPrefix(text[at+1:], []byte("#")) {
				return at
			}
		}
	}
	return len(text)
}
