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
	if ref == "" || !utf8.ValidString(ref) || utf8.RuneCountInString(ref) > maxRef {
		return sql.ErrNoRows
	}
	if isID(ref) {
		if err := find("id", strings.ToLower(ref)); !errors.Is(err, sql.ErrNoRows) {
			return err
		}
	}
	return find("identifier", ref)
}

// isID reports whether ref is looked up as an id first.
func isID(ref string) bool { return len(ref) == uuidLength && uuid.Validate(ref) == nil }
