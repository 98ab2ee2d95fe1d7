package repository

import (
	"database/sql"

	"github.com/parley-gateway/parley"
)

// knownCaller is who a token that was not revoked stands for, or a session of
// one.
type knownCaller struct {
	caller  parley.Caller
	expires sql.Null[stamp]
}

// authenticated is who an engine has found. A token or session ends at the moment of
// its expiry.
func (s *store) authenticated(known knownCaller, err error) (parley.Caller, error) {
	if err != nil {
		return parley.Caller{}, err
	}
	if known.expires.Valid && s.opts.present() >= known.expires.V {
		return parley.Caller{}, unknownCaller()
	}
	return known.caller, nil
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
