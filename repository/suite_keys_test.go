package repository

import (
	"sync"
	"testing"
	"time"

	"github.com/parley-gateway/parley"
)

func keyed(ref string, status parley.Status, key string) parley.ChangeRequest {
	request := change(ref, status)
	request.IdempotencyKey = key
	return request
}

func testReplay(t *testing.T, w *world) {
	request := keyed("ben", parley.StatusInactive, "key")
	request.Change.Comment = "first"
	request.IfMatch = parley.Match{Given: true, Versions: []int64{1}}
	first := w.mustChange(t, request)
	w.clock.move(time.Hour)
	w.mustChange(t, change("ben", parley.StatusRisky))

	// The same meaning: by id, in another format, under another request id.
	request.Ref, request.MediaType, request.RequestID = benID, "application/xml", "request-2"
	want := first
	want.Replayed = true
	if again := w.mustChange(t, request); again != want {
		t.Errorf("replayed %+v, want %+v", again, want)
	}
	if user := w.mustUser(t, "ben"); user.Version != 3 {
		t.Errorf("version = %d, want 3: a replay changes nothing", user.Version)
	}

	request.Caller = parley.Caller{UserID: annID}
	_, err := w.ChangeStatus(t.Context(), request)
	wantCode(t, err, parley.CodePreconditionFailed) // the key is Ben's, not Ann's
}

func testKeyReused(t *testing.T, w *world) {
	w.mustChange(t, keyed("ben", parley.StatusInactive, "key"))
	others := map[string]func(*parley.ChangeRequest){
		"another user":     func(r *parley.ChangeRequest) { r.Ref = "ann" },
		"nobody":           func(r *parley.ChangeRequest) { r.Ref = "nobody" },
		"another status":   func(r *parley.ChangeRequest) { r.Change.Status = parley.StatusActive },
		"a comment":        func(r *parley.ChangeRequest) { r.Change.Comment = "why" },
		"a precondition":   func(r *parley.ChangeRequest) { r.IfMatch = parley.Match{Given: true, Any: true} },
		"a test":           func(r *parley.ChangeRequest) { r.Change.Tests = []parley.Test{{Field: "status"}} },
		"out of its sight": func(r *parley.ChangeRequest) { r.Caller.Scope = soloID },
	}
	for name, alter := range others {
		request := keyed("ben", parley.StatusInactive, "key")
		alter(&request)
		if _, err := w.ChangeStatus(t.Context(), request); !parley.HasCode(err, parley.CodeKeyReused) {
			t.Errorf("%s: %v, want %s", name, err, parley.CodeKeyReused)
		}
	}
	if user := w.mustUser(t, "ben"); user.Version != 2 {
		t.Errorf("version = %d, want 2", user.Version)
	}
}

func testKeyAfterRefusal(t *testing.T, w *world) {
	request := keyed("ben", parley.StatusInactive, "key")
	request.IfMatch = parley.Match{Given: true, Versions: []int64{7}}
	_, err := w.ChangeStatus(t.Context(), request)
	wantCode(t, err, parley.CodePreconditionFailed)
	if outcome := w.mustChange(t, keyed("ann", parley.StatusActive, "key")); outcome.Replayed {
		t.Error("the key of a refused request was replayed")
	}
}

func testKeyExpires(t *testing.T, w *world) {
	first := w.mustChange(t, keyed("ben", parley.StatusInactive, "key"))
	w.clock.move(24*time.Hour - time.Microsecond)
	if !w.mustChange(t, keyed("ben", parley.StatusInactive, "key")).Replayed {
		t.Error("the key was forgotten within 24 hours")
	}
	w.clock.move(time.Microsecond)
	for i := range 2 * purgeBatch { // more than go at once
		w.mustChange(t, keyed("ann", parley.StatusRisky, string(rune('a'+i))))
	}
	w.clock.move(24 * time.Hour)
	second := w.mustChange(t, keyed("ben", parley.StatusActive, "key"))
	if second.Replayed || second.Change.Seq == first.Change.Seq {
		t.Errorf("outcome = %+v, want a new change", second)
	}
	if !w.mustChange(t, keyed("ben", parley.StatusActive, "key")).Replayed {
		t.Error("the key was not kept for its new request")
	}
	if last := string(rune('a' + 2*purgeBatch - 1)); w.mustChange(t, keyed("ann", parley.StatusRisky, last)).Replayed {
		t.Error("a key that outlived its time was replayed")
	}
}

// atOnce runs n goroutines that begin together and waits for them all.
func atOnce(n int, run func(i int)) {
	var all sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-begin
			run(i)
		})
	}
	close(begin)
	all.Wait()
}

const crowd = 50

func testManyWriters(t *testing.T, w *world) {
	atOnce(crowd, func(i int) {
		if _, err := w.ChangeStatus(t.Context(), change("ben", parley.Statuses[i%len(parley.Statuses)])); err != nil {
			t.Errorf("ChangeStatus: %v", err)
		}
		if _, err := w.User(t.Context(), parley.Everywhere, "ben"); err != nil {
			t.Errorf("User: %v", err)
		}
	})
	user, history := w.mustUser(t, "ben"), w.history(t, "ben")
	if user.Version != crowd+1 || len(history) != crowd {
		t.Fatalf("version %d and %d rows, want %d and %d", user.Version, len(history), crowd+1, crowd)
	}
	for i := 1; i < crowd; i++ {
		if history[i].To != history[i-1].From {
			t.Errorf("%+v does not follow %+v", history[i-1], history[i])
		}
	}
}

func testLostUpdate(t *testing.T, w *world) {
	wins := make([]bool, crowd)
	atOnce(crowd, func(i int) {
		request := change("ben", parley.StatusRisky)
		request.IfMatch = parley.Match{Given: true, Versions: []int64{1}}
		_, err := w.ChangeStatus(t.Context(), request)
		if wins[i] = err == nil; !wins[i] {
			wantCode(t, err, parley.CodePreconditionFailed)
		}
	})
	if n := count(wins); n != 1 || w.mustUser(t, "ben").Version != 2 {
		t.Errorf("%d requests won, version %d", n, w.mustUser(t, "ben").Version)
	}
}

func count(flags []bool) (n int) {
	for _, flag := range flags {
		if flag {
			n++
		}
	}
	return n
}

func testKeyRace(t *testing.T, w *world) {
	outcomes := make([]parley.Outcome, crowd)
	fresh := make([]bool, crowd)
	atOnce(crowd, func(i int) {
		var err error
		outcomes[i], err = w.ChangeStatus(t.Context(), keyed("ben", parley.StatusRisky, "key"))
		if err != nil {
			t.Errorf("ChangeStatus: %v", err)
		}
		fresh[i] = !outcomes[i].Replayed
		outcomes[i].Replayed = false
	})
	for _, outcome := range outcomes {
		if outcome != outcomes[0] {
			t.Errorf("outcomes differ: %+v and %+v", outcome, outcomes[0])
		}
	}
	if n := count(fresh); n != 1 || len(w.history(t, "ben")) != 1 {
		t.Errorf("%d changes were made, %d recorded, want 1", n, len(w.history(t, "ben")))
	}
}
