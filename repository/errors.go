package repository

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
	return postgresError(sqliteError(err))
}

func unavailable(cause error) error {
	return &parley.Error{Code: parley.CodeUnavailable, Detail: "The storage cannot do this at present. Nothing was changed.", Cause: cause}
}

// undecided is for a caller whose command was on the way to the disk when its time
// ended or the sync failed.
func undecided(cause error) error {
	return &parley.Error{
		Code:      parley.CodeUnavailable,
		Detail:    "The storage did not say in time whether this is on disk: it may be.",
		MayBeDone: true,
		Cause:     cause,
	}
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

func invalidValue(field string, failure error) error {
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

func unknownReference() error {
	return parley.NewError(parley.CodeInvalid, "A user or workspace that is referred to does not exist.")
}
