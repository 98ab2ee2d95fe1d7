package repository

import (
	"context"
	"iter"

	"github.com/parley-gateway/parley"
)

// createExported reads the store in one statement, which is one state of it, and
// in as little time as that takes: whoever gets the users may be slow.
const createExported = `
	CREATE TABLE exported AS
	SELECT u.identifier, u.name, u.email, u.user_type, u.status, w.identifier AS workspace
	FROM store.users u JOIN store.workspaces w ON w.pk = u.workspace
	ORDER BY u.identifier`

// Export gives every user as one to be created.
func (s *store) Export(ctx context.Context) iter.Seq2[parley.NewUser, error] {
	return func(yield func(parley.NewUser, error) bool) {
		stage, err := newStage(ctx, s.engine.(*sqlite).path, createExported)
		if err != nil {
			yield(parley.NewUser{}, err)
			return
		}
		defer func() { _ = stage.close() }() // nothing in it has to be kept
		for row, err := range stage.rows(ctx, 6, "SELECT * FROM exported ORDER BY rowid") {
			if err != nil {
				yield(parley.NewUser{}, err)
				return
			}
			user := parley.NewUser{
				Identifier: row[0], Name: row[1], Email: row[2],
				Type: parley.UserType(row[3]), Status: parley.Status(row[4]), Workspace: row[5],
			}
			if !yield(user, nil) {
				return
			}
		}
	}
}
