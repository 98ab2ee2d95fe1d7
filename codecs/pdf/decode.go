package pdf

import (
	"slices"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/pdf/object"
)

// maxNodes is how many pages, annotations and fields may be visited.
const maxNodes = 1 << 14

// Decode reads the fields of the document's AcroForm by their values. What is
// shown for them (appearance streams, rich text), their defaults, XFA and
// actions are never looked at. A field that is shown in several places by kids
// without names of their own is one field as long as their values are the same.
func (*Codec) Decode(in codecs.Input) (codecs.Record, error) {
	f, err := object.Open(in.Body)
	if err != nil {
		return nil, err
	}
	r := reader{file: f, limits: in.Limits, fields: map[int]*field{}, pages: map[int]bool{}}
	if err := r.readForm(); err != nil {
		return nil, err
	}
	return r.record, nil
}

// reader makes a record of a form.
type reader struct {
	file   *object.File
	limits codecs.Limits
	record codecs.Record

	nodes  int
	climb  int            // how many fields are being read, each a parent of the one before
	fields map[int]*field // by the number of their object
	pages  map[int]bool   // that were visited, by the number of their object
	filled bool           // there is a field that can be filled in
}

func (r *reader) readForm() error {
	catalog, at, err := r.dict(r.file.Trailer["Root"])
	if err != nil {
		return err
	}
	if catalog == nil {
		return codecs.MalformedAt(at, "the document has no catalog")
	}
	form, at, err := r.dict(catalog["AcroForm"])
	if err != nil {
		return err
	}
	if form == nil {
		return codecs.NoFields("a document without a form")
	}
	if err := r.walkFields(form["Fields"], at); err != nil {
		return err
	}
	if err := r.walkPages(catalog["Pages"], 0); err != nil {
		return err
	}
	return r.checkFound(form)
}

func (r *reader) checkFound(form object.Dict) error {
	switch {
	case r.filled:
		return nil
	case form["XFA"] != nil:
		return codecs.NoFields("an XFA form without an AcroForm")
	}
	return codecs.NoFields("a form without fields")
}

// visit counts what is visited.
func (r *reader) visit() error {
	if r.nodes == maxNodes {
		return codecs.Malformed("there are more than %d pages, annotations and fields", maxNodes)
	}
	r.nodes++
	return nil
}

// nowhere is the offset of what is no object of its own.
const nowhere = -1

// dict resolves what has to be a dictionary, or null. at is where its object
// begins, or nowhere.
func (r *reader) dict(o object.Object) (d object.Dict, at int, err error) {
	resolved, at, err := r.resolve(o)
	if err != nil || resolved == nil {
		return nil, at, err
	}
	d, ok := resolved.(object.Dict)
	if !ok {
		return nil, at, codecs.MalformedAt(at, "%s stands where a dictionary belongs", object.TypeName(resolved))
	}
	return d, at, nil
}

// array resolves what has to be an array, or null.
func (r *reader) array(o object.Object) (object.Array, error) {
	resolved, at, err := r.resolve(o)
	if err != nil || resolved == nil {
		return nil, err
	}
	array, ok := resolved.(object.Array)
	if !ok {
		return nil, codecs.MalformedAt(at, "%s stands where an array belongs", object.TypeName(resolved))
	}
	return array, nil
}

func (r *reader) resolve(o object.Object) (resolved object.Object, at int, err error) {
	at = nowhere
	resolved, err = r.file.Resolve(o)
	if ref, ok := o.(object.Reference); ok && resolved != nil {
		at = r.file.Offset(ref)
	}
	return resolved, at, err
}

// add leaves out what a widget of the same field holds already.
func (r *reader) add(f *field, v codecs.Value) (err error) {
	same := func(held codecs.Value) bool { return held.Equal(v) }
	if slices.ContainsFunc(f.owner.held, same) {
		return nil
	}
	f.owner.held = append(f.owner.held, v)
	r.record, err = r.limits.Append(r.record, codecs.Field{Name: f.name, Value: v})
	return err
}
