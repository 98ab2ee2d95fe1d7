package codecs

import (
	"encoding/base64"
	"strconv"
)

// Flatten replaces what is nested by fields named by their path, so that
// formats without nesting can hold it: errors.0.field, supported.3. An empty
// list or map is left out.
func Flatten(r Record) Record {
	for _, f := range r {
		if f.Value.isNested() {
			return appendFlat(make(Record, 0, 2*len(r)), "", r, false)
		}
	}
	return r
}

func (v Value) isNested() bool { return v.kind == List || v.kind == Map }

func appendFlat(dst Record, prefix string, r Record, list bool) Record {
	for i, f := range r {
		name := prefix + f.Name
		if list {
			name = prefix + strconv.Itoa(i)
		}
		if f.Value.isNested() {
			dst = appendFlat(dst, name+".", f.Value.members, f.Value.kind == List)
			continue
		}
		dst = append(dst, Field{Name: name, Value: f.Value})
	}
	return dst
}

func appendBase64(dst []byte, s string) []byte {
	return base64.StdEncoding.AppendEncode(dst, []byte(s))
}
