package handlers

import (
	"cmp"
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
	if x.readByPeople() {
		list.Page, err = x.usersPage(filter, page)
	}
	return answer{listing: &list}, err
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

// usersPage is what people look through users with.
func (x *exchange) usersPage(filter parley.UserFilter, users parley.UserPage) (codecs.Page, error) {
	counts, err := x.Store.CountUsers(x.ctx, x.caller.Scope, filter)
	if err != nil {
		return codecs.Page{}, err
	}
	page := x.listPage("Users", users.Next)
	page.Search = x.searchForm()
	page.Counts = x.statusCounts(counts, filter.Status)
	page.Columns = x.sortColumns(filter.Sort)
	page.Items = make([]string, len(users.Users))
	for i, u := range users.Users {
		page.Items[i] = userURL(u)
	}
	return page, nil
}

// searchForm asks for what is shown, until it is filled in anew. What it does
// not ask for stays as it is.
func (x *exchange) searchForm() *codecs.Form {
	form := &codecs.Form{Action: usersPath, Query: true, Submit: "Search", Controls: []codecs.Control{
		{Name: "q", Label: "Identifier, name or email", Line: true},
		{Name: "status", Label: "Status", Line: true, Options: withAny(parley.Statuses)},
		{Name: "user_type", Label: "Type", Line: true, Options: withAny(parley.UserTypes)},
		{Name: "workspace", Label: "Workspace", Line: true},
	}}
	for i := range form.Controls {
		form.Controls[i].Value = x.c.Query(form.Controls[i].Name)
	}
	for _, name := range []string{"sort", "limit"} {
		if value := x.c.Query(name); value != "" {
			form.Hidden = append(form.Hidden, codecs.Field{Name: name, Value: codecs.TextValue(value)})
		}
	}
	return form
}

// withAny are the values to choose from, and the choice of none.
func withAny[S ~string](values []S) []string { return append([]string{""}, parley.Names(values)...) }

// statusCounts divides the users that are shown whatever their status.
func (x *exchange) statusCounts(numbers map[parley.Status]int64, shown parley.Status) []codecs.Count {
	counts := make([]codecs.Count, 1, len(parley.Statuses)+1)
	counts[0] = codecs.Count{Link: codecs.Link{URL: x.urlWith("status", ""), Label: "All"}, Current: shown == ""}
	for _, s := range parley.Statuses {
		counts[0].Number += numbers[s]
		counts = append(counts, codecs.Count{
			Link:  codecs.Link{URL: x.urlWith("status", string(s)), Label: string(s)},
			Value: string(s), Number: numbers[s], Current: s == shown,
		})
	}
	return counts
}

// sortColumns lead to the list in another order: that of a field, and where it is
// in that already, the other way round.
func (x *exchange) sortColumns(sort parley.UserSort) []codecs.Column {
	columns := make([]codecs.Column, len(parley.UserFields))
	for i, field := range parley.UserFields {
		c := codecs.Column{Name: string(field), URL: x.urlWith("sort", string(field))}
		switch {
		case field != cmp.Or(sort.Field, parley.UserFieldIdentifier):
		case sort.Descending:
			c.Order = codecs.Descending
		default:
			c.Order, c.URL = codecs.Ascending, x.urlWith("sort", "-"+string(field))
		}
		columns[i] = c
	}
	return columns
}
