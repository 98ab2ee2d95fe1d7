package suite

import (
	"fmt"

	"github.com/parley-gateway/parley/bench/schema"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers/records"
)

// body is a command in some format.
type body struct {
	contentType string
	bytes       []byte
}

// bodiesIn writes two commands in a format, so that a change changes something.
func bodiesIn(c codecs.Codec) ([]body, error) {
	var bodies []body
	for _, status := range []string{"inactive", "suspended"} {
		b, err := bodyIn(c, status)
		if err != nil {
			return nil, err
		}
		bodies = append(bodies, b)
	}
	return bodies, nil
}

// bodyIn writes a command. JSON Patch, the one format that is only read, is
// written by hand.
func bodyIn(c codecs.Codec, status string) (body, error) {
	name := c.MediaTypes()[0]
	e, writes := c.(codecs.Encoder)
	if !writes {
		const patch = `[{"op":"replace","path":"/status","value":%q},{"op":"add","path":"/review_comment","value":%q}]`
		return body{name, fmt.Appendf(nil, patch, status, schema.Comment)}, nil
	}
	text, err := e.Encode(nil, codecs.Document{Name: "user", Record: codecs.Record{
		{Name: records.FieldStatus, Value: codecs.TextValue(status)},
		{Name: records.FieldComment, Value: codecs.TextValue(schema.Comment)},
	}})
	return body{codecs.ContentType(c, name, text), text}, err
}
