package repository

import (
	"slices"
	"testing"

	"github.com/parley-gateway/parley"
)

// inOrder are identifiers in the order of their bytes.
var inOrder = []string{
	"50%_off\\", "A-z", "Z", "_under", "a", "a\u0301", "ann", "ben", "ä", "é", "É", "ß", "я", "日本", "\uffff", "🌱",
}

// testOrder has texts ordered by their bytes, whatever people call an order, and found
// by any case of ASCII's letters only.
func testOrder(t *testing.T, w *world) {
	known := []string{"50%_off\\", "ann", "ben", nobodyID}
	for _, identifier := range inOrder {
		if !slices.Contains(known, identifier) {
			user := newUser(identifier)
			user.Name, user.Email = "Name of "+identifier, identifier+"@order.example"
			if _, err := w.CreateUser(t.Context(), benCaller, user); err != nil {
				t.Fatalf("CreateUser(%q): %v", identifier, err)
			}
		}
	}
	want := append([]string{nobodyID}, inOrder...)
	slices.Sort(want)
	for _, sort := range []parley.UserField{parley.UserFieldIdentifier, parley.UserFieldEmail} {
		for _, limit := range []int{1, 5, 100} {
			filter := parley.UserFilter{Sort: parley.UserSort{Field: sort}, Page: parley.Page{Limit: limit}}
			if got := w.listAll(t, filter); !slices.Equal(got, want) {
				t.Errorf("by %s in pages of %d: %q, want %q", sort, limit, got, want)
			}
		}
	}
	for prefix, want := range map[string][]string{
		"a": {"A-z", "a", "ann", "a\u0301"}, "A": {"A-z", "a", "ann", "a\u0301"}, "a\u0301": {"a\u0301"},
		"é": {"é"}, "É": {"50%_off\\", "É"}, "ä": {"ä"}, "_": {"_under"}, "%": nil, "5_": nil, "50%": {"50%_off\\"}, "z": {"Z"},
		"name of É": {"É"}, "\uffff": {"\uffff"}, "\U0010ffff": nil,
	} {
		if got := w.listAll(t, parley.UserFilter{Prefix: prefix, Page: parley.Page{Limit: 2}}); !slices.Equal(got, want) {
			t.Errorf("%q finds %q, want %q", prefix, got, want)
		}
	}
}

// testNoText asks for and with what is no text: nobody has it, and nothing keeps it.
func testNoText(t *testing.T, w *world) {
	for _, text := range []string{"\x00", "ben\x00", "\xff", "ben\xc3", "\xed\xa0\x80"} {
		_, err := w.User(t.Context(), parley.Everywhere, text)
		wantCode(t, err, parley.CodeNotFound)
		_, err = w.ChangeStatus(t.Context(), change(text, parley.StatusRisky))
		wantCode(t, err, parley.CodeNotFound)
		_, err = w.Workspace(t.Context(), parley.Everywhere, text)
		wantCode(t, err, parley.CodeNotFound)
		if got := w.listAll(t, parley.UserFilter{Prefix: text, Page: parley.Page{Limit: 5}}); len(got) != 0 {
			t.Errorf("%q finds %q", text, got)
		}
		if counts, err := w.CountUsers(t.Context(), parley.Everywhere, parley.UserFilter{Prefix: text}); err != nil || len(counts) != 0 {
			t.Errorf("%q counts %v, %v", text, counts, err)
		}
		_, err = w.Users(t.Context(), parley.Everywhere, parley.UserFilter{Workspace: text})
		wantCode(t, err, parley.CodeInvalidQuery)
		for _, cursor := range []string{text, userCursor(text)} {
			_, err = w.Users(t.Context(), parley.Everywhere, parley.UserFilter{Page: parley.Page{Limit: 1, Cursor: cursor}})
			wantCode(t, err, parley.CodeInvalidQuery)
		}
	}
	if users := w.listAll(t, parley.UserFilter{Page: parley.Page{Limit: 5}}); len(users) != 4 || w.mustUser(t, "ben").Version != 1 {
		t.Errorf("left %q", users)
	}
}
