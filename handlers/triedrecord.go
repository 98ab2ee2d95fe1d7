package handlers

import (
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers/records"
	"github.com/parley-gateway/parley/handlers/trial"
)

// What is shown of what a caller wrote is bounded, in code points: it comes back
// many times over, in every format.
const (
	maxShownName  = 256 // of names and sentences, as in every refusal
	maxShownValue = parley.MaxComment
)

// title says what the request would come to.
func (t *tried) title() string {
	if e := t.refusal(); e != nil {
		p := describe(e)
		return "Parley would answer " + strconv.Itoa(p.Status) + " " + p.Title
	}
	return "Parley would answer 200, if " + t.condition()
}

// condition is what only the store knows.
func (t *tried) condition() string {
	conditions := []string{"the user exists"}
	switch {
	case t.match.Given:
		conditions = append(conditions, "If-Match names its version")
	case t.match.Required:
		conditions = append(conditions, "the request has If-Match")
	}
	if len(t.change.Tests) > 0 {
		conditions = append(conditions, "the tests hold")
	}
	return strings.Join(conditions, " and ")
}

// record tells all that came out, in the order of the steps.
func (t *tried) record() codecs.Record {
	status, condition, doc := 200, "", trial.Document(nil)
	var problem codecs.Record
	if e := t.refusal(); e != nil {
		p := describe(e)
		doc = problemDocument(p)
		status, problem = p.Status, doc.Record
	} else {
		condition = t.condition()
		doc.Record = present(t.commandFields())
	}
	return present(codecs.Record{
		{Name: "answer_status", Value: codecs.IntValue(int64(status))},
		textField("condition", condition),
		mapField("read_as", t.readAs()),
		mapField("not_read", t.notRead()),
		listField("record", t.fields()),
		mapField("command", t.command()),
		listField("faults", t.faults()),
		mapField("steering", t.steeringFields()),
		mapField("problem", problem),
		listField("negotiation", t.weighings),
		listField("answers", t.answers(doc)),
	})
}

// readAs is how the Content-Type was understood.
func (t *tried) readAs() codecs.Record {
	if t.declared.err != nil {
		return nil
	}
	inside := ""
	if t.unread == nil && t.decoded.Codec.Name() != t.declared.codec.Name() {
		inside = t.decoded.Codec.Name()
	}
	return codecs.Record{
		textField("format", t.declared.codec.Name()),
		textField("inside", inside),
		textField("media_type", trial.Cut(t.declared.mediaType.Name, maxShownName)),
		textField("charset", trial.Cut(t.declared.mediaType.Param("charset"), maxShownName)),
	}
}

// notRead is why there is no record, and where.
func (t *tried) notRead() codecs.Record {
	if t.unread == nil {
		return nil
	}
	place := trial.Nowhere
	var e *codecs.Error
	if errors.As(t.unread, &e) {
		place = trial.ErrorPlace(t.input(), e)
	}
	detail := textField("detail", trial.Cut(asRefusal(t.unread).Detail, maxShownName))
	return append(codecs.Record{detail}, placeFields(place)...)
}

func placeFields(p trial.Place) (r codecs.Record) {
	if p.Line > 0 {
		r = append(r, intField("line", p.Line), intField("column", p.Column))
	}
	if p.Offset >= 0 {
		r = append(r, intField("offset", p.Offset))
	}
	return append(r, textField("before", p.Before), textField("marked", p.Marked), textField("after", p.After))
}

// fields are those of the record, each with what kind of value it holds.
func (t *tried) fields() (list []codecs.Record) {
	for _, f := range t.decoded.Record {
		list = append(list, codecs.Record{
			textField("name", trial.Cut(f.Name, maxShownName)),
			textField("kind", f.Value.Kind().String()),
			textField("value", trial.Cut(shown(f.Value), maxShownValue)),
		})
	}
	return list
}

// shown is a value as text: what is nested as JSON, what is unfit by its
// description. What holds something unfit inside has none.
func shown(v codecs.Value) string {
	switch v.Kind() {
	case codecs.Unfit:
		return v.Text()
	case codecs.List, codecs.Map:
		nested, _ := codecs.JSON{}.AppendValue(nil, v)
		return string(nested)
	}
	return string(v.AppendScalar(nil))
}

// command is what the record was understood as; empty where it has faults.
func (t *tried) command() codecs.Record {
	if t.unread != nil || t.unbound != nil {
		return nil
	}
	return append(t.commandFields(), listField("tests", t.tests()))
}

func (t *tried) commandFields() codecs.Record {
	return codecs.Record{
		textField(records.FieldStatus, string(t.change.Status)),
		textField(records.FieldComment, t.change.Comment),
	}
}

func (t *tried) tests() (list []codecs.Record) {
	for _, test := range t.change.Tests {
		r := codecs.Record{textField("field", trial.Cut(test.Field, maxShownName))}
		if test.Want != nil {
			r = append(r, textField("want", trial.Cut(*test.Want, maxShownValue)))
		}
		list = append(list, r)
	}
	return list
}

// faults are those of the fields, each with its place where that is certain.
func (t *tried) faults() (list []codecs.Record) {
	if t.unbound == nil {
		return nil
	}
	places := trial.FieldPlaces(t.input(), t.decoded)
	found := parley.AsError(t.unbound).Faults
	for i, f := range found {
		cut := cutFault(f)
		list = append(list, append(codecs.Record{
			textField("field", cut.Field),
			textField("code", f.Code),
			textField("detail", cut.Detail),
			{Name: "allowed", Value: codecs.TextsValue(f.Allowed)},
		}, placeFields(t.placeOf(f, found[:i], places))...))
	}
	return list
}

// placeOf is the place of the field that a fault is about. Of a name that stands
// there often, every one after the first is a duplicate, and every one that is not
// known is a fault of its own.
func (t *tried) placeOf(f parley.Fault, before []parley.Fault, places []trial.Place) trial.Place {
	nth := 0
	if f.Code == records.FaultDuplicate {
		nth = 1
	}
	for _, other := range before {
		if other.Field == f.Field && other.Code == f.Code {
			nth++
		}
	}
	for i, field := range t.decoded.Record {
		if field.Name != f.Field {
			continue
		}
		if nth == 0 {
			return places[i]
		}
		nth--
	}
	return trial.Nowhere
}

// steeringFields are the fields that stand for headers.
func (t *tried) steeringFields() (r codecs.Record) {
	for _, f := range []struct {
		name  string
		value *string
	}{
		{codecs.MethodField, t.steering.Method},
		{codecs.IfMatchField, t.steering.IfMatch},
		{codecs.IdempotencyKeyField, t.steering.IdempotencyKey},
	} {
		if f.value != nil {
			r = append(r, textField(f.name, trial.Cut(*f.value, maxShownName)))
		}
	}
	return r
}

// answers are the document in each format that holds it. That nothing is acceptable
// is told in JSON alone.
func (t *tried) answers(doc codecs.Document) (list []codecs.Record) {
	if t.unanswered != nil && parley.HasCode(t.unanswered, parley.CodeNotAcceptable) {
		choice, _ := t.Formats.Negotiate(nil, codecs.Single)
		return []codecs.Record{answerIn(choice, doc)}
	}
	for _, f := range t.Formats.Formats() {
		if choice, ok := t.Formats.Named(f.Name(), codecs.Single); ok {
			list = append(list, answerIn(choice, doc))
		}
	}
	return list
}

// maxDump is how many bytes are shown of what is no text.
const maxDump = 64

func answerIn(choice codecs.Choice, doc codecs.Document) codecs.Record {
	name := choice.MediaType
	if doc.Name == "problem" {
		name = problemMediaType(choice)
	}
	body, err := choice.Format.(codecs.Encoder).Encode(nil, doc)
	if err != nil {
		return codecs.Record{textField("format", choice.Format.Name()), textField("detail", asRefusal(err).Detail)}
	}
	r := codecs.Record{
		textField("format", choice.Format.Name()),
		textField("media_type", codecs.ContentType(choice.Format, name, body)),
		intField("size", len(body)),
	}
	if isText(body) {
		return append(r, textField("body", string(body)))
	}
	return append(r, textField("hex", hex.Dump(body[:min(len(body), maxDump)])))
}

func intField(name string, n int) codecs.Field {
	return codecs.Field{Name: name, Value: codecs.IntValue(int64(n))}
}

func mapField(name string, r codecs.Record) codecs.Field {
	return codecs.Field{Name: name, Value: codecs.MapValue(present(r))}
}

func listField(name string, list []codecs.Record) codecs.Field {
	values := make([]codecs.Value, len(list))
	for i, r := range list {
		values[i] = codecs.MapValue(present(r))
	}
	return codecs.Field{Name: name, Value: codecs.ListValue(values...)}
}

// present leaves out the fields that hold nothing.
func present(r codecs.Record) codecs.Record {
	return slices.DeleteFunc(r, func(f codecs.Field) bool {
		switch f.Value.Kind() {
		case codecs.Text:
			return f.Value.Text() == ""
		case codecs.List, codecs.Map:
			return len(f.Value.Members()) == 0
		}
		return false
	})
}
