package repository

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/parley-gateway/parley"
)

func (w *world) signIn(t *testing.T, token parley.TokenHash, lifetime time.Duration) parley.SessionHash {
	t.Helper()
	hash, _ := parley.HashSession(parley.GenerateSession())
	if _, err := w.SignIn(t.Context(), parley.NewSession{Hash: hash, Token: token, Lifetime: lifetime}); err != nil {
		t.Errorf("SignIn: %v", err)
	}
	return hash
}

func (w *world) wantSession(t *testing.T, hash parley.SessionHash, token string) {
	t.Helper()
	if caller, err := w.AuthenticateSession(t.Context(), hash); err != nil || caller.Token != token {
		t.Errorf("AuthenticateSession = %+v, %v, want a session of %s", caller, err, token)
	}
}

func (w *world) wantNoSession(t *testing.T, hash parley.SessionHash) {
	t.Helper()
	caller, err := w.AuthenticateSession(t.Context(), hash)
	wantCode(t, err, parley.CodeUnauthorized)
	if caller.UserID != "" || caller.Permissions != nil {
		t.Errorf("a session that is none stands for %+v", caller)
	}
}

func testSignIn(t *testing.T, w *world) {
	token := newToken("limited")
	token.Workspace, token.ActsAs = "solo", annID
	w.mustCreateToken(t, token)
	hash, _ := parley.HashSession(parley.GenerateSession())
	w.wantNoSession(t, hash)

	signedIn, err := w.SignIn(t.Context(), parley.NewSession{Hash: hash, Token: token.Hash, Lifetime: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	known, err := w.AuthenticateSession(t.Context(), hash)
	if err != nil {
		t.Fatal(err)
	}
	for _, caller := range []parley.Caller{signedIn, known} {
		if caller.UserID != annID || caller.Token != "limited" || caller.Scope != soloID || !slices.Equal(caller.Permissions, token.Permissions) {
			t.Errorf("the session stands for %+v", caller)
		}
	}
	// A session is no token, nor a token a session.
	_, err = w.Authenticate(t.Context(), parley.TokenHash(hash))
	wantCode(t, err, parley.CodeUnauthorized)
	w.wantNoSession(t, parley.SessionHash(token.Hash))

	unknown := newToken("unknown")
	_, err = w.SignIn(t.Context(), parley.NewSession{Hash: parley.SessionHash{1}, Token: unknown.Hash, Lifetime: time.Hour})
	wantCode(t, err, parley.CodeUnauthorized)
	w.wantNoSession(t, parley.SessionHash{1})
}

func testSessionExpires(t *testing.T, w *world) {
	lasting, expiring := newToken("lasting"), newToken("expiring")
	expiring.ExpiresAt = start.Truncate(time.Microsecond).Add(time.Minute)
	w.mustCreateToken(t, lasting)
	w.mustCreateToken(t, expiring)
	hour, minute := w.signIn(t, lasting.Hash, time.Hour), w.signIn(t, expiring.Hash, time.Hour)

	w.clock.move(time.Minute - time.Microsecond)
	w.wantSession(t, minute, "expiring")
	w.clock.move(time.Microsecond)
	w.wantNoSession(t, minute)
	_, err := w.SignIn(t.Context(), parley.NewSession{Hash: parley.SessionHash{1}, Token: expiring.Hash, Lifetime: time.Hour})
	wantCode(t, err, parley.CodeUnauthorized)

	w.clock.move(59*time.Minute - time.Microsecond)
	w.wantSession(t, hour, "lasting")
	w.clock.move(time.Microsecond)
	w.wantNoSession(t, hour)
}

func testSessionEndsWithToken(t *testing.T, w *world) {
	revoked, other := newToken("revoked"), newToken("other")
	w.mustCreateToken(t, revoked)
	w.mustCreateToken(t, other)
	first, second := w.signIn(t, revoked.Hash, time.Hour), w.signIn(t, revoked.Hash, time.Hour)
	stays := w.signIn(t, other.Hash, time.Hour)
	w.wantSession(t, first, "revoked")
	w.wantSession(t, second, "revoked")

	if err := w.RevokeToken(t.Context(), "revoked"); err != nil {
		t.Fatal(err)
	}
	w.wantNoSession(t, first)
	w.wantNoSession(t, second)
	w.wantSession(t, stays, "other")
	_, err := w.SignIn(t.Context(), parley.NewSession{Hash: parley.SessionHash{1}, Token: revoked.Hash, Lifetime: time.Hour})
	wantCode(t, err, parley.CodeUnauthorized)

	// The name is free again, and the sessions of the old token stay ended.
	w.mustCreateToken(t, newToken("revoked"))
	w.wantNoSession(t, first)
}

func testSignOut(t *testing.T, w *world) {
	token := newToken("token")
	w.mustCreateToken(t, token)
	ended, stays := w.signIn(t, token.Hash, time.Hour), w.signIn(t, token.Hash, time.Hour)
	w.wantSession(t, ended, "token")
	for range 2 {
		if err := w.SignOut(t.Context(), ended); err != nil {
			t.Errorf("SignOut: %v", err)
		}
		w.wantNoSession(t, ended)
	}
	w.wantSession(t, stays, "token")
	if _, err := w.Authenticate(t.Context(), token.Hash); err != nil {
		t.Errorf("the token itself: %v", err)
	}
}

// testManySessions signs in while those who are signed in are known and others
// sign out.
func testManySessions(t *testing.T, w *world) {
	const people = 32
	token := newToken("token")
	w.mustCreateToken(t, token)
	var wg sync.WaitGroup
	sessions := make([]parley.SessionHash, people)
	for i := range sessions {
		wg.Go(func() {
			sessions[i] = w.signIn(t, token.Hash, time.Hour)
			w.wantSession(t, sessions[i], "token")
			if i%2 == 0 {
				if err := w.SignOut(t.Context(), sessions[i]); err != nil {
					t.Errorf("SignOut: %v", err)
				}
				w.wantNoSession(t, sessions[i])
			}
		})
	}
	wg.Wait()
	for i, session := range sessions {
		if i%2 == 0 {
			w.wantNoSession(t, session)
		} else {
			w.wantSession(t, session, "token")
		}
	}
}

// TestOldSessionsGo counts the rows: those that have expired go when others are
// made.
func TestOldSessionsGo(t *testing.T) {
	clock := &clock{time: start}
	store := openStore(t, newPath(t), Options{Now: clock.now})
	defer store.Close()
	if err := store.Load(t.Context(), workspaces(), users()); err != nil {
		t.Fatal(err)
	}
	w := &world{Store: store, clock: clock}
	token := newToken("token")
	w.mustCreateToken(t, token)
	for range purgeBatch {
		w.signIn(t, token.Hash, time.Hour)
	}
	lasting := w.signIn(t, token.Hash, 2*time.Hour)
	clock.move(time.Hour)
	w.signIn(t, token.Hash, time.Hour)
	var left int
	if err := fileOf(store).reader.Get(&left, "SELECT count(*) FROM sessions"); err != nil || left != 2 {
		t.Errorf("%d sessions are left, %v, want 2", left, err)
	}
	w.wantSession(t, lasting, "token")
}
