package trial

import (
	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers/records"
)

// Example is a body to try, and its Content-Type.
type Example struct {
	Name        string
	ContentType string
	Body        []byte
}

// Examples are one change in each format that is read, named after the format, and
// a few bodies with something wrong in them. A format that is only read has one where
// it is written here by hand.
func Examples(formats *codecs.Registry) []Example {
	var list []Example
	for _, f := range formats.Formats() {
		if e, ok := exampleIn(f); ok {
			list = append(list, e)
		}
	}
	return append(list, broken...)
}

const comment = "User is suspended due to abuse of the system."

func exampleIn(f codecs.Format) (Example, bool) {
	if f.Name() == patch.Name {
		return patch, true
	}
	_, read := f.(codecs.Codec)
	encoder, written := f.(codecs.Encoder)
	if !read || !written {
		return Example{}, false
	}
	body, err := encoder.Encode(nil, Document(codecs.Record{
		text(records.FieldStatus, string(parley.StatusSuspended)),
		text(records.FieldComment, comment),
	}))
	return Example{f.Name(), codecs.ContentType(f, f.MediaTypes()[0], body), body}, err == nil
}

var patch = Example{"json-patch", "application/json-patch+json", []byte(`[
  {"op": "test", "path": "/status", "value": "active"},
  {"op": "replace", "path": "/status", "value": "suspended"},
  {"op": "add", "path": "/review_comment", "value": "` + comment + `"}
]
`)}

var broken = []Example{
	{"duplicate-key", "application/json", []byte("{\n  \"status\": \"active\",\n  \"status\": \"suspended\"\n}\n")},
	{"number-for-status", "application/json", []byte("{\n  \"status\": 5\n}\n")},
	{"doctype", "application/xml", []byte("<!DOCTYPE user [<!ENTITY s \"suspended\">]>\n<user>\n  <status>&s;</status>\n</user>\n")},
	{"yaml-alias", "application/yaml", []byte("status: &s suspended\nreview_comment: *s\n")},
	{"truncated", "application/json", []byte("{\n  \"status\": \"suspended\",\n  \"review_comment\": \"User is susp")},
}
