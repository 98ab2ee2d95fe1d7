package pdf

import (
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/pdf/object"
)

// walkPages reads the fields that are shown on pages (ISO 32000-1 sections
// 7.7.3 and 12.5.2). Not every writer lists them all in the AcroForm.
func (r *reader) walkPages(o object.Object, level int) error {
	d, at, err := r.dict(o)
	if err != nil || d == nil {
		return err
	}
	if err := r.enterPage(o, level, at); err != nil {
		return err
	}
	kids, err := r.array(d["Kids"])
	if err != nil {
		return err
	}
	for _, kid := range kids {
		if err := r.walkPages(kid, level+1); err != nil {
			return err
		}
	}
	return r.walkAnnotations(d["Annots"], at)
}

func (r *reader) enterPage(o object.Object, level, at int) error {
	ref, ok := o.(object.Reference)
	switch {
	case !ok:
		return codecs.Malformed("a page is no object of its own")
	case r.pages[ref.Number]:
		return codecs.MalformedAt(at, "a page stands in the document twice")
	case level == maxLevels:
		return codecs.MalformedAt(at, "pages are nested deeper than %d levels", maxLevels)
	}
	r.pages[ref.Number] = true
	return r.visit()
}

func (r *reader) walkAnnotations(o object.Object, at int) error {
	annotations, err := r.array(o)
	if err != nil {
		return err
	}
	for _, o := range annotations {
		if err := r.walkAnnotation(o, at); err != nil {
			return err
		}
	}
	return nil
}

// walkAnnotation reads a widget. In other annotations T and Parent have
// another meaning (section 12.5.6.2).
func (r *reader) walkAnnotation(o object.Object, at int) error {
	if err := r.visit(); err != nil {
		return err
	}
	d, _, err := r.dict(o)
	if err != nil {
		return err
	}
	subtype, err := r.file.Resolve(d["Subtype"])
	if err != nil || subtype != object.Name("Widget") {
		return err
	}
	f, err := r.field(o, at)
	if err != nil {
		return err
	}
	return r.walk(f)
}
