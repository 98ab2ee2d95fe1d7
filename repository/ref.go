package repository

import (
	"database/sql"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
)

const (
	maxRef     = 255 // code points
	uuidLength = 36
)

// resolve tries what a reference may stand for: an id first, in any case of
// its letters, then an identifier. Find gets the column and the value that it
// must have, and says sql.ErrNoRows where no row has it; so does resolve.
func resolve(ref string, find func(column, value string) error) error {
	if ref == "" || !isText(ref) || utf8.RuneCountInString(ref) > maxRef {
		return sql.ErrNoRows
	}
	if isID(ref) {
		if err := find("id", strings.ToLower(ref)); !errors.Is(err, sql.ErrNoRows) {
			return err
		}
	}
	return find("identifier", ref)
}

// isText reports whether both engines could hold a text.
func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// isID reports whether ref is looked up as an id first.
func isID(ref string) bool { return len(ref) == uuidLength && uuid.Validate(ref) == nil }
