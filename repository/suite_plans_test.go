package repository

import (
	"fmt"
	"testing"

	"github.com/parley-gateway/parley"
)

// planned is a query, with part of the name of an index that it is to use.
type planned struct {
	index, name, query string
	args               []any
}

// plannedLists are the lists of users that have an index of their own in both engines.
func plannedLists(t *testing.T) (lists []planned) {
	t.Helper()
	for _, list := range []struct {
		index  string
		scope  parley.Scope
		filter parley.UserFilter
	}{
		{index: "users_type", filter: parley.UserFilter{Type: parley.UserTypeAdmin}},
		{index: "users_workspace", scope: delayID},
		{index: "users_search_identifier", filter: parley.UserFilter{Prefix: "b"}},
		{index: "users_search_name", filter: parley.UserFilter{Prefix: "b", Page: parley.Page{Cursor: userCursor("b")}}},
		{index: "users_search_email", filter: parley.UserFilter{Prefix: "b", Type: parley.UserTypeUser}},
	} {
		lists = append(lists, plannedList(t, list.index, list.scope, list.filter))
	}
	for _, sort := range indexedSorts {
		lists = append(lists, plannedList(t, "", parley.Everywhere, secondPage(sort)))
	}
	return lists
}

func plannedList(t *testing.T, index string, scope parley.Scope, filter parley.UserFilter) planned {
	t.Helper()
	query, args, err := usersQuery(scope, filter, 50)
	if err != nil {
		t.Fatal(err)
	}
	return planned{index, fmt.Sprintf("%+v", filter), query, args}
}

// userCursor leads to the users after an identifier.
func userCursor(identifier string) string {
	return orderBy(parley.UserSort{}).encode(userRow{Identifier: identifier})
}

// indexedSorts are those that no change of a status touches.
var indexedSorts = []parley.UserSort{
	{Field: parley.UserFieldIdentifier}, {Field: parley.UserFieldIdentifier, Descending: true},
	{Field: parley.UserFieldName}, {Field: parley.UserFieldName, Descending: true},
	{Field: parley.UserFieldEmail}, {Field: parley.UserFieldEmail, Descending: true},
	{Field: parley.UserFieldType}, {Field: parley.UserFieldType, Descending: true},
	{Field: parley.UserFieldCreatedAt}, {Field: parley.UserFieldCreatedAt, Descending: true},
}

// secondPage asks for the second page of a sorted list.
func secondPage(sort parley.UserSort) parley.UserFilter {
	return parley.UserFilter{Sort: sort, Page: parley.Page{Cursor: orderBy(sort).encode(userRow{Identifier: "b"})}}
}
