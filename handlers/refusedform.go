package handlers

import (
	"slices"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
)

// refusedForm is the form of a change that was refused, to be corrected and sent
// again: with what was entered, and what is wrong with it. It is nil where there
// is nothing to correct, and for who may not read: it shows the user.
func (x *exchange) refusedForm(e *parley.Error) *codecs.Form {
	if x.route.path != userPath || x.decoded.Codec == nil || !isCorrectable(e.Code) {
		return nil
	}
	if !x.caller.May(parley.PermissionWrite) || !x.caller.May(parley.PermissionRead) {
		return nil
	}
	user, err := x.Store.User(x.ctx, x.caller.Scope, x.ref())
	if err != nil {
		return nil
	}
	form := x.changeForm(user)
	form.Title = "Change the status of " + user.Name
	x.fillIn(form, e)
	x.keepSteering(form, e.Code)
	return form
}

// fillIn puts into a form what was entered, and what is wrong with it.
func (x *exchange) fillIn(form *codecs.Form, e *parley.Error) {
	for i := range form.Controls {
		c := &form.Controls[i]
		if entered, ok := x.entered(c.Name); ok {
			c.Value = entered
		}
		c.Fault = faultOf(e, c.Name)
	}
}

func isCorrectable(code parley.Code) bool {
	switch code {
	case parley.CodeInvalid, parley.CodeKeyReused, parley.CodePreconditionRequired, parley.CodePreconditionFailed, parley.CodeUnavailable:
		return true
	}
	return false
}

// entered is the text that was sent in a field.
func (x *exchange) entered(name string) (string, bool) {
	for _, f := range slices.Concat(x.decoded.Steering, x.decoded.Record) {
		if f.Name == name && f.Value.Kind() == codecs.Text {
			return f.Value.Text(), true
		}
	}
	return "", false
}

func faultOf(e *parley.Error, field string) string {
	for _, f := range e.Faults {
		if f.Field == field {
			return f.Detail
		}
	}
	return ""
}

// keepSteering keeps what the form steered by. Only who was told what changed
// meanwhile goes on from there, and only what may have been made already is sent
// under the same key.
func (x *exchange) keepSteering(form *codecs.Form, code parley.Code) {
	keep := []string{codecs.IfMatchField}
	switch code {
	case parley.CodePreconditionFailed:
		keep = nil
	case parley.CodeUnavailable:
		keep = append(keep, codecs.IdempotencyKeyField)
	}
	for i, f := range form.Hidden {
		if entered, ok := x.entered(f.Name); ok && slices.Contains(keep, f.Name) {
			form.Hidden[i].Value = codecs.TextValue(entered)
		}
	}
}

// refusedSearch is the search that was refused, with what is wrong with it.
func (x *exchange) refusedSearch(e *parley.Error) *codecs.Form {
	if x.route.path != usersPath || e.Code != parley.CodeInvalidQuery {
		return nil
	}
	form := x.searchForm()
	for i := range form.Controls {
		form.Controls[i].Fault = faultOf(e, form.Controls[i].Name)
	}
	return form
}
