package handlers

import (
	"strings"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers/records"
)

func (a *api) listUsers(x *exchange) (answer, error) {
	filter, err := x.userFilter()
	if err != nil {
		return answer{}, err
	}
	page, err := a.Store.Users(x.ctx, x.caller.Scope, filter)
	if err != nil {
		return answer{}, err
	}
	x.linkTo(page.Next)
	list := codecs.Listing{Name: "users", Item: "user", Next: page.Next, Records: make([]codecs.Record, len(page.Users))}
	for i, u := range page.Users {
		list.Records[i] = records.User(u, x.caller)
	}
	list.Page = x.listPage("Users", page.Next)
	return answer{listing: &list}, nil
}

func (x *exchange) userFilter() (filter parley.UserFilter, err error) {
	if err = x.checkQuery("status", "user_type", "workspace", "q", "sort", "limit", "cursor"); err != nil {
		return filter, err
	}
	if filter.Status, err = filterBy(x, "status", parley.Statuses); err != nil {
		return filter, err
	}
	if filter.Type, err = filterBy(x, "user_type", parley.UserTypes); err != nil {
		return filter, err
	}
	if filter.Sort, err = x.userSort(); err != nil {
		return filter, err
	}
	filter.Workspace = x.c.Query("workspace")
	filter.Prefix = x.c.Query("q")
	filter.Page, err = x.page()
	return filter, err
}

// sorts lists what users can be sorted by, as a query says it.
var sorts = sortNames()

func sortNames() (names []string) {
	for _, field := range parley.UserFields {
		names = append(names, string(field), "-"+string(field))
	}
	return names
}

func (x *exchange) userSort() (parley.UserSort, error) {
	name, err := filterBy(x, "sort", sorts)
	field, descending := strings.CutPrefix(name, "-")
	return parley.UserSort{Field: parley.UserField(field), Descending: descending}, err
}
