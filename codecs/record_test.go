package codecs_test

import (
	"testing"
	"time"

	"github.com/parley-gateway/parley/codecs"
)

var noon = time.Date(2025, 3, 9, 13, 0, 0, 0, time.FixedZone("CET", 3600))

func TestAppendScalar(t *testing.T) {
	for _, c := range []struct {
		value codecs.Value
		kind  codecs.Kind
		want  string
	}{
		{codecs.Value{}, codecs.Null, ""},
		{codecs.NullValue(), codecs.Null, ""},
		{codecs.TextValue("naïve\n"), codecs.Text, "naïve\n"},
		{codecs.NumberValue("-1.50e3"), codecs.Number, "-1.50e3"},
		{codecs.NumberValue("NaN"), codecs.Number, "NaN"},
		{codecs.IntValue(-42), codecs.Number, "-42"},
		{codecs.BoolValue(true), codecs.Boolean, "true"},
		{codecs.BoolValue(false), codecs.Boolean, "false"},
		{codecs.BytesValue("\xff\xfe\xfd\xfc"), codecs.Bytes, "//79/A=="},
		{codecs.TimeValue(noon), codecs.Time, "2025-03-09T12:00:00Z"},
		{codecs.TimeValue(noon.Add(1500 * time.Microsecond)), codecs.Time, "2025-03-09T12:00:00.0015Z"},
		{codecs.ListValue(codecs.IntValue(1)), codecs.List, ""},
		{codecs.MapValue(nil), codecs.Map, ""},
		{codecs.UnfitValue("wrong-type", "a tag"), codecs.Unfit, ""},
	} {
		if got := string(c.value.AppendScalar([]byte("x"))); got != "x"+c.want || c.value.Kind() != c.kind {
			t.Errorf("got %q, %s, want %q, %s", got, c.value.Kind(), c.want, c.kind)
		}
	}
}

// Every value differs from every other, in kind or content.
func TestEqual(t *testing.T) {
	values := []codecs.Value{
		codecs.NullValue(), codecs.TextValue(""), codecs.TextValue("1"), codecs.NumberValue("1"), codecs.NumberValue("1.0"),
		codecs.BoolValue(false), codecs.BoolValue(true), codecs.BytesValue("1"),
		codecs.TimeValue(noon), codecs.TimeValue(noon.Add(time.Nanosecond)), codecs.TimeValue(noon.Add(time.Second)),
		codecs.ListValue(), codecs.ListValue(codecs.TextValue("1")), codecs.ListValue(codecs.TextValue("1"), codecs.NullValue()),
		codecs.MapValue(nil), codecs.MapValue(codecs.Record{{Name: "a"}}), codecs.MapValue(codecs.Record{{Name: "b"}}),
		codecs.UnfitValue("a", "1"), codecs.UnfitValue("b", "1"),
	}
	for i, v := range values {
		for j, w := range values {
			if v.Equal(w) != (i == j) {
				t.Errorf("value %d equals value %d: %v", i, j, v.Equal(w))
			}
		}
	}
	if !codecs.TimeValue(noon).Equal(codecs.TimeValue(noon.UTC())) {
		t.Error("one moment in two zones is two values")
	}
	if !codecs.TextsValue([]string{"a"}).Equal(codecs.ListValue(codecs.TextValue("a"))) {
		t.Error("TextsValue is no list of text")
	}
}

func TestRecordKeepsOrderAndDuplicates(t *testing.T) {
	r := codecs.Record{{"a", codecs.TextValue("1")}, {"b", codecs.NullValue()}, {"a", codecs.TextValue("2")}}
	if v, ok := r.Get("a"); !ok || v.Text() != "1" {
		t.Errorf("got %q, %v", v.Text(), ok)
	}
	if _, ok := r.Get("b"); !ok {
		t.Error("a null is not found")
	}
	if _, ok := r.Get("c"); ok {
		t.Error("what is not there is found")
	}
	if r.Equal(codecs.Record{r[0], r[2], r[1]}) || r.Equal(r[:2]) || !r.Equal(append(codecs.Record{}, r...)) {
		t.Error("records are not compared field by field in order")
	}
}

func TestTimeIsUTC(t *testing.T) {
	if got := codecs.TimeValue(noon).Time(); !got.Equal(noon) || got.Location() != time.UTC {
		t.Errorf("got %v", got)
	}
}

func TestFlatten(t *testing.T) {
	fault := codecs.MapValue(codecs.Record{{"field", codecs.TextValue("status")}, {"allowed", codecs.TextsValue([]string{"x", "y"})}})
	got := codecs.Flatten(codecs.Record{
		{"title", codecs.TextValue("t")},
		{"errors", codecs.ListValue(fault, codecs.NullValue())},
		{"none", codecs.ListValue()},
		{"supported", codecs.TextsValue([]string{"a"})},
	})
	want := codecs.Record{
		{"title", codecs.TextValue("t")},
		{"errors.0.field", codecs.TextValue("status")},
		{"errors.0.allowed.0", codecs.TextValue("x")},
		{"errors.0.allowed.1", codecs.TextValue("y")},
		{"errors.1", codecs.NullValue()},
		{"supported.0", codecs.TextValue("a")},
	}
	if !got.Equal(want) {
		t.Errorf("got %v", got)
	}
}

func TestListingRecord(t *testing.T) {
	user := codecs.Record{{"id", codecs.TextValue("1")}}
	list := codecs.Listing{Name: "users", Item: "user", Records: []codecs.Record{user}}
	want := codecs.Record{{"users", codecs.ListValue(codecs.MapValue(user))}}
	if got := list.Record(); !got.Equal(want) {
		t.Errorf("the last page: %v", got)
	}
	list.Next = "c"
	if got := list.Record(); !got.Equal(append(want, codecs.Field{Name: "next_cursor", Value: codecs.TextValue("c")})) {
		t.Errorf("a page before: %v", got)
	}
	if got := (codecs.Listing{Name: "users"}).Record(); !got.Equal(codecs.Record{{"users", codecs.ListValue()}}) {
		t.Errorf("nobody: %v", got)
	}
}

func TestLimits(t *testing.T) {
	limits := codecs.Limits{Depth: 2, Fields: 1}
	r, err := limits.Append(nil, codecs.Field{Name: "a"})
	if err != nil || len(r) != 1 {
		t.Errorf("the first field: %v, %v", r, err)
	}
	if _, err := limits.Append(r, codecs.Field{Name: "b"}); !codecs.IsKind(err, codecs.SyntaxError) {
		t.Errorf("one field too many: %v", err)
	}
	if err := limits.CheckDepth(2); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	if err := limits.CheckDepth(3); !codecs.IsKind(err, codecs.SyntaxError) {
		t.Errorf("too deep: %v", err)
	}
	if zero := (codecs.Limits{}); zero.MaxDepth() != 32 || zero.MaxFields() != 64 {
		t.Errorf("the defaults are %d and %d", zero.MaxDepth(), zero.MaxFields())
	}
}

func TestErrorPlaces(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{codecs.Malformed("it is %s", "bad"), "it is bad"},
		{codecs.MalformedAt(0, "bad"), "offset 0: bad"},
		{codecs.MalformedText([]byte("a\né|x"), 5, "bad"), "line 2, column 3: bad"},
		{codecs.MalformedText([]byte("ab"), 99, "bad"), "line 1, column 3: bad"},
		{codecs.MalformedText([]byte("ab"), -1, "bad"), "line 1, column 1: bad"},
		{codecs.NoFields("a list"), "the body holds a list where fields belong"},
		{codecs.CannotHold(full("pipe"), "a line feed"), "pipe cannot hold a line feed"},
	} {
		if got := c.err.Error(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
