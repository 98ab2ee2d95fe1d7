package records

import (
	"slices"

	"github.com/parley-gateway/parley/codecs"
)

// Steering is what the fields that are no fields say: in formats that cannot
// set headers, they stand for them.
type Steering struct {
	Method         *string // _method
	IfMatch        *string // _if_match
	IdempotencyKey *string // _idempotency_key

	charset *string // _charset_, which the codec heeded
}

// Methods are the methods that a record asks for, in a format where it can,
// without judging the rest of it.
func Methods(d codecs.Decoded) (methods []string) {
	fields := d.Steering
	if _, ok := d.Codec.(codecs.Steerer); ok {
		fields = slices.Concat(fields, d.Record)
	}
	for _, f := range fields {
		if f.Name == codecs.MethodField {
			methods = append(methods, f.Value.Text())
		}
	}
	return methods
}

// steer takes a field that steers the request. Which names do, the codec
// says; tests are read on their own, because their order counts.
func (b *binder) steer(f codecs.Field) {
	switch f.Name {
	case codecs.MethodField:
		b.steerTo(&b.steering.Method, f)
	case codecs.CharsetField:
		b.steerTo(&b.steering.charset, f)
	case codecs.IfMatchField:
		b.steerTo(&b.steering.IfMatch, f)
	case codecs.IdempotencyKeyField:
		b.steerTo(&b.steering.IdempotencyKey, f)
	}
}

func (b *binder) steerTo(target **string, f codecs.Field) {
	if *target != nil {
		b.duplicate(f.Name)
		return
	}
	if s, ok := b.textOf(f.Name, f.Value); ok {
		*target = &s
	}
}
