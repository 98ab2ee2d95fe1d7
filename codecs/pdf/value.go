package pdf

import (
	"strconv"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/pdf/object"
)

// textField reads the value of a text field (ISO 32000-1 section 12.7.4.3).
// held is false where it has none.
func (r *reader) textField(f *field) (v codecs.Value, held bool, err error) {
	if f.value == nil {
		return v, false, nil
	}
	v, err = r.value(f.value, f.at)
	return v, true, err
}

// value gives text as Text, and what stands where text belongs as what it is.
func (r *reader) value(o object.Object, at int) (codecs.Value, error) {
	if array, ok := o.(object.Array); ok {
		return r.list(array, at)
	}
	return r.scalar(o, at)
}

func (r *reader) list(array object.Array, at int) (codecs.Value, error) {
	values := make([]codecs.Value, 0, len(array))
	for _, o := range array {
		o, err := r.file.Resolve(o)
		if err != nil {
			return codecs.Value{}, err
		}
		v, err := r.scalar(o, at)
		if err != nil {
			return codecs.Value{}, err
		}
		values = append(values, v)
	}
	return codecs.ListValue(values...), nil
}

func (r *reader) scalar(o object.Object, at int) (codecs.Value, error) {
	switch o := o.(type) {
	case object.String:
		return r.textValue(string(o), at)
	case object.Name:
		// A name is text in UTF-8 (section 7.3.5).
		return r.textValue(markUTF8+string(o), at)
	case *object.Stream:
		data, err := r.file.Decode(o)
		if err != nil {
			return codecs.Value{}, err
		}
		return r.textValue(string(data), at)
	case object.Boolean:
		return codecs.BoolValue(bool(o)), nil
	case object.Integer:
		return codecs.IntValue(int64(o)), nil
	case object.Real:
		return codecs.NumberValue(strconv.FormatFloat(float64(o), 'f', -1, 64)), nil
	case nil:
		return codecs.NullValue(), nil
	}
	return codecs.UnfitValue("wrong-type", object.TypeName(o)), nil
}

func (r *reader) textValue(s string, at int) (codecs.Value, error) {
	text, err := r.text(s, at)
	return codecs.TextValue(text), err
}

// textCost is what a text costs beside its bytes.
const textCost = 64

// text reads a text string. It is paid for, since many fields may inherit one.
func (r *reader) text(s string, at int) (string, error) {
	if err := r.file.Spend(len(s) + textCost); err != nil {
		return "", err
	}
	return decodeText(s, at)
}

// choice reads the value of a choice field (section 12.7.4.4): that of the
// item that was chosen, or a list where several were.
func (r *reader) choice(f *field) (v codecs.Value, held bool, err error) {
	chosen := f.value
	if array, ok := chosen.(object.Array); ok && len(array) < 2 {
		chosen = nil
		if len(array) == 1 {
			if chosen, err = r.file.Resolve(array[0]); err != nil {
				return v, false, err
			}
		}
	}
	if chosen == nil {
		return v, false, r.checkPlaces(f, v)
	}
	if v, err = r.value(chosen, f.at); err == nil && v.Kind() == codecs.Text {
		v, err = r.exported(v, f)
	}
	if err != nil || v.Kind() == codecs.List {
		return v, true, err
	}
	return v, true, r.checkPlaces(f, v)
}

// checkPlaces refuses a field whose value is not that of the item at the place
// that it tells beside (table 231, I): some readers go by the one, some by the
// other.
func (r *reader) checkPlaces(f *field, v codecs.Value) error {
	places, err := r.array(f.places)
	if err != nil || len(places) == 0 {
		return err
	}
	options, err := r.array(f.options)
	if err != nil {
		return err
	}
	place, err := r.file.Resolve(places[0])
	if err != nil {
		return err
	}
	if i, ok := place.(object.Integer); ok && 0 <= i && int(i) < len(options) && len(places) == 1 {
		if export, _, err := r.option(options[i], f.at); err != nil || export.Equal(v) {
			return err
		}
	}
	return codecs.MalformedAt(f.at, "a choice has one value, and tells the place of another")
}

// exported is the export value of an item, where a value is what the item is
// shown as (table 231). Some programs that fill in forms write that.
func (r *reader) exported(v codecs.Value, f *field) (codecs.Value, error) {
	options, err := r.array(f.options)
	if err != nil {
		return v, err
	}
	var export *codecs.Value
	for _, o := range options {
		value, shown, err := r.option(o, f.at)
		if err != nil || value.Equal(v) {
			return v, err
		}
		if export == nil && shown.Equal(v) {
			export = &value
		}
	}
	if export != nil {
		return *export, nil
	}
	return v, nil
}

// option reads an item: the text that is its value and is shown for it, or an
// array of one and the other.
func (r *reader) option(o object.Object, at int) (export, shown codecs.Value, err error) {
	if o, err = r.file.Resolve(o); err != nil {
		return export, shown, err
	}
	v, err := r.value(o, at)
	if err != nil || v.Kind() != codecs.List {
		return v, v, err
	}
	pair := v.Members()
	if len(pair) != 2 {
		return v, v, codecs.MalformedAt(at, "an item to choose is a list of %d", len(pair))
	}
	return pair[0].Value, pair[1].Value, nil
}

// off is the state of check boxes and radio buttons that are not on (section
// 12.7.4.2.3).
const off = "Off"

// button reads the state of check boxes or radio buttons. With options, its
// name counts the widgets, and the options are their values (sections
// 12.7.4.2.3 and 12.7.4.2.4).
func (r *reader) button(f *field) (v codecs.Value, held bool, err error) {
	v, held, err = r.textField(f)
	if err != nil || !held || v.Kind() != codecs.Text {
		return v, held, err
	}
	if v.Text() == off {
		return v, false, nil
	}
	options, err := r.array(f.options)
	if i, failure := strconv.Atoi(v.Text()); failure == nil && 0 <= i && i < len(options) {
		v, _, err = r.option(options[i], f.at)
	}
	return v, true, err
}
