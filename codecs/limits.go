package codecs

import "cmp"

// Limits bound what one body may hold. A zero in any is the default.
type Limits struct {
	Depth  int // how deep values may be nested; the record itself is level 1
	Fields int // how many fields a record or a map may have
	Values int // how many values there may be at all, those inside others and names of fields included
	Parts  int // how many parts a multipart may have
	Name   int // how long the name of a field may be, in bytes of UTF-8
	Value  int // how long one value may be, in bytes of UTF-8
}

const (
	DefaultDepth  = 32
	DefaultFields = 64
	// DefaultValues is a few lists as long as they are answered. In memory a value
	// takes a hundred bytes, and in a body as little as one.
	DefaultValues = 1 << 14
	DefaultParts  = 64
	DefaultName   = 256
	DefaultValue  = 64 << 10
)

// MaxDepth is the limit of depth in force.
func (l Limits) MaxDepth() int { return cmp.Or(l.Depth, DefaultDepth) }

// MaxFields is the limit of fields in force.
func (l Limits) MaxFields() int { return cmp.Or(l.Fields, DefaultFields) }

// MaxParts is the limit of the parts of a multipart in force.
func (l Limits) MaxParts() int { return cmp.Or(l.Parts, DefaultParts) }

// MaxName is the limit of the length of a name in force.
func (l Limits) MaxName() int { return cmp.Or(l.Name, DefaultName) }

// MaxValue is the limit of the length of a value in force.
func (l Limits) MaxValue() int { return cmp.Or(l.Value, DefaultValue) }

// MaxValues is the limit of values in force.
func (l Limits) MaxValues() int { return cmp.Or(l.Values, DefaultValues) }

// Append adds a field to a record, or fails where it has all it may have.
func (l Limits) Append(r Record, f Field) (Record, error) {
	if len(r) >= l.MaxFields() {
		return nil, Malformed("there are more than %d fields", l.MaxFields())
	}
	return append(r, f), nil
}

// CheckDepth fails for a depth beyond the limit.
func (l Limits) CheckDepth(depth int) error {
	if depth > l.MaxDepth() {
		return Malformed("values are nested deeper than %d levels", l.MaxDepth())
	}
	return nil
}

// CheckValues fails for more values than the limit.
func (l Limits) CheckValues(count int) error {
	if count > l.MaxValues() {
		return Malformed("there are more than %d values", l.MaxValues())
	}
	return nil
}

// checkLengths fails for a name or a value that is longer than its limit. It is
// asked about every record that was decoded, so that no codec has to do it.
func (l Limits) checkLengths(r Record) error {
	for _, f := range r {
		switch {
		case len(f.Name) > l.MaxName():
			return Malformed("the name of a field is longer than %d bytes", l.MaxName())
		case len(f.Value.text) > l.MaxValue():
			return Malformed("a value is longer than %d bytes", l.MaxValue())
		}
		if err := l.checkLengths(f.Value.members); err != nil {
			return err
		}
	}
	return nil
}
