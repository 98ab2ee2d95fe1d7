package html

import (
	"unicode/utf8"

	"github.com/parley-gateway/parley/codecs"
)

// writer appends to a page. A template would cost more than the rest of a request.
type writer struct {
	dst        []byte
	plain      bool   // values are no properties
	unholdable string // what HTML cannot hold
}

func (w *writer) result() ([]byte, error) {
	if w.unholdable != "" {
		return nil, codecs.CannotHold(Codec{}, w.unholdable)
	}
	return w.dst, nil
}

// add appends markup.
func (w *writer) add(markup string) *writer {
	w.dst = append(w.dst, markup...)
	return w
}

func (w *writer) text(s string) *writer {
	w.dst = appendEscaped(w.dst, s, false)
	return w
}

// attribute appends an attribute and the space before it. Its value keeps its
// white space in XML, where line feeds and tabs are spaces unless they are
// escaped.
func (w *writer) attribute(name, value string) *writer {
	w.add(" ").add(name).add(`="`)
	w.dst = appendEscaped(w.dst, value, true)
	return w.add(`"`)
}

// appendEscaped escapes what means something in HTML or XML, and the carriage
// return, which readers of both take for a line feed. It shows U+FFFD for the
// characters that XML 1.0 section 2.2 cannot have: what is stored must be
// shown.
func appendEscaped(dst []byte, s string, whiteSpace bool) []byte {
	done := 0
	for i, r := range s {
		escaped := escapeOf(r, whiteSpace)
		if escaped == "" {
			continue
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		dst = append(append(dst, s[done:i]...), escaped...)
		done = i + size
	}
	return append(dst, s[done:]...)
}

// escapeOf is empty for a character that may stand as it is.
func escapeOf(r rune, whiteSpace bool) string {
	switch {
	case r == '&':
		return "&amp;"
	case r == '<':
		return "&lt;"
	case r == '>':
		return "&gt;"
	case r == '"':
		return "&#34;"
	case r == '\'':
		return "&#39;"
	case r == '\r':
		return "&#13;"
	case r == '\t' && whiteSpace:
		return "&#9;"
	case r == '\n' && whiteSpace:
		return "&#10;"
	case r == utf8.RuneError || isNoXML(r):
		return "\ufffd"
	}
	return ""
}

func isNoXML(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == '\ufffe' || r == '\uffff'
}
