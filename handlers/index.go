package handlers

import (
	"slices"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
)

// showIndex says what is here.
func (a *api) showIndex(x *exchange) (answer, error) {
	return answer{document: &codecs.Document{
		Name: "service",
		Record: codecs.Record{
			textField("name", "Parley"),
			textField("version", version),
			textField("change_status", "PATCH /users/{id-or-identifier}"),
			textField("show_user", "GET /users/{id-or-identifier}"),
			textField("list_history", "GET /users/{id-or-identifier}/status-changes"),
			textField("list_users", "GET /users"),
			textField("create_user", "POST /users"),
			textField("show_workspace", "GET /workspaces/{id-or-identifier}"),
			textField("try_a_body", "POST /try"),
			{Name: "reads", Value: codecs.TextsValue(a.Formats.Readable())},
			{Name: "writes", Value: codecs.TextsValue(a.Formats.Writable(codecs.Single))},
			{Name: "writes_lists", Value: codecs.TextsValue(a.Formats.Writable(codecs.Many))},
			{Name: "statuses", Value: codecs.TextsValue(parley.Statuses)},
		},
		Page: x.indexPage(),
	}}, nil
}

func textField(name, value string) codecs.Field {
	return codecs.Field{Name: name, Value: codecs.TextValue(value)}
}

// indexPage explains the service to people.
func (x *exchange) indexPage() codecs.Page {
	if !x.readByPeople() {
		return codecs.Page{}
	}
	page := x.recordPage("One status, many languages")
	page.Text = "Parley changes the status of a user and speaks the caller's language both ways, with no change lost, misread or smuggled in."
	page.Lists = []codecs.Listing{x.formatsList()}
	if x.DemoUser != "" && x.browsed() {
		page.Form = x.demoForm()
	}
	return page
}

// formatsList says what each format is called and what can be done with it.
func (a *api) formatsList() codecs.Listing {
	list := codecs.Listing{Name: "formats", Page: codecs.Page{Title: "Formats"}}
	for _, f := range a.Formats.Formats() {
		_, read := f.(codecs.Codec)
		_, written := f.(codecs.Encoder)
		_, lists := f.(codecs.ListEncoder)
		list.Records = append(list.Records, codecs.Record{
			textField("format", f.Name()), textField("media_type", f.MediaTypes()[0]),
			textField("read", mark(read)), textField("written", mark(written)), textField("lists", mark(lists)),
		})
	}
	return list
}

func mark(can bool) string {
	if can {
		return "yes"
	}
	return "–"
}

// demoForm changes the user of the demo data. It knows nothing of the version,
// for whoever looks has not signed in.
func (x *exchange) demoForm() *codecs.Form {
	form := x.changeForm(parley.User{Identifier: x.DemoUser, Status: parley.StatusSuspended})
	form.Submit = "Change the status of " + x.DemoUser
	form.Hidden = slices.DeleteFunc(form.Hidden, func(f codecs.Field) bool { return f.Name == codecs.IfMatchField })
	form.Controls[0].Current = ""
	form.Controls[1].Value = "Just trying."
	return form
}

// showProblem explains a type of problem.
func (a *api) showProblem(x *exchange) (answer, error) {
	code := parley.Code(x.c.Param("code"))
	kind, ok := problemTypes[code]
	if !ok {
		return answer{}, parley.NewError(parley.CodeNotFound, "There is no such type of problem.")
	}
	return answer{document: &codecs.Document{
		Name: "problem_type",
		Record: codecs.Record{
			{Name: "type", Value: codecs.TextValue(problemsPath + string(code))},
			{Name: "title", Value: codecs.TextValue(kind.title)},
			{Name: "status", Value: codecs.IntValue(int64(kind.status))},
			{Name: "what_went_wrong", Value: codecs.TextValue(kind.means)},
			{Name: "what_to_do", Value: codecs.TextValue(kind.remedy)},
		},
		Page: x.recordPage(kind.title),
	}}, nil
}
