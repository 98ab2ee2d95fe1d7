package repository

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-gateway/parley"
)

func newToken(name string) parley.NewToken {
	hash, _ := parley.HashToken(parley.GenerateToken())
	return parley.NewToken{Name: name, Hash: hash, ActsAs: "ben", Permissions: []parley.Permission{parley.PermissionWrite, parley.PermissionRead}}
}

func (w *world) mustCreateToken(t *testing.T, token parley.NewToken) parley.Token {
	t.Helper()
	created, err := w.CreateToken(t.Context(), token)
	if err != nil {
		t.Fatalf("CreateToken(%s): %v", token.Name, err)
	}
	return created
}

func testAuthenticate(t *testing.T, w *world) {
	limited, free := newToken("limited"), newToken("free")
	limited.Workspace, limited.ActsAs = "solo", strings.ToUpper(annID)
	created := w.mustCreateToken(t, limited)
	w.mustCreateToken(t, free)
	if created.ActsAs != annID || created.Workspace != soloID || !created.CreatedAt.Equal(start.Truncate(time.Microsecond)) ||
		!created.ExpiresAt.IsZero() || !created.RevokedAt.IsZero() {
		t.Errorf("CreateToken = %+v", created)
	}

	got, err := w.Authenticate(t.Context(), limited.Hash)
	if err != nil || got.UserID != annID || got.Token != "limited" || got.Scope != soloID || !slices.Equal(got.Permissions, limited.Permissions) {
		t.Errorf("Authenticate = %+v, %v", got, err)
	}
	got, err = w.Authenticate(t.Context(), free.Hash)
	if err != nil || got.UserID != benID || got.Scope != parley.Everywhere {
		t.Errorf("Authenticate = %+v, %v", got, err)
	}
	_, err = w.Authenticate(t.Context(), newToken("").Hash)
	wantCode(t, err, parley.CodeUnauthorized)

	list, err := w.Tokens(t.Context())
	if err != nil || len(list) != 2 || list[0].Name != "free" || list[1].Name != "limited" || list[1].Workspace != soloID {
		t.Errorf("Tokens = %+v, %v", list, err)
	}
}

func testTokenEnds(t *testing.T, w *world) {
	expiring, revoked := newToken("expiring"), newToken("revoked")
	expiring.ExpiresAt = start.Truncate(time.Microsecond).Add(time.Hour)
	if created := w.mustCreateToken(t, expiring); !created.ExpiresAt.Equal(expiring.ExpiresAt) {
		t.Errorf("expires at %v, want %v", created.ExpiresAt, expiring.ExpiresAt)
	}
	w.mustCreateToken(t, revoked)

	w.clock.move(time.Hour - time.Microsecond)
	if _, err := w.Authenticate(t.Context(), expiring.Hash); err != nil {
		t.Errorf("before its expiry: %v", err)
	}
	w.clock.move(time.Microsecond)
	_, err := w.Authenticate(t.Context(), expiring.Hash)
	wantCode(t, err, parley.CodeUnauthorized)

	if err := w.RevokeToken(t.Context(), "revoked"); err != nil {
		t.Fatal(err)
	}
	_, err = w.Authenticate(t.Context(), revoked.Hash)
	wantCode(t, err, parley.CodeUnauthorized)
	before, _ := w.Tokens(t.Context())
	w.clock.move(time.Hour)
	if err := w.RevokeToken(t.Context(), "revoked"); err != nil {
		t.Errorf("to revoke again: %v", err)
	}
	after, _ := w.Tokens(t.Context())
	if len(after) != 2 || after[1].RevokedAt.IsZero() || !after[1].RevokedAt.Equal(before[1].RevokedAt) {
		t.Errorf("to revoke again made %+v of %+v", after, before)
	}
	wantCode(t, w.RevokeToken(t.Context(), "unknown"), parley.CodeNotFound)
}

func testCreateTokenRefused(t *testing.T, w *world) {
	refused := newToken("token")
	refused.ActsAs = "nobody"
	_, err := w.CreateToken(t.Context(), refused)
	wantFault(t, err, parley.CodeInvalid, "acts_as", "unknown")
	refused = newToken("token")
	refused.Workspace = "nowhere"
	_, err = w.CreateToken(t.Context(), refused)
	wantFault(t, err, parley.CodeInvalid, "workspace", "unknown")
	refused = newToken("token")
	refused.Permissions = []parley.Permission{"users:read users:admin"}
	_, err = w.CreateToken(t.Context(), refused)
	wantFault(t, err, parley.CodeInvalid, "permissions", "unknown")
	_, err = w.CreateToken(t.Context(), newToken(""))
	wantFault(t, err, parley.CodeInvalid, "name", "invalid-value")
}

func testTokenName(t *testing.T, w *world) {
	first, second := newToken("demo"), newToken("demo")
	w.mustCreateToken(t, first)
	_, err := w.CreateToken(t.Context(), second)
	wantFault(t, err, parley.CodeTaken, "name", "taken")
	if err := w.RevokeToken(t.Context(), "demo"); err != nil {
		t.Fatal(err)
	}
	w.mustCreateToken(t, second)
	_, err = w.Authenticate(t.Context(), first.Hash)
	wantCode(t, err, parley.CodeUnauthorized)
	if _, err := w.Authenticate(t.Context(), second.Hash); err != nil {
		t.Errorf("the new token: %v", err)
	}
	list, err := w.Tokens(t.Context())
	if err != nil || len(list) != 2 || list[0].RevokedAt.IsZero() || !list[1].RevokedAt.IsZero() {
		t.Errorf("Tokens = %+v, %v, want the revoked one first", list, err)
	}
}

func testTokenFound(t *testing.T, w *world) {
	leaked, other := newToken("demo"), newToken("demo")
	created := w.mustCreateToken(t, leaked)
	if found, err := w.Token(t.Context(), leaked.Hash); err != nil || !reflect.DeepEqual(found, created) {
		t.Errorf("Token = %+v, %v, want %+v", found, err, created)
	}
	if err := w.RevokeLeaked(t.Context(), leaked.Hash); err != nil {
		t.Fatal(err)
	}
	_, err := w.Authenticate(t.Context(), leaked.Hash)
	wantCode(t, err, parley.CodeUnauthorized)

	// The name is another's now, whom it does not end to revoke the old one again.
	w.mustCreateToken(t, other)
	if err := w.RevokeLeaked(t.Context(), leaked.Hash); err != nil {
		t.Error(err)
	}
	if _, err := w.Authenticate(t.Context(), other.Hash); err != nil {
		t.Errorf("the token that has its name now: %v", err)
	}
	if found, err := w.Token(t.Context(), leaked.Hash); err != nil || found.RevokedAt.IsZero() {
		t.Errorf("Token = %+v, %v", found, err)
	}
	_, err = w.Token(t.Context(), newToken("").Hash)
	wantCode(t, err, parley.CodeNotFound)
	wantCode(t, w.RevokeLeaked(t.Context(), newToken("").Hash), parley.CodeNotFound)
}
