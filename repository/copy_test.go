package repository

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/repository/postgrestest"
)

// furnished is a file that has rows of every kind.
type furnished struct {
	*world
	keyed   parley.ChangeRequest
	token   parley.NewToken
	session parley.SessionHash
}

func openFurnished(t *testing.T) *furnished {
	t.Helper()
	f := &furnished{world: openPeople(t, newPath(t), Options{}), keyed: change("ben", parley.StatusRisky), token: newToken("free")}
	f.keyed.IdempotencyKey, f.keyed.Change.Comment = "key", "Überprüft:\n\tja 😀"
	f.mustChange(t, f.keyed)
	f.mustChange(t, parley.ChangeRequest{Ref: "ann", Change: parley.StatusChange{Status: parley.StatusInactive}})
	f.mustChange(t, change("ben", parley.StatusActive))
	f.mustCreateToken(t, f.token)
	limited := newToken("limited")
	limited.Workspace, limited.ExpiresAt = "solo", time.Now().Add(time.Hour)
	f.mustCreateToken(t, limited)
	f.mustCreateToken(t, newToken("gone"))
	if err := f.RevokeToken(t.Context(), "gone"); err != nil {
		t.Fatal(err)
	}
	f.session = f.signIn(t, f.token.Hash, time.Hour)
	return f
}

// changed has more happen to the file, some of it to rows that were there before.
func (f *furnished) changed(t *testing.T, round int) {
	t.Helper()
	f.mustChange(t, change("ann", parley.StatusRisky))
	f.mustChange(t, change("ben", parley.StatusSuspended))
	name := fmt.Sprintf("new-%d", round)
	if _, err := f.CreateWorkspace(t.Context(), benCaller, parley.NewWorkspace{Identifier: name, Name: name, Type: parley.WorkspaceMultiUser, Owner: "ben"}); err != nil {
		t.Fatal(err)
	}
	f.mustCreateUser(t, name, name)
	f.mustChange(t, change(name, parley.StatusActive))
	f.mustCreateToken(t, newToken(name))
	f.session = f.signIn(t, f.token.Hash, time.Hour)
}

func (w *world) mustCreateUser(t *testing.T, name, workspace string) {
	t.Helper()
	if _, err := w.CreateUser(t.Context(), benCaller, parley.NewUser{
		Identifier: name, Name: name, Email: name + "@delay.example", Workspace: workspace,
	}); err != nil {
		t.Fatal(err)
	}
}

// copied copies with a look at how far it is.
func copied(ctx context.Context, t *testing.T, file, url string, progress func(what string, done, total int64)) (Copied, error) {
	return Copy(ctx, file, url, CopyOptions{
		Report:   func(f Fault) { t.Logf("fault: %s", f) },
		Progress: progress,
	})
}

func anyProgress(string, int64, int64) {}

func mustCopy(t *testing.T, file, url string) Copied {
	t.Helper()
	c, err := copied(t.Context(), t, file, url, anyProgress)
	if err != nil {
		t.Fatalf("Copy: %v", err)
	}
	return c
}

// wantCopy uses a copy as the file was used.
func (f *furnished) wantCopy(t *testing.T, url string) {
	t.Helper()
	w := &world{Store: openStore(t, url, Options{})}
	defer closeStore(t, w)
	newest := int64(0)
	for _, ref := range []string{"ben", "ann", nobodyID} {
		if got, want := w.mustUser(t, ref), f.mustUser(t, ref); got != want {
			t.Errorf("%s is %+v, want %+v", ref, got, want)
		}
		want := f.history(t, ref)
		if got := w.history(t, ref); !reflect.DeepEqual(got, want) {
			t.Errorf("the history of %s is %+v, want %+v", ref, got, want)
		}
		if len(want) > 0 {
			newest = max(newest, want[0].Seq)
		}
	}
	if _, err := w.Authenticate(t.Context(), f.token.Hash); err != nil {
		t.Errorf("the token: %v", err)
	}
	w.wantSession(t, f.session, "free")
	if again := w.mustChange(t, f.keyed); !again.Replayed || again.Change.Seq != 1 {
		t.Errorf("the key: %+v", again)
	}
	if next := w.mustChange(t, change("ben", parley.StatusRisky)); next.Change.Seq <= newest {
		t.Errorf("the next change is %d after %d", next.Change.Seq, newest)
	}
	w.mustCreateUser(t, "next", "delay")
	w.mustCreateToken(t, newToken("next"))
}

func TestCopy(t *testing.T) {
	f := openFurnished(t)
	url := postgrestest.Database(t)
	before := time.Now()
	if got := mustCopy(t, f.name, url); got.Checked != (Checked{Users: 4, Changes: 3}) || got.Until.Before(before) || got.Until.After(time.Now()) {
		t.Errorf("%+v", got)
	}
	faults, _ := checkedFaults(t, url)
	wantFaults(t, faults, nil)
	f.changed(t, 1)
	mustCopy(t, f.name, url) // once more, with what is new
	f.wantCopy(t, url)
	if _, err := copied(t.Context(), t, f.name, url, anyProgress); err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("to copy into what is in use: %v", err)
	}
}

func TestCopyOfNothing(t *testing.T) {
	file, url := newPath(t), postgrestest.Database(t)
	closeStore(t, openStore(t, file, Options{}))
	mustCopy(t, file, url)
	w := &world{Store: openStore(t, url, Options{})}
	defer closeStore(t, w)
	if err := w.Load(t.Context(), workspaces(), users()); err != nil {
		t.Error(err)
	}
}

// TestCopyGoesOn ends a copy after each of its steps, and lets the file change before the
// next goes on.
func TestCopyGoesOn(t *testing.T) {
	f := openFurnished(t)
	url := postgrestest.Database(t)
	for steps := 1; steps <= 3; steps++ {
		ctx, cancel := context.WithCancel(t.Context())
		step := 0
		_, err := copied(ctx, t, f.name, url, func(string, int64, int64) {
			if step++; step == steps {
				cancel()
			}
		})
		if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "the same call goes on from there") {
			t.Errorf("after %d steps: %v", steps, err)
		}
		wantUnfinished(t, url)
		f.changed(t, steps)
	}
	mustCopy(t, f.name, url)
	f.wantCopy(t, url)
}

func wantUnfinished(t *testing.T, url string) {
	t.Helper()
	opened, err := Open(t.Context(), url, Options{})
	if err == nil {
		closeStore(t, opened)
	}
	_, checking := Check(t.Context(), url, func(Fault) {})
	for _, err := range []error{err, checking} {
		if err == nil || !strings.Contains(err.Error(), "holds an unfinished copy") {
			t.Errorf("an unfinished copy: %v", err)
		}
	}
}

// TestCopyBesideWriters copies what is written to without an end: first all but the
// newest, and the rest when nobody writes any more.
func TestCopyBesideWriters(t *testing.T) {
	f := openFurnished(t)
	url := postgrestest.Database(t)
	_, err := copied(t.Context(), t, f.name, url, func(string, int64, int64) { f.mustChange(t, change("ben", parley.StatusRisky)) })
	if err == nil || !strings.Contains(err.Error(), "is still written to") {
		t.Fatalf("beside writers: %v", err)
	}
	wantUnfinished(t, url)
	f.changed(t, 1)
	mustCopy(t, f.name, url)
	f.wantCopy(t, url)
}

// TestCopyCatchesUp has the file changed while it is copied, and while it is compared.
func TestCopyCatchesUp(t *testing.T) {
	f := openFurnished(t)
	url := postgrestest.Database(t)
	rounds := map[string]int{}
	if _, err := copied(t.Context(), t, f.name, url, func(what string, done, _ int64) {
		if rounds[what]++; rounds[what] == 1 {
			f.changed(t, len(rounds))
		}
	}); err != nil {
		t.Fatal(err)
	}
	if rounds["comparing"] != 1+len(postgresTables) {
		t.Errorf("%d tables were compared", rounds["comparing"])
	}
	f.wantCopy(t, url)
}

func TestCopyRefused(t *testing.T) {
	f := openFurnished(t)
	used := openPeople(t, postgrestest.Database(t), Options{})
	begun, damaged := postgrestest.Database(t), openFurnished(t)
	interrupt(t, f.name, begun)
	if err := damaged.exec("UPDATE users SET version = 9 WHERE identifier = 'ben'"); err != nil {
		t.Fatal(err)
	}
	ahead := postgrestest.Database(t)
	older := openFurnished(t).name
	backup := newPath(t)
	if err := Backup(t.Context(), older, backup, BackupOptions{Report: func(Fault) {}}); err != nil {
		t.Fatal(err)
	}
	w := &world{Store: openStore(t, older, Options{})}
	w.mustChange(t, change("ben", parley.StatusRisky))
	closeStore(t, w)
	interrupt(t, older, ahead)
	for _, test := range []struct{ file, url, want string }{
		{f.name, f.name, "from a file to a postgres:// URL"},
		{used.name, used.name, "from a file to a postgres:// URL"},
		{newPath(t), postgrestest.Database(t), "there is no database"},
		{t.TempDir(), postgrestest.Database(t), "it is no file"},
		{damaged.name, postgrestest.Database(t), "is damaged, and is not copied"},
		{f.name, "postgres://somebody:secret@127.0.0.1:1/none", "connection refused"},
		{f.name, used.name, "is not empty: there are rows in workspaces"},
		{damaged.name, begun, "holds a copy of another database"},
		{backup, ahead, "it is of another state of this database"},
	} {
		if _, err := copied(t.Context(), t, test.file, test.url, anyProgress); err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s to %s: %v, want %s", test.file, DisplayName(test.url), err, test.want)
		}
	}
}

// interrupt leaves an unfinished copy, with all of the history.
func interrupt(t *testing.T, file, url string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	steps := 0
	if _, err := copied(ctx, t, file, url, func(string, int64, int64) {
		if steps++; steps == 3 {
			cancel()
		}
	}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

// TestCopyFindsDifferences alters what was copied before the copy goes on.
func TestCopyFindsDifferences(t *testing.T) {
	for statement, want := range map[string]string{
		"UPDATE users SET name = 'Another' WHERE pk = 1":                                   "users: row 1: name is another in the copy",
		"UPDATE users SET created_at = created_at + interval '1 microsecond' WHERE pk = 1": "users: row 1: created_at is another in the copy",
		"DROP INDEX users_created":                                                         "is damaged",
		"DELETE FROM status_changes WHERE seq = 1":                                         "status_changes: row 1 is in the file, where the copy has status_changes: row 2",
		"CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; " +
			"CREATE TRIGGER nothing BEFORE INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION nothing()": "sessions: row 1 is not in the copy",
		"CREATE FUNCTION more() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN " +
			"INSERT INTO idempotency_keys SELECT ''z'', key, fingerprint, change, created_at FROM idempotency_keys; RETURN NULL; END'; " +
			"CREATE TRIGGER more AFTER INSERT ON idempotency_keys WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION more()": "idempotency_keys: row z, key of the copy is not in the file",
		"UPDATE status_changes SET review_comment = NULL WHERE seq = 1":                                                                       "status_changes: row 1: review_comment is another in the copy",
		"INSERT INTO users SELECT 0, gen_random_uuid(), 'x', 'x', 'x@x', user_type, status, 1, 1, NULL, now(), now() FROM users WHERE pk = 1": "users: row 1 is in the file, where the copy has users: row 0",
	} {
		t.Run(statement, func(t *testing.T) {
			f := openFurnished(t)
			url := postgrestest.Database(t)
			interrupt(t, f.name, url)
			postgrestest.Exec(t, url, "SET session_replication_role = replica; "+statement)
			if _, err := copied(t.Context(), t, f.name, url, anyProgress); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %s", err, want)
			}
			wantUnfinished(t, url)
		})
	}
}

// TestCopyOfWhatPostgresCannotHold has texts that SQLite keeps.
func TestCopyOfWhatPostgresCannotHold(t *testing.T) {
	for statement, want := range map[string]string{
		"UPDATE users SET name = 'a' || char(0) || 'b' WHERE pk = 2":       `users: row 2: name holds "a\x00b", and PostgreSQL keeps no U+0000`,
		"UPDATE users SET name = CAST(x'61ff' AS TEXT) WHERE pk = 2":       `users: row 2: name holds "a\xff", which is not valid UTF-8`,
		"UPDATE users SET created_by = upper(created_by) WHERE pk = 2":     `users: row 2: created_by is "98D91CD7`,
		"UPDATE users SET created_by = printf('%036d', pk) WHERE pk = 2":   "which is no UUID in lower case",
		"UPDATE idempotency_keys SET key = 'a' || char(0) WHERE key <> ''": `idempotency_keys: row ` + benID + `, a`,
	} {
		t.Run(statement, func(t *testing.T) {
			f := openFurnished(t)
			url := postgrestest.Database(t)
			if err := f.exec(statement); err != nil {
				t.Fatal(err)
			}
			if _, err := copied(t.Context(), t, f.name, url, anyProgress); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %s", err, want)
			}
		})
	}
}

// TestCopyByTwo has a second process copy into the same database.
func TestCopyByTwo(t *testing.T) {
	f := openFurnished(t)
	url := postgrestest.Database(t)
	var second error
	if _, err := copied(t.Context(), t, f.name, url, func(what string, done, total int64) {
		if second == nil {
			_, second = copied(t.Context(), t, f.name, url, anyProgress)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if second == nil || !strings.Contains(second.Error(), "another process copies into") {
		t.Errorf("the second: %v", second)
	}
}

// TestCopyLosesItsServer ends the connections of a copy that is under way.
func TestCopyLosesItsServer(t *testing.T) {
	f := openFurnished(t)
	url := postgrestest.Database(t)
	steps := 0
	_, err := copied(t.Context(), t, f.name, url, func(string, int64, int64) {
		if steps++; steps == 2 {
			postgrestest.Exec(t, url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
		}
	})
	if err == nil || !strings.Contains(err.Error(), "the same call goes on from there") {
		t.Errorf("%v", err)
	}
	mustCopy(t, f.name, url)
	f.wantCopy(t, url)
}
