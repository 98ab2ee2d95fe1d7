package object

import "errors"

// The codes of LZW that stand for no text, and the bounds of their width in
// bits (ISO 32000-1 section 7.4.4.2).
const (
	lzwClear    = 256
	lzwEnd      = 257
	lzwFirst    = 258
	lzwMinWidth = 9
	lzwMaxWidth = 12
)

var errLZW = errors.New("malformed LZW")

// lzw is the state of decoding.
type lzw struct {
	data  []byte
	bits  uint32
	held  int // how many bits are
	text  []byte
	spans [1 << lzwMaxWidth]span // of text, for each code from lzwFirst on
	next  int                    // the code that comes next
}

type span struct{ start, end int }

// unLZW decodes data in which codes grow wider by so many codes early. The
// package compress/lzw knows none that do.
func unLZW(data []byte, early int, b *budget) ([]byte, error) {
	l := &lzw{data: data, next: lzwFirst}
	var previous span // the text of the code before
	for {
		code, ok := l.take(l.width(early))
		switch {
		case !ok:
			return nil, errLZW
		case code == lzwEnd:
			return l.text, nil
		case code == lzwClear:
			l.next, previous = lzwFirst, span{}
			continue
		}
		if previous.end > 0 && l.next < len(l.spans) {
			// The text of the code before, and the first character of this
			// one's, which is about to stand behind it.
			l.spans[l.next] = span{previous.start, previous.end + 1}
			l.next++
		}
		start := len(l.text)
		if err := l.append(code, b); err != nil {
			return nil, err
		}
		previous = span{start, len(l.text)}
	}
}

func (l *lzw) width(early int) int {
	width := lzwMinWidth
	for width < lzwMaxWidth && l.next+early >= 1<<width {
		width++
	}
	return width
}

func (l *lzw) take(width int) (code int, ok bool) {
	for ; l.held < width; l.held += 8 {
		if len(l.data) == 0 {
			return 0, false
		}
		l.bits = l.bits<<8 | uint32(l.data[0])
		l.data = l.data[1:]
	}
	l.held -= width
	return int(l.bits>>l.held) & (1<<width - 1), true
}

// append goes character by character, since the text of a code may reach into
// what is appended.
func (l *lzw) append(code int, b *budget) error {
	if code < lzwClear {
		l.text = append(l.text, byte(code))
		return b.spend(1)
	}
	if code >= l.next {
		return errLZW
	}
	s := l.spans[code]
	if err := b.spend(s.end - s.start); err != nil {
		return err
	}
	for i := s.start; i < s.end; i++ {
		l.text = append(l.text, l.text[i])
	}
	return nil
}
