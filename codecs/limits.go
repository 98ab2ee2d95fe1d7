package codecs

// Limits bound what one body may hold. A zero in either is the default.
type Limits struct {
	Depth  int // how deep values may be nested; the record itself is level 1
	Fields int // how many fields a record or a map may have
	Values int // how many values there may be at all, those inside others and names of fields included
}

const (
	DefaultDepth  = 32
	DefaultFields = 64
	// DefaultValues is a few lists as long as they are answered. In memory a value
	// takes a hundred bytes, and in a body as little as one.
	DefaultValues = 1 << 14
)

// MaxDepth is the limit of depth in force.
func (l Limits) MaxDepth() int {
	if l.Depth == 0 {
		return DefaultDepth
	}
	return l.Depth
}

// MaxFields is the limit of fields in force.
func (l Limits) MaxFields() int {
	if l.Fields == 0 {
		return DefaultFields
	}
	return l.Fields
}

// MaxValues is the limit of values in force.
func (l Limits) MaxValues() int {
	if l.Values == 0 {
		return DefaultValues
	}
	return l.Values
}

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
