package repository

import (
	"context"

	"github.com/parley-gateway/parley"
)

// Load puts workspaces and users into an empty store as they are, all or
// none. A user's home is the WorkspaceID; the rest of what a user shows of it
// is the workspace's own. Version 0 counts as 1.
func (s *store) Load(ctx context.Context, workspaces []parley.Workspace, users []parley.User) error {
	return s.write(ctx, func(tx transaction) error {
		if err := refuseUnlessEmpty(tx); err != nil {
			return err
		}
		homes, err := loadWorkspaces(tx, workspaces)
		if err != nil {
			return err
		}
		if err := loadUsers(tx, users, homes); err != nil {
			return err
		}
		return refuseUnknownOwners(tx)
	})
}

func refuseUnlessEmpty(tx transaction) error {
	var used bool
	if err := tx.Get(&used, "SELECT EXISTS (SELECT 1 FROM workspaces) OR EXISTS (SELECT 1 FROM users)"); err != nil {
		return err
	}
	if used {
		return parley.NewError(parley.CodeTaken, "The store is not empty.")
	}
	return nil
}

func loadWorkspaces(tx transaction, workspaces []parley.Workspace) (homes map[string]int64, err error) {
	homes = make(map[string]int64, len(workspaces))
	for _, workspace := range workspaces {
		if homes[workspace.ID], err = insertWorkspace(tx, workspace); err != nil {
			return nil, err
		}
	}
	return homes, nil
}

func loadUsers(tx transaction, users []parley.User, homes map[string]int64) error {
	for _, user := range users {
		home, ok := homes[user.WorkspaceID]
		if !ok {
			return invalid("workspace", "unknown", "The workspace of "+user.Identifier+" is not among those that are loaded.")
		}
		user.Version = max(user.Version, 1)
		if err := insertUser(tx, user, home); err != nil {
			return err
		}
	}
	return nil
}

// refuseUnknownOwners comes before SQLite's own check, which is made for all
// the commands of a transaction together.
func refuseUnknownOwners(tx transaction) error {
	var strays []string
	err := tx.Select(&strays, `
		SELECT identifier FROM workspaces WHERE owner_id NOT IN (SELECT id FROM users) ORDER BY identifier LIMIT 1`)
	if err != nil || len(strays) == 0 {
		return err
	}
	return invalid("owner", "unknown", "The owner of "+strays[0]+" is not among the users that are loaded.")
}
