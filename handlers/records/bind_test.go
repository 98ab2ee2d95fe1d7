package records_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers/records"
)

// read makes what a codec hands over.
func read(c codecs.Codec, fields ...any) codecs.Decoded {
	var r codecs.Record
	for i := 0; i < len(fields); i += 2 {
		v, ok := fields[i+1].(codecs.Value)
		if !ok {
			v = codecs.TextValue(fields[i+1].(string))
		}
		r = append(r, codecs.Field{Name: fields[i].(string), Value: v})
	}
	return codecs.Decoded{Codec: c, Record: r}
}

// faultsOf shows each fault as "field: code", or fails for another error.
func faultsOf(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	var refusal *parley.Error
	if !errors.As(err, &refusal) || refusal.Code != parley.CodeInvalid {
		t.Fatalf("the error is no refusal of what was meant: %v", err)
	}
	var list []string
	for _, f := range refusal.Faults {
		list = append(list, f.Field+": "+f.Code)
	}
	return list
}

func wantFaults(t *testing.T, err error, want ...string) {
	t.Helper()
	if got := faultsOf(t, err); !slices.Equal(got, want) {
		t.Errorf("faults %q, want %q", got, want)
	}
}

// wantDetail asks for a fault that says something, or for its allowed values.
func wantDetail(t *testing.T, err error, detail string, allowed ...string) {
	t.Helper()
	var refusal *parley.Error
	if !errors.As(err, &refusal) || len(refusal.Faults) == 0 {
		t.Fatalf("no faults: %v", err)
	}
	f := refusal.Faults[0]
	if f.Detail != detail || !slices.Equal(f.Allowed, allowed) {
		t.Errorf("fault %q, allowed %q; want %q, allowed %q", f.Detail, f.Allowed, detail, allowed)
	}
}

func TestDetailCountsFaults(t *testing.T) {
	for n, want := range map[int]string{1: "One field is at fault.", 2: "2 fields are at fault.", 3: "3 fields are at fault."} {
		d := read(codecs.JSON{}, "status", "active")
		for i := range n {
			d.Record = append(d.Record, codecs.Field{Name: fmt.Sprintf("f%d", i)})
		}
		_, _, err := records.BindStatusChange(d, records.Rules{})
		var refusal *parley.Error
		if !errors.As(err, &refusal) || refusal.Detail != want {
			t.Errorf("%d faults: %v, want %q", n, err, want)
		}
	}
}

func TestWhiteSpaceAroundAWordIsLayoutOnlyWhereTheFormatSaysSo(t *testing.T) {
	for _, c := range []struct {
		codec codecs.Codec
		want  []string
	}{
		{codecs.XML{}, nil},
		{codecs.PlainText{}, nil},
		{codecs.JSON{}, []string{"status: unknown-value"}},
		{codecs.URLEncoded{}, []string{"status: unknown-value"}},
	} {
		_, _, err := records.BindStatusChange(read(c.codec, "status", " \t\r\nactive \n"), records.Rules{})
		wantFaults(t, err, c.want...)
	}
}

// TestQuotedValue shows a value in a fault, shortened at 40 characters and
// harmless.
func TestQuotedValue(t *testing.T) {
	for value, shown := range map[string]string{
		"Active":                 `"Active"`,
		strings.Repeat("é", 40):  `"` + strings.Repeat("é", 40) + `"`,
		strings.Repeat("é", 41):  `"` + strings.Repeat("é", 40) + `…"`,
		"a\x1b[31m\u202eb\r\n\"": `"a\x1b[31m\u202eb\r\n\""`,
	} {
		_, _, err := records.BindStatusChange(read(codecs.JSON{}, "status", value), records.Rules{})
		wantDetail(t, err, shown+" is none of the allowed values.", parley.Names(parley.Statuses)...)
	}
}

func TestSteeringFields(t *testing.T) {
	d := read(codecs.URLEncoded{},
		"_method", "PATCH", "_charset_", "utf-8", "_if_match", `"v1"`, "status", "risky", "_idempotency_key", "k1")
	change, steering, err := records.BindStatusChange(d, records.Rules{})
	if err != nil || change.Status != "risky" {
		t.Fatalf("%+v, %v", change, err)
	}
	if *steering.Method != "PATCH" || *steering.IfMatch != `"v1"` || *steering.IdempotencyKey != "k1" {
		t.Errorf("steering %+v", steering)
	}
}

// TestSteeringBesideARecord takes the fields that stand beside the one file of
// an upload: they count once, too.
func TestSteeringBesideARecord(t *testing.T) {
	d := read(codecs.URLEncoded{}, "status", "risky", "_if_match", `"v2"`)
	d.Steering = codecs.Record{{Name: "_method", Value: codecs.TextValue("PATCH")}, {Name: "_if_match", Value: codecs.TextValue(`"v1"`)}}
	_, steering, err := records.BindStatusChange(d, records.Rules{})
	wantFaults(t, err, "_if_match: duplicate-field")
	if *steering.IfMatch != `"v1"` || *steering.Method != "PATCH" {
		t.Errorf("steering %+v", steering)
	}
}

func TestSteeringFieldsAtFault(t *testing.T) {
	for _, name := range []string{"_method", "_charset_", "_if_match", "_idempotency_key"} {
		twice := read(codecs.URLEncoded{}, "status", "risky", name, "a", name, "a")
		_, _, err := records.BindStatusChange(twice, records.Rules{})
		wantFaults(t, err, name+": duplicate-field")

		noText := read(codecs.URLEncoded{}, "status", "risky", name, codecs.IntValue(1))
		_, _, err = records.BindStatusChange(noText, records.Rules{})
		wantFaults(t, err, name+": wrong-type")

		elsewhere := read(codecs.JSON{}, "status", "risky", name, "a")
		_, _, err = records.BindStatusChange(elsewhere, records.Rules{})
		wantFaults(t, err, name+": unknown-field")
	}
}

func TestMethods(t *testing.T) {
	form := read(codecs.URLEncoded{}, "_method", "PATCH", "status", "risky", "_method", "PUT")
	form.Steering = codecs.Record{{Name: "_method", Value: codecs.TextValue("DELETE")}, {Name: "_if_match", Value: codecs.TextValue("*")}}
	if got := records.Methods(form); !slices.Equal(got, []string{"DELETE", "PATCH", "PUT"}) {
		t.Errorf("methods of a form %q", got)
	}
	if got := records.Methods(read(codecs.JSON{}, "_method", "PATCH")); got != nil {
		t.Errorf("methods of JSON %q", got)
	}
}
