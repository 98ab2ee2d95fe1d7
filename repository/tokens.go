package repository

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/parley-gateway/parley"
)

type tokenRow struct {
	Name        string          `db:"name"`
	Permissions string          `db:"permissions"`
	ActsAs      string          `db:"acts_as"`
	Workspace   parley.Scope    `db:"workspace"`
	CreatedAt   int64           `db:"created_at"`
	ExpiresAt   sql.Null[int64] `db:"expires_at"`
	RevokedAt   sql.Null[int64] `db:"revoked_at"`
}

const selectToken = `
	SELECT t.name, t.permissions, u.id AS acts_as, coalesce(w.id, '') AS workspace,
		t.created_at, t.expires_at, t.revoked_at
	FROM tokens t JOIN users u ON u.pk = t.acts_as LEFT JOIN workspaces w ON w.pk = t.workspace`

func (r tokenRow) token() parley.Token {
	return parley.Token{
		Name: r.Name, ActsAs: r.ActsAs, Permissions: splitPermissions(r.Permissions), Workspace: r.Workspace,
		CreatedAt: fromMicros(r.CreatedAt), ExpiresAt: fromOptional(r.ExpiresAt), RevokedAt: fromOptional(r.RevokedAt),
	}
}

func fromOptional(n sql.Null[int64]) time.Time {
	if !n.Valid {
		return time.Time{}
	}
	return fromMicros(n.V)
}

func toOptional(t time.Time) sql.Null[int64] {
	return sql.Null[int64]{V: t.UnixMicro(), Valid: !t.IsZero()}
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
func (s *SQLite) Authenticate(ctx context.Context, hash parley.TokenHash) (parley.Caller, error) {
	return authenticate(ctx, s, s.cache.tokens, hash, tokenByHash)
}

// CreateToken keeps a token. The name of a revoked one is free again.
func (s *SQLite) CreateToken(ctx context.Context, token parley.NewToken) (parley.Token, error) {
	return written(ctx, s, func(tx *transaction) (parley.Token, error) {
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
			CreatedAt: s.now().UnixMicro(), ExpiresAt: toOptional(token.ExpiresAt),
		}
		return row.token(), insertToken(tx, token.Hash, row, user.PK, limit.PK)
	})
}

// tokenLimit is the workspace that a token is limited to, the zero row for
// none.
func tokenLimit(tx *transaction, ref string) (workspaceRow, error) {
	if ref == "" {
		return workspaceRow{}, nil
	}
	return knownWorkspace(tx, parley.Everywhere, ref)
}

func insertToken(tx *transaction, hash parley.TokenHash, row tokenRow, actsAs, workspace int64) error {
	_, err := tx.run(`
		INSERT INTO tokens (name, hash, permissions, acts_as, workspace, created_at, expires_at)
		VALUES (?, ?, ?, ?, nullif(?, 0), ?, ?)`,
		row.Name, hash[:], row.Permissions, actsAs, workspace, row.CreatedAt, row.ExpiresAt)
	return err
}

// Tokens lists all tokens in the order of their names, revoked ones too, the
// older of one name first.
func (s *SQLite) Tokens(ctx context.Context) ([]parley.Token, error) {
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
func (s *SQLite) Token(ctx context.Context, hash parley.TokenHash) (parley.Token, error) {
	var row tokenRow
	err := s.read(ctx).Get(&row, selectToken+" WHERE t.hash = cast(? AS BLOB)", hash[:])
	if errors.Is(err, sql.ErrNoRows) {
		return parley.Token{}, notFound("token")
	}
	return row.token(), err
}

// RevokeToken ends a token at once. To revoke one again changes nothing.
func (s *SQLite) RevokeToken(ctx context.Context, name string) error {
	return s.revoke(ctx, "name = ?", name)
}

// RevokeLeaked ends a token whose text was found, whatever it is called.
func (s *SQLite) RevokeLeaked(ctx context.Context, hash parley.TokenHash) error {
	return s.revoke(ctx, "hash = ?", hash[:])
}

func (s *SQLite) revoke(ctx context.Context, which string, value any) error {
	return s.writer.write(ctx, func(tx *transaction) error {
		var known bool
		if err := tx.Get(&known, "SELECT EXISTS (SELECT 1 FROM tokens WHERE "+which+")", value); err != nil {
			return err
		}
		if !known {
			return notFound("token")
		}
		_, err := tx.run("UPDATE tokens SET revoked_at = ? WHERE revoked_at IS NULL AND "+which, s.now().UnixMicro(), value)
		return err
	})
}
