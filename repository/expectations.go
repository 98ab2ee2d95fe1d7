package repository

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/parley-gateway/parley"
)

func checkExpectations(l ledger, request parley.ChangeRequest, user userRow) error {
	if request.IfMatch.Required && !request.IfMatch.Given {
		return unconditional()
	}
	if !request.IfMatch.Allows(user.Version) {
		if !request.Caller.May(parley.PermissionRead) {
			return veiledStale()
		}
		return stale(l, request.IfMatch, user)
	}
	return checkTests(l, request.Change.Tests, user)
}

func unconditional() error {
	return parley.NewError(parley.CodePreconditionRequired, "A change needs If-Match with the entity tag of the user as you saw it.")
}

func veiledStale() error {
	return parley.NewError(parley.CodePreconditionFailed, "The user is at no version that If-Match names.")
}

// veil keeps from a caller who may not read whether there is a user: a request that
// expects something fails in the same words for nobody as for a user who is not as
// expected. Only a change that is made tells that somebody was there.
func veil(request parley.ChangeRequest, err error) error {
	if request.Caller.May(parley.PermissionRead) || !isRefusal(err) {
		return err
	}
	switch {
	case request.IfMatch.Required && !request.IfMatch.Given:
		return unconditional()
	case request.IfMatch.Given && !request.IfMatch.Any:
		return veiledStale()
	case len(request.Change.Tests) > 0:
		return parley.NewError(parley.CodePatchTestFailed, "A test failed.")
	}
	return err
}

// isRefusal reports whether an error depends on the user that was asked for.
func isRefusal(err error) bool {
	return parley.HasCode(err, parley.CodeNotFound) || parley.HasCode(err, parley.CodePreconditionRequired) ||
		parley.HasCode(err, parley.CodePreconditionFailed) || parley.HasCode(err, parley.CodePatchTestFailed)
}

// stale tells who saw an older version what became of the status since.
func stale(l ledger, match parley.Match, user userRow) error {
	detail := fmt.Sprintf("The user is at version %d, which If-Match does not name.", user.Version)
	seen := versionSeen(match, user.Version)
	if seen > 0 {
		rows, err := historyFrom(l, user, parley.Page{Limit: maxTold + 1})
		if err != nil {
			return err
		}
		detail += toldSince(rows, seen)
	}
	return parley.NewError(parley.CodePreconditionFailed, detail)
}

// maxTold is how many changes are told.
const maxTold = 5

// versionSeen is the newest version that was seen, 0 where none is known.
func versionSeen(match parley.Match, version int64) int64 {
	older := func(v int64) bool { return 0 < v && v < version }
	for _, v := range slices.Backward(match.Versions) {
		if older(v) {
			return v
		}
	}
	return 0
}

// toldSince tells the changes among rows, newest first, that came after a
// version. Why they were made stands in the history, for those who may read it.
func toldSince(rows []changeRow, seen int64) string {
	told := fmt.Sprintf(" Since version %d:", seen)
	for i, row := range rows {
		if row.Version <= seen {
			break
		}
		if i == maxTold {
			return told + " and more before."
		}
		told += fmt.Sprintf(" %s to %s at %s;", row.From, row.To, row.ChangedAt.time().Format(time.RFC3339))
	}
	return strings.TrimSuffix(told, ";") + "."
}

func checkTests(l ledger, tests []parley.Test, user userRow) error {
	for _, test := range tests {
		stored, err := storedValue(l, test.Field, user)
		if err != nil {
			return err
		}
		if !test.Holds(stored) {
			return &parley.Error{
				Code:   parley.CodePatchTestFailed,
				Detail: fmt.Sprintf("The test of %s failed: it has another value.", test.Field),
				Faults: []parley.Fault{{Field: test.Field, Code: "test-failed", Detail: "The value is another one."}},
			}
		}
	}
	return nil
}

// storedValue is a field as the last change left it, nil where it has none.
func storedValue(l ledger, field string, user userRow) (*string, error) {
	switch {
	case field == "status":
		status := string(user.Status)
		return &status, nil
	case field == "review_comment" && user.LastChange.Valid:
		last, err := findChange(l, user, user.LastChange.V)
		if err != nil || last.Comment == "" {
			return nil, err
		}
		return &last.Comment, nil
	}
	return nil, nil
}
