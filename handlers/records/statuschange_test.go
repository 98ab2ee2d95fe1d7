package records_test

import (
	"strings"
	"testing"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers/records"
)

func TestBindStatusChange(t *testing.T) {
	unfit := codecs.UnfitValue("nested-element", "an element")
	for _, c := range []struct {
		name   string
		fields []any
		want   parley.StatusChange
		faults []string
	}{
		{"status", []any{"status", "active"}, parley.StatusChange{Status: "active"}, nil},
		{"every field", []any{"review_comment", "why", "status", "suspended"}, parley.StatusChange{Status: "suspended", Comment: "why"}, nil},
		{"empty comment", []any{"status", "risky", "review_comment", ""}, parley.StatusChange{Status: "risky"}, nil},
		{"comment is kept", []any{"status", "risky", "review_comment", " \ta\n "}, parley.StatusChange{Status: "risky", Comment: " \ta\n "}, nil},
		{"line breaks", []any{"status", "risky", "review_comment", "a\r\nb\rc\nd\r\r\ne"}, parley.StatusChange{Status: "risky", Comment: "a\nb\nc\nd\n\ne"}, nil},

		{"nothing", nil, parley.StatusChange{}, []string{"status: required"}},
		{"no status", []any{"review_comment", "why"}, parley.StatusChange{}, []string{"status: required"}},
		{"upper case", []any{"status", "Active"}, parley.StatusChange{}, []string{"status: unknown-value"}},
		{"empty status", []any{"status", ""}, parley.StatusChange{}, []string{"status: unknown-value"}},
		{"status twice", []any{"status", "active", "status", "active"}, parley.StatusChange{}, []string{"status: duplicate-field"}},
		{"comment twice", []any{"status", "active", "review_comment", "a", "review_comment", "b"}, parley.StatusChange{}, []string{"review_comment: duplicate-field"}},
		{"status three times", []any{"status", "active", "status", "risky", "status", "risky"}, parley.StatusChange{}, []string{"status: duplicate-field", "status: duplicate-field"}},
		{"unknown", []any{"status", "active", "state", "x"}, parley.StatusChange{}, []string{"state: unknown-field"}},
		{"other case", []any{"Status", "active"}, parley.StatusChange{}, []string{"Status: unknown-field", "status: required"}},
		{"null", []any{"status", codecs.NullValue(), "review_comment", codecs.NullValue()}, parley.StatusChange{}, []string{"status: wrong-type", "review_comment: wrong-type"}},
		{"number", []any{"status", codecs.IntValue(1)}, parley.StatusChange{}, []string{"status: wrong-type"}},
		{"boolean", []any{"status", "active", "review_comment", codecs.BoolValue(true)}, parley.StatusChange{}, []string{"review_comment: wrong-type"}},
		{"list", []any{"status", codecs.TextsValue([]string{"active"})}, parley.StatusChange{}, []string{"status: wrong-type"}},
		{"map", []any{"status", codecs.MapValue(nil)}, parley.StatusChange{}, []string{"status: wrong-type"}},
		{"bytes", []any{"status", codecs.BytesValue("active")}, parley.StatusChange{}, []string{"status: wrong-type"}},
		{"unfit", []any{"status", unfit}, parley.StatusChange{}, []string{"status: nested-element"}},
		{"unfit and unknown", []any{"status", "active", "x", unfit}, parley.StatusChange{}, []string{"x: nested-element"}},
		{"unfit for its type, and unknown", []any{"status", "active", "x", codecs.UnfitValue("wrong-type", "a tag")}, parley.StatusChange{}, []string{"x: unknown-field"}},
		{"every fault at once", []any{"x", "1", "status", "up", "review_comment", "\x00"}, parley.StatusChange{},
			[]string{"x: unknown-field", "status: unknown-value", "review_comment: control-character"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			change, _, err := records.BindStatusChange(read(codecs.JSON{}, c.fields...), records.Rules{})
			wantFaults(t, err, c.faults...)
			if err == nil && (change.Status != c.want.Status || change.Comment != c.want.Comment || change.Tests != nil) {
				t.Errorf("change %+v, want %+v", change, c.want)
			}
		})
	}
}

func TestFaultsSayWhatIsAllowed(t *testing.T) {
	_, _, err := records.BindStatusChange(read(codecs.JSON{}), records.Rules{})
	wantDetail(t, err, "The field is missing.", "active", "onboarding", "inactive", "suspended", "risky")
	_, _, err = records.BindStatusChange(read(codecs.JSON{}, "x", "", "status", "active"), records.Rules{})
	wantDetail(t, err, "There is no such field.", "status", "review_comment")
	_, _, err = records.BindStatusChange(read(codecs.JSON{}, "status", codecs.IntValue(1)), records.Rules{})
	wantDetail(t, err, "The field holds a number where text belongs.")
	_, _, err = records.BindStatusChange(read(codecs.JSON{}, "status", codecs.UnfitValue("tag", "a tag")), records.Rules{})
	wantDetail(t, err, "The field holds a tag, which is not allowed here.")
}

// TestLengthOfAComment counts code points, after line breaks became one
// character each.
func TestLengthOfAComment(t *testing.T) {
	for _, c := range []struct {
		comment string
		fits    bool
	}{
		{strings.Repeat("x", 4096), true},
		{strings.Repeat("x", 4097), false},
		{strings.Repeat("😀", 4096), true},
		{strings.Repeat("😀", 4097), false},
		{strings.Repeat("\r\n", 4096), true},
		{strings.Repeat("\r\n", 4097), false},
	} {
		_, _, err := records.BindStatusChange(read(codecs.JSON{}, "status", "active", "review_comment", c.comment), records.Rules{})
		if c.fits {
			wantFaults(t, err)
			continue
		}
		wantFaults(t, err, "review_comment: too-long")
		wantDetail(t, err, "The field has 4097 characters; at most 4096 are allowed.")
	}
}

// TestControlsInAComment goes through the whole category Cc, and what stands
// beside it.
func TestControlsInAComment(t *testing.T) {
	for r := rune(0); r <= 0xA1; r++ {
		isControl := r < ' ' || 0x7F <= r && r < 0xA0
		allowed := !isControl || r == '\t' || r == '\n' || r == '\r'
		_, _, err := records.BindStatusChange(read(codecs.JSON{}, "status", "active", "review_comment", "a"+string(r)+"b"), records.Rules{})
		if allowed != (err == nil) {
			t.Errorf("U+%04X: %v", r, err)
		}
		if !allowed {
			wantFaults(t, err, "review_comment: control-character")
		}
	}
}

func TestRequiredComment(t *testing.T) {
	rules := records.Rules{CommentRequired: []parley.Status{"suspended", "risky"}}
	for _, c := range []struct {
		fields []any
		faults []string
	}{
		{[]any{"status", "active"}, nil},
		{[]any{"status", "risky", "review_comment", "why"}, nil},
		{[]any{"status", "risky"}, []string{"review_comment: required"}},
		{[]any{"status", "suspended", "review_comment", ""}, []string{"review_comment: required"}},
		{[]any{"status", "suspended", "review_comment", " \u00a0\t\r\n\u3000"}, []string{"review_comment: required"}},
		{[]any{"status", "suspended", "review_comment", codecs.IntValue(1)}, []string{"review_comment: wrong-type"}},
		{[]any{"review_comment", ""}, []string{"status: required"}},
	} {
		_, _, err := records.BindStatusChange(read(codecs.JSON{}, c.fields...), rules)
		wantFaults(t, err, c.faults...)
	}
}

// TestTestsOfAPatch takes tests in their order: one is about what the
// operations before it have set (RFC 6902 section 3).
func TestTestsOfAPatch(t *testing.T) {
	test := func(name string, want codecs.Value) codecs.Value {
		return codecs.MapValue(codecs.Record{{Name: name, Value: want}})
	}
	d := read(codecs.JSONPatch{},
		codecs.TestField, test("status", codecs.TextValue("active")),
		"status", "risky",
		codecs.TestField, test("status", codecs.TextValue("risky")),
		"review_comment", "a\r\nb",
		codecs.TestField, test("review_comment", codecs.TextValue("a\rb")),
		codecs.TestField, test("review_comment", codecs.IntValue(1)),
	)
	change, _, err := records.BindStatusChange(d, records.Rules{})
	if err != nil || change.Status != "risky" || change.Comment != "a\nb" {
		t.Fatalf("%+v, %v", change, err)
	}
	text := func(s string) *string { return &s }
	for i, want := range []parley.Test{
		{Field: "status", Want: text("active")},
		{Field: "status", Want: text("risky"), Have: text("risky")},
		{Field: "review_comment", Want: text("a\nb"), Have: text("a\nb")},
		{Field: "review_comment", Have: text("a\nb")},
	} {
		got := change.Tests[i]
		if got.Field != want.Field || !same(got.Want, want.Want) || !same(got.Have, want.Have) {
			t.Errorf("test %d: %+v, want %+v", i, got, want)
		}
	}
	if len(change.Tests) != 4 {
		t.Errorf("%d tests, want 4", len(change.Tests))
	}
}

func same(a, b *string) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
