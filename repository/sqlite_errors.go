package repository

import (
	"errors"
	"strings"

	"github.com/mattn/go-sqlite3"
)

// sqliteError is storeError for a failure of SQLite's.
func sqliteError(err error) error {
	if isSyncFailure(err) {
		return undecided(err)
	}
	var failure sqlite3.Error
	if !errors.As(err, &failure) {
		return err
	}
	switch failure.Code {
	case sqlite3.ErrConstraint:
		return constraintError(failure)
	case sqlite3.ErrFull, sqlite3.ErrIoErr, sqlite3.ErrReadonly, sqlite3.ErrCantOpen, sqlite3.ErrBusy, sqlite3.ErrLocked,
		sqlite3.ErrNomem, sqlite3.ErrProtocol: // the last is a lock that could not be had
		return unavailable(err)
	}
	return err
}

func hasCode(err error, code sqlite3.ErrNo) bool {
	var failure sqlite3.Error
	return errors.As(err, &failure) && failure.Code == code
}

// isSyncFailure reports whether the operating system could not bring a file or
// a folder to disk (https://www.sqlite.org/rescode.html#ioerr_fsync).
func isSyncFailure(err error) bool {
	return hasExtendedCode(err, sqlite3.ErrIoErrFsync) || hasExtendedCode(err, sqlite3.ErrIoErrDirFsync)
}

func hasExtendedCode(err error, code sqlite3.ErrNoExtended) bool {
	var failure sqlite3.Error
	return errors.As(err, &failure) && failure.ExtendedCode == code
}

// constraintError names the field that a constraint is about.
func constraintError(failure sqlite3.Error) error {
	switch failure.ExtendedCode {
	case sqlite3.ErrConstraintUnique:
		return taken(lastWord(failure, "."))
	case sqlite3.ErrConstraintCheck:
		return invalidValue(lastWord(failure, " "), failure)
	case sqlite3.ErrConstraintForeignKey:
		return unknownReference()
	}
	return failure
}

// lastWord is the name at the end of a message such as "UNIQUE constraint
// failed: users.email" or "CHECK constraint failed: email".
func lastWord(failure sqlite3.Error, before string) string {
	message := failure.Error()
	return message[strings.LastIndex(message, before)+1:]
}
