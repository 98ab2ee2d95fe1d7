package repository

import (
	"context"
	"iter"

	"github.com/parley-gateway/parley"
)

const selectExported = `
	SELECT u.identifier, u.name, u.email, u.user_type, u.status, w.identifier AS workspace
	FROM users u JOIN workspaces w ON w.pk = u.workspace
	ORDER BY u.identifier`

const exportedColumns = 6

// Export gives every user as one to be created.
func (s *store) Export(ctx context.Context) iter.Seq2[parley.NewUser, error] {
	return func(yield func(parley.NewUser, error) bool) {
		for row, err := range s.exported(ctx) {
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
