package repository

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-sqlite3"

	"github.com/parley-gateway/parley"
)

func TestSQLite(t *testing.T) {
	testStore(t, newPath)
}

func newPath(t testing.TB) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "parley.db")
}

// fileOf is the engine of a store in a file.
func fileOf(s parley.Store) *sqlite { return s.(*store).engine.(*sqlite) }

// openLoaded opens a new file with a few people in it, and closes it in the
// end.
func openLoaded(t *testing.T) *world {
	t.Helper()
	store := openStore(t, newPath(t), Options{})
	t.Cleanup(func() { closeStore(t, store) })
	if err := store.Load(t.Context(), workspaces(), users()); err != nil {
		t.Fatal(err)
	}
	return &world{Store: store}
}

func (w *world) sqlite() *sqlite { return fileOf(w.Store) }

// exec runs a statement on the connection of the writer, between two of its turns.
func (w *world) exec(statement string, args ...any) error {
	writer := w.sqlite().writer
	writer.turn.Lock()
	defer writer.turn.Unlock()
	_, err := writer.conn.ExecContext(context.Background(), statement, args...)
	return err
}

func TestOpenChoosesEngine(t *testing.T) {
	store, err := Open(t.Context(), newPath(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for _, url := range []string{"postgres://127.0.0.1:1/parley", "postgresql://127.0.0.1:1/parley"} {
		if _, err := Open(t.Context(), url, Options{}); err == nil || !strings.Contains(err.Error(), "failed to connect") {
			t.Errorf("Open(%s): %v, want a word about a server", url, err)
		}
	}
	if _, err := Open(t.Context(), "", Options{}); err == nil {
		t.Error("a database without a name was opened")
	}
}

func TestOddPaths(t *testing.T) {
	for _, name := range []string{"a b.db", "100%25?mode=memory#x.db", "ü&_query_only=1.db", ":memory:"} {
		path := filepath.Join(t.TempDir(), name)
		closeStore(t, openStore(t, path, Options{}))
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDataOutlivesClose(t *testing.T) {
	path := newPath(t)
	store := openStore(t, path, Options{})
	if err := store.Load(t.Context(), workspaces(), users()); err != nil {
		t.Fatal(err)
	}
	if _, err := store.ChangeStatus(t.Context(), change("ben", parley.StatusRisky)); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	store = openStore(t, path, Options{})
	defer store.Close()
	user, err := store.User(t.Context(), parley.Everywhere, "ben")
	if err != nil || user.Status != parley.StatusRisky || user.Version != 2 {
		t.Errorf("User = %+v, %v", user, err)
	}
}

func TestPragmas(t *testing.T) {
	store := openStore(t, newPath(t), Options{})
	defer store.Close()
	both := map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "wal_autocheckpoint": "0",
		"trusted_schema": "0", "cell_size_check": "1", "application_id": "1349676153", "locking_mode": "normal",
	}
	for name, want := range both {
		for _, db := range []struct {
			name string
			get  queryer
		}{{"writer", &sqliteTransaction{conn: fileOf(store).writer.conn}}, {"reader", store.read(t.Context())}} {
			var got string
			if err := db.get.Get(&got, "PRAGMA "+name); err != nil || got != want {
				t.Errorf("%s of the %s = %s, %v, want %s", name, db.name, got, err, want)
			}
		}
	}
	if _, err := fileOf(store).reader.ExecContext(t.Context(), "DELETE FROM users"); err == nil {
		t.Error("a read connection can write")
	}
}

// TestFailedWriteRollsBack breaks each of the three writes of a change.
func TestFailedWriteRollsBack(t *testing.T) {
	for _, table := range []string{"status_changes", "users", "idempotency_keys"} {
		t.Run(table, func(t *testing.T) {
			w := openLoaded(t)
			w.mustChange(t, change("ben", parley.StatusInactive))
			event := "INSERT"
			if table == "users" {
				event = "UPDATE"
			}
			breakage := "CREATE TRIGGER breakage BEFORE " + event + " ON " + table + " BEGIN SELECT RAISE(ABORT, 'broken'); END"
			if err := w.exec(breakage); err != nil {
				t.Fatal(err)
			}
			_, err := w.ChangeStatus(t.Context(), keyed("ben", parley.StatusRisky, "key"))
			if err == nil || parley.AsError(err).Code != parley.CodeInternal {
				t.Errorf("error = %v, want the store's own", err)
			}
			if err := w.exec("DROP TRIGGER breakage"); err != nil {
				t.Fatal(err)
			}
			if user := w.mustUser(t, "ben"); user.Version != 2 || len(w.history(t, "ben")) != 1 {
				t.Errorf("left %+v and %v", user, w.history(t, "ben"))
			}
			if outcome := w.mustChange(t, keyed("ben", parley.StatusRisky, "key")); outcome.Replayed || outcome.User.Version != 3 {
				t.Errorf("afterwards: %+v", outcome)
			}
		})
	}
}

func TestHistoryIsAppendOnly(t *testing.T) {
	w := openLoaded(t)
	w.mustChange(t, change("ben", parley.StatusInactive))
	for _, statement := range []string{"UPDATE status_changes SET review_comment = 'x'", "DELETE FROM status_changes"} {
		var failure sqlite3.Error
		if err := w.exec(statement); !errors.As(err, &failure) || failure.ExtendedCode != sqlite3.ErrConstraintTrigger {
			t.Errorf("%s: %v, want a refusal", statement, err)
		}
	}
}

// TestUnwritable takes two ways to make a store unable to write; reads go
// on, and so do writes once the reason is gone.
func TestUnwritable(t *testing.T) {
	tests := []struct{ name, spoil, heal string }{
		{"full", "PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000"},
		{"read-only", "PRAGMA query_only = ON", "PRAGMA query_only = OFF"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := openLoaded(t)
			if err := w.exec(test.spoil); err != nil {
				t.Fatal(err)
			}
			refused := refusedChange(t, w)
			if cause := errors.Unwrap(refused); cause == nil {
				t.Error("the cause is not told to the log")
			}
			user := w.mustUser(t, "ben")
			if err := w.exec(test.heal); err != nil {
				t.Fatal(err)
			}
			if outcome := w.mustChange(t, change("ben", parley.StatusRisky)); outcome.User.Version != user.Version+1 {
				t.Errorf("afterwards: %+v", outcome)
			}
		})
	}
}

// refusedChange writes long comments until one finds no room.
func refusedChange(t *testing.T, w *world) error {
	t.Helper()
	request := change("ben", parley.StatusRisky)
	request.Change.Comment = strings.Repeat("x", parley.MaxComment)
	for range 10 {
		if _, err := w.ChangeStatus(t.Context(), request); err != nil {
			wantCode(t, err, parley.CodeUnavailable)
			return err
		}
	}
	t.Fatal("the store still writes")
	return nil
}

func TestBusy(t *testing.T) {
	path := newPath(t)
	store := openStore(t, path, Options{BusyTimeout: 50 * time.Millisecond})
	defer store.Close()
	if err := store.Load(t.Context(), workspaces(), users()); err != nil {
		t.Fatal(err)
	}
	other := openStore(t, path, Options{})
	defer other.Close()
	if err := fileOf(other).writer.begin(); err != nil {
		t.Fatal(err)
	}
	_, err := store.ChangeStatus(t.Context(), change("ben", parley.StatusRisky))
	wantCode(t, err, parley.CodeUnavailable)
	if _, err := store.User(t.Context(), parley.Everywhere, "ben"); err != nil {
		t.Errorf("a read beside another process's write: %v", err)
	}
	fileOf(other).writer.rollback()
	if _, err := store.ChangeStatus(t.Context(), change("ben", parley.StatusRisky)); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestPlans keeps the cost of a page independent of how much there is.
func TestPlans(t *testing.T) {
	w := openLoaded(t)
	tests := append(plannedLists(t),
		plannedList(t, "users_not_active", parley.Everywhere, parley.UserFilter{Status: parley.StatusRisky, Page: parley.Page{Cursor: userCursor("b")}}),
		plannedList(t, "sqlite_autoindex_users_2", parley.Everywhere, parley.UserFilter{Status: parley.StatusActive, Page: parley.Page{Cursor: userCursor("b")}}),
		planned{"", "history", walkHistory, []any{1, 1, 50}},
		planned{"", "one user", selectUser + " WHERE u.id = cast(? AS TEXT)", []any{benID}},
		planned{"tokens", "token", tokenByHash, []any{[]byte{}}},
		planned{"sessions", "session", sessionByHash, []any{[]byte{}}},
	)
	counting, args := countQuery(delayID, parley.UserFilter{Prefix: "b"})
	if steps := strings.Join(plan(t, w.sqlite(), counting, args...), "\n"); strings.Contains(steps, "SCAN") {
		t.Errorf("users are counted by %s", steps)
	}
	for _, test := range tests {
		steps := plan(t, w.sqlite(), test.query, test.args...)
		if slices.ContainsFunc(steps, func(step string) bool {
			// The chain itself and its list hold no more than one page.
			return strings.Contains(step, "TEMP B-TREE") || strings.HasPrefix(step, "SCAN") && step != "SCAN chain"
		}) || !strings.Contains(strings.Join(steps, "\n"), test.index) {
			t.Errorf("%s: %q, want %s", test.name, steps, test.index)
		}
	}
}

func plan(t *testing.T, store *sqlite, query string, args ...any) []string {
	t.Helper()
	var steps []struct {
		ID, Parent, NotUsed int
		Detail              string
	}
	if err := store.reader.Select(&steps, "EXPLAIN QUERY PLAN "+query, args...); err != nil {
		t.Fatal(err)
	}
	details := make([]string, len(steps))
	for i, step := range steps {
		details[i] = step.Detail
	}
	return details
}
