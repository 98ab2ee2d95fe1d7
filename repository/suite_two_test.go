package repository

import (
	"strings"
	"testing"
	"time"

	"github.com/parley-gateway/parley"
)

// both are two stores of the same name, as two processes have them.
func (w *world) both(t *testing.T) [2]*world {
	t.Helper()
	return [2]*world{w, {Store: w.open(t, w.name), clock: w.clock}}
}

// testIdentifierLikeID has a user whose identifier is another's id: whom a caller gets
// depends on what it may see, and never on who asked before.
func testIdentifierLikeID(t *testing.T, w *world) {
	other, err := w.CreateUser(t.Context(), parley.Caller{}, parley.NewUser{
		Identifier: benID, Name: "Other", Email: "other@delay.example", Workspace: "solo"})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for ref, want := range map[string]string{benID: benID, strings.ToUpper(benID): benID, "ben": benID, other.ID: other.ID} {
			if user := w.mustUser(t, ref); user.ID != want {
				t.Errorf("%s = %+v, want %s", ref, user, want)
			}
		}
		if user, err := w.User(t.Context(), soloID, benID); err != nil || user.ID != other.ID {
			t.Errorf("in its workspace: %+v, %v, want %s", user, err, other.ID)
		}
		if _, err := w.User(t.Context(), "another", "ben"); !parley.HasCode(err, parley.CodeNotFound) {
			t.Errorf("a user of another workspace: %v", err)
		}
	}
}

// testOtherIsSeen asks one store for what the other has just done.
func testOtherIsSeen(t *testing.T, w *world) {
	both := w.both(t)
	for i := range 10 {
		one, other := both[i%2], both[1-i%2]
		token := newToken("token")
		one.mustCreateToken(t, token)
		signedOut, revoked := one.signIn(t, token.Hash, time.Hour), one.signIn(t, token.Hash, time.Hour)
		other.wantSession(t, signedOut, token.Name)
		other.wantSession(t, revoked, token.Name)
		if err := one.SignOut(t.Context(), signedOut); err != nil {
			t.Fatal(err)
		}
		other.wantNoSession(t, signedOut)
		made := one.mustChange(t, change("ben", parley.Statuses[i%len(parley.Statuses)]))
		if user := other.mustUser(t, "ben"); user != made.User {
			t.Errorf("User = %+v, want %+v", user, made.User)
		}
		if err := one.RevokeToken(t.Context(), token.Name); err != nil {
			t.Fatal(err)
		}
		_, err := other.Authenticate(t.Context(), token.Hash)
		wantCode(t, err, parley.CodeUnauthorized)
		other.wantNoSession(t, revoked)
	}
}

// testTwoTakeTurns lets two stores change one user without a pause.
func testTwoTakeTurns(t *testing.T, w *world) {
	both := w.both(t)
	const clients, each = 16, 12
	atOnce(clients, func(i int) {
		for range each {
			if _, err := both[i%2].ChangeStatus(t.Context(), change("ben", parley.StatusRisky)); err != nil {
				t.Errorf("ChangeStatus: %v", err)
				return
			}
		}
	})
	const changes = clients * each
	history := w.history(t, "ben")
	if user := w.mustUser(t, "ben"); user.Version != changes+1 || len(history) != changes {
		t.Fatalf("version %d and %d rows, want %d and %d", user.Version, len(history), changes+1, changes)
	}
	for i := 1; i < changes; i++ {
		if history[i].Seq >= history[i-1].Seq || history[i].To != history[i-1].From {
			t.Errorf("%+v does not follow %+v", history[i-1], history[i])
		}
	}
}

func testOneOfTwoWins(t *testing.T, w *world) {
	both := w.both(t)
	for round := range int64(5) {
		wins := make([]bool, 8)
		atOnce(len(wins), func(i int) {
			request := change("ben", parley.StatusRisky)
			request.IfMatch = parley.Match{Given: true, Versions: []int64{round + 1}}
			_, err := both[i%2].ChangeStatus(t.Context(), request)
			if wins[i] = err == nil; !wins[i] {
				wantCode(t, err, parley.CodePreconditionFailed)
			}
		})
		if n := count(wins); n != 1 || w.mustUser(t, "ben").Version != round+2 {
			t.Errorf("%d requests won, version %d", n, w.mustUser(t, "ben").Version)
		}
	}
}

func testKeyAtTwo(t *testing.T, w *world) {
	both := w.both(t)
	for round := range 10 {
		key := strings.Repeat("k", round+1)
		var outcomes [2]parley.Outcome
		var failures [2]error
		atOnce(2, func(i int) {
			outcomes[i], failures[i] = both[i].ChangeStatus(t.Context(), keyed("ben", parley.StatusRisky, key))
		})
		replayed := []bool{outcomes[0].Replayed, outcomes[1].Replayed}
		outcomes[0].Replayed, outcomes[1].Replayed = false, false
		if failures != [2]error{} || outcomes[0] != outcomes[1] || count(replayed) != 1 {
			t.Errorf("outcomes = %+v, %v, replayed: %v", outcomes, failures, replayed)
		}
		if n := len(w.history(t, "ben")); n != round+1 {
			t.Errorf("%d changes with %d keys", n, round+1)
		}
	}
}

// testKeyForTwoUsers uses one key for two users, whose locks do not keep the two
// requests apart.
func testKeyForTwoUsers(t *testing.T, w *world) {
	both, refs := w.both(t), [2]string{"ben", "ann"}
	for round := range 10 {
		key := strings.Repeat("k", round+1)
		wins := make([]bool, 2)
		atOnce(2, func(i int) {
			_, err := both[i].ChangeStatus(t.Context(), keyed(refs[i], parley.StatusRisky, key))
			if wins[i] = err == nil; !wins[i] {
				wantCode(t, err, parley.CodeKeyReused)
			}
		})
		if made := len(w.history(t, "ben")) + len(w.history(t, "ann")); count(wins) != 1 || made != round+1 {
			t.Errorf("%d requests won, and %d changes were made with %d keys", count(wins), made, round+1)
		}
	}
}
