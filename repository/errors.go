package repository

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mattn/go-sqlite3"

	"github.com/parley-gateway/parley"
)

// storeError turns a failure that is the caller's, or that time may heal,
// into a *parley.Error. Any other error stays what it is.
func storeError(err error) error {
	var known *parley.Error
	if errors.As(err, &known) {
		return err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return unavailable(err)
	}
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

func unavailable(cause error) error {
	return &parley.Error{Code: parley.CodeUnavailable, Detail: "The storage cannot do this at present. Nothing was changed.", Cause: cause}
}

// undecided is for a caller whose command was on the way to the disk when its time
// ended or the sync failed.
func undecided(cause error) error {
	return &parley.Error{
		Code:   parley.CodeUnavailable,
		Detail: "The storage did not say in time whether this is on disk: it may be.",
		Cause:  cause,
	}
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
		return parley.NewError(parley.CodeInvalid, "A user or workspace that is referred to does not exist.")
	}
	return failure
}

// lastWord is the name at the end of a message such as "UNIQUE constraint
// failed: users.email" or "CHECK constraint failed: email".
func lastWord(failure sqlite3.Error, before string) string {
	message := failure.Error()
	return message[strings.LastIndex(message, before)+1:]
}

func taken(field string) error {
	return &parley.Error{
		Code:   parley.CodeTaken,
		Detail: fmt.Sprintf("The %s is already taken.", field),
		Faults: []parley.Fault{{Field: field, Code: "taken", Detail: "Somebody else has this value."}},
	}
}

// checkedFields are those of the caller's fields that the schema checks under
// their names; any other check that fails is a mistake of the program's.
var checkedFields = []string{
	"identifier", "name", "email", "user_type", "status", "workspace_type", "domain_name", "review_comment",
}

func invalidValue(field string, failure sqlite3.Error) error {
	if !slices.Contains(checkedFields, field) {
		return failure
	}
	return invalid(field, "invalid-value", "This value is not allowed here, or is too long or too short.")
}

func invalid(field, code, detail string) error {
	return &parley.Error{
		Code:   parley.CodeInvalid,
		Detail: fmt.Sprintf("There is something wrong with %s.", field),
		Faults: []parley.Fault{{Field: field, Code: code, Detail: detail}},
	}
}

// notFound says the same of what does not exist and of what a scope hides.
func notFound(what string) error {
	return parley.NewError(parley.CodeNotFound, "There is no such "+what+".")
}
