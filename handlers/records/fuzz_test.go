package records_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers"
	"github.com/parley-gateway/parley/handlers/records"
)

// FuzzBindStatusChange binds any fields as every format would hand them over: there
// is a fault exactly where the rules, written down once more, find one.
func FuzzBindStatusChange(f *testing.F) {
	f.Add("status", "active", "review_comment", "a\r\nb", uint8(codecs.Text))
	f.Add("status", " risky\n", "status", "risky", uint8(codecs.Text))
	f.Add("status", "risky", "_method", "PATCH", uint8(codecs.Number))
	f.Add("review_comment", "\u0085", "x", "", uint8(codecs.Null))
	f.Fuzz(func(t *testing.T, name, value, second, secondValue string, kind uint8) {
		value, secondValue = strings.ToValidUTF8(value, ""), strings.ToValidUTF8(secondValue, "")
		r := codecs.Record{{Name: name, Value: codecs.TextValue(value)}, {Name: second, Value: valueOf(codecs.Kind(kind%9), secondValue)}}
		for _, format := range handlers.Formats().Formats() {
			codec, ok := format.(codecs.Codec)
			if !ok || codec.Name() == "json-patch" {
				continue
			}
			change, _, err := records.BindStatusChange(codecs.Decoded{Record: r, Codec: codec}, records.Rules{})
			if want := isCommand(codec, r); (err == nil) != want {
				t.Errorf("%s: %v gives %+v, %v", codec.Name(), r, change, err)
			}
			var e *parley.Error
			if err != nil && (!errors.As(err, &e) || e.Code != parley.CodeInvalid || len(e.Faults) == 0) {
				t.Errorf("%s: %v", codec.Name(), err)
			}
			if err == nil && (!slices.Contains(parley.Statuses, change.Status) || strings.ContainsFunc(change.Comment, isControl)) {
				t.Errorf("%s: %+v", codec.Name(), change)
			}
		}
	})
}

func valueOf(kind codecs.Kind, s string) codecs.Value {
	switch kind {
	case codecs.Text:
		return codecs.TextValue(s)
	case codecs.Number:
		return codecs.NumberValue("5")
	case codecs.Boolean:
		return codecs.BoolValue(true)
	case codecs.Bytes:
		return codecs.BytesValue(s)
	case codecs.List:
		return codecs.TextsValue([]string{s})
	case codecs.Map:
		return codecs.MapValue(codecs.Record{{Name: "status", Value: codecs.TextValue(s)}})
	case codecs.Unfit:
		return codecs.UnfitValue("wrong-type", "something else")
	}
	return codecs.NullValue()
}

// isCommand reports whether fields keep the rules of contract section 2.
func isCommand(codec codecs.Codec, r codecs.Record) bool {
	steerer, steers := codec.(codecs.Steerer)
	_, padded := codec.(codecs.Padder)
	given := map[string]int{}
	for _, f := range r {
		given[f.Name]++
		text := f.Value.Text()
		if f.Value.Kind() != codecs.Text || given[f.Name] > 1 {
			return false
		}
		switch {
		case f.Name == "status":
			if padded {
				text = strings.Trim(text, " \t\r\n")
			}
			if !slices.Contains(parley.Statuses, parley.Status(text)) {
				return false
			}
		case f.Name == "review_comment":
			text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
			if utf8.RuneCountInString(text) > 4096 || strings.ContainsFunc(text, isControl) {
				return false
			}
		case !steers || !slices.Contains(steerer.Steering(), f.Name):
			return false
		}
	}
	return given["status"] == 1
}

func isControl(r rune) bool { return unicode.IsControl(r) && r != '\t' && r != '\n' }
