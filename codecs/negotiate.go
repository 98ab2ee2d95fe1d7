package codecs

import (
	"math/bits"
	"strings"
)

// Shape is what an answer has to hold.
type Shape uint8

const (
	Single Shape = iota // one record
	Many                // a list of records
	shapes
)

// canHold reports whether a format can be written in this shape.
func (s Shape) canHold(f Format) bool {
	if s == Many {
		_, ok := f.(ListEncoder)
		return ok
	}
	_, ok := f.(Encoder)
	return ok
}

// answer is one name under which a format can be answered.
type answer struct {
	format Format
	name   string // "application/json"
	slash  int    // where its type ends
	suffix string // "+json"; empty for an alias and where there is none
	alias  bool
	shy    bool // NamedOnly
}

func appendAnswers(answers []answer, f Format, shape Shape) []answer {
	if !shape.canHold(f) {
		return answers
	}
	_, shy := f.(NamedOnly)
	suffix := ""
	if s, ok := f.(Suffixer); ok {
		suffix = s.Suffix()
	}
	for i, name := range f.MediaTypes() {
		answers = append(answers, answer{f, name, strings.IndexByte(name, '/'), suffix, i > 0, shy})
		suffix = ""
	}
	if len(answers) > bits.UintSize {
		panic("codecs: more media types than negotiation can hold")
	}
	return answers
}

// Language is what a request was written in. The zero value is nobody's.
type Language struct {
	format Format
	name   string
}

// LanguageOf makes the language of a request in a format that was called by a
// name.
func LanguageOf(f Format, name string) Language {
	if _, shy := f.(NamedOnly); shy {
		return Language{}
	}
	return Language{format: f, name: name}
}

// Choice is the outcome of a negotiation.
type Choice struct {
	Format    Format
	MediaType string // the name under which the format is answered

	answers []answer
	tied    uint // which answers the winning wildcard stands for equally well
}

// In settles a tie within one wildcard by the language of the request, under
// the name that the request used where the wildcard stands for that, too.
func (c Choice) In(l Language) Choice {
	if l.format == nil || c.tied == 0 {
		return c
	}
	spoken := false
	for i, a := range c.answers {
		if c.tied&(1<<i) == 0 || a.format.Name() != l.format.Name() {
			continue
		}
		spoken = spoken || !a.alias
		if !a.alias || spoken && a.name == l.name {
			c.Format, c.MediaType = a.format, a.name
		}
	}
	return c
}

// Weighing tells how a header judged one name of a format.
type Weighing struct {
	Format    Format
	MediaType string
	Range     string  // the range that matched; empty for none
	Quality   float64 // 0..1
	Alias     bool
}

// Negotiate chooses the format of an answer by the lines of an Accept field
// (RFC 9110 section 12.5.1), and reports false where none is acceptable. It
// is documented choice by choice in docs/negotiation.md.
func (r *Registry) Negotiate(accept []string, shape Shape) (Choice, bool) {
	var room [16]mediaRange
	var best [bits.UintSize]int
	ranges := parseAccept(room[:0], accept)
	return r.choose(ranges, best[:], shape)
}

// Named chooses a format by its name, and reports false where there is none or
// it cannot be answered in this shape.
func (r *Registry) Named(name string, shape Shape) (Choice, bool) {
	f, ok := r.byName[name]
	if !ok || !shape.canHold(f) {
		return Choice{}, false
	}
	return Choice{Format: f, MediaType: f.MediaTypes()[0]}, true
}

// Explain tells how Negotiate weighs each name of each format, and what it
// chooses.
func (r *Registry) Explain(accept []string, shape Shape) ([]Weighing, Choice, bool) {
	var best [bits.UintSize]int
	ranges := parseAccept(nil, accept)
	choice, ok := r.choose(ranges, best[:], shape)
	weighings := make([]Weighing, len(r.answers[shape]))
	for i, a := range r.answers[shape] {
		w := Weighing{Format: a.format, MediaType: a.name, Alias: a.alias}
		if n := best[i]; n >= 0 && (!a.alias || ranges[n].specificity == exact) {
			w.Range, w.Quality = ranges[n].name, float64(ranges[n].quality)/1000
		}
		weighings[i] = w
	}
	return weighings, choice, ok
}

// choose fills best with the index of the range that matches each answer, -1
// for none.
func (r *Registry) choose(ranges []mediaRange, best []int, shape Shape) (Choice, bool) {
	answers := r.answers[shape]
	winner := -1
	for i, a := range answers {
		best[i] = bestRange(ranges, a)
		if best[i] < 0 || a.alias && ranges[best[i]].specificity < exact || ranges[best[i]].quality == 0 {
			continue
		}
		if winner < 0 || beats(ranges, best[i], best[winner]) {
			winner = i
		}
	}
	if winner < 0 {
		return r.chooseBySuffix(ranges, best, shape)
	}
	won := answers[winner]
	return Choice{won.format, won.name, answers, tied(ranges, best[:len(answers)], best[winner])}, true
}

// bestRange finds the most specific range that matches an answer, of equally
// specific ones the first, or -1.
func bestRange(ranges []mediaRange, a answer) int {
	best := -1
	for i := range ranges {
		if (best < 0 || ranges[i].specificity > ranges[best].specificity) && ranges[i].matches(a) {
			best = i
		}
	}
	return best
}

// beats reports whether range i is better than range j: by quality, then the
// more specific one, then the one that was named first.
func beats(ranges []mediaRange, i, j int) bool {
	a, b := ranges[i], ranges[j]
	if a.quality != b.quality {
		return a.quality > b.quality
	}
	if a.specificity != b.specificity {
		return a.specificity > b.specificity
	}
	return i < j
}

// tied marks the answers that a wildcard stands for equally well.
func tied(ranges []mediaRange, best []int, winner int) (set uint) {
	if ranges[winner].specificity == exact {
		return 0
	}
	for i, n := range best {
		if n == winner {
			set |= 1 << i
		}
	}
	return set
}

// chooseBySuffix takes ranges with a structured syntax suffix for the format
// behind it. Only where nothing else matched: a client that also names what
// it really reads is taken at its word. What a quality of 0 excludes stays
// excluded.
func (r *Registry) chooseBySuffix(ranges []mediaRange, best []int, shape Shape) (Choice, bool) {
	answers := r.answers[shape]
	winner, by, quality := -1, -1, 0
	for n, m := range ranges {
		plus := strings.LastIndexByte(m.name, '+')
		if plus < 0 || m.quality <= quality {
			continue
		}
		for i, a := range answers {
			if best[i] < 0 && strings.EqualFold(a.suffix, m.name[plus:]) {
				winner, by, quality = i, n, m.quality
			}
		}
	}
	if winner < 0 {
		return Choice{}, false
	}
	best[winner] = by
	return Choice{Format: answers[winner].format, MediaType: answers[winner].name}, true
}
