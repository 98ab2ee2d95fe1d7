package repository

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/parley-gateway/parley"
)

// FuzzCursor asks for pages of every list by any cursor, as it is and with what
// such a cursor begins with: a page, or a refusal that names the cursor.
func FuzzCursor(f *testing.F) {
	for _, position := range []string{"", "ben", "1", "-1", "9223372036854775808", "name\x00ben\x00", "\xff", "name"} {
		for _, kind := range []string{usersCursor, sortedCursor, changesCursor, ""} {
			f.Add(kind, position, "name", true)
			f.Add(kind, position, "", false)
		}
	}
	store, err := Open(f.Context(), filepath.Join(f.TempDir(), "parley.db"), Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { store.Close() })
	if err := store.Load(f.Context(), workspaces(), users()); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, kind, position, sort string, descending bool) {
		if sort != "" && !slices.Contains(parley.UserFields, parley.UserField(sort)) {
			return // handlers let no other through
		}
		for _, cursor := range []string{position, encodeCursor(kind, position)} {
			page := parley.Page{Limit: 2, Cursor: cursor}
			users, err := store.Users(t.Context(), parley.Everywhere, parley.UserFilter{Page: page, Sort: parley.UserSort{Field: parley.UserField(sort), Descending: descending}})
			checkPage(t, cursor, len(users.Users), err)
			changes, err := store.Changes(t.Context(), parley.Everywhere, "ben", page)
			checkPage(t, cursor, len(changes.Changes), err)
		}
	})
}

func checkPage(t *testing.T, cursor string, length int, err error) {
	t.Helper()
	if err != nil && !parley.HasCode(err, parley.CodeInvalidQuery) || length > 2 {
		t.Errorf("the cursor %q gives %d records, %v", cursor, length, err)
	}
}
