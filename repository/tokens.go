package repository

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/parley-gateway/parley"
)

type tokenRow struct {
	Name        string          `db:"name"`
	Permissions string          `db:"permissions"`
	ActsAs      string          `db:"acts_as"`
	Workspace   parley.Scope    `db:"workspace"`
	CreatedAt   stamp           `db:"created_at"`
	ExpiresAt   sql.Null[stamp] `db:"expires_at"`
	RevokedAt   sql.Null[stamp] `db:"revoked_at"`
}

const selectToken = `
	SELECT t.name, t.permissions, u.id AS acts_as, coalesce(cast(w.id AS TEXT), '') AS workspace,
		t.created_at, t.expires_at, t.revoked_at
	FROM tokens t JOIN users u ON u.pk = t.acts_as LEFT JOIN workspaces w ON w.pk = t.workspace`

func (r tokenRow) token() parley.Token {
	return parley.Token{
		Name: r.Name, ActsAs: r.ActsAs, Permissions: splitPermissions(r.Permissions), Workspace: r.Workspace,
		CreatedAt: r.CreatedAt.time(), ExpiresAt: optionalTime(r.ExpiresAt), RevokedAt: optionalTime(r.RevokedAt),
	}
}

func splitPermissions(text string) []parley.Permission {
	var permissions []parley.Permission
	for name := range strings.FieldsSeq(text) {
		permissions = append(permissions, parley.Permission(name))
	}
	return permissions
}

func joinPermissions(permissions []parley.Permission) (string, error) {
	names := make([]string, len(permissions))
	for i, p := range permissions {
		if !slices.Contains(parley.Permissions, p) {
			return "", invalid("permissions", "unknown", "There is no such permission.")
		}
		names[i] = string(p)
	}
	return strings.Join(names, " "), nil
}

const tokenByHash = selectToken + " WHERE t.hash = cast(? AS BLOB) AND t.revoked_at IS NULL"

// Authenticate finds who a token stands for.
func (s *store) Authenticate(ctx context.Context, hash parley.TokenHash) (parley.Caller, error) {
	return s.authenticated(s.token(ctx, hash))
}

// CreateToken keeps a token. The name of a revoked one is free again.
func (s *store) CreateToken(ctx context.Context, token parley.NewToken) (parley.Token, error) {
	return written(ctx, s, func(tx transaction) (parley.Token, error) {
		permissions, err := joinPermissions(token.Permissions)
		if err != nil {
			return parley.Token{}, err
		}
		user, err := knownUser(tx, "acts_as", token.ActsAs)
		if err != nil {
			return parley.Token{}, err
		}
		limit, err := tokenLimit(tx, token.Workspace)
		if err != nil {
			return parley.Token{}, err
		}
		row := tokenRow{
			Name: token.Name, Permissions: permissions, ActsAs: user.ID, Workspace: parley.Scope(limit.ID),
			CreatedAt: s.opts.present(), ExpiresAt: optionalStamp(token.ExpiresAt),
		}
		return row.token(), insertToken(tx, token.Hash, row, user.PK, limit.PK)
	})
}

// tokenLimit is the workspace that a token is limited to, the zero row for
// none.
func tokenLimit(tx transaction, ref string) (workspaceRow, error) {
	if ref == "" {
		return workspaceRow{}, nil
	}
	return knownWorkspace(tx, parley.Everywhere, ref)
}

func insertToken(tx transaction, hash parley.TokenHash, row tokenRow, actsAs, workspace int64) error {
	return tx.run(`
		INSERT INTO tokens (name, hash, permissions, acts_as, workspace, created_at, expires_at)
		VALUES (?, ?, ?, ?, nullif(?, 0), ?, ?)`,
		row.Name, hash[:], row.Permissions, actsAs, workspace, row.CreatedAt, row.ExpiresAt)
}

// Tokens lists all tokens in the order of their names, revoked ones too, the
// older of one name first.
func (s *store) Tokens(ctx context.Context) ([]parley.Token, error) {
	var rows []tokenRow
	if err := s.read(ctx).Select(&rows, selectToken+" ORDER BY t.name, t.pk"); err != nil {
		return nil, err
	}
	tokens := make([]parley.Token, len(rows))
	for i, row := range rows {
		tokens[i] = row.token()
	}
	return tokens, nil
}

// Token finds a token by its hash.
func (s *store) Token(ctx context.Context, hash parley.TokenHash) (parley.Token, error) {
	var row tokenRow
	err := s.read(ctx).Get(&row, selectToken+" WHERE t.hash = cast(? AS BLOB)", hash[:])
	if errors.Is(err, sql.ErrNoRows) {
		return parley.Token{}, notFound("token")
	}
	return row.token(), err
}

// RevokeToken ends a token at once. To revoke one again changes nothing.
func (s *store) RevokeToken(ctx context.Context, name string) error {
	return s.revoke(ctx, "name = ?", name)
}

// RevokeLeaked ends a token whose text was found, whatever it is called.
func (s *store) RevokeLeaked(ctx context.Context, hash parley.TokenHash) error {
	return s.revoke(ctx, "hash = ?", hash[:])
}

func (s *store) revoke(ctx context.Context, which string, value any) error {
	return s.write(ctx, func(tx transaction) error {
		var known bool
		if err := tx.Get(&known, "SELECT EXISTS (SELECT 1 FROM tokens WHERE "+which+")", value); err != nil {
			return err
		}
		if !known {
			return notFound("token")
		}
		return tx.run("UPDATE tokens SET revoked_at = ? WHERE revoked_at IS NULL AND "+which, s.opts.present(), value)
	})
}
