package repository

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-gateway/parley"
)

// hold keeps the turn to write from the store. A request whose caller has gone waits
// for it already.
func (s *sqlite) hold(t *testing.T) (release func()) {
	s.writer.turn.Lock()
	gone, leave := context.WithCancel(t.Context())
	leave()
	s.writer.queue.waiting <- &queued[command]{ctx: gone}
	eventually(t, "a request waits for the turn", func() bool { return s.waiting() == 0 })
	return s.writer.turn.Unlock
}

func (s *sqlite) waiting() int { return len(s.writer.queue.waiting) }

// TestDeadlineUnderWay leaves a command that is on its way.
func TestDeadlineUnderWay(t *testing.T) {
	w := openLoaded(t)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	under, goOn := make(chan struct{}), make(chan struct{})
	ended := make(chan error)
	go func() {
		ended <- w.sqlite().writer.write(ctx, func(tx transaction) error {
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
	store := openStore(t, path, Options{LogLimit: limit})
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
	store := openStore(t, path, Options{LogLimit: limit})
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
	store := openStore(t, path, Options{Room: func(string) int64 { return room }})
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

// openTwice opens two stores on one file with a few people in it, as two
// processes do, and closes them in the end.
func openTwice(t *testing.T, opts Options) (one, other *store) {
	t.Helper()
	path := newPath(t)
	one, other = openStore(t, path, opts), openStore(t, path, Options{})
	t.Cleanup(func() { closeStore(t, one); closeStore(t, other) })
	if err := one.Load(t.Context(), workspaces(), users()); err != nil {
		t.Fatal(err)
	}
	return one, other
}
