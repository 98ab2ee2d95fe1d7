package repository

import (
	"context"
	"database/sql"
	"errors"

	"github.com/parley-gateway/parley"
)

func (s *sqlite) user(ctx context.Context, scope parley.Scope, ref string) (parley.User, error) {
	user, known, version, err := s.cache.user(ref)
	if err != nil {
		return parley.User{}, storeError(err)
	}
	if known && scope.Includes(user.WorkspaceID) {
		return user, nil
	}
	row, err := findUser(s.read(ctx), scope, ref)
	if err != nil {
		return parley.User{}, err
	}
	s.cache.keepUser(ref, row, version)
	return row.user(), nil
}

func (s *sqlite) token(ctx context.Context, hash parley.TokenHash) (knownCaller, error) {
	return findCaller(ctx, s, s.cache.tokens, hash, tokenByHash)
}

func (s *sqlite) session(ctx context.Context, hash parley.SessionHash) (knownCaller, error) {
	return findCaller(ctx, s, s.cache.sessions, hash, sessionByHash)
}

// findCaller finds who a hash stands for, among those that are remembered or by a
// query for a tokenRow.
func findCaller[H parley.TokenHash | parley.SessionHash](
	ctx context.Context, s *sqlite, remembered map[H]knownCaller, hash H, query string,
) (knownCaller, error) {
	known, ok, version, err := recall(s.cache, remembered, hash)
	if ok || err != nil {
		return known, storeError(err)
	}
	var row tokenRow
	err = s.read(ctx).Get(&row, query, hash[:])
	if errors.Is(err, sql.ErrNoRows) {
		return knownCaller{}, unknownCaller()
	}
	if err != nil {
		return knownCaller{}, err
	}
	known = row.known()
	remember(s.cache, remembered, hash, known, version)
	return known, nil
}
