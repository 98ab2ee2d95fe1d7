package handlers

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers/records"
)

// userPage is what can be done with a user.
func (x *exchange) userPage(user parley.User) codecs.Page {
	if !x.readByPeople() {
		return codecs.Page{}
	}
	page := codecs.Page{Title: user.Name, Command: x.command(), Links: append(x.formatLinks(),
		codecs.Link{URL: userURL(user) + "/status-changes", Label: "Whole history"},
		codecs.Link{URL: "/workspaces/" + user.WorkspaceID, Label: "Workspace"},
		codecs.Link{URL: "/users", Label: "All users"},
	)}
	if x.caller.May(parley.PermissionWrite) {
		page.Form = x.changeForm(user)
	}
	return page
}

// changeForm is the status change as a form that knows when it is stale and
// is applied once.
func (x *exchange) changeForm(user parley.User) *codecs.Form {
	return &codecs.Form{
		Action: userURL(user),
		Submit: "Change status",
		Hidden: codecs.Record{
			{Name: codecs.MethodField, Value: codecs.TextValue(http.MethodPatch)},
			{Name: codecs.IfMatchField, Value: codecs.TextValue(x.entityTag(user.Version))},
			{Name: codecs.IdempotencyKeyField, Value: codecs.TextValue(x.NewID())},
		},
		Controls: []codecs.Control{
			{Name: records.FieldStatus, Label: "Status", Value: string(user.Status), Current: string(user.Status), Options: statusNames},
			{Name: records.FieldComment, Label: "Review comment", MaxLength: parley.MaxComment},
		},
	}
}

var statusNames = parley.Names(parley.Statuses)

// latest is how many changes a user's page shows.
const latest = 20

// addHistory shows on a page what became of the user so far, and which change
// led here. That costs reads which the answer to a change does without.
func (x *exchange) addHistory(page *codecs.Page, user parley.User) error {
	if !x.readByPeople() {
		return nil
	}
	changes, err := x.Store.Changes(x.ctx, x.caller.Scope, user.ID, parley.Page{Limit: latest})
	if err != nil {
		return err
	}
	page.Lists = []codecs.Listing{x.historyOf(user, changes, codecs.Page{Title: "History"})}
	page.Notice = x.noticeOfChange(user)
	return nil
}

// historyPage is a page of a user's history.
func (x *exchange) historyPage(changes parley.ChangePage) (codecs.Listing, error) {
	user, err := x.Store.User(x.ctx, x.caller.Scope, x.ref())
	if err != nil {
		return codecs.Listing{}, err
	}
	page := x.listPage("History of "+user.Name, changes.Next)
	page.Links = append(page.Links, codecs.Link{URL: userURL(user), Label: user.Name, Rel: "up"})
	return x.historyOf(user, changes, page), nil
}

// historyOf lists changes with what people need to read them.
func (x *exchange) historyOf(user parley.User, changes parley.ChangePage, page codecs.Page) codecs.Listing {
	page.Names = x.namesOf(changes.Changes)
	page.Items = make([]string, len(changes.Changes))
	for i, c := range changes.Changes {
		page.Items[i] = changeURL(user, c.Seq)
	}
	list := x.changesList(changes)
	list.Page = page
	return list
}

func changeURL(user parley.User, seq int64) string {
	return userURL(user) + "/status-changes/" + strconv.FormatInt(seq, 10)
}

// namesOf finds who made changes. Who is not there for this caller stays an id.
func (x *exchange) namesOf(changes []parley.Change) map[string]string {
	names := map[string]string{}
	if !x.caller.May(parley.PermissionMetadata) {
		return names
	}
	for _, c := range changes {
		if _, known := names[c.ChangedBy]; known || c.ChangedBy == "" {
			continue
		}
		names[c.ChangedBy] = ""
		if who, err := x.Store.User(x.ctx, x.caller.Scope, c.ChangedBy); err == nil {
			names[c.ChangedBy] = who.Name
		}
	}
	return names
}

// noticeOfChange tells of the change that ?changed= names by its seq: the
// history's own words, and never those of a URL.
func (x *exchange) noticeOfChange(user parley.User) string {
	seq, err := strconv.ParseInt(x.c.Query("changed"), 10, 64)
	if err != nil {
		return ""
	}
	change, err := x.Store.Change(x.ctx, x.caller.Scope, user.ID, seq)
	if err != nil {
		return ""
	}
	return notice(change)
}

func notice(c parley.Change) string {
	return fmt.Sprintf("The status was changed from %s to %s.", c.From, c.To)
}
