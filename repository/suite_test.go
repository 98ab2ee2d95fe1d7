package repository

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/parley-gateway/parley"
)

// testStore holds an engine to what parley.Store promises. NewName is a name under which
// there is no store yet.
func testStore(t *testing.T, newName func(t testing.TB) string) {
	tests := []struct {
		name string
		run  func(*testing.T, *world)
	}{
		{"user is found by reference", testUserRefs},
		{"user of another scope does not exist", testUserScope},
		{"users are listed in pages", testUserPages},
		{"users are filtered", testUserFilters},
		{"users are sorted", testUserSorts},
		{"sorted pages stay whole while users come and change", testSortedPages},
		{"users of a workspace are listed and counted", testUserWorkspace},
		{"users are counted by status", testCountUsers},
		{"cursor that is none is refused", testBadCursors},
		{"cursor of another order is refused", testCursorsOfOtherOrders},
		{"user is created", testCreateUser},
		{"user that cannot be created leaves nothing", testCreateUserRefused},
		{"user is created in a workspace", testCreateUserWorkspace},
		{"users are imported", testImport},
		{"faults of an import are told with both places", testImportFaults},
		{"import passes over those who are there", testImportSkips},
		{"import makes the first workspace", testImportIntoEmptyStore},
		{"import that was overtaken says by whom", testImportOvertaken},
		{"import that was interrupted leaves nothing", testImportInterrupted},
		{"users are exported as they were", testExport},
		{"workspace is found and listed", testWorkspaces},
		{"workspace is created", testCreateWorkspace},
		{"load takes records as they are", testLoad},
		{"load is all or nothing", testLoadRefused},
		{"change of a status", testChangeStatus},
		{"stale change", testStaleChange},
		{"change by the command line", testChangeWithoutCaller},
		{"time never goes backwards", testTimeNeverBackwards},
		{"refusals come in their order", testRefusals},
		{"tests of a patch", testPatchTests},
		{"history is a chain without gaps", testHistory},
		{"history in pages", testHistoryPages},
		{"one change is found", testOneChange},
		{"key replays the outcome", testReplay},
		{"key for another request is refused", testKeyReused},
		{"key that was refused is free", testKeyAfterRefusal},
		{"key outlives its time", testKeyExpires},
		{"many change one user at once", testManyWriters},
		{"one of many with the same version wins", testLostUpdate},
		{"one key at the same moment is one change", testKeyRace},
		{"token stands for its caller", testAuthenticate},
		{"token ends", testTokenEnds},
		{"token is refused", testCreateTokenRefused},
		{"token gives its name free", testTokenName},
		{"token that was found is ended", testTokenFound},
		{"session stands for the caller of its token", testSignIn},
		{"session expires", testSessionExpires},
		{"session ends with its token", testSessionEndsWithToken},
		{"session is signed out", testSignOut},
		{"many sign in at once", testManySessions},
		{"deadline makes the store unavailable", testDeadline},
		{"one failure takes no other down", testOneFailure},
		{"panic takes no other down", testPanic},
		{"change whose time ends in the queue is dropped", testDeadlineInQueue},
		{"change whose caller went away is dropped", testCallerWentAway},
		{"queue is bounded", testQueueIsBounded},
		{"texts are ordered by their bytes", testOrder},
		{"what is no text is nobody's", testNoText},
		{"user is found whose identifier is another's id", testIdentifierLikeID},
		{"what another store writes is seen at once", testOtherIsSeen},
		{"two stores take turns", testTwoTakeTurns},
		{"one of two stores wins", testOneOfTwoWins},
		{"one key at two stores is one change", testKeyAtTwo},
		{"one key for two users at two stores is one change", testKeyForTwoUsers},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := &world{clock: &clock{time: start}, newName: newName, name: newName(t)}
			w.Store = w.open(t, w.name)
			if err := w.Load(t.Context(), workspaces(), users()); err != nil {
				t.Fatalf("Load: %v", err)
			}
			test.run(t, w)
		})
	}
}

// world is a store that knows a few people, and its clock.
type world struct {
	parley.Store
	clock   *clock
	name    string // of the store
	newName func(t testing.TB) string
}

// empty opens a new store with nothing in it.
func (w *world) empty(t *testing.T) parley.Store {
	t.Helper()
	return w.open(t, w.newName(t))
}

// open opens a store until the test ends.
func (w *world) open(t *testing.T, name string) *store {
	t.Helper()
	store := openStore(t, name, Options{Now: w.clock.now})
	t.Cleanup(func() { closeStore(t, store) })
	return store
}

func openStore(t *testing.T, name string, opts Options) *store {
	t.Helper()
	opened, err := Open(t.Context(), name, opts)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return opened.(*store)
}

func closeStore(t *testing.T, store parley.Store) {
	t.Helper()
	if err := store.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

var start = time.Date(2024, 2, 29, 12, 0, 0, 123456789, time.UTC)

// clock stands still until it is moved.
type clock struct {
	mu   sync.Mutex
	time time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.time
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.time = c.time.Add(d)
}

const (
	delayID  = "98d91cd7-860d-4869-937a-5af32eff2f4a"
	soloID   = "0b7a7d3e-54f0-4f1c-9d0a-0a5a3f6f2c11"
	benID    = "d4add56e-c345-4ac9-b392-7a890a60559a"
	annID    = "5f8a2f4e-1f0b-4c55-8d53-4b1f6f0c9a01"
	elseID   = "c0ffee00-0000-4000-8000-000000000001"
	strayID  = "c0ffee00-0000-4000-8000-000000000002"
	nobodyID = "11111111-2222-4333-8444-555555555555" // which is an identifier
)

var loaded = time.Date(2023, 5, 6, 0, 0, 0, 0, time.UTC)

func workspaces() []parley.Workspace {
	return []parley.Workspace{
		{ID: delayID, Identifier: "delay", Name: "Delay Technologies", Type: parley.WorkspaceMultiUser,
			OwnerID: annID, DomainName: "delay.example", CreatedAt: loaded, UpdatedAt: loaded},
		{ID: soloID, Identifier: "solo", Name: "Solo", Type: parley.WorkspaceSingleUser, CreatedAt: loaded, UpdatedAt: loaded},
	}
}

func users() []parley.User {
	user := func(id, identifier, name, workspace string) parley.User {
		return parley.User{
			ID: id, Identifier: identifier, Name: name, Email: identifier + "@delay.example",
			Type: parley.UserTypeUser, Status: parley.StatusActive, WorkspaceID: workspace,
			CreatedAt: loaded, UpdatedAt: loaded, CreatedBy: delayID, UpdatedBy: delayID,
		}
	}
	ben := user(benID, "ben", "Benjamin Zhang", delayID)
	ben.Type = parley.UserTypeAdmin
	ann := user(annID, "ann", "Ann", delayID)
	ann.Status = parley.StatusRisky
	return []parley.User{
		ben, ann,
		user(elseID, "50%_off\\", "Élise Ünlü", soloID),
		user(strayID, nobodyID, "Stray", soloID),
	}
}

var benCaller = parley.Caller{UserID: benID, Token: "test", Permissions: parley.Permissions}

// change is a request by Ben to give the user a status.
func change(ref string, status parley.Status) parley.ChangeRequest {
	return parley.ChangeRequest{
		Caller: benCaller, Ref: ref, Change: parley.StatusChange{Status: status},
		RequestID: "request-1", MediaType: "application/json",
	}
}

func (w *world) mustChange(t *testing.T, request parley.ChangeRequest) parley.Outcome {
	t.Helper()
	outcome, err := w.ChangeStatus(t.Context(), request)
	if err != nil {
		t.Fatalf("ChangeStatus(%s): %v", request.Ref, err)
	}
	return outcome
}

func (w *world) mustUser(t *testing.T, ref string) parley.User {
	t.Helper()
	user, err := w.User(t.Context(), parley.Everywhere, ref)
	if err != nil {
		t.Fatalf("User(%q): %v", ref, err)
	}
	return user
}

func (w *world) history(t *testing.T, ref string) []parley.Change {
	t.Helper()
	page, err := w.Changes(t.Context(), parley.Everywhere, ref, parley.Page{Limit: 200})
	if err != nil {
		t.Fatalf("Changes(%q): %v", ref, err)
	}
	return page.Changes
}

func wantCode(t *testing.T, err error, code parley.Code) {
	t.Helper()
	if !parley.HasCode(err, code) {
		t.Errorf("error = %v, want %s", err, code)
	}
}

func wantFault(t *testing.T, err error, code parley.Code, field, fault string) {
	t.Helper()
	wantCode(t, err, code)
	var e *parley.Error
	if !errors.As(err, &e) || len(e.Faults) != 1 || e.Faults[0].Field != field || e.Faults[0].Code != fault {
		t.Errorf("error = %+v, want one fault of %s: %s", err, field, fault)
	}
}

func testDeadline(t *testing.T, w *world) {
	past, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	_, err := w.ChangeStatus(past, change("ben", parley.StatusRisky))
	wantCode(t, err, parley.CodeUnavailable)
	_, err = w.User(past, parley.Everywhere, "ben")
	wantCode(t, err, parley.CodeUnavailable)
	if got := w.mustUser(t, "ben").Version; got != 1 {
		t.Errorf("version = %d, want 1", got)
	}
}
