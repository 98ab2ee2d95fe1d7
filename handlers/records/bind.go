package records

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
)

// The codes of faults. They are stable: programs decide by them.
const (
	FaultRequired  = "required"
	FaultUnknown   = "unknown-field"
	FaultDuplicate = "duplicate-field"
	FaultType      = "wrong-type"
	FaultValue     = "unknown-value"
	FaultTooLong   = "too-long"
	FaultControl   = "control-character"
	FaultInvalid   = "invalid-value"
)

// binder reads a record strictly: each field at most once, none that is not
// known. It collects every fault instead of stopping at the first.
type binder struct {
	slots    []slot
	steering Steering
	padded   bool // white space around a word is layout
	faults   []parley.Fault
}

// slot is a field that is known.
type slot struct {
	name  string
	value codecs.Value
	given bool
}

func newBinder(d codecs.Decoded, known ...string) *binder {
	b := &binder{slots: make([]slot, len(known))}
	for i, name := range known {
		b.slots[i].name = name
	}
	_, b.padded = d.Codec.(codecs.Padder)
	var steering []string
	if s, ok := d.Codec.(codecs.Steerer); ok {
		steering = s.Steering()
	}
	for _, f := range d.Steering {
		b.steer(f)
	}
	for _, f := range d.Record {
		switch {
		case b.slot(f.Name) != nil:
			b.take(f)
		case slices.Contains(steering, f.Name):
			b.steer(f)
		default:
			b.unknown(f)
		}
	}
	return b
}

// slot finds the place of a known field, or nil.
func (b *binder) slot(name string) *slot {
	for i := range b.slots {
		if b.slots[i].name == name {
			return &b.slots[i]
		}
	}
	return nil
}

func (b *binder) take(f codecs.Field) {
	s := b.slot(f.Name)
	if s.given {
		b.duplicate(f.Name)
		return
	}
	s.value, s.given = f.Value, true
}

func (b *binder) duplicate(name string) {
	b.fault(name, FaultDuplicate, "The field is given more than once.")
}

// unknown reports a field that has no place in the command. Where the codec
// can say better what is wrong with it, the codec's words count.
func (b *binder) unknown(f codecs.Field) {
	if f.Value.Kind() == codecs.Unfit && f.Value.Code() != FaultType {
		b.unfit(f.Name, f.Value)
		return
	}
	known := make([]string, len(b.slots))
	for i, s := range b.slots {
		known[i] = s.name
	}
	b.fault(f.Name, FaultUnknown, "There is no such field.", known...)
}

func (b *binder) unfit(name string, v codecs.Value) {
	b.fault(name, v.Code(), fmt.Sprintf("The field holds %s, which is not allowed here.", v.Text()))
}

func (b *binder) fault(field, code, detail string, allowed ...string) {
	b.faults = append(b.faults, parley.Fault{Field: field, Code: code, Detail: detail, Allowed: allowed})
}

// text reads a known field that holds text. It reports false where there is
// none to go on with.
func (b *binder) text(name string) (string, bool) {
	s := b.slot(name)
	if !s.given {
		return "", false
	}
	return b.textOf(name, s.value)
}

func (b *binder) textOf(name string, v codecs.Value) (string, bool) {
	switch v.Kind() {
	case codecs.Text:
		return v.Text(), true
	case codecs.Unfit:
		b.unfit(name, v)
	default:
		b.fault(name, FaultType, fmt.Sprintf("The field holds %s where text belongs.", v.Kind()))
	}
	return "", false
}

// word is text without the white space that some formats put around it.
func (b *binder) word(name string) (string, bool) {
	s, ok := b.text(name)
	if ok && b.padded {
		s = strings.Trim(s, " \t\r\n")
	}
	return s, ok
}

// require reports a field that is missing.
func (b *binder) require(name string, allowed ...string) {
	if !b.slot(name).given {
		b.fault(name, FaultRequired, "The field is missing.", allowed...)
	}
}

// choice is a word that is one of a few. Empty where it is missing or at
// fault.
func choice[S ~string](b *binder, name string, allowed []S) S {
	s, ok := b.word(name)
	if !ok {
		return ""
	}
	if !slices.Contains(allowed, S(s)) {
		b.fault(name, FaultValue, fmt.Sprintf("%s is none of the allowed values.", quote(s)), parley.Names(allowed)...)
		return ""
	}
	return S(s)
}

// quote shows what a caller wrote, shortened and with nothing in it that a
// terminal or a page could take for more than text.
func quote(s string) string {
	const most = 40
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "…"
	}
	return fmt.Sprintf("%q", s)
}

// line is a word of 1 to most code points without controls.
func (b *binder) line(name string, most int) string {
	s, ok := b.word(name)
	if !ok {
		return ""
	}
	switch {
	case s == "":
		b.fault(name, FaultRequired, "The field is empty.")
	case utf8.RuneCountInString(s) > most:
		b.tooLong(name, s, most)
	case strings.ContainsFunc(s, unicode.IsControl):
		b.fault(name, FaultControl, "The field holds a control character.")
	}
	return s
}

func (b *binder) tooLong(name, s string, most int) {
	b.fault(name, FaultTooLong, fmt.Sprintf("The field has %d characters; at most %d are allowed.", utf8.RuneCountInString(s), most))
}

// err is every fault found, or nil.
func (b *binder) err() error {
	if len(b.faults) == 0 {
		return nil
	}
	detail := "One field is at fault."
	if n := len(b.faults); n > 1 {
		detail = fmt.Sprintf("%d fields are at fault.", n)
	}
	return &parley.Error{Code: parley.CodeInvalid, Detail: detail, Faults: b.faults}
}
