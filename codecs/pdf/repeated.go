package pdf

import (
	"sync"

	"github.com/parley-gateway/parley/codecs/pdf/typeset"
)

// repeated keeps what was shaped and will be again: labels, the digits in boxes.
var repeated = shapedTexts{texts: map[shapedKey]*typeset.Text{}}

type shapedTexts struct {
	mutex sync.RWMutex
	texts map[shapedKey]*typeset.Text
}

type shapedKey struct {
	text   string
	weight typeset.Weight
}

// What is kept is bounded: names of fields come from callers too.
const (
	mostKept    = 1024
	longestKept = 256 // bytes
)

func (s *shapedTexts) shape(text string, weight typeset.Weight) *typeset.Text {
	key := shapedKey{text, weight}
	s.mutex.RLock()
	shaped, ok := s.texts[key]
	s.mutex.RUnlock()
	if ok {
		return shaped
	}
	shaped = typeset.Shape(text, weight)
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if len(text) <= longestKept && len(s.texts) < mostKept {
		s.texts[key] = shaped
	}
	return shaped
}
