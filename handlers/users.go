package handlers

import (
	"net/http"
	"net/url"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers/records"
)

func (a *api) showUser(x *exchange) (answer, error) {
	user, err := a.Store.User(x.ctx, x.caller.Scope, x.ref())
	if err != nil {
		return answer{}, err
	}
	if tag := x.entityTag(user.Version); isCurrent(x.headers.ifNoneMatch, tag) {
		return answer{status: http.StatusNotModified, tag: tag}, nil
	}
	return x.userAnswer(user), nil
}

func (x *exchange) userAnswer(user parley.User) answer {
	return answer{
		tag: x.entityTag(user.Version),
		document: &codecs.Document{
			Name:   "user",
			Record: records.User(user, x.caller),
			Page:   x.userPage(user),
		},
	}
}

// userPage is made only for the formats that people read.
func (x *exchange) userPage(user parley.User) codecs.Page {
	if !x.readByPeople() {
		return codecs.Page{}
	}
	page := codecs.Page{Title: user.Name, Links: append([]codecs.Link{
		{URL: userURL(user.Identifier) + "/status-changes", Label: "History"},
		{URL: "/users", Label: "All users"},
	}, x.formatLinks()...)}
	if x.caller.May(parley.PermissionWrite) {
		page.Form = x.changeForm(user)
	}
	return page
}

func (x *exchange) readByPeople() bool {
	_, ok := x.format().Format.(codecs.PageEncoder)
	return ok
}

func userURL(identifier string) string { return "/users/" + url.PathEscape(identifier) }

// changeForm is the status change as a form that knows when it is stale and
// is applied once.
func (x *exchange) changeForm(user parley.User) *codecs.Form {
	return &codecs.Form{
		Action: userURL(user.Identifier),
		Submit: "Change status",
		Hidden: codecs.Record{
			{Name: codecs.MethodField, Value: codecs.TextValue(http.MethodPatch)},
			{Name: codecs.IfMatchField, Value: codecs.TextValue(x.entityTag(user.Version))},
			{Name: codecs.IdempotencyKeyField, Value: codecs.TextValue(x.NewID())},
		},
		Controls: []codecs.Control{
			{Name: records.FieldStatus, Label: "Status", Value: string(user.Status), Options: parley.Names(parley.Statuses)},
			{Name: records.FieldComment, Label: "Review comment", MaxLength: parley.MaxComment},
		},
	}
}

// listPage is made only for the formats that people read.
func (x *exchange) listPage(title, next string) codecs.Page {
	if !x.readByPeople() {
		return codecs.Page{}
	}
	page := codecs.Page{Title: title}
	if next != "" {
		page.Links = []codecs.Link{{URL: x.nextURL(next), Label: "Next page", Rel: "next"}}
	}
	page.Links = append(page.Links, x.formatLinks()...)
	return page
}

func (a *api) createUser(x *exchange) (answer, error) {
	if err := x.decode(); err != nil {
		return answer{}, err
	}
	user, err := records.BindNewUser(x.decoded)
	if err != nil {
		return answer{}, err
	}
	created, err := a.Store.CreateUser(x.ctx, x.caller, user)
	if err != nil {
		return answer{}, err
	}
	x.header("Location", "/users/"+created.ID)
	ans := x.userAnswer(created)
	ans.status = http.StatusCreated
	return ans, nil
}
