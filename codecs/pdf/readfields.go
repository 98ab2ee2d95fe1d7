package pdf

import (
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/pdf/object"
)

// maxLevels is how deep fields and pages may be nested.
const maxLevels = 32

// A field is a node of the tree of fields, or a widget annotation that belongs
// to one (ISO 32000-1 sections 12.7.3 and 12.5.6.19). What is inheritable
// is that of the parent where the node has none of its own.
type field struct {
	dict   object.Dict
	at     int // where its object begins
	parent *field
	level  int

	name    string        // fully qualified (section 12.7.3.2)
	owner   *field        // the nearest that has a name of its own: what the node is a part of; nil for none
	kind    object.Object // FT
	flags   object.Object // Ff
	value   object.Object // V
	options object.Object // Opt
	places  object.Object // I: the items of the options that are chosen

	held    []codecs.Value // by the parts of an owner
	reading bool
	walked  bool
}

// walkFields reads the fields that stand in an array, and all below them.
func (r *reader) walkFields(o object.Object, at int) error {
	array, err := r.array(o)
	if err != nil {
		return err
	}
	for _, o := range array {
		f, err := r.field(o, at)
		if err != nil {
			return err
		}
		if err := r.walk(f); err != nil {
			return err
		}
	}
	return nil
}

// walk reads a field and all below it, once. The tree is refused unless it is
// the same downwards (Kids) as upwards (Parent), since readers go either way.
func (r *reader) walk(f *field) error {
	if f == nil || f.walked {
		return nil
	}
	f.walked = true
	kids, err := r.kids(f)
	if err != nil {
		return err
	}
	for _, kid := range kids {
		if kid.parent != f {
			return codecs.MalformedAt(kid.at, "a field does not name as its parent the one that it is a kid of")
		}
		if err := r.walk(kid); err != nil {
			return err
		}
	}
	if len(kids) > 0 {
		return nil
	}
	return r.addField(f)
}

// kids leaves out what is null.
func (r *reader) kids(f *field) ([]*field, error) {
	array, err := r.array(f.dict["Kids"])
	if err != nil {
		return nil, err
	}
	var kids []*field
	for _, o := range array {
		kid, err := r.field(o, f.at)
		if err != nil {
			return nil, err
		}
		if kid != nil {
			kids = append(kids, kid)
		}
	}
	return kids, nil
}

// field reads a node and those above it, or nil for null. at is where it
// stands if it is no object of its own.
func (r *reader) field(o object.Object, at int) (*field, error) {
	ref, isReference := o.(object.Reference)
	if f, known := r.fields[ref.Number]; known && isReference {
		if f.reading {
			return nil, codecs.MalformedAt(f.at, "the parents of a field lead in a circle")
		}
		return f, nil
	}
	d, offset, err := r.dict(o)
	if err != nil || d == nil {
		return nil, err
	}
	f := &field{dict: d, at: at, reading: true}
	if isReference {
		f.at = offset
		r.fields[ref.Number] = f
	}
	if err := r.inherit(f); err != nil {
		return nil, err
	}
	f.reading = false
	return f, nil
}

func (r *reader) inherit(f *field) error {
	if err := r.visit(); err != nil {
		return err
	}
	if r.climb == maxLevels {
		return errDeepFields(f)
	}
	r.climb++
	parent, err := r.field(f.dict["Parent"], f.at)
	r.climb--
	if err != nil {
		return err
	}
	if parent != nil {
		f.parent, f.level = parent, parent.level+1
		f.name, f.owner = parent.name, parent.owner
		f.kind, f.flags, f.value, f.options, f.places = parent.kind, parent.flags, parent.value, parent.options, parent.places
	}
	if f.level == maxLevels {
		return errDeepFields(f)
	}
	return r.readOwn(f)
}

func errDeepFields(f *field) error {
	return codecs.MalformedAt(f.at, "fields are nested deeper than %d levels", maxLevels)
}

// readOwn reads the entries that a node has itself.
func (r *reader) readOwn(f *field) error {
	for _, own := range []struct {
		key   object.Name
		entry *object.Object
	}{{"FT", &f.kind}, {"Ff", &f.flags}, {"V", &f.value}, {"Opt", &f.options}, {"I", &f.places}} {
		o, err := r.file.Resolve(f.dict[own.key])
		if err != nil {
			return err
		}
		if o != nil {
			*own.entry = o
		}
	}
	return r.readName(f)
}

func (r *reader) readName(f *field) error {
	partial, err := r.file.Resolve(f.dict["T"])
	if err != nil || partial == nil {
		return err
	}
	s, ok := partial.(object.String)
	if !ok {
		return codecs.MalformedAt(f.at, "the name of a field is %s", object.TypeName(partial))
	}
	text, err := r.text(string(s), f.at)
	if err != nil {
		return err
	}
	if f.owner != nil {
		text = f.name + "." + text
	}
	f.name, f.owner = text, f
	return r.file.Spend(len(text))
}

// The types of fields (section 12.7.3.1, table 220).
const (
	typeButton    = object.Name("Btn")
	typeText      = object.Name("Tx")
	typeChoice    = object.Name("Ch")
	typeSignature = object.Name("Sig")
)

// isPushButton is the flag of buttons that hold no value (section 12.7.4.2.1,
// table 226).
const isPushButton = 1 << 16

// addField adds what a field without kids holds. Nothing is held by push
// buttons and signatures, and by widgets that belong to no field.
func (r *reader) addField(f *field) error {
	if f.owner == nil || f.kind == nil && f.value == nil {
		return nil
	}
	var v codecs.Value
	var held bool
	var err error
	switch f.kind {
	case typeText:
		v, held, err = r.textField(f)
	case typeChoice:
		v, held, err = r.choice(f)
	case typeButton:
		if flags, _ := f.flags.(object.Integer); flags&isPushButton != 0 {
			return nil
		}
		v, held, err = r.button(f)
	case typeSignature:
		return nil
	default:
		return codecs.MalformedAt(f.at, "a field has none of the types Btn, Tx, Ch and Sig")
	}
	r.filled = true
	if err != nil || !held {
		return err
	}
	return r.add(f, v)
}
