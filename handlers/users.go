package handlers

import (
	"net/http"
	"net/url"

	"github.com/google/uuid"

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
	ans := x.userAnswer(user)
	return ans, x.addHistory(&ans.document.Page, user)
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

// userURL names a user by the identifier, unless that could be another's id.
func userURL(user parley.User) string {
	if uuid.Validate(user.Identifier) == nil {
		return "/users/" + user.ID
	}
	return "/users/" + url.PathEscape(user.Identifier)
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
	if x.postedInSession() {
		return x.seeOther(userURL(created)), nil
	}
	x.header("Location", "/users/"+created.ID)
	ans := x.userAnswer(created)
	ans.status = http.StatusCreated
	return ans, nil
}
