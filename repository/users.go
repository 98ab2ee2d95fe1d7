package repository

import (
	"cmp"
	"context"
	"database/sql"
	"errors"

	"github.com/parley-gateway/parley"
)

// userRow is a user with what the store alone knows of them.
type userRow struct {
	PK            int64                `db:"pk"`
	ID            string               `db:"id"`
	Identifier    string               `db:"identifier"`
	Name          string               `db:"name"`
	Email         string               `db:"email"`
	Type          parley.UserType      `db:"user_type"`
	Status        parley.Status        `db:"status"`
	Version       int64                `db:"version"`
	LastChange    sql.Null[int64]      `db:"last_change"`
	CreatedAt     stamp                `db:"created_at"`
	UpdatedAt     stamp                `db:"updated_at"`
	CreatedBy     string               `db:"created_by"`
	UpdatedBy     string               `db:"updated_by"`
	WorkspaceID   string               `db:"workspace_id"`
	WorkspaceType parley.WorkspaceType `db:"workspace_type"`
	OwnerID       string               `db:"owner_id"`
	DomainName    string               `db:"domain_name"`
}

const selectUser = `
	SELECT u.pk, u.id, u.identifier, u.name, u.email, u.user_type, u.status, u.version, u.last_change,
		u.created_at, u.updated_at, coalesce(cast(u.created_by AS TEXT), '') AS created_by,
		coalesce(cast(u.updated_by AS TEXT), '') AS updated_by,
		w.id AS workspace_id, w.workspace_type, coalesce(cast(w.owner_id AS TEXT), '') AS owner_id,
		coalesce(w.domain_name, '') AS domain_name
	FROM users u JOIN workspaces w ON w.pk = u.workspace`

func (r userRow) user() parley.User {
	return parley.User{
		ID: r.ID, Identifier: r.Identifier, Name: r.Name, Email: r.Email,
		Type: r.Type, Status: r.Status, Version: r.Version,
		WorkspaceID: r.WorkspaceID, WorkspaceType: r.WorkspaceType, OwnerID: r.OwnerID, DomainName: r.DomainName,
		CreatedAt: r.CreatedAt.time(), UpdatedAt: r.UpdatedAt.time(),
		CreatedBy: r.CreatedBy, UpdatedBy: r.UpdatedBy,
	}
}

// User finds a user by id, then by identifier.
func (s *store) User(ctx context.Context, scope parley.Scope, ref string) (parley.User, error) {
	return s.user(ctx, scope, ref)
}

func findUser(q queryer, scope parley.Scope, ref string) (userRow, error) {
	var row userRow
	err := resolve(ref, func(column, value string) error {
		return inScope(scope, &row, q.Get(&row, selectUser+" WHERE u."+column+" = cast(? AS TEXT)", value))
	})
	return row, userError(err)
}

// inScope makes a user nobody who is outside of a scope.
func inScope(scope parley.Scope, row *userRow, err error) error {
	if err == nil && !scope.Includes(row.WorkspaceID) {
		return sql.ErrNoRows
	}
	return err
}

func userError(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return notFound("user")
	}
	return err
}

// CreateUser makes a user at version 1. Without a workspace it is the one
// that the caller is limited to, else the home of the user it acts as.
func (s *store) CreateUser(ctx context.Context, by parley.Caller, user parley.NewUser) (parley.User, error) {
	return written(ctx, s, func(tx transaction) (parley.User, error) {
		workspace, err := workspaceForNewUser(tx, by, user.Workspace)
		if err != nil {
			return parley.User{}, err
		}
		created := s.created(by, user, workspace)
		return created, insertUser(tx, created, workspace.PK)
	})
}

// created is a new user at version 1, at home in a workspace.
func (s *store) created(by parley.Caller, user parley.NewUser, workspace workspaceRow) parley.User {
	now := s.now()
	return parley.User{
		ID: s.opts.NewID(), Identifier: user.Identifier, Name: user.Name, Email: user.Email,
		Type:    cmp.Or(user.Type, parley.UserTypeUser),
		Status:  cmp.Or(user.Status, parley.StatusOnboarding),
		Version: 1,

		WorkspaceID: workspace.ID, WorkspaceType: workspace.Type,
		OwnerID: workspace.OwnerID, DomainName: workspace.DomainName,
		CreatedAt: now, UpdatedAt: now, CreatedBy: by.UserID, UpdatedBy: by.UserID,
	}
}

func workspaceForNewUser(tx transaction, by parley.Caller, ref string) (workspaceRow, error) {
	ref = cmp.Or(ref, string(by.Scope))
	if ref == "" {
		return homeWorkspace(tx, by)
	}
	return knownWorkspace(tx, by.Scope, ref)
}

func homeWorkspace(tx transaction, by parley.Caller) (workspaceRow, error) {
	user, err := findUser(tx, parley.Everywhere, by.UserID)
	if parley.HasCode(err, parley.CodeNotFound) {
		return workspaceRow{}, invalid("workspace", "required", "There is no workspace of your own to fall back on.")
	}
	if err != nil {
		return workspaceRow{}, err
	}
	return findWorkspace(tx, parley.Everywhere, user.WorkspaceID)
}

func insertUser(tx transaction, u parley.User, workspace int64) error {
	return tx.run(insertUserRow, userValues(u, workspace)...)
}

const insertUserRow = `
	INSERT INTO users (id, identifier, name, email, user_type, status, version, workspace,
		created_at, updated_at, created_by, updated_by)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// userValues are the parameters of insertUserRow.
func userValues(u parley.User, workspace int64) []any {
	return []any{
		u.ID, u.Identifier, u.Name, u.Email, u.Type, u.Status, u.Version, workspace,
		stampOf(u.CreatedAt), stampOf(u.UpdatedAt), orNull(u.CreatedBy), orNull(u.UpdatedBy),
	}
}
