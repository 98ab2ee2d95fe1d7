package repository

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parley-gateway/parley"
)

// newImport takes in users of the workspace delay.
func newImport(t *testing.T, store parley.Store, users ...parley.NewUser) parley.Import {
	t.Helper()
	i, err := store.Import(t.Context(), parley.Caller{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := i.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	for n, user := range users {
		if err := i.Add(user, fmt.Sprintf("record %d", n+1)); err != nil {
			t.Fatal(err)
		}
	}
	return i
}

// newcomers are users with numbers whose identifiers are in no order.
func newcomers(size int) []parley.NewUser {
	users := make([]parley.NewUser, size)
	for n := range users {
		users[n] = newcomer(fmt.Sprintf("%08x-%d", uint32(n)*2654435761, n))
	}
	return users
}

func newcomer(identifier string) parley.NewUser {
	return parley.NewUser{Identifier: identifier, Name: "Name of " + identifier, Email: identifier + "@example.com", Workspace: "delay"}
}

func noProgress(int64) {}

func faultsOf(t *testing.T, i parley.Import) []string {
	t.Helper()
	var faults []string
	err := i.Check(t.Context(), func(place string, f parley.Fault) {
		faults = append(faults, fmt.Sprintf("%s: %s: %s: %s", place, f.Field, f.Code, f.Detail))
	})
	if err != nil {
		t.Fatal(err)
	}
	return faults
}

func countAll(t *testing.T, store parley.Store) (total int64) {
	t.Helper()
	counts, err := store.CountUsers(t.Context(), parley.Everywhere, parley.UserFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range counts {
		total += n
	}
	return total
}

func testImport(t *testing.T, w *world) {
	bo := newcomer("bo")
	bo.Type, bo.Status = parley.UserTypeAdmin, parley.StatusRisky
	i := newImport(t, w, newcomer("cy"), bo)
	if faults := faultsOf(t, i); faults != nil {
		t.Errorf("faults: %q", faults)
	}
	if n, err := i.Write(t.Context(), 0, noProgress); n != 2 || err != nil {
		t.Fatalf("Write: %d, %v", n, err)
	}
	got := w.mustUser(t, "bo")
	if got.Type != bo.Type || got.Status != bo.Status || got.Email != bo.Email || got.WorkspaceID != delayID || got.Version != 1 {
		t.Errorf("bo is %+v", got)
	}
	if got := w.mustUser(t, "cy"); got.Type != parley.UserTypeUser || got.Status != parley.StatusOnboarding {
		t.Errorf("cy is %+v", got)
	}
}

func testImportFaults(t *testing.T, w *world) {
	ben := w.mustUser(t, "ben")
	other := newcomer("other")
	other.Email = ben.Email
	stray := newcomer("stray")
	stray.Workspace = "nowhere"
	again := newcomer("cy")
	again.Email = "again@example.com"
	i := newImport(t, w, newcomer("cy"), newcomer("ben"), other, stray, again, again)
	want := []string{
		`record 4: workspace: unknown: There is no workspace "nowhere".`,
		"record 5: identifier: taken: The value is given before, at record 1.",
		"record 6: identifier: taken: The value is given before, at record 1.",
		"record 2: identifier: taken: The user " + benID + " has this value.",
		"record 6: email: taken: The value is given before, at record 5.",
		"record 3: email: taken: The user " + benID + " has this value.",
	}
	if got := faultsOf(t, i); !slices.Equal(got, want) {
		t.Errorf("the faults are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func testImportSkips(t *testing.T, w *world) {
	first := newImport(t, w, newcomer("bo"), newcomer("cy"))
	if _, err := first.Write(t.Context(), 1, noProgress); err != nil {
		t.Fatal(err)
	}
	w.mustChange(t, change("bo", parley.StatusRisky))
	renamed := newcomer("cy")
	renamed.Name = "Somebody else"
	i := newImport(t, w, newcomer("bo"), renamed, newcomer("di"))
	if n, err := i.SkipExisting(t.Context()); n != 1 || err != nil {
		t.Errorf("SkipExisting: %d, %v, want bo alone", n, err)
	}
	if faults := faultsOf(t, i); len(faults) != 2 || !strings.HasPrefix(faults[0], "record 2: identifier") {
		t.Errorf("faults: %q", faults)
	}
}

func testImportIntoEmptyStore(t *testing.T, w *world) {
	store := w.empty(t)
	two := newImport(t, store, newcomer("bo"), parley.NewUser{Identifier: "cy", Name: "Cy", Email: "cy@example.com", Workspace: "main"})
	if faults := faultsOf(t, two); len(faults) != 2 {
		t.Errorf("two first workspaces: %q", faults)
	}
	one := newImport(t, store, newcomer("bo"), newcomer("cy"))
	if faults := faultsOf(t, one); faults != nil {
		t.Errorf("faults: %q", faults)
	}
	if n, err := one.Write(t.Context(), 1, noProgress); n != 2 || err != nil {
		t.Fatalf("Write: %d, %v", n, err)
	}
	made, err := store.Workspace(t.Context(), parley.Everywhere, "delay")
	if err != nil || made.Type != parley.WorkspaceMultiUser {
		t.Errorf("the workspace is %+v, %v", made, err)
	}
}

// testImportOvertaken creates a user between Check and Write.
func testImportOvertaken(t *testing.T, w *world) {
	before := countAll(t, w)
	i := newImport(t, w, newcomer("bo"), newcomer("cy"), newcomer("di"))
	if faults := faultsOf(t, i); faults != nil {
		t.Errorf("faults: %q", faults)
	}
	if _, err := w.CreateUser(t.Context(), parley.Caller{}, newcomer("cy")); err != nil {
		t.Fatal(err)
	}
	n, err := i.Write(t.Context(), 0, noProgress)
	wantCode(t, err, parley.CodeTaken)
	if n != 0 || !strings.Contains(err.Error(), "record 2: ") || countAll(t, w) != before+1 {
		t.Errorf("Write: %d, %v, and there are %d users", n, err, countAll(t, w))
	}
	n, err = i.Write(t.Context(), 1, noProgress)
	wantCode(t, err, parley.CodeTaken)
	if n != 1 || countAll(t, w) != before+2 {
		t.Errorf("in parts: Write: %d, %v, and there are %d users", n, err, countAll(t, w))
	}
}

func testImportInterrupted(t *testing.T, w *world) {
	before := countAll(t, w)
	ctx, cancel := context.WithCancel(t.Context())
	i := newImport(t, w, newcomers(5000)...)
	n, err := i.Write(ctx, 0, func(int64) { cancel() })
	if n != 0 || err == nil || countAll(t, w) != before {
		t.Errorf("Write: %d, %v, and there are %d users, %d before", n, err, countAll(t, w), before)
	}
}

func testExport(t *testing.T, w *world) {
	for range w.Export(t.Context()) {
		break // who has enough leaves nothing open
	}
	ben := w.mustUser(t, "ben")
	want := parley.NewUser{Identifier: "ben", Name: ben.Name, Email: ben.Email, Type: ben.Type, Status: ben.Status, Workspace: "delay"}
	var names []string
	for user, err := range w.Export(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, user.Identifier)
		if user.Identifier == "ben" && user != want {
			t.Errorf("ben is %+v, want %+v", user, want)
		}
		// What changes meanwhile does not count, and is not kept from happening.
		w.mustChange(t, change("ben", parley.StatusRisky))
	}
	if !slices.Equal(names, everyone) {
		t.Errorf("exported %q, want %q", names, everyone)
	}
}

// TestImportStaysWithinTheLog compares what was expected of the log with what
// became of it.
func TestImportStaysWithinTheLog(t *testing.T) {
	path := newPath(t)
	store := openStore(t, path, Options{})
	defer store.Close()
	if err := store.Load(t.Context(), workspaces(), users()); err != nil {
		t.Fatal(err)
	}
	all := newcomers(8000)
	for from := 0; from < len(all); from += 4000 {
		if err := fileOf(store).checkpointer.truncate(); err != nil {
			t.Fatal(err)
		}
		i := newImport(t, store, all[from:from+4000]...).(*userImport)
		expected, err := fileOf(store).logBytes(t.Context(), 4000, i.bytes)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := i.Write(t.Context(), 0, noProgress); err != nil {
			t.Fatal(err)
		}
		if got := size(t, path+"-wal"); got > expected || got < expected/8 {
			t.Errorf("from %d on: the log has %d bytes, %d were expected", from, got, expected)
		}
	}
}

func TestImportBeyondTheLog(t *testing.T) {
	const limit = 4 << 20
	path := newPath(t)
	store := openStore(t, path, Options{LogLimit: limit})
	defer store.Close()
	if err := store.Load(t.Context(), workspaces(), users()); err != nil {
		t.Fatal(err)
	}
	before := size(t, path+"-wal")
	i := newImport(t, store, newcomers(8000)...)
	n, err := i.Write(t.Context(), 0, noProgress)
	wantCode(t, err, parley.CodeTooLarge)
	if n != 0 || size(t, path+"-wal") != before {
		t.Errorf("%d users are written, and the log has %d bytes, %d before", n, size(t, path+"-wal"), before)
	}
	if n, err := i.Write(t.Context(), 8000, noProgress); n != 8000 || err != nil {
		t.Errorf("in parts: Write: %d, %v", n, err)
	}
	if log := size(t, path+"-wal"); log > limit {
		t.Errorf("the log has %d bytes", log)
	}
}

// TestImportWaitsForNoReader keeps an old state open, so that the log cannot be
// copied.
func TestImportWaitsForNoReader(t *testing.T) {
	store := openStore(t, newPath(t), Options{LogLimit: 4 << 20, BusyTimeout: restartPatience})
	defer store.Close()
	if err := store.Load(t.Context(), workspaces(), users()); err != nil {
		t.Fatal(err)
	}
	snapshot, err := fileOf(store).reader.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = snapshot.Rollback() }()
	var n int
	if err := snapshot.Get(&n, "SELECT count(*) FROM users"); err != nil {
		t.Fatal(err)
	}
	all := newcomers(8000)
	written, err := newImport(t, store, all...).Write(t.Context(), 500, noProgress)
	wantCode(t, err, parley.CodeUnavailable)
	if got := countAll(t, store); got != int64(n)+written || written == int64(len(all)) {
		t.Errorf("%d users are said to be written, and there are %d", written, got)
	}
}
