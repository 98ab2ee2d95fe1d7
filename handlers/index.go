package handlers

import (
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
		Page: codecs.Page{
			Title: "Parley",
			Text:  "Parley changes the status of a user and speaks the caller's language both ways. Every request under /users needs a bearer token.",
			Links: append([]codecs.Link{{URL: tryPath, Label: "Try a body"}}, x.formatLinks()...),
		},
	}}, nil
}

func textField(name, value string) codecs.Field {
	return codecs.Field{Name: name, Value: codecs.TextValue(value)}
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
		Page: codecs.Page{Title: kind.title},
	}}, nil
}
