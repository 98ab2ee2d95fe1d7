package records

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
)

// The fields of a status change.
const (
	FieldStatus  = "status"
	FieldComment = "review_comment"
)

// Rules are what an operator asks of status changes beyond what all must
// keep.
type Rules struct {
	CommentRequired []parley.Status // a change to one of these needs a comment
}

var statusNames = parley.Names(parley.Statuses)

// BindStatusChange reads a record as a status change. It is the one place
// that knows the rules, the same for every format. All faults come back at
// once, as parley.CodeInvalid.
func BindStatusChange(d codecs.Decoded, rules Rules) (parley.StatusChange, Steering, error) {
	b := newBinder(d, FieldStatus, FieldComment)
	b.require(FieldStatus, statusNames...)
	status := choice(b, FieldStatus, parley.Statuses)
	change := parley.StatusChange{
		Status:  status,
		Comment: b.comment(slices.Contains(rules.CommentRequired, status)),
		Tests:   tests(d),
	}
	return change, b.steering, b.err()
}

func (b *binder) comment(required bool) string {
	s, ok := b.text(FieldComment)
	if !ok && b.slot(FieldComment).given {
		return ""
	}
	s = normalizeLines(s)
	switch {
	case utf8.RuneCountInString(s) > parley.MaxComment:
		b.tooLong(FieldComment, s, parley.MaxComment)
	case strings.ContainsFunc(s, isForbidden):
		b.fault(FieldComment, FaultControl, "The comment holds a control character other than tab and line feed.")
	case required && strings.TrimSpace(s) == "":
		b.fault(FieldComment, FaultRequired, "A change to this status needs a comment.")
	}
	return s
}

// normalizeLines turns the line breaks of every platform into line feeds.
func normalizeLines(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

func isForbidden(r rune) bool { return unicode.IsControl(r) && r != '\t' && r != '\n' }

// tests reads what a JSON Patch wants to hold, in the order of its
// operations: a test after an operation is about what that operation set
// (RFC 6902 section 3).
func tests(d codecs.Decoded) []parley.Test {
	if _, ok := d.Codec.(codecs.Steerer); !ok {
		return nil
	}
	var list []parley.Test
	for i, f := range d.Record {
		if f.Name != codecs.TestField {
			continue
		}
		for _, want := range f.Value.Members() {
			list = append(list, parley.Test{
				Field: want.Name,
				Want:  textOrNil(want.Value),
				Have:  lastSet(d.Record[:i], want.Name),
			})
		}
	}
	return list
}

func lastSet(r codecs.Record, name string) *string {
	for _, f := range slices.Backward(r) {
		if f.Name == name {
			return textOrNil(f.Value)
		}
	}
	return nil
}

func textOrNil(v codecs.Value) *string {
	if v.Kind() != codecs.Text {
		return nil
	}
	s := normalizeLines(v.Text())
	return &s
}
