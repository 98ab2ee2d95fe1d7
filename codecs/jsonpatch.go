package codecs

import (
	"fmt"
	"strings"
)

// JSONPatch is the format of RFC 6902, as far as it goes with a record of
// named values: add and replace at "/name" are the field name, and test at
// "/name" is a field _test, a map of that name to what it must be. The fields
// stand in the order of the operations. Other operations, and paths that lead
// elsewhere, are unfit. It can be read only.
type JSONPatch struct{}

var _ Steerer = JSONPatch{}

// NewJSONPatch makes the codec.
func NewJSONPatch() JSONPatch { return JSONPatch{} }

func (JSONPatch) Name() string         { return "json-patch" }
func (JSONPatch) MediaTypes() []string { return []string{"application/json-patch+json"} }

// TestField is the field that holds what a test operation says: a map of one
// field and the value that is expected of it.
const TestField = "_test"

// Steering is the field of the tests.
func (JSONPatch) Steering() []string { return []string{TestField} }

// Decode reads an array of operations. One without any has no fields.
func (JSONPatch) Decode(in Input) (Record, error) {
	patch, err := decodeJSON(in)
	if err != nil {
		return nil, err
	}
	if patch.kind != List {
		return nil, Malformed("a patch is a list of operations, and this is %s", patch.kind)
	}
	record := Record{}
	for i, member := range patch.members {
		f, fault := patchField(member.Value)
		if fault != "" {
			return nil, Malformed("operation %d %s", i, fault)
		}
		if record, err = in.Limits.Append(record, f); err != nil {
			return nil, err
		}
	}
	return record, nil
}

// patchField makes the field of an operation, or says what is wrong with it.
func patchField(operation Value) (f Field, fault string) {
	if operation.kind != Map {
		return Field{}, fmt.Sprintf("is %s, not an object", operation.kind)
	}
	if name, ok := repeated(operation.members); ok {
		return Field{}, fmt.Sprintf("has the member %q twice", name)
	}
	op, fault := patchMember(operation.members, "op")
	if fault != "" {
		return Field{}, fault
	}
	path, fault := patchMember(operation.members, "path")
	if fault != "" {
		return Field{}, fault
	}
	name, depth, ok := parsePointer(path)
	if !ok {
		return Field{}, fmt.Sprintf("has the path %q, which is no JSON Pointer", clip(path))
	}
	switch op {
	case "add", "replace", "test":
		value, ok := operation.members.Get("value")
		if !ok {
			return Field{}, "has no value"
		}
		return settingField(op, path, name, depth, value), ""
	}
	return unsupportedOperation(op, path, name), ""
}

// repeated finds a name that stands in a record twice.
func repeated(r Record) (name string, ok bool) {
	for i, f := range r {
		if _, ok := r[:i].Get(f.Name); ok {
			return f.Name, true
		}
	}
	return "", false
}

// settingField is the field of an operation with a value. A name _test in the
// patch would pass for a test, and so is not taken.
func settingField(op, path, name string, depth int, value Value) Field {
	if depth != 1 || name == TestField {
		unfit := UnfitValue("unsupported-path", fmt.Sprintf("a value with the path %q", clip(path)))
		return Field{Name: path, Value: unfit}
	}
	f := Field{Name: name, Value: value}
	if op == "test" {
		return Field{Name: TestField, Value: MapValue(Record{f})}
	}
	return f
}

// unsupportedOperation is a field of the first name of a path, but never a
// field _test, which would pass for a test.
func unsupportedOperation(op, path, name string) Field {
	if path == "" || name == TestField {
		name = path
	}
	return Field{Name: name, Value: UnfitValue("unsupported-operation", fmt.Sprintf("the operation %q", clip(op)))}
}

// patchMember is a member that an operation must have, and be text.
func patchMember(operation Record, name string) (text, fault string) {
	v, ok := operation.Get(name)
	switch {
	case !ok:
		return "", "has no " + name
	case v.kind != Text:
		return "", fmt.Sprintf("has %s for its %s, not text", v.kind, name)
	}
	return v.text, ""
}

// parsePointer takes the first name of a JSON Pointer (RFC 6901), and how many
// it has. The empty one, the whole document, has none.
func parsePointer(path string) (first string, depth int, ok bool) {
	if path == "" {
		return "", 0, true
	}
	if path[0] != '/' || !isEscaped(path) {
		return "", 0, false
	}
	first, _, _ = strings.Cut(path[1:], "/")
	return pointerEscapes.Replace(first), strings.Count(path, "/"), true
}

// isEscaped reports whether each tilde begins ~0 or ~1 (RFC 6901 section 3).
func isEscaped(path string) bool {
	for {
		_, after, found := strings.Cut(path, "~")
		if !found {
			return true
		}
		if after == "" || after[0] != '0' && after[0] != '1' {
			return false
		}
		path = after
	}
}

// pointerEscapes decodes ~0 and ~1 (RFC 6901 section 4). Their order matters:
// ~01 is ~1.
var pointerEscapes = strings.NewReplacer("~1", "/", "~0", "~")
