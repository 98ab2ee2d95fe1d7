package repository

import (
	"context"
	"database/sql"
	"errors"

	"github.com/parley-gateway/parley"
)

// knownCaller is who a token that was not revoked stands for, or a session of
// one. Expires is in microseconds.
type knownCaller struct {
	caller  parley.Caller
	expires sql.Null[int64]
}

// authenticate finds who a hash stands for, among those that are remembered or
// by a query for a tokenRow. A token or session ends at the moment of its expiry.
func authenticate[H parley.TokenHash | parley.SessionHash](
	ctx context.Context, s *SQLite, remembered map[H]knownCaller, hash H, query string,
) (parley.Caller, error) {
	known, err := findCaller(ctx, s, remembered, hash, query)
	if err != nil {
		return parley.Caller{}, err
	}
	if known.expires.Valid && s.now().UnixMicro() >= known.expires.V {
		return parley.Caller{}, unknownCaller()
	}
	return known.caller, nil
}

func findCaller[H parley.TokenHash | parley.SessionHash](
	ctx context.Context, s *SQLite, remembered map[H]knownCaller, hash H, query string,
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

func (r tokenRow) known() knownCaller {
	return knownCaller{
		caller: parley.Caller{
			UserID: r.ActsAs, Token: r.Name, Permissions: splitPermissions(r.Permissions), Scope: r.Workspace,
		},
		expires: r.ExpiresAt,
	}
}

func unknownCaller() error {
	return parley.NewError(parley.CodeUnauthorized, "The token or session is unknown, expired or revoked.")
}
