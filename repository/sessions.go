package repository

import (
	"context"

	"github.com/parley-gateway/parley"
)

// sessionByHash finds the token that a session stands for, with the session's
// own expiry.
const sessionByHash = `
	SELECT t.name, t.permissions, u.id AS acts_as, coalesce(cast(w.id AS TEXT), '') AS workspace, s.expires_at
	FROM sessions s JOIN tokens t ON t.pk = s.token
		JOIN users u ON u.pk = t.acts_as LEFT JOIN workspaces w ON w.pk = t.workspace
	WHERE s.hash = cast(? AS BLOB) AND t.revoked_at IS NULL`

// SignIn makes a session, and lets old ones go. A token that is revoked at this
// moment makes one that never counts.
func (s *store) SignIn(ctx context.Context, session parley.NewSession) (parley.Caller, error) {
	caller, err := s.Authenticate(ctx, session.Token)
	if err != nil {
		return parley.Caller{}, err
	}
	err = s.write(ctx, func(tx transaction) error {
		now := s.now()
		if err := purgeSessions(tx, stampOf(now)); err != nil {
			return err
		}
		return insertSession(tx, session, stampOf(now), stampOf(now.Add(session.Lifetime)))
	})
	if err != nil {
		return parley.Caller{}, err
	}
	return caller, nil
}

func purgeSessions(tx transaction, now stamp) error {
	return tx.run(`
		DELETE FROM sessions WHERE pk IN (
			SELECT pk FROM sessions WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`,
		now, purgeBatch)
}

// insertSession lets no session outlive its token, whose expiry is never altered.
func insertSession(tx transaction, session parley.NewSession, now, expires stamp) error {
	return tx.run(`
		INSERT INTO sessions (hash, token, created_at, expires_at)
		SELECT ?, pk, ?, CASE WHEN expires_at < ? THEN expires_at ELSE ? END FROM tokens WHERE hash = ?`,
		session.Hash[:], now, expires, expires, session.Token[:])
}

// AuthenticateSession finds who a session stands for.
func (s *store) AuthenticateSession(ctx context.Context, hash parley.SessionHash) (parley.Caller, error) {
	return s.authenticated(s.session(ctx, hash))
}

// SignOut ends a session at once.
func (s *store) SignOut(ctx context.Context, hash parley.SessionHash) error {
	return s.write(ctx, func(tx transaction) error {
		return tx.run("DELETE FROM sessions WHERE hash = ?", hash[:])
	})
}
