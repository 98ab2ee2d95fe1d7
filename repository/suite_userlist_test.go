package repository

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/parley-gateway/parley"
)

// listAll walks all pages of a list.
func (w *world) listAll(t *testing.T, filter parley.UserFilter) (seen []string) {
	t.Helper()
	for {
		page, err := w.Users(t.Context(), parley.Everywhere, filter)
		if err != nil {
			t.Fatalf("Users(%+v): %v", filter, err)
		}
		seen = append(seen, identifiers(page.Users)...)
		if page.Next == "" {
			return seen
		}
		filter.Page.Cursor = page.Next
	}
}

// testUserSorts sorts by each field, in pages of each size, both ways.
func testUserSorts(t *testing.T, w *world) {
	w.clock.move(time.Hour)
	w.mustChange(t, change("50%_off\\", parley.StatusInactive))
	const stray, half = nobodyID, "50%_off\\"
	for field, want := range map[parley.UserField][]string{
		"":                         {stray, half, "ann", "ben"},
		parley.UserFieldIdentifier: {stray, half, "ann", "ben"},
		parley.UserFieldName:       {"ann", "ben", stray, half},
		parley.UserFieldEmail:      {stray, half, "ann", "ben"},
		parley.UserFieldType:       {"ben", stray, half, "ann"},
		parley.UserFieldStatus:     {stray, "ben", half, "ann"},
		parley.UserFieldCreatedAt:  {stray, half, "ann", "ben"},
		parley.UserFieldUpdatedAt:  {stray, "ann", "ben", half},
	} {
		for limit := 1; limit <= 5; limit++ {
			filter := parley.UserFilter{Sort: parley.UserSort{Field: field}, Page: parley.Page{Limit: limit}}
			if got := w.listAll(t, filter); !slices.Equal(got, want) {
				t.Errorf("by %q in pages of %d: %q, want %q", field, limit, got, want)
			}
			filter.Sort.Descending = true
			got := w.listAll(t, filter)
			slices.Reverse(got)
			if !slices.Equal(got, want) {
				t.Errorf("by %q descending in pages of %d: %q, backwards", field, limit, got)
			}
		}
	}
}

// testSortedPages creates and changes users between two pages: nobody who was
// there before is told twice or left out.
func testSortedPages(t *testing.T, w *world) {
	filter := parley.UserFilter{Sort: parley.UserSort{Field: parley.UserFieldName}, Page: parley.Page{Limit: 2}}
	first, err := w.Users(t.Context(), parley.Everywhere, filter)
	if err != nil {
		t.Fatal(err)
	}
	early, late := newUser("early"), newUser("late")
	early.Name, late.Name = "Aaron", "Zoe"
	for _, user := range []parley.NewUser{early, late} {
		if _, err := w.CreateUser(t.Context(), benCaller, user); err != nil {
			t.Fatal(err)
		}
	}
	w.mustChange(t, change("ben", parley.StatusRisky))
	filter.Page.Cursor = first.Next
	seen := append(identifiers(first.Users), w.listAll(t, filter)...)
	if want := []string{"ann", "ben", nobodyID, "late", "50%_off\\"}; !slices.Equal(seen, want) {
		t.Errorf("seen %q, want %q", seen, want)
	}
}

func testUserWorkspace(t *testing.T, w *world) {
	for _, ref := range []string{"solo", soloID} {
		filter := parley.UserFilter{Workspace: ref, Page: parley.Page{Limit: 10}}
		if got := w.listAll(t, filter); !slices.Equal(got, []string{nobodyID, "50%_off\\"}) {
			t.Errorf("in %s: %q", ref, got)
		}
		counts, err := w.CountUsers(t.Context(), parley.Everywhere, filter)
		if err != nil || !maps.Equal(counts, map[parley.Status]int64{parley.StatusActive: 2}) {
			t.Errorf("in %s: %v, %v", ref, counts, err)
		}
	}
	for scope, ref := range map[parley.Scope]string{parley.Everywhere: "nowhere", delayID: "solo"} {
		filter := parley.UserFilter{Workspace: ref, Page: parley.Page{Limit: 10}}
		_, err := w.Users(t.Context(), scope, filter)
		wantFault(t, err, parley.CodeInvalidQuery, "workspace", "unknown")
		_, err = w.CountUsers(t.Context(), scope, filter)
		wantFault(t, err, parley.CodeInvalidQuery, "workspace", "unknown")
	}
}

func testCountUsers(t *testing.T, w *world) {
	tests := []struct {
		scope  parley.Scope
		filter parley.UserFilter
		want   map[parley.Status]int64
	}{
		{parley.Everywhere, parley.UserFilter{}, map[parley.Status]int64{parley.StatusActive: 3, parley.StatusRisky: 1}},
		{delayID, parley.UserFilter{}, map[parley.Status]int64{parley.StatusActive: 1, parley.StatusRisky: 1}},
		{parley.Everywhere, parley.UserFilter{Status: parley.StatusRisky, Page: parley.Page{Limit: 1, Cursor: "x"}},
			map[parley.Status]int64{parley.StatusActive: 3, parley.StatusRisky: 1}},
		{parley.Everywhere, parley.UserFilter{Type: parley.UserTypeAdmin}, map[parley.Status]int64{parley.StatusActive: 1}},
		{parley.Everywhere, parley.UserFilter{Prefix: "an"}, map[parley.Status]int64{parley.StatusRisky: 1}},
		{parley.Everywhere, parley.UserFilter{Prefix: "nobody"}, map[parley.Status]int64{}},
	}
	for _, test := range tests {
		got, err := w.CountUsers(t.Context(), test.scope, test.filter)
		if err != nil || !maps.Equal(got, test.want) {
			t.Errorf("%q %+v: %v, %v, want %v", test.scope, test.filter, got, err, test.want)
		}
	}
}

func testCursorsOfOtherOrders(t *testing.T, w *world) {
	var sorts []parley.UserSort
	for _, field := range parley.UserFields {
		sorts = append(sorts, parley.UserSort{Field: field}, parley.UserSort{Field: field, Descending: true})
	}
	for _, given := range sorts {
		page, err := w.Users(t.Context(), parley.Everywhere, parley.UserFilter{Sort: given, Page: parley.Page{Limit: 1}})
		if err != nil || page.Next == "" {
			t.Fatal(given, err)
		}
		for _, asked := range sorts {
			_, err := w.Users(t.Context(), parley.Everywhere, parley.UserFilter{Sort: asked, Page: parley.Page{Limit: 1, Cursor: page.Next}})
			if asked == given && err != nil {
				t.Errorf("%v: %v", given, err)
			}
			if asked != given {
				wantFault(t, err, parley.CodeInvalidQuery, "cursor", "invalid-value")
			}
		}
	}
	for _, position := range []string{"", "x", "1", "-1:a", "9:a", "1:x1", "99999999999999999999:a"} {
		sort := parley.UserSort{Field: parley.UserFieldCreatedAt}
		cursor := encodeCursor(orderBy(sort).cursor(), position)
		_, err := w.Users(t.Context(), parley.Everywhere, parley.UserFilter{Sort: sort, Page: parley.Page{Limit: 1, Cursor: cursor}})
		wantFault(t, err, parley.CodeInvalidQuery, "cursor", "invalid-value")
	}
}
