package typeset

import (
	"slices"

	gotext "github.com/go-text/typesetting/bidi"
	"golang.org/x/text/unicode/bidi"
)

// findLevels gives each rune its level of embedding, and returns that of the
// paragraph, by the Unicode Bidirectional Algorithm (UAX 9). What is shown as
// a box has no effect on others: it is ordered as an object would be.
func (s *shaper) findLevels() int8 {
	s.levels = append(s.levels[:0], make([]int8, len(s.runes))...)
	base, mixed := s.baseLevel()
	if !mixed {
		return base
	}
	ordered := make([]rune, len(s.runes))
	for i, r := range s.runes {
		if s.chosen[i] == nil {
			r = object
		}
		ordered[i] = r
	}
	direction := gotext.LeftToRight
	if base == 1 {
		direction = gotext.RightToLeft
	}
	s.setLevels(s.direction.Segment(ordered, direction), base)
	return base
}

// object is U+FFFC, the object replacement character.
const object = '\ufffc'

// baseLevel is the level of the paragraph: that of its first character with a
// direction of its own (rules P2 and P3). mixed reports whether anything in
// it is written from right to left.
func (s *shaper) baseLevel() (level int8, mixed bool) {
	level = -1
	for i, r := range s.runes {
		if r < 0x0590 && (level >= 0 || !isLetter(r)) || s.chosen[i] == nil {
			continue
		}
		switch classOf(r) {
		case bidi.L:
			level = max(level, 0)
		case bidi.R, bidi.AL:
			if level < 0 {
				level = 1
			}
			mixed = true
		case bidi.AN:
			mixed = true
		}
	}
	return max(level, 0), mixed
}

func isLetter(r rune) bool { return r >= 'A' && (r >= 0x80 || r|0x20 >= 'a' && r|0x20 <= 'z') }

func classOf(r rune) bidi.Class {
	p, _ := bidi.LookupRune(r)
	return p.Class()
}

// setLevels makes levels of the runs, which tell directions only. Without
// explicit embeddings there are no levels but 0 and 1 for these, and 2 for
// what is from left to right in what is not: in a paragraph from left to
// right, that are numbers which belong to the text before them.
func (s *shaper) setLevels(runs gotext.Runs, base int8) {
	for i := range runs.NumRuns() {
		run := runs.Run(i)
		level := int8(1)
		if run.IsLeftToRight() {
			level = 2 * base
		}
		for j := run.Start; j < run.End; j++ {
			s.levels[j] = level
		}
	}
	if base == 0 {
		s.raiseNumbers()
	}
}

// raiseNumbers raises the numbers that rule W7 leaves numbers, with the signs
// that W4 and W5 add to them.
func (s *shaper) raiseNumbers() {
	strong := bidi.L
	for i, r := range s.runes {
		switch class := classOf(r); class {
		case bidi.L, bidi.R, bidi.AL:
			strong = class
		case bidi.AN:
			s.raise(i)
		case bidi.EN:
			if strong != bidi.L {
				s.raise(i)
			}
		}
	}
}

// raise raises a digit and the signs around it that are not apart from it.
func (s *shaper) raise(digit int) {
	s.levels[digit] = 2
	if digit >= 2 && s.levels[digit-2] == 2 && s.levels[digit-1] == 0 && isClass(s.runes[digit-1], bidi.CS, bidi.ES) {
		s.levels[digit-1] = 2
	}
	for i := digit - 1; i >= 0 && s.isSign(i); i-- {
		s.levels[i] = 2
	}
	for i := digit + 1; i < len(s.runes) && s.isSign(i); i++ {
		s.levels[i] = 2
	}
}

// isSign reports whether a rune at level 0 goes with a number beside it.
func (s *shaper) isSign(i int) bool {
	return s.levels[i] == 0 && isClass(s.runes[i], bidi.ET, bidi.NSM, bidi.BN)
}

func isClass(r rune, classes ...bidi.Class) bool { return slices.Contains(classes, classOf(r)) }
