package repository

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-gateway/parley"
)

// together carries out requests in one transaction, and returns what each came
// to: the turn to write is kept from the store until all of them wait.
func (w *world) together(t *testing.T, requests ...parley.ChangeRequest) ([]parley.Outcome, []error) {
	t.Helper()
	writer := w.sqlite().writer
	outcomes, failures := make([]parley.Outcome, len(requests)), make([]error, len(requests))
	var all sync.WaitGroup
	writer.turn.Lock()
	for i, request := range requests {
		all.Go(func() { outcomes[i], failures[i] = w.ChangeStatus(t.Context(), request) })
		// The first is taken at once, and then waits for the turn.
		eventually(t, "the request waits", func() bool { return len(writer.queue.waiting) == i })
	}
	writer.turn.Unlock()
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

// TestOneFailureTakesNoOtherDown has refusals of every kind among the commands
// of one transaction: before the first write, by a constraint after it, and by
// a state that an earlier command of the same transaction has made.
func TestOneFailureTakesNoOtherDown(t *testing.T) {
	w := openLoaded(t)
	late := change("ben", parley.StatusRisky)
	late.IfMatch = parley.Match{Given: true, Versions: []int64{1}}
	tooLong := keyed("ann", parley.StatusRisky, strings.Repeat("k", 256)) // the last of three writes fails
	outcomes, failures := w.together(t,
		change("ben", parley.StatusInactive),
		change("nobody", parley.StatusInactive),
		tooLong,
		late,
		change("ann", parley.StatusSuspended),
		keyed("ben", parley.StatusActive, "key"),
		keyed("ben", parley.StatusActive, "key"),
	)
	wantCode(t, failures[1], parley.CodeNotFound)
	if failures[2] == nil {
		t.Error("a key that is too long was taken")
	}
	wantCode(t, failures[3], parley.CodePreconditionFailed)
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

// TestPanicTakesNoOtherDown lets the clock panic between a change's reads and
// its writes.
func TestPanicTakesNoOtherDown(t *testing.T) {
	panics := true
	store := openFile(t, newPath(t), Options{Now: func() time.Time {
		if panics {
			panic("the clock fell off the wall")
		}
		return start
	}})
	defer store.Close()
	if err := store.Load(t.Context(), workspaces(), users()); err != nil {
		t.Fatal(err)
	}
	_, err := store.ChangeStatus(t.Context(), change("ben", parley.StatusRisky))
	if err == nil || parley.AsError(err).Code != parley.CodeInternal || !strings.Contains(err.Error(), "fell off") {
		t.Errorf("error = %v, want the store's own", err)
	}
	panics = false
	if outcome, err := store.ChangeStatus(t.Context(), change("ben", parley.StatusRisky)); err != nil || outcome.User.Version != 2 {
		t.Errorf("afterwards: %+v, %v", outcome, err)
	}
}

// TestDeadline tells a caller whose time has ended whether its command is still
// to come to something: never before its turn, and perhaps after.
func TestDeadline(t *testing.T) {
	w := openLoaded(t)
	writer := w.sqlite().writer
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	writer.turn.Lock()
	_, err := w.ChangeStatus(ctx, change("ben", parley.StatusRisky))
	writer.turn.Unlock()
	wantDetail(t, err, "Nothing was changed.")

	ctx, cancel = context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	under, goOn := make(chan struct{}), make(chan struct{})
	ended := make(chan error)
	go func() {
		ended <- writer.write(ctx, func(tx transaction) error {
			close(under)
			<-goOn
			err := tx.run("UPDATE users SET name = 'late' WHERE id = ?", annID)
			return err
		})
	}()
	<-under
	wantDetail(t, <-ended, "it may be")
	close(goOn)
	eventually(t, "it was carried out", func() bool { return w.mustUser(t, "ann").Name == "late" })
	if user := w.mustUser(t, "ben"); user.Version != 1 {
		t.Errorf("the change that was dropped was made: %+v", user)
	}
}

func wantDetail(t *testing.T, err error, part string) {
	t.Helper()
	wantCode(t, err, parley.CodeUnavailable)
	if detail := parley.AsError(err).Detail; !strings.Contains(detail, part) {
		t.Errorf("detail = %q, want %q in it", detail, part)
	}
}

func TestCallerThatWentAwayIsDropped(t *testing.T) {
	w := openLoaded(t)
	writer := w.sqlite().writer
	ctx, leave := context.WithCancel(t.Context())
	ended := make(chan error)
	writer.turn.Lock()
	go func() {
		_, err := w.ChangeStatus(ctx, change("ben", parley.StatusRisky))
		ended <- err
	}()
	leave()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want %v", err, context.Canceled)
	}
	writer.turn.Unlock()
	w.mustChange(t, change("ann", parley.StatusRisky))
	if user := w.mustUser(t, "ben"); user.Version != 1 {
		t.Errorf("the change was made: %+v", user)
	}
}

func TestQueueIsBounded(t *testing.T) {
	w := openLoaded(t)
	writer := w.sqlite().writer
	var all sync.WaitGroup
	writer.turn.Lock()
	for range queueLength + 1 {
		all.Go(func() {
			if _, err := w.ChangeStatus(t.Context(), change("ben", parley.StatusRisky)); err != nil {
				t.Errorf("a change that had found room: %v", err)
			}
		})
		// One is under way, and the others in the queue.
	}
	eventually(t, "the queue is full", func() bool { return len(writer.queue.waiting) == queueLength })
	_, err := w.ChangeStatus(t.Context(), change("ann", parley.StatusRisky))
	wantCode(t, err, parley.CodeUnavailable)
	writer.turn.Unlock()
	all.Wait()
	if user := w.mustUser(t, "ben"); user.Version != queueLength+2 {
		t.Errorf("version = %d after %d changes", user.Version, queueLength+1)
	}
	if user := w.mustUser(t, "ann"); user.Version != 1 {
		t.Errorf("the refused change was made: %+v", user)
	}
}

// TestFailedCommitFailsAll breaks a reference that is checked with the commit.
func TestFailedCommitFailsAll(t *testing.T) {
	w := openLoaded(t)
	if err := w.exec(`
		CREATE TEMP TRIGGER breakage AFTER UPDATE ON users WHEN new.identifier = 'ben'
		BEGIN UPDATE workspaces SET owner_id = '00000000-0000-4000-8000-000000000000'; END`); err != nil {
		t.Fatal(err)
	}
	_, failures := w.together(t, change("ann", parley.StatusRisky), change("ben", parley.StatusRisky), change("nobody", parley.StatusRisky))
	if failures[0] == nil || failures[1] == nil {
		t.Errorf("errors = %v, want none to be made", failures)
	}
	wantCode(t, failures[2], parley.CodeNotFound)
	if err := w.exec("DROP TRIGGER breakage"); err != nil {
		t.Fatal(err)
	}
	for _, ref := range []string{"ann", "ben"} {
		if user := w.mustUser(t, ref); user.Version != 1 || len(w.history(t, ref)) != 0 {
			t.Errorf("left %+v", user)
		}
		w.mustChange(t, change(ref, parley.StatusRisky))
	}
}

// TestLogIsBounded keeps an old state of the database open, so that the log
// cannot be copied.
func TestLogIsBounded(t *testing.T) {
	const limit = 32 << 20
	path := newPath(t)
	store := openFile(t, path, Options{LogLimit: limit})
	w := &world{Store: store}
	t.Cleanup(func() { closeStore(t, store) })
	if err := store.Load(t.Context(), workspaces(), users()); err != nil {
		t.Fatal(err)
	}
	snapshot, err := fileOf(store).reader.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var version int64
	if err := snapshot.Get(&version, "SELECT version FROM users WHERE identifier = 'ben'"); err != nil {
		t.Fatal(err)
	}
	refused := fillLog(t, w)
	wantCode(t, refused, parley.CodeUnavailable)
	if log := size(t, path+"-wal"); log < limit || log > limit+(1<<20) {
		t.Errorf("the log has %d bytes, want about %d", log, limit)
	}
	w.mustUser(t, "ben")
	if err := snapshot.Rollback(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "changes go on", func() bool {
		_, err := w.ChangeStatus(t.Context(), change("ben", parley.StatusActive))
		return err == nil
	})
	if log := size(t, path+"-wal"); log >= limit {
		t.Errorf("the log still has %d bytes", log)
	}
}

// fillLog makes long changes until one is refused.
func fillLog(t *testing.T, w *world) error {
	t.Helper()
	request := change("ben", parley.StatusRisky)
	request.Change.Comment = strings.Repeat("🌱", parley.MaxComment)
	for range 20_000 {
		if _, err := w.ChangeStatus(t.Context(), request); err != nil {
			return err
		}
	}
	t.Fatal("the log has no bound")
	return nil
}

// TestLogIsUsedAgain makes more changes than the log may hold at once.
func TestLogIsUsedAgain(t *testing.T) {
	const limit = 32 << 20
	path := newPath(t)
	store := openFile(t, path, Options{LogLimit: limit})
	defer store.Close()
	if err := store.Load(t.Context(), workspaces(), users()); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("🌱", parley.MaxComment)
	const changes = 6000 // of more than 16 KiB each
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			request := change("ben", parley.StatusRisky)
			request.Change.Comment = long
			for range changes / 50 {
				if _, err := store.ChangeStatus(t.Context(), request); err != nil {
					t.Errorf("ChangeStatus: %v", err)
					return
				}
			}
		})
	}
	all.Wait()
	if log, data := size(t, path+"-wal"), size(t, path); log >= limit || data < 64<<20 {
		t.Errorf("the log has %d bytes and the database %d", log, data)
	}
}

// TestLogLeavesRoom serves from a disk with less room than the log may take: it would
// fill the disk, and then could not be copied into a database that grows by it.
func TestLogLeavesRoom(t *testing.T) {
	const room = 1 << 20
	path := newPath(t)
	store := openFile(t, path, Options{Room: func(string) int64 { return room }})
	w := &world{Store: store}
	t.Cleanup(func() { closeStore(t, store) })
	if err := store.Load(t.Context(), workspaces(), users()); err != nil {
		t.Fatal(err)
	}
	request := change("ben", parley.StatusRisky)
	request.Change.Comment = strings.Repeat("🌱", parley.MaxComment)
	for range 2000 {
		w.mustChange(t, request)
	}
	if log, data := size(t, path+"-wal"), size(t, path); log > data/2 || data < 16<<20 {
		t.Errorf("the log has %d bytes and the database %d", log, data)
	}
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// TestOtherProcessIsSeenAtOnce revokes tokens and changes users by another
// store on the same file, and by the store itself.
func TestOtherProcessIsSeenAtOnce(t *testing.T) {
	one, other := openTwice(t, Options{})
	w := &world{Store: one}
	for i, by := range []parley.Store{one, other, one, other, other, one} {
		token := newToken("token")
		token.Hash[0] = byte(i)
		if _, err := by.CreateToken(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		w.known(t, token.Hash)
		w.mustChange(t, change("ben", parley.StatusRisky))
		w.known(t, token.Hash)
		if _, err := other.ChangeStatus(t.Context(), change("ben", parley.StatusActive)); err != nil {
			t.Fatal(err)
		}
		w.known(t, token.Hash)
		if user := w.mustUser(t, "ben"); user.Status != parley.StatusActive {
			t.Errorf("the other store's change is not seen: %+v", user)
		}
		if err := by.RevokeToken(t.Context(), "token"); err != nil {
			t.Fatal(err)
		}
		_, err := one.Authenticate(t.Context(), token.Hash)
		wantCode(t, err, parley.CodeUnauthorized)
	}
}

// known asks for a token until it is remembered, which it is once the commit
// before is noted.
func (w *world) known(t *testing.T, hash parley.TokenHash) {
	t.Helper()
	eventually(t, "the token is remembered", func() bool {
		if _, err := w.Authenticate(t.Context(), hash); err != nil {
			t.Fatalf("Authenticate: %v", err)
		}
		_, known, _, err := recall(w.sqlite().cache, w.sqlite().cache.tokens, hash)
		return known && err == nil
	})
}

// TestTokensAreRemembered hides the table from the read connections: who is
// remembered stays known through this store's own commits, and nobody through
// another's.
func TestTokensAreRemembered(t *testing.T) {
	store, other := openTwice(t, Options{ReadConnections: 1})
	w := &world{Store: store}
	token := newToken("token")
	w.mustCreateToken(t, token)
	w.known(t, token.Hash)
	w.mustChange(t, change("ben", parley.StatusRisky))
	w.hide(t, "tokens")
	eventually(t, "the own commit is noted", func() bool {
		_, err := w.Authenticate(t.Context(), token.Hash)
		return err == nil
	})
	if _, err := other.ChangeStatus(t.Context(), change("ben", parley.StatusActive)); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Authenticate(t.Context(), token.Hash); err == nil {
		t.Error("another process's commit was not noticed")
	}
}

// TestSessionEndsInOtherProcesses signs out and revokes by one store what another
// remembers.
func TestSessionEndsInOtherProcesses(t *testing.T) {
	store, other := openTwice(t, Options{})
	w := &world{Store: store}
	token := newToken("token")
	w.mustCreateToken(t, token)
	ends := map[string]func(parley.SessionHash) error{
		"sign-out":   func(hash parley.SessionHash) error { return other.SignOut(t.Context(), hash) },
		"revocation": func(parley.SessionHash) error { return other.RevokeToken(t.Context(), token.Name) },
	}
	for _, name := range []string{"sign-out", "revocation"} {
		session := w.signIn(t, token.Hash, time.Hour)
		eventually(t, "the session is remembered", func() bool {
			w.wantSession(t, session, token.Name)
			_, known, _, err := recall(fileOf(store).cache, fileOf(store).cache.sessions, session)
			return known && err == nil
		})
		if err := ends[name](session); err != nil {
			t.Fatal(err)
		}
		w.wantNoSession(t, session)
	}
}

// hide keeps a table from the one read connection.
func (w *world) hide(t *testing.T, table string) {
	t.Helper()
	if _, err := w.sqlite().reader.ExecContext(t.Context(), "PRAGMA query_only = OFF; CREATE TEMP TABLE "+table+" (x)"); err != nil {
		t.Fatal(err)
	}
}

// TestUsersAreRemembered hides the table as well: whom this store changes is
// asked for again, nobody else is, and everybody once another has committed.
func TestUsersAreRemembered(t *testing.T) {
	store, other := openTwice(t, Options{ReadConnections: 1})
	w := &world{Store: store}
	refs := []string{"ben", benID, "ann", annID}
	isKnown := func(ref string) bool {
		_, err := w.User(t.Context(), parley.Everywhere, ref)
		return err == nil
	}
	for _, ref := range refs {
		eventually(t, ref+" is remembered", func() bool {
			w.mustUser(t, ref)
			_, known, _, _ := fileOf(store).cache.user(ref)
			return known
		})
	}
	w.mustChange(t, change("ben", parley.StatusRisky))
	w.hide(t, "users")
	eventually(t, "the own commit is noted", func() bool { return isKnown("ann") })
	for _, ref := range refs {
		if known := isKnown(ref); known != (ref == "ann" || ref == annID) {
			t.Errorf("%s is known after a change of ben: %t", ref, known)
		}
	}
	if _, err := other.ChangeStatus(t.Context(), change("ben", parley.StatusActive)); err != nil {
		t.Fatal(err)
	}
	if isKnown("ann") {
		t.Error("another process's commit was not noticed")
	}
}

// TestRememberedUsersAreThoseAskedFor has a user whose identifier is another's
// id: whom a caller gets depends on what it may see, and never on who asked
// before.
func TestRememberedUsersAreThoseAskedFor(t *testing.T) {
	w := openLoaded(t)
	if err := w.exec("UPDATE users SET identifier = ? WHERE id = ?", benID, annID); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for ref, want := range map[string]string{benID: benID, strings.ToUpper(benID): benID, "ben": benID, annID: annID} {
			if user := w.mustUser(t, ref); user.ID != want {
				t.Errorf("%s = %+v, want %s", ref, user, want)
			}
		}
		if _, err := w.User(t.Context(), "another", "ben"); !parley.HasCode(err, parley.CodeNotFound) {
			t.Errorf("a user of another workspace: %v", err)
		}
	}
}

func TestRememberedUsersAreBounded(t *testing.T) {
	users := newCachedUsers()
	for i := range maxUsers + 10 {
		id := fmt.Sprint("user-", i)
		users.keep(id, userRow{PK: int64(i), ID: id, Identifier: "x" + id})
		users.keep("x"+id, userRow{PK: int64(i), ID: id, Identifier: "x" + id})
	}
	if len(users.byKey) != maxUsers || len(users.byRef) != 2*maxUsers {
		t.Errorf("%d users by %d refs, want %d", len(users.byKey), len(users.byRef), maxUsers)
	}
}

// TestTwoProcessesTakeTurns lets two stores write at once without a pause.
func TestTwoProcessesTakeTurns(t *testing.T) {
	store, other := openTwice(t, Options{})
	stores := []parley.Store{store, other}
	const each = 100
	atOnce(16, func(i int) {
		for range each {
			if _, err := stores[i%2].ChangeStatus(t.Context(), change("ben", parley.StatusRisky)); err != nil {
				t.Errorf("ChangeStatus: %v", err)
				return
			}
		}
	})
	if user := (&world{Store: store}).mustUser(t, "ben"); user.Version != 16*each+1 {
		t.Errorf("User = %+v, want version %d", user, 16*each+1)
	}
}

// openTwice opens two stores on one file with a few people in it, as two
// processes do, and closes them in the end.
func openTwice(t *testing.T, opts Options) (one, other *store) {
	t.Helper()
	path := newPath(t)
	one, other = openFile(t, path, opts), openFile(t, path, Options{})
	t.Cleanup(func() { closeStore(t, one); closeStore(t, other) })
	if err := one.Load(t.Context(), workspaces(), users()); err != nil {
		t.Fatal(err)
	}
	return one, other
}
