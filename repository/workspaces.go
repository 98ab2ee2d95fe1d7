package repository

import (
	"context"
	"database/sql"
	"errors"

	"github.com/parley-gateway/parley"
)

type workspaceRow struct {
	PK         int64                `db:"pk"`
	ID         string               `db:"id"`
	Identifier string               `db:"identifier"`
	Name       string               `db:"name"`
	Type       parley.WorkspaceType `db:"workspace_type"`
	OwnerID    string               `db:"owner_id"`
	DomainName string               `db:"domain_name"`
	CreatedAt  stamp                `db:"created_at"`
	UpdatedAt  stamp                `db:"updated_at"`
	CreatedBy  string               `db:"created_by"`
	UpdatedBy  string               `db:"updated_by"`
}

const selectWorkspace = `
	SELECT w.pk, w.id, w.identifier, w.name, w.workspace_type,
		coalesce(cast(w.owner_id AS TEXT), '') AS owner_id, coalesce(w.domain_name, '') AS domain_name,
		w.created_at, w.updated_at, coalesce(cast(w.created_by AS TEXT), '') AS created_by,
		coalesce(cast(w.updated_by AS TEXT), '') AS updated_by
	FROM workspaces w`

func (r workspaceRow) workspace() parley.Workspace {
	return parley.Workspace{
		ID: r.ID, Identifier: r.Identifier, Name: r.Name, Type: r.Type,
		OwnerID: r.OwnerID, DomainName: r.DomainName,
		CreatedAt: r.CreatedAt.time(), UpdatedAt: r.UpdatedAt.time(),
		CreatedBy: r.CreatedBy, UpdatedBy: r.UpdatedBy,
	}
}

// Workspace finds a workspace by id, then by identifier.
func (s *store) Workspace(ctx context.Context, scope parley.Scope, ref string) (parley.Workspace, error) {
	row, err := findWorkspace(s.read(ctx), scope, ref)
	if err != nil {
		return parley.Workspace{}, err
	}
	return row.workspace(), nil
}

func findWorkspace(q queryer, scope parley.Scope, ref string) (workspaceRow, error) {
	var row workspaceRow
	err := resolve(ref, func(column, value string) error {
		err := q.Get(&row, selectWorkspace+" WHERE w."+column+" = ?", value)
		if err == nil && !scope.Includes(row.ID) {
			return sql.ErrNoRows
		}
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return row, notFound("workspace")
	}
	return row, err
}

// knownWorkspace is findWorkspace for a workspace that a field names: one
// that does not exist is that field's fault.
func knownWorkspace(q queryer, scope parley.Scope, ref string) (workspaceRow, error) {
	row, err := findWorkspace(q, scope, ref)
	if parley.HasCode(err, parley.CodeNotFound) {
		return row, invalid("workspace", "unknown", "There is no such workspace.")
	}
	return row, err
}

// Workspaces lists all workspaces in the order of their identifiers.
func (s *store) Workspaces(ctx context.Context) ([]parley.Workspace, error) {
	var rows []workspaceRow
	if err := s.read(ctx).Select(&rows, selectWorkspace+" ORDER BY w.identifier"); err != nil {
		return nil, err
	}
	workspaces := make([]parley.Workspace, len(rows))
	for i, row := range rows {
		workspaces[i] = row.workspace()
	}
	return workspaces, nil
}

// CreateWorkspace makes a workspace.
func (s *store) CreateWorkspace(ctx context.Context, by parley.Caller, workspace parley.NewWorkspace) (parley.Workspace, error) {
	return written(ctx, s, func(tx transaction) (parley.Workspace, error) {
		owner, err := ownerID(tx, workspace.Owner)
		if err != nil {
			return parley.Workspace{}, err
		}
		created := s.createdWorkspace(by, workspace, owner)
		_, err = insertWorkspace(tx, created)
		return created, err
	})
}

func (s *store) createdWorkspace(by parley.Caller, workspace parley.NewWorkspace, ownerID string) parley.Workspace {
	now := s.now()
	return parley.Workspace{
		ID: s.opts.NewID(), Identifier: workspace.Identifier, Name: workspace.Name, Type: workspace.Type,
		OwnerID: ownerID, DomainName: workspace.DomainName,
		CreatedAt: now, UpdatedAt: now, CreatedBy: by.UserID, UpdatedBy: by.UserID,
	}
}

func ownerID(tx transaction, ref string) (string, error) {
	if ref == "" {
		return "", nil
	}
	owner, err := knownUser(tx, "owner", ref)
	return owner.ID, err
}

// knownUser is findUser for a user that a field names: one that does not
// exist is that field's fault.
func knownUser(q queryer, field, ref string) (userRow, error) {
	row, err := findUser(q, parley.Everywhere, ref)
	if parley.HasCode(err, parley.CodeNotFound) {
		return row, invalid(field, "unknown", "There is no such user.")
	}
	return row, err
}

func insertWorkspace(tx transaction, w parley.Workspace) (pk int64, err error) {
	return tx.insert(`
		INSERT INTO workspaces (id, identifier, name, workspace_type, owner_id, domain_name,
			created_at, updated_at, created_by, updated_by)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		RETURNING pk`,
		w.ID, w.Identifier, w.Name, w.Type, orNull(w.OwnerID), orNull(w.DomainName),
		stampOf(w.CreatedAt), stampOf(w.UpdatedAt), orNull(w.CreatedBy), orNull(w.UpdatedBy))
}
