package repository

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-gateway/parley"
)

func testUserRefs(t *testing.T, w *world) {
	found := map[string]string{
		"ben":                    benID,
		benID:                    benID,
		strings.ToUpper(benID):   benID,
		nobodyID:                 strayID,
		"50%_off\\":              elseID,
		strings.ToUpper(strayID): strayID,
	}
	for ref, id := range found {
		if got := w.mustUser(t, ref).ID; got != id {
			t.Errorf("User(%q) = %s, want %s", ref, got, id)
		}
	}
	nobody := []string{
		"", "nobody", "BEN", "be", "ben ", "%", "\xff", "ben\x00", "{" + benID[1:], strings.Repeat("é", 256),
		strings.ReplaceAll(benID, "-", ""), "urn:uuid:" + benID, "99999999-2222-4333-8444-555555555555",
	}
	for _, ref := range nobody {
		_, err := w.User(t.Context(), parley.Everywhere, ref)
		wantCode(t, err, parley.CodeNotFound)
	}
}

func testUserScope(t *testing.T, w *world) {
	if _, err := w.User(t.Context(), delayID, "ben"); err != nil {
		t.Errorf("within the scope: %v", err)
	}
	_, hidden := w.User(t.Context(), soloID, "ben")
	_, absent := w.User(t.Context(), soloID, "nobody")
	wantCode(t, hidden, parley.CodeNotFound)
	if hidden.Error() != absent.Error() {
		t.Errorf("hidden is %q, absent is %q: they tell each other apart", hidden, absent)
	}
	_, err := w.Changes(t.Context(), soloID, "ben", parley.Page{Limit: 10})
	wantCode(t, err, parley.CodeNotFound)
	request := change("ben", parley.StatusRisky)
	request.Caller.Scope = soloID
	_, err = w.ChangeStatus(t.Context(), request)
	wantCode(t, err, parley.CodeNotFound)
	page, err := w.Users(t.Context(), soloID, parley.UserFilter{Page: parley.Page{Limit: 10}})
	if err != nil || len(page.Users) != 2 {
		t.Errorf("Users = %d, %v, want 2", len(page.Users), err)
	}
}

func identifiers(users []parley.User) []string {
	names := make([]string, len(users))
	for i, user := range users {
		names[i] = user.Identifier
	}
	return names
}

// everyone is in the order of the bytes of the identifiers.
var everyone = []string{nobodyID, "50%_off\\", "ann", "ben"}

func testUserPages(t *testing.T, w *world) {
	for limit := 1; limit <= 5; limit++ {
		var seen []string
		page := parley.Page{Limit: limit}
		for {
			users, err := w.Users(t.Context(), parley.Everywhere, parley.UserFilter{Page: page})
			if err != nil {
				t.Fatalf("Users(%+v): %v", page, err)
			}
			if len(users.Users) == 0 || len(users.Users) > limit {
				t.Fatalf("limit %d: page of %d", limit, len(users.Users))
			}
			seen = append(seen, identifiers(users.Users)...)
			if users.Next == "" {
				break
			}
			page.Cursor = users.Next
		}
		if !slices.Equal(seen, everyone) {
			t.Errorf("limit %d: %q, want %q", limit, seen, everyone)
		}
	}
}

func testUserFilters(t *testing.T, w *world) {
	tests := []struct {
		filter parley.UserFilter
		want   []string
	}{
		{parley.UserFilter{Status: parley.StatusRisky}, []string{"ann"}},
		{parley.UserFilter{Type: parley.UserTypeAdmin}, []string{"ben"}},
		{parley.UserFilter{Type: parley.UserTypeAdmin, Status: parley.StatusRisky}, []string{}},
		{parley.UserFilter{Prefix: "BEN"}, []string{"ben"}},
		{parley.UserFilter{Prefix: "Élise ü"}, []string{}},
		{parley.UserFilter{Prefix: "Élise Ü"}, []string{"50%_off\\"}},
		{parley.UserFilter{Prefix: "élise"}, []string{}},
		{parley.UserFilter{Prefix: "an"}, []string{"ann"}},
		{parley.UserFilter{Prefix: "st"}, []string{nobodyID}},
		{parley.UserFilter{Prefix: "ann@delay"}, []string{"ann"}},
		{parley.UserFilter{Prefix: "%"}, []string{}},
		{parley.UserFilter{Prefix: "50%_"}, []string{"50%_off\\"}},
		{parley.UserFilter{Prefix: "50__"}, []string{}},
		{parley.UserFilter{Prefix: "50%_off\\"}, []string{"50%_off\\"}},
		{parley.UserFilter{Prefix: strings.Repeat("x", 100_000)}, []string{}},
		{parley.UserFilter{Prefix: "\xff"}, []string{}},
	}
	for _, test := range tests {
		test.filter.Page.Limit = 10
		page, err := w.Users(t.Context(), parley.Everywhere, test.filter)
		if err != nil {
			t.Errorf("%.50q: %v", test.filter.Prefix, err)
		}
		if got := identifiers(page.Users); !slices.Equal(got, test.want) || page.Next != "" {
			t.Errorf("%+v: %q, want %q", test.filter, got, test.want)
		}
	}
}

func testBadCursors(t *testing.T, w *world) {
	changed := w.mustChange(t, change("ann", parley.StatusActive))
	annsCursor := encodeCursor(changesCursor, "1")
	if changed.Change.Seq != 1 {
		t.Fatalf("seq = %d, want 1", changed.Change.Seq)
	}
	bad := []string{
		"!", "ben", "dTE6", encodeCursor("u0:", "ben"), strings.Repeat("A", 4096),
		encodeCursor(changesCursor, "x"), encodeCursor(changesCursor, "99999999999999999999"), encodeCursor(changesCursor, "2"), annsCursor,
	}
	for _, cursor := range bad {
		_, err := w.Changes(t.Context(), parley.Everywhere, "ben", parley.Page{Limit: 10, Cursor: cursor})
		wantFault(t, err, parley.CodeInvalidQuery, "cursor", "invalid-value")
	}
	for _, cursor := range []string{"!", "ben", annsCursor, encodeCursor("u0:", "ben"), strings.Repeat("A", 4096)} {
		_, err := w.Users(t.Context(), parley.Everywhere, parley.UserFilter{Page: parley.Page{Limit: 10, Cursor: cursor}})
		wantFault(t, err, parley.CodeInvalidQuery, "cursor", "invalid-value")
	}
}

func newUser(identifier string) parley.NewUser {
	return parley.NewUser{Identifier: identifier, Name: "New", Email: identifier + "@new.example"}
}

func testCreateUser(t *testing.T, w *world) {
	created, err := w.CreateUser(t.Context(), benCaller, newUser("new"))
	if err != nil {
		t.Fatal(err)
	}
	now := start.Truncate(time.Microsecond)
	want := parley.User{
		ID: created.ID, Identifier: "new", Name: "New", Email: "new@new.example",
		Type: parley.UserTypeUser, Status: parley.StatusOnboarding, Version: 1,
		WorkspaceID: delayID, WorkspaceType: parley.WorkspaceMultiUser, OwnerID: annID, DomainName: "delay.example",
		CreatedAt: now, UpdatedAt: now, CreatedBy: benID, UpdatedBy: benID,
	}
	if created != want {
		t.Errorf("created %+v, want %+v", created, want)
	}
	if got := w.mustUser(t, created.ID); got != want {
		t.Errorf("found %+v, want %+v", got, want)
	}
	if len(created.ID) != 36 || created.ID != strings.ToLower(created.ID) || created.ID[14] != '4' {
		t.Errorf("id = %q, want a UUID of version 4 in lower case", created.ID)
	}
	if history := w.history(t, "new"); len(history) != 0 {
		t.Errorf("history = %v, want none", history)
	}
	longest := newUser(strings.Repeat("語", maxRef))
	longest.Email = "longest@new.example"
	if _, err := w.CreateUser(t.Context(), benCaller, longest); err != nil {
		t.Errorf("an identifier of 255 code points: %v", err)
	}
	w.mustUser(t, longest.Identifier)
}

func testCreateUserRefused(t *testing.T, w *world) {
	taken := newUser("ben")
	_, err := w.CreateUser(t.Context(), benCaller, taken)
	wantFault(t, err, parley.CodeTaken, "identifier", "taken")
	taken = newUser("new")
	taken.Email = "ann@delay.example"
	_, err = w.CreateUser(t.Context(), benCaller, taken)
	wantFault(t, err, parley.CodeTaken, "email", "taken")

	faults := map[string]func(*parley.NewUser){
		"identifier": func(u *parley.NewUser) { u.Identifier = strings.Repeat("x", 256) },
		"name":       func(u *parley.NewUser) { u.Name = "" },
		"email":      func(u *parley.NewUser) { u.Email = "" },
		"user_type":  func(u *parley.NewUser) { u.Type = "king" },
		"status":     func(u *parley.NewUser) { u.Status = "gone" },
	}
	for field, spoil := range faults {
		user := newUser("new")
		spoil(&user)
		_, err := w.CreateUser(t.Context(), benCaller, user)
		wantFault(t, err, parley.CodeInvalid, field, "invalid-value")
	}
	if _, err := w.User(t.Context(), parley.Everywhere, "new"); !parley.HasCode(err, parley.CodeNotFound) {
		t.Errorf("a refused user was kept: %v", err)
	}
}

func testCreateUserWorkspace(t *testing.T, w *world) {
	limited := benCaller
	limited.Scope = soloID
	commandLine := parley.Caller{}
	tests := []struct {
		by        parley.Caller
		workspace string
		want      string // empty for a fault
		fault     string
	}{
		{benCaller, "", delayID, ""},
		{benCaller, "solo", soloID, ""},
		{benCaller, strings.ToUpper(soloID), soloID, ""},
		{benCaller, "nowhere", "", "unknown"},
		{limited, "", soloID, ""},
		{limited, "solo", soloID, ""},
		{limited, "delay", "", "unknown"},
		{commandLine, "delay", delayID, ""},
		{commandLine, "", "", "required"},
	}
	for i, test := range tests {
		user := newUser("new" + string(rune('a'+i)))
		user.Workspace = test.workspace
		created, err := w.CreateUser(t.Context(), test.by, user)
		if test.fault != "" {
			wantFault(t, err, parley.CodeInvalid, "workspace", test.fault)
		} else if err != nil || created.WorkspaceID != test.want || created.CreatedBy != test.by.UserID {
			t.Errorf("%+v: in %s by %q, %v", test, created.WorkspaceID, created.CreatedBy, err)
		}
	}
}
