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

// mediaRange is one member of an Accept field.
type mediaRange struct {
	name        string // as the client wrote it
	specificity uint8
	quality     int // in thousandths
}

const (
	anything uint8 = iota // */*
	anyOf                 // type/*
	exact                 // type/subtype
)

// matches reports whether the range stands for an answer. A format that is
// answered only when it is named is not named by */* or application/*.
func (m mediaRange) matches(a answer) bool {
	switch m.specificity {
	case exact:
		return strings.EqualFold(m.name, a.name)
	case anyOf:
		return len(m.name) == a.slash+2 && strings.EqualFold(m.name[:a.slash], a.name[:a.slash]) &&
			!(a.shy && a.name[:a.slash] == "application")
	}
	return !a.shy
}

// parseAccept appends the well-formed members of the lines of an Accept
// field. Malformed and empty members are skipped. Where nothing is left, or
// the header is the one that Java's HttpURLConnection sends by itself,
// everything is accepted.
func parseAccept(ranges []mediaRange, lines []string) []mediaRange {
	var java javaDefault
	for _, line := range lines {
		for line != "" {
			var member string
			member, line = cutMember(line)
			if member == "" {
				continue
			}
			java.see(member)
			if m, ok := parseRange(member); ok {
				ranges = append(ranges, m)
			}
		}
	}
	if java.sent() {
		ranges = ranges[:0]
	}
	if len(ranges) == 0 {
		ranges = append(ranges, mediaRange{name: "*/*", specificity: anything, quality: 1000})
	}
	return ranges
}

// cutMember cuts one member off the front of a list (RFC 9110 section 5.6.1).
// A comma inside a quoted string separates nothing; a quote that is never
// closed spoils its own member only. Quoted strings follow an equals sign;
// to look for the end of any other quote would cost quadratic time.
func cutMember(s string) (member, rest string) {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == ',':
			return trimOWS(s[:i]), s[i+1:]
		case s[i] == '"' && i > 0 && s[i-1] == '=':
			if end := quotedEnd(s[i:]); end > 0 {
				i += end - 1
			}
		}
	}
	return trimOWS(s), ""
}

// parseRange reads one member of an Accept field. A range for another
// character encoding than UTF-8 is well-formed and matches nothing.
func parseRange(member string) (mediaRange, bool) {
	name, rest, ok := cutMediaType(member)
	if !ok {
		return mediaRange{}, false
	}
	m := mediaRange{name: name, quality: 1000}
	if m.specificity, ok = specificityOf(name); !ok {
		return m, false
	}
	weighed := false
	for rest != "" {
		var p Param
		if p, rest, ok = cutParam(rest); !ok {
			return m, false
		}
		switch {
		case p.Name == "q":
			if m.quality, ok = parseQuality(p.Value); !ok || weighed {
				return m, false
			}
			weighed = true
		case p.Name == "charset" && !isUTF8(p.Value):
			m.name, m.specificity = "", exact
		}
	}
	return m, true
}

// specificityOf tells the kinds of range apart. A star stands alone, at the
// end or before a suffix: */html is no range.
func specificityOf(name string) (uint8, bool) {
	switch {
	case name == "*/*":
		return anything, true
	case strings.HasPrefix(name, "*/") && !strings.HasPrefix(name, "*/*+"):
		return 0, false
	case strings.HasSuffix(name, "/*"):
		return anyOf, true
	}
	return exact, true
}

// parseQuality reads a weight (RFC 9110 section 12.4.2) in thousandths: 0 to
// 1 with at most three decimals.
func parseQuality(s string) (int, bool) {
	if len(s) == 0 || len(s) > 5 || s[0] != '0' && s[0] != '1' || len(s) > 1 && s[1] != '.' {
		return 0, false
	}
	quality, unit := int(s[0]-'0')*1000, 100
	for i := 2; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		quality += int(s[i]-'0') * unit
		unit /= 10
	}
	return quality, quality <= 1000
}

// javaDefault recognises the header that Java's HttpURLConnection sends where
// its program set none: text/html, image/gif, image/jpeg and wildcards,
// nothing else. It says nothing of what that program reads.
type javaDefault struct {
	html, gif, jpeg, wildcard, other bool
}

func (j *javaDefault) see(member string) {
	name, _, _ := strings.Cut(member, ";")
	switch trimOWS(name) {
	case "*", "*/*":
		j.wildcard = true
		return
	}
	switch member {
	case "text/html":
		j.html = true
	case "image/gif":
		j.gif = true
	case "image/jpeg":
		j.jpeg = true
	default:
		j.other = true
	}
}

func (j *javaDefault) sent() bool {
	return j.html && j.gif && j.jpeg && j.wildcard && !j.other
}
