package repository

import (
	"strings"
	"testing"
	"time"

	"github.com/parley-gateway/parley"
)

func testChangeStatus(t *testing.T, w *world) {
	request := change("ben", parley.StatusInactive)
	request.Caller = parley.Caller{UserID: annID}
	request.Change.Comment = "On leave.\nBack in May. 🌱"
	outcome := w.mustChange(t, request)

	now := start.Truncate(time.Microsecond)
	user := users()[0]
	user.Version, user.Status, user.UpdatedAt, user.UpdatedBy = 2, parley.StatusInactive, now, annID
	user.WorkspaceType, user.OwnerID, user.DomainName = parley.WorkspaceMultiUser, annID, "delay.example"
	made := parley.Change{
		Seq: outcome.Change.Seq, UserID: benID, From: parley.StatusActive, To: parley.StatusInactive,
		Comment: "On leave.\nBack in May. 🌱", ChangedBy: annID, RequestID: "request-1",
		MediaType: "application/json", ChangedAt: now,
	}
	if want := (parley.Outcome{User: user, Change: made}); outcome != want {
		t.Errorf("outcome = %+v, want %+v", outcome, want)
	}
	if got := w.mustUser(t, "ben"); got != user {
		t.Errorf("user = %+v, want %+v", got, user)
	}
	if history := w.history(t, "ben"); len(history) != 1 || history[0] != made {
		t.Errorf("history = %+v, want only %+v", history, made)
	}
	if history := w.history(t, "ann"); len(history) != 0 {
		t.Errorf("another user's history = %+v, want none", history)
	}

	again := w.mustChange(t, request)
	if again.User.Version != 3 || again.Change.From != parley.StatusInactive {
		t.Errorf("change to the same status = %+v, want version 3", again)
	}
}

func testChangeWithoutCaller(t *testing.T, w *world) {
	request := change("ben", parley.StatusInactive)
	request.Caller = parley.Caller{}
	outcome := w.mustChange(t, request)
	if outcome.Change.ChangedBy != "" || outcome.User.UpdatedBy != "" {
		t.Errorf("changed by %q and %q, want nobody", outcome.Change.ChangedBy, outcome.User.UpdatedBy)
	}
	if history := w.history(t, "ben"); len(history) != 1 || history[0] != outcome.Change {
		t.Errorf("history = %+v, want %+v", history, outcome.Change)
	}

	request.Caller.UserID = strings.Replace(benID, "d", "e", 1)
	if _, err := w.ChangeStatus(t.Context(), request); err == nil || parley.HasCode(err, parley.CodeNotFound) {
		t.Errorf("caller who is no user: %v, want a failure of the store", err)
	}
}

func testTimeNeverBackwards(t *testing.T, w *world) {
	first := w.mustChange(t, change("ben", parley.StatusRisky))
	w.clock.move(-time.Hour)
	second := w.mustChange(t, change("ben", parley.StatusActive))
	if !second.User.UpdatedAt.Equal(first.User.UpdatedAt) || !second.Change.ChangedAt.Equal(second.User.UpdatedAt) {
		t.Errorf("times = %v, then %v and %v", first.User.UpdatedAt, second.User.UpdatedAt, second.Change.ChangedAt)
	}
}

// testStaleChange sends what was seen before others made changes.
func testStaleChange(t *testing.T, w *world) {
	detail := func(versions ...int64) string {
		t.Helper()
		request := change("ben", parley.StatusActive)
		request.IfMatch = parley.Match{Given: true, Versions: versions}
		_, err := w.ChangeStatus(t.Context(), request)
		wantCode(t, err, parley.CodePreconditionFailed)
		return parley.AsError(err).Detail
	}
	for _, status := range []parley.Status{parley.StatusRisky, parley.StatusSuspended, parley.StatusInactive} {
		w.clock.move(time.Hour)
		w.mustChange(t, change("ben", status))
	}
	tests := []struct {
		versions []int64
		want     string
	}{
		{[]int64{1, 2, 9}, " Since version 2: suspended to inactive at 2024-02-29T15:00:00Z; risky to suspended at 2024-02-29T14:00:00Z."},
		{[]int64{3}, " Since version 3: suspended to inactive at 2024-02-29T15:00:00Z."},
		{[]int64{5}, ""},
		{nil, ""},
	}
	for _, test := range tests {
		if got, want := detail(test.versions...), "The user is at version 4, which If-Match does not name."+test.want; got != want {
			t.Errorf("%v: %q, want %q", test.versions, got, want)
		}
	}
	for range maxTold {
		w.mustChange(t, change("ben", parley.StatusRisky))
	}
	told := detail(1)
	if n := strings.Count(told, " at 2024"); n != maxTold || !strings.HasSuffix(told, "; and more before.") {
		t.Errorf("%d changes are told: %q", n, told)
	}
}

// testRefusals takes away one obstacle after the other, so that each refusal
// comes before the next.
func testRefusals(t *testing.T, w *world) {
	keyed := change("ann", parley.StatusRisky)
	keyed.IdempotencyKey = "used"
	w.mustChange(t, keyed)

	other := "other"
	request := change("nobody", parley.StatusInactive)
	request.IdempotencyKey = "used"
	request.IfMatch = parley.Match{Required: true}
	request.Change.Tests = []parley.Test{{Field: "status", Want: &other}}
	refused := func(code parley.Code) {
		t.Helper()
		_, err := w.ChangeStatus(t.Context(), request)
		wantCode(t, err, code)
	}
	refused(parley.CodeKeyReused)
	request.Ref = "ben"
	refused(parley.CodeKeyReused)
	request.IdempotencyKey, request.Ref = "new", "nobody"
	refused(parley.CodeNotFound)
	request.Ref = "ben"
	refused(parley.CodePreconditionRequired)
	request.IfMatch = parley.Match{Required: true, Given: true, Versions: []int64{2, 3}}
	refused(parley.CodePreconditionFailed)
	request.IfMatch = parley.Match{Given: true}
	refused(parley.CodePreconditionFailed)
	request.IfMatch = parley.Match{Required: true, Given: true, Versions: []int64{1, 3}}
	refused(parley.CodePatchTestFailed)
	if user := w.mustUser(t, "ben"); user.Version != 1 || len(w.history(t, "ben")) != 0 {
		t.Errorf("refused requests left %+v and %v", user, w.history(t, "ben"))
	}
	request.Change.Tests = nil
	w.mustChange(t, request)

	request.IfMatch, request.IdempotencyKey = parley.Match{Given: true, Any: true}, ""
	w.mustChange(t, request)

	request.IfMatch, request.Change.Comment = parley.Match{}, strings.Repeat("é", parley.MaxComment)
	w.mustChange(t, request)
	request.Change.Comment += "é"
	_, err := w.ChangeStatus(t.Context(), request)
	wantFault(t, err, parley.CodeInvalid, "review_comment", "invalid-value")
}

func testPatchTests(t *testing.T, w *world) {
	text := func(s string) *string { return &s }
	try := func(test parley.Test) error {
		request := change("ben", parley.StatusActive)
		request.Change.Comment = "because"
		request.Change.Tests = []parley.Test{test}
		_, err := w.ChangeStatus(t.Context(), request)
		return err
	}
	fails := func(test parley.Test) {
		t.Helper()
		wantFault(t, try(test), parley.CodePatchTestFailed, test.Field, "test-failed")
	}
	holds := func(test parley.Test) {
		t.Helper()
		if err := try(test); err != nil {
			t.Errorf("%s: %v", test.Field, err)
		}
	}
	fails(parley.Test{Field: "review_comment", Want: text("because")})
	fails(parley.Test{Field: "review_comment", Want: text("")})
	fails(parley.Test{Field: "status", Want: text("risky")})
	fails(parley.Test{Field: "status"})
	holds(parley.Test{Field: "status", Want: text("active")})
	holds(parley.Test{Field: "review_comment", Want: text("because")})
	fails(parley.Test{Field: "review_comment", Want: text("Because")})
	fails(parley.Test{Field: "name", Want: text("Benjamin Zhang")})
	holds(parley.Test{Field: "status", Want: text("risky"), Have: text("risky")})
}

func testHistory(t *testing.T, w *world) {
	const changes = 12
	for i := range changes {
		// The other user's rows stand between those of this one.
		w.mustChange(t, change("ann", parley.StatusRisky))
		outcome := w.mustChange(t, change("ben", parley.Statuses[i%len(parley.Statuses)]))
		if outcome.User.Version != int64(i+2) {
			t.Fatalf("change %d: version %d", i, outcome.User.Version)
		}
		w.clock.move(time.Second)
	}
	history := w.history(t, "ben")
	if len(history) != changes {
		t.Fatalf("history has %d rows, want %d", len(history), changes)
	}
	to := w.mustUser(t, "ben").Status
	for i, row := range history {
		if row.UserID != benID || row.To != to {
			t.Errorf("row %d = %+v, want one that ends in %s", i, row, to)
		}
		if i > 0 && (row.Seq >= history[i-1].Seq || !row.ChangedAt.Before(history[i-1].ChangedAt)) {
			t.Errorf("row %d is not older than the one before it: %+v", i, row)
		}
		to = row.From
	}
	if to != parley.StatusActive {
		t.Errorf("the history begins with %s, want active", to)
	}
}

func testHistoryPages(t *testing.T, w *world) {
	const changes = 7
	for range changes {
		w.mustChange(t, change("ben", parley.StatusRisky))
		w.mustChange(t, change("ann", parley.StatusRisky))
	}
	whole := w.history(t, "ben")
	for limit := 1; limit <= changes+1; limit++ {
		var seen []parley.Change
		page := parley.Page{Limit: limit}
		for pages := 0; pages <= changes; pages++ {
			got, err := w.Changes(t.Context(), parley.Everywhere, "ben", page)
			if err != nil || len(got.Changes) == 0 || len(got.Changes) > limit {
				t.Fatalf("Changes(%+v) = %d rows, %v", page, len(got.Changes), err)
			}
			seen = append(seen, got.Changes...)
			if page.Cursor = got.Next; page.Cursor == "" {
				break
			}
		}
		if len(seen) != changes || seen[0] != whole[0] || seen[changes-1] != whole[changes-1] {
			t.Errorf("limit %d: %d rows, want the %d of the whole history", limit, len(seen), changes)
		}
	}
	empty, err := w.Changes(t.Context(), parley.Everywhere, strayID, parley.Page{Limit: 5})
	if err != nil || len(empty.Changes) != 0 || empty.Next != "" {
		t.Errorf("history of a user who was never changed = %+v, %v", empty, err)
	}
}

func testOneChange(t *testing.T, w *world) {
	bens := w.mustChange(t, change("ben", parley.StatusRisky)).Change
	anns := w.mustChange(t, change("ann", parley.StatusRisky)).Change
	got, err := w.Change(t.Context(), delayID, "ben", bens.Seq)
	if err != nil || got != bens {
		t.Errorf("Change = %+v, %v, want %+v", got, err, bens)
	}
	for _, seq := range []int64{anns.Seq, 0, -1, 99} {
		_, err := w.Change(t.Context(), parley.Everywhere, "ben", seq)
		wantCode(t, err, parley.CodeNotFound)
	}
	_, err = w.Change(t.Context(), soloID, "ben", bens.Seq)
	wantCode(t, err, parley.CodeNotFound)
}
