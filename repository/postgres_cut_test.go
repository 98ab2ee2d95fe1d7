package repository

import (
	"fmt"
	"testing"
	"time"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/repository/postgrestest"
)

// openByProxy opens a store with a few people in it by way of a proxy. Its statements
// are prepared: a change is two round trips from now on.
func openByProxy(t *testing.T, opts Options) (*world, *proxy) {
	t.Helper()
	p, name := newProxy(t, postgrestest.Database(t))
	opts.ReadConnections = 1
	store := openStore(t, name, opts)
	t.Cleanup(func() { closeStore(t, store) })
	if err := store.Load(t.Context(), workspaces(), users()); err != nil {
		t.Fatal(err)
	}
	w := &world{Store: store, name: name}
	w.changeAtLast(t, keyed(strayID, parley.StatusRisky, "warm"))
	return w, p
}

// changeAtLast asks again for as long as the store is unavailable.
func (w *world) changeAtLast(t *testing.T, request parley.ChangeRequest) (outcome parley.Outcome) {
	t.Helper()
	eventually(t, "the change is made", func() bool {
		var err error
		outcome, err = w.ChangeStatus(t.Context(), request)
		if err != nil && !parley.HasCode(err, parley.CodeUnavailable) {
			t.Fatalf("ChangeStatus: %v", err)
		}
		return err == nil
	})
	return outcome
}

// TestRoundTrips has a batch make two, whatever is in it.
func TestRoundTrips(t *testing.T) {
	w, p := openByProxy(t, Options{})
	var requests []parley.ChangeRequest
	for i := range 100 {
		requests = append(requests, keyed([]string{"ben", "ann", elseID}[i%3], parley.StatusRisky, fmt.Sprint("key ", i)))
	}
	trips := p.tripsDuring(func() {
		if _, failures := w.together(t, requests...); failures[0] != nil || failures[99] != nil {
			t.Errorf("errors = %v", failures)
		}
	})
	if trips != 2+2 { // the first two are those of the change that waited already
		t.Errorf("%d round trips for two transactions", trips)
	}
}

// TestCutConnections has changes made once, whatever moment of a transaction the
// connection is lost at, and however often.
func TestCutConnections(t *testing.T) {
	for _, at := range moments {
		t.Run(string(at), func(t *testing.T) {
			w, p := openByProxy(t, Options{})
			for _, times := range []int{1, 3} {
				p.cut(at, times, func() {})
				outcomes, failures := w.together(t, change("ben", parley.StatusRisky), keyed("ann", parley.StatusActive, fmt.Sprint("key ", times)))
				for i, outcome := range outcomes {
					if failures[i] != nil || outcome.Replayed {
						t.Errorf("%+v, %v", outcome, failures[i])
					}
				}
				if left := p.cut(at, 0, nil); left != 0 {
					t.Errorf("%d cuts were never made", left)
				}
			}
			for _, ref := range []string{"ben", "ann"} {
				if user, made := w.mustUser(t, ref), len(w.history(t, ref)); made != 2 || user.Version != 3 {
					t.Errorf("%d changes, left %+v", made, user)
				}
			}
		})
	}
}

// TestServerGone loses the server for longer than a change may take.
func TestServerGone(t *testing.T) {
	for _, at := range moments {
		t.Run(string(at), func(t *testing.T) {
			w, p := openByProxy(t, Options{BusyTimeout: 300 * time.Millisecond})
			p.cut(at, 1, p.goAway)
			_, err := w.ChangeStatus(t.Context(), keyed("ben", parley.StatusRisky, "key"))
			told := "it may be"
			if at == beginUnanswered {
				told = "Nothing was changed."
			}
			wantDetail(t, err, told)
			_, err = w.User(t.Context(), parley.Everywhere, "ben")
			wantCode(t, err, parley.CodeUnavailable)
			p.comeBack()
			outcome := w.changeAtLast(t, keyed("ben", parley.StatusRisky, "key"))
			if made := len(w.history(t, "ben")); made != 1 || outcome.User.Version != 2 || at == commitUnanswered && !outcome.Replayed {
				t.Errorf("%d changes, the last: %+v", made, outcome)
			}
		})
	}
}

// TestCutCommands has what is no change of a status made at most once: a command is not
// tried again where nobody knows what became of it.
func TestCutCommands(t *testing.T) {
	for _, at := range moments {
		t.Run(string(at), func(t *testing.T) {
			w, p := openByProxy(t, Options{})
			p.cut(at, 1, func() {})
			token := newToken("token")
			_, err := w.CreateToken(t.Context(), token)
			if at == commitUnanswered {
				wantDetail(t, err, "it may be")
			} else if err != nil {
				t.Errorf("CreateToken: %v", err)
			}
			if _, err := w.Authenticate(t.Context(), token.Hash); err != nil {
				t.Errorf("Authenticate: %v", err)
			}
		})
	}
}

// TestIdleConnectionsLost loses all connections between two requests.
func TestIdleConnectionsLost(t *testing.T) {
	w, p := openByProxy(t, Options{})
	token := newToken("token")
	w.mustCreateToken(t, token)
	lose := func() {
		p.goAway()
		p.comeBack()
	}
	lose()
	w.mustUser(t, "ben")
	lose()
	w.mustChange(t, change("ben", parley.StatusRisky))
	lose()
	if _, err := w.Authenticate(t.Context(), token.Hash); err != nil {
		t.Errorf("Authenticate: %v", err)
	}
	lose()
	if err := w.RevokeToken(t.Context(), token.Name); err != nil {
		t.Errorf("RevokeToken: %v", err)
	}
	lose()
	if n := len(w.history(t, "ben")); n != 1 {
		t.Errorf("%d changes", n)
	}
}
