package handlers

import (
	"net/http"
	"strconv"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers/records"
)

// changeStatus is what Parley exists for. A request flows through it once:
// body, Record, command, store, user.
func (a *api) changeStatus(x *exchange) (answer, error) {
	request, err := x.readChange()
	if err != nil {
		return answer{}, err
	}
	outcome, err := a.Store.ChangeStatus(x.ctx, request)
	if err != nil {
		return answer{}, err
	}
	if outcome.Replayed {
		x.header("Idempotent-Replayed", "true")
	}
	if x.postedInSession() {
		return x.seeOther(userURL(outcome.User) + "?changed=" + strconv.FormatInt(outcome.Change.Seq, 10)), nil
	}
	ans := x.userAnswer(outcome.User)
	if x.browsed() {
		ans.document.Page.Notice = notice(outcome.Change)
	}
	if x.headers.minimal {
		x.header("Preference-Applied", "return=minimal")
		ans.document, ans.status = nil, http.StatusNoContent
	}
	return ans, nil
}

func (x *exchange) readChange() (parley.ChangeRequest, error) {
	if err := x.decode(); err != nil {
		return parley.ChangeRequest{}, err
	}
	change, steering, err := records.BindStatusChange(x.decoded, x.Rules)
	if err != nil {
		return parley.ChangeRequest{}, err
	}
	if err := x.headers.steer(steering); err != nil {
		return parley.ChangeRequest{}, err
	}
	return parley.ChangeRequest{
		Caller:         x.caller,
		Ref:            x.ref(),
		Change:         change,
		IfMatch:        x.headers.ifMatch,
		IdempotencyKey: x.headers.idempotencyKey,
		RequestID:      x.requestID(),
		MediaType:      x.decoded.Codec.MediaTypes()[0],
	}, nil
}

func (a *api) listChanges(x *exchange) (answer, error) {
	if err := x.checkQuery("limit", "cursor"); err != nil {
		return answer{}, err
	}
	asked, err := x.page()
	if err != nil {
		return answer{}, err
	}
	page, err := a.Store.Changes(x.ctx, x.caller.Scope, x.ref(), asked)
	if err != nil {
		return answer{}, err
	}
	x.linkTo(page.Next)
	list := x.changesList(page)
	if x.readByPeople() {
		list, err = x.historyPage(page)
	}
	return answer{listing: &list}, err
}

func (x *exchange) changesList(page parley.ChangePage) codecs.Listing {
	list := codecs.Listing{Name: "status_changes", Item: "status_change", Next: page.Next, Records: make([]codecs.Record, len(page.Changes))}
	for i, c := range page.Changes {
		list.Records[i] = records.Change(c, x.caller)
	}
	return list
}

func (a *api) showChange(x *exchange) (answer, error) {
	// What is no number is the number of no entry: 0.
	seq, _ := strconv.ParseInt(x.c.Param("seq"), 10, 64)
	change, err := a.Store.Change(x.ctx, x.caller.Scope, x.ref(), seq)
	if err != nil {
		return answer{}, err
	}
	return answer{document: &codecs.Document{
		Name:   "status_change",
		Record: records.Change(change, x.caller),
		Page: x.recordPage("Status change "+strconv.FormatInt(seq, 10), codecs.Link{
			URL: "/users/" + change.UserID, Label: "User", Rel: "up",
		}),
	}}, nil
}
