package repository

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-gateway/parley"
)

// held is an engine that can be kept from carrying out changes. Those that are asked
// for until it is released wait, and are carried out in one transaction.
type held interface {
	hold(t *testing.T) (release func())
	waiting() int
}

func (w *world) held() held { return w.Store.(*store).engine.(held) }

// together carries out requests in one transaction, in this order, and returns what
// each came to.
func (w *world) together(t *testing.T, requests ...parley.ChangeRequest) ([]parley.Outcome, []error) {
	t.Helper()
	outcomes, failures := make([]parley.Outcome, len(requests)), make([]error, len(requests))
	var all sync.WaitGroup
	release := w.held().hold(t)
	for i, request := range requests {
		all.Go(func() { outcomes[i], failures[i] = w.ChangeStatus(t.Context(), request) })
		eventually(t, "the request waits", func() bool { return w.held().waiting() == i+1 })
	}
	release()
	all.Wait()
	return outcomes, failures
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never happened: %s", what)
		}
	}
}

// testOneFailure has refusals of every kind among the changes of one transaction:
// before the first write, by a constraint after it, by what the caller is, and by a
// state that an earlier change of the same transaction has made.
func testOneFailure(t *testing.T, w *world) {
	late, fromNobody := change("ben", parley.StatusRisky), change("ann", parley.StatusRisky)
	late.IfMatch = parley.Match{Given: true, Versions: []int64{1}}
	fromNobody.Caller.UserID = nobodyID
	tooLong := keyed("ann", parley.StatusRisky, strings.Repeat("k", 256)) // the last of three writes fails
	outcomes, failures := w.together(t,
		change("ben", parley.StatusInactive),
		change("nobody", parley.StatusInactive),
		tooLong,
		late,
		change("ann", parley.StatusSuspended),
		keyed("ben", parley.StatusActive, "key"),
		keyed("ben", parley.StatusActive, "key"),
		fromNobody,
	)
	wantCode(t, failures[1], parley.CodeNotFound)
	wantCode(t, failures[3], parley.CodePreconditionFailed)
	for what, failure := range map[string]error{"a key that is too long": failures[2], "a caller who is no user": failures[7]} {
		if failure == nil || parley.AsError(failure).Code != parley.CodeInternal {
			t.Errorf("%s: %v, want the store's own error", what, failure)
		}
	}
	for i, version := range map[int]int64{0: 2, 4: 2, 5: 3, 6: 3} {
		if failures[i] != nil || outcomes[i].User.Version != version {
			t.Errorf("request %d: %+v, %v, want version %d", i, outcomes[i], failures[i], version)
		}
	}
	if outcomes[5].Replayed || !outcomes[6].Replayed {
		t.Errorf("replayed: %t, %t", outcomes[5].Replayed, outcomes[6].Replayed)
	}
	if ben, ann := w.history(t, "ben"), w.history(t, "ann"); len(ben) != 2 || len(ann) != 1 {
		t.Errorf("histories = %+v and %+v", ben, ann)
	}
}

// testPanic lets the clock panic while a change is decided, beside others of the same
// transaction.
func testPanic(t *testing.T, w *world) {
	falls := true
	store := openStore(t, w.name, Options{Now: func() time.Time {
		if falls {
			falls = false
			panic("the clock fell off the wall")
		}
		return start
	}})
	defer closeStore(t, store)
	w = &world{Store: store}
	outcomes, failures := w.together(t, change("ben", parley.StatusRisky), change("ann", parley.StatusInactive))
	if err := failures[0]; err == nil || parley.AsError(err).Code != parley.CodeInternal || !strings.Contains(err.Error(), "fell off") {
		t.Errorf("error = %v, want the store's own", err)
	}
	if failures[1] != nil || outcomes[1].User.Version != 2 {
		t.Errorf("the other: %+v, %v", outcomes[1], failures[1])
	}
	if outcome := w.mustChange(t, change("ben", parley.StatusRisky)); outcome.User.Version != 2 {
		t.Errorf("afterwards: %+v", outcome)
	}
}

// testDeadlineInQueue ends a caller's time before the turn of its change, which never
// comes to anything then.
func testDeadlineInQueue(t *testing.T, w *world) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	release := w.held().hold(t)
	_, err := w.ChangeStatus(ctx, change("ben", parley.StatusRisky))
	release()
	wantDetail(t, err, "Nothing was changed.")
	w.wantVersion(t, "ben", 1)
}

func wantDetail(t *testing.T, err error, part string) {
	t.Helper()
	wantCode(t, err, parley.CodeUnavailable)
	if detail := parley.AsError(err).Detail; !strings.Contains(detail, part) {
		t.Errorf("detail = %q, want %q in it", detail, part)
	}
}

// wantVersion asks once another change has been carried out, and all that waited before
// it.
func (w *world) wantVersion(t *testing.T, ref string, version int64) {
	t.Helper()
	w.mustChange(t, change(strayID, parley.StatusRisky))
	if user := w.mustUser(t, ref); user.Version != version {
		t.Errorf("%s is at version %d, want %d", ref, user.Version, version)
	}
}

func testCallerWentAway(t *testing.T, w *world) {
	ctx, leave := context.WithCancel(t.Context())
	ended := make(chan error)
	release := w.held().hold(t)
	go func() {
		_, err := w.ChangeStatus(ctx, change("ben", parley.StatusRisky))
		ended <- err
	}()
	leave()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want %v", err, context.Canceled)
	}
	release()
	w.wantVersion(t, "ben", 1)
}

func testQueueIsBounded(t *testing.T, w *world) {
	var all sync.WaitGroup
	release := w.held().hold(t)
	for range queueLength {
		all.Go(func() {
			if _, err := w.ChangeStatus(t.Context(), change("ben", parley.StatusRisky)); err != nil {
				t.Errorf("a change that had found room: %v", err)
			}
		})
	}
	eventually(t, "the queue is full", func() bool { return w.held().waiting() == queueLength })
	_, err := w.ChangeStatus(t.Context(), change("ann", parley.StatusRisky))
	wantDetail(t, err, "Nothing was changed.")
	release()
	all.Wait()
	w.wantVersion(t, "ben", queueLength+1)
	w.wantVersion(t, "ann", 1)
}
