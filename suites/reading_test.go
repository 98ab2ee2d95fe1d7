package suites

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"strconv"
	"testing"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers"
)

// A document is a body and its Content-Type.
type document struct {
	Body []byte `json:"body"`
	Type string `json:"type"`
}

// A reading is what a parser makes of a document: why it refuses it, or what it
// reads. A value is nil, a string, a bool, a number, raw, []any or
// map[string]any; of a format that sends pairs of texts, it is fields.
type reading struct {
	refusal string
	value   any
}

// number is a number as Go writes the nearest float64, which every parser has.
type number string

// raw is bytes that are no text.
type raw string

// fields are pairs of names and values, in order, each as often as it was sent.
type fields [][2]string

// A reader reads documents of one format, all in one go.
type reader func(t *testing.T, documents []document) []reading

func (r reading) equal(s reading) bool { return reflect.DeepEqual(r.value, s.value) }

func (r reading) String() string {
	if r.refusal != "" {
		return "refused: " + r.refusal
	}
	return fmt.Sprintf("%#v", r.value)
}

// each makes a reader of a function that reads one document.
func each(read func(document) (any, error)) reader {
	return func(_ *testing.T, documents []document) []reading {
		readings := make([]reading, len(documents))
		for i, d := range documents {
			value, err := read(d)
			if err != nil {
				readings[i].refusal = err.Error()
				continue
			}
			readings[i].value = value
		}
		return readings
	}
}

// byNode makes a reader of one in readers/read.mjs.
func byNode(parser string) reader {
	return func(t *testing.T, documents []document) []reading {
		var answers []struct {
			Refusal string
			Value   json.RawMessage
		}
		node(t, "read.mjs", parser, documents, &answers)
		readings := make([]reading, len(answers))
		for i, a := range answers {
			readings[i].refusal = a.Refusal
			if a.Refusal == "" {
				value, err := untagged(a.Value)
				if err != nil {
					readings[i].refusal = err.Error()
				}
				readings[i].value = value
			}
		}
		return readings
	}
}

// untagged reads a value as read.mjs writes it.
func untagged(text json.RawMessage) (any, error) {
	var pair []json.RawMessage
	var kind, scalar string
	if err := json.Unmarshal(text, &pair); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(pair[0], &kind); err != nil {
		return nil, err
	}
	switch kind {
	case "null":
		return nil, nil
	case "boolean":
		return string(pair[1]) == "true", nil
	case "list":
		return untaggedList(pair[1])
	case "map":
		return untaggedMap(pair[1])
	case "fields":
		return untaggedFields(pair[1])
	}
	if err := json.Unmarshal(pair[1], &scalar); err != nil {
		return nil, err
	}
	switch kind {
	case "number":
		return numberOf(scalar), nil
	case "bytes":
		content, err := hex.DecodeString(scalar)
		return raw(content), err
	case "other":
		return nil, fmt.Errorf("it holds %s", scalar)
	}
	return scalar, nil
}

func untaggedList(text json.RawMessage) (any, error) {
	var items []json.RawMessage
	if err := json.Unmarshal(text, &items); err != nil {
		return nil, err
	}
	list := make([]any, len(items))
	for i, item := range items {
		var err error
		if list[i], err = untagged(item); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func untaggedMap(text json.RawMessage) (any, error) {
	var entries [][2]json.RawMessage
	if err := json.Unmarshal(text, &entries); err != nil {
		return nil, err
	}
	members := map[string]any{}
	for _, e := range entries {
		name, err := untagged(e[0])
		if err != nil {
			return nil, err
		}
		value, err := untagged(e[1])
		if err != nil {
			return nil, err
		}
		members[fmt.Sprint(name)] = value
	}
	return members, nil
}

func untaggedFields(text json.RawMessage) (any, error) {
	var pairs [][2]*string
	if err := json.Unmarshal(text, &pairs); err != nil {
		return nil, err
	}
	list := fields{}
	for _, p := range pairs {
		if p[1] == nil {
			return nil, fmt.Errorf("%s is a file", *p[0])
		}
		list = append(list, [2]string{*p[0], *p[1]})
	}
	return list, nil
}

func numberOf(literal string) number {
	x, err := strconv.ParseFloat(literal, 64)
	if err != nil && x == 0 {
		return number(literal)
	}
	return number(strconv.FormatFloat(x, 'g', -1, 64))
}

// plain makes a reading's value of what a parser for Go gives. encoding/json is
// asked for json.Number.
func plain(v any) any {
	switch v := v.(type) {
	case nil, string, bool:
		return v
	case []byte:
		return raw(v)
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = plain(item)
		}
		return list
	case map[string]any:
		members := make(map[string]any, len(v))
		for name, value := range v {
			members[name] = plain(value)
		}
		return members
	case map[any]any:
		members := make(map[string]any, len(v))
		for name, value := range v {
			members[fmt.Sprint(plain(name))] = plain(value)
		}
		return members
	}
	switch v := v.(type) {
	case float32:
		return numberOf(fmt.Sprint(float64(v)))
	case big.Int:
		return numberOf(v.String())
	}
	return numberOf(fmt.Sprint(v))
}

// byParley reads as Parley does, up to what its binder takes: a name that comes
// twice in a format whose readers mostly see it once is refused there, and so is
// what no Record holds.
func byParley(flat bool) reader {
	formats := handlers.Formats()
	return each(func(d document) (any, error) {
		decoded, err := formats.Decode(d.Type, d.Body, codecs.Limits{})
		if err != nil {
			return nil, err
		}
		if flat {
			return fieldsOf(decoded.Record)
		}
		return valueOf(codecs.MapValue(decoded.Record))
	})
}

func fieldsOf(r codecs.Record) (any, error) {
	list := fields{}
	for _, f := range r {
		if f.Value.Kind() != codecs.Text {
			return nil, fmt.Errorf("%s is %s", f.Name, f.Value.Kind())
		}
		list = append(list, [2]string{f.Name, f.Value.Text()})
	}
	return list, nil
}

func valueOf(v codecs.Value) (any, error) {
	switch v.Kind() {
	case codecs.Null:
		return nil, nil
	case codecs.Text:
		return v.Text(), nil
	case codecs.Number:
		return numberOf(v.Text()), nil
	case codecs.Boolean:
		return v.Bool(), nil
	case codecs.Bytes:
		return raw(v.Text()), nil
	case codecs.List:
		return listOf(v.Members())
	case codecs.Map:
		return mapOf(v.Members())
	}
	return nil, fmt.Errorf("it holds %s", v.Text())
}

func listOf(members codecs.Record) (any, error) {
	list := make([]any, len(members))
	for i, m := range members {
		var err error
		if list[i], err = valueOf(m.Value); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func mapOf(members codecs.Record) (any, error) {
	values := map[string]any{}
	for _, m := range members {
		if _, twice := values[m.Name]; twice {
			return nil, fmt.Errorf("the field %q comes twice", m.Name)
		}
		var err error
		if values[m.Name], err = valueOf(m.Value); err != nil {
			return nil, err
		}
	}
	return values, nil
}
