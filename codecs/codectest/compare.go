package codectest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/parley-gateway/parley/codecs"
)

// same compares what was wanted with what was read. Two literals of one
// number are the same, and any Unfit value is the one that was wanted: its
// description belongs to the format.
func same(want, got codecs.Record) bool {
	return slices.EqualFunc(want, got, func(f, g codecs.Field) bool {
		return f.Name == g.Name && sameValue(f.Value, g.Value)
	})
}

func sameValue(want, got codecs.Value) bool {
	if want.Kind() != got.Kind() {
		return false
	}
	switch want.Kind() {
	case codecs.Unfit:
		return true
	case codecs.Number:
		return sameNumber(want.Text(), got.Text())
	case codecs.List, codecs.Map:
		return same(want.Members(), got.Members())
	}
	return want.Equal(got)
}

// sameNumber compares integers by their digits, since a float64 has too few
// for all of them.
func sameNumber(want, got string) bool {
	if want == got {
		return true
	}
	if !strings.ContainsAny(want, ".eE") {
		return false
	}
	x, errX := strconv.ParseFloat(want, 64)
	y, errY := strconv.ParseFloat(got, 64)
	return errX == nil && errY == nil && x == y
}

// mapRecord replaces each value and then, where it has members, those. It
// copies the names, so that the result shares no memory with r.
func mapRecord(r codecs.Record, replace func(codecs.Value) codecs.Value) codecs.Record {
	mapped := make(codecs.Record, len(r))
	for i, f := range r {
		mapped[i] = codecs.Field{Name: strings.Clone(f.Name), Value: mapMembers(replace(f.Value), replace)}
	}
	return mapped
}

func mapMembers(v codecs.Value, replace func(codecs.Value) codecs.Value) codecs.Value {
	switch v.Kind() {
	case codecs.List:
		var values []codecs.Value
		for _, member := range mapRecord(v.Members(), replace) {
			values = append(values, member.Value)
		}
		return codecs.ListValue(values...)
	case codecs.Map:
		return codecs.MapValue(mapRecord(v.Members(), replace))
	}
	return v
}

// cloneRecord copies a record with all its text, to see whether the original
// is altered.
func cloneRecord(r codecs.Record) codecs.Record {
	return mapRecord(r, cloneScalar)
}

func cloneScalar(v codecs.Value) codecs.Value {
	text := strings.Clone(v.Text())
	switch v.Kind() {
	case codecs.Text:
		return codecs.TextValue(text)
	case codecs.Bytes:
		return codecs.BytesValue(text)
	case codecs.Number:
		return codecs.NumberValue(text)
	case codecs.Unfit:
		return codecs.UnfitValue(strings.Clone(v.Code()), text)
	}
	return v
}

func cloneListing(l codecs.Listing) codecs.Listing {
	records := make([]codecs.Record, len(l.Records))
	for i, r := range l.Records {
		records[i] = cloneRecord(r)
	}
	l.Records = records
	return l
}

// mostShown is how much of a body or a record is shown, in bytes.
const mostShown = 160

// show quotes a body or writes out a record, cut to what a person reads.
func show(v any) string {
	var b strings.Builder
	if r, ok := v.(codecs.Record); ok {
		describe(&b, r)
	} else {
		fmt.Fprintf(&b, "%q", v)
	}
	if b.Len() > mostShown {
		return strings.ToValidUTF8(b.String()[:mostShown], "") + "..."
	}
	return b.String()
}

// describe stops at what is shown: records can be as deep as a bomb.
func describe(b *strings.Builder, r codecs.Record) {
	b.WriteByte('{')
	for i, f := range r {
		if b.Len() > mostShown {
			return
		}
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(b, "%s = %s ", f.Name, f.Value.Kind())
		if m := f.Value.Members(); m != nil {
			describe(b, m)
		} else {
			b.WriteString(strconv.Quote(string(f.Value.AppendScalar(nil))))
		}
	}
	b.WriteByte('}')
}
