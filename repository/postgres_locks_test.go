package repository

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/repository/postgrestest"
)

// openPeople opens a store with a few people in it, until the test ends.
func openPeople(t *testing.T, name string, opts Options) *world {
	t.Helper()
	store := openStore(t, name, opts)
	t.Cleanup(func() { closeStore(t, store) })
	if err := store.Load(t.Context(), workspaces(), users()); err != nil {
		t.Fatal(err)
	}
	return &world{Store: store, name: name, clock: &clock{time: start}}
}

// execBeside runs a statement in the store's database, beside the store.
func (w *world) execBeside(t *testing.T, statement string, args ...any) {
	t.Helper()
	postgrestest.Exec(t, w.name, statement, args...)
}

// lock has somebody else lock a user.
func (w *world) lock(t *testing.T, ref string) (conn *pgx.Conn, release func()) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), w.name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "BEGIN"); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "SELECT FROM users WHERE identifier = $1 FOR UPDATE", ref); err != nil {
		t.Fatal(err)
	}
	return conn, func() { conn.Close(context.Background()) }
}

// waits is how many of the store's connections wait for something of a kind that
// PostgreSQL tells
// (https://www.postgresql.org/docs/current/monitoring-stats.html#WAIT-EVENT-TABLE).
func (w *world) waits(t *testing.T, kind, event string) (pids []int32) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), w.name)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	rows, err := conn.Query(t.Context(), `
		SELECT pid FROM pg_stat_activity
		WHERE datname = current_database() AND application_name = 'parley' AND wait_event_type = $1 AND wait_event LIKE $2`, kind, event)
	if err != nil {
		t.Fatal(err)
	}
	if pids, err = pgx.CollectRows(rows, pgx.RowTo[int32]); err != nil {
		t.Fatal(err)
	}
	return pids
}

func (w *world) eventuallyWaits(t *testing.T, kind, event string) (pid int32) {
	t.Helper()
	eventually(t, "a connection waits for a "+kind, func() bool {
		pids := w.waits(t, kind, event)
		if len(pids) > 0 {
			pid = pids[0]
		}
		return pid != 0
	})
	return pid
}

// TestLockedUserFailsAlone has somebody hold on to a user: the others of the batch do
// not wait for long.
func TestLockedUserFailsAlone(t *testing.T) {
	w := openPeople(t, postgrestest.Database(t), Options{})
	_, release := w.lock(t, "ben")
	defer release()
	begun := time.Now()
	outcomes, failures := w.together(t,
		change("ann", parley.StatusInactive), change("ben", parley.StatusRisky), keyed(strayID, parley.StatusRisky, "key"))
	if took := time.Since(begun); took > defaultBusyTimeout {
		t.Errorf("it took %v", took)
	}
	wantDetail(t, failures[1], "Nothing was changed.")
	for _, i := range []int{0, 2} {
		if failures[i] != nil || outcomes[i].User.Version != 2 {
			t.Errorf("%+v, %v", outcomes[i], failures[i])
		}
	}
	release()
	if outcome := w.mustChange(t, change("ben", parley.StatusRisky)); outcome.User.Version != 2 {
		t.Errorf("afterwards: %+v", outcome)
	}
}

// TestLockHoldsNobodyUp goes on asking for a user who is locked, beside others.
func TestLockHoldsNobodyUp(t *testing.T) {
	w := openPeople(t, postgrestest.Database(t), Options{})
	_, release := w.lock(t, "ben")
	defer release()
	_, err := w.ChangeStatus(t.Context(), change("ben", parley.StatusRisky))
	wantDetail(t, err, "Nothing was changed.")
	begun := time.Now()
	const rounds = 5
	for range rounds {
		_, failures := w.together(t, change("ben", parley.StatusRisky), change("ann", parley.StatusRisky))
		wantDetail(t, failures[0], "Nothing was changed.")
		if failures[1] != nil {
			t.Error(failures[1])
		}
	}
	if took := time.Since(begun); took > rounds*time.Second {
		t.Errorf("%d batches took %v", rounds, took)
	}
}

func TestLockIsWaitedFor(t *testing.T) {
	w := openPeople(t, postgrestest.Database(t), Options{})
	_, release := w.lock(t, "ben")
	time.AfterFunc(100*time.Millisecond, release)
	w.mustChange(t, change("ben", parley.StatusRisky))
}

// TestLockOutlastsDeadline gives changes less time than a lock is waited for.
func TestLockOutlastsDeadline(t *testing.T) {
	w := openPeople(t, postgrestest.Database(t), Options{BusyTimeout: 200 * time.Millisecond})
	_, release := w.lock(t, "ben")
	defer release()
	begun := time.Now()
	_, err := w.ChangeStatus(t.Context(), change("ben", parley.StatusRisky))
	wantDetail(t, err, "Nothing was changed.")
	if took := time.Since(begun); took > 1500*time.Millisecond { // for which a lock is waited for
		t.Errorf("it took %v", took)
	}
}

// TestDeadlineUnderWayInPostgres ends a caller's time while its change is carried out.
func TestDeadlineUnderWayInPostgres(t *testing.T) {
	w := openPeople(t, postgrestest.Database(t), Options{})
	_, release := w.lock(t, "ben")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := w.ChangeStatus(ctx, change("ben", parley.StatusRisky))
	wantDetail(t, err, "it may be")
	release()
	eventually(t, "it was carried out", func() bool { return w.mustUser(t, "ben").Version == 2 })
}

// provoke has statements on a table fail so many times.
func (w *world) provoke(t *testing.T, event, table, state string, times int) {
	t.Helper()
	w.execBeside(t, fmt.Sprintf(`
		CREATE SEQUENCE IF NOT EXISTS provoked;
		ALTER SEQUENCE provoked RESTART;
		CREATE OR REPLACE FUNCTION provoke() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN
			IF nextval('provoked') <= %d THEN RAISE EXCEPTION 'provoked' USING ERRCODE = '%s'; END IF;
			RETURN new;
		END $$;
		CREATE OR REPLACE TRIGGER provoked BEFORE %s ON %s FOR EACH STATEMENT EXECUTE FUNCTION provoke()`, times, state, event, table))
}

// TestConflictsAreTriedAgain has PostgreSQL give transactions up.
func TestConflictsAreTriedAgain(t *testing.T) {
	for _, state := range []string{codeSerialization, codeDeadlock} {
		w := openPeople(t, postgrestest.Database(t), Options{})
		w.provoke(t, "INSERT", "status_changes", state, 3)
		if outcome := w.mustChange(t, change("ben", parley.StatusRisky)); outcome.User.Version != 2 {
			t.Errorf("%s: %+v", state, outcome)
		}
		if n := len(w.history(t, "ben")); n != 1 {
			t.Errorf("%s: %d changes", state, n)
		}
		w.provoke(t, "INSERT", "tokens", state, 3)
		w.mustCreateToken(t, newToken("token"))
	}
}

func TestConflictsWithoutEnd(t *testing.T) {
	w := openPeople(t, postgrestest.Database(t), Options{BusyTimeout: 200 * time.Millisecond})
	w.provoke(t, "INSERT", "status_changes", codeSerialization, 1e6)
	w.provoke(t, "INSERT", "tokens", codeSerialization, 1e6)
	begun := time.Now()
	_, err := w.ChangeStatus(t.Context(), change("ben", parley.StatusRisky))
	wantDetail(t, err, "Nothing was changed.")
	_, err = w.CreateToken(t.Context(), newToken("token"))
	wantDetail(t, err, "Nothing was changed.")
	if took := time.Since(begun); took > defaultBusyTimeout {
		t.Errorf("it took %v", took)
	}
}

// TestNoDeadlocks has two stores change the same users and use the same keys, in orders
// that are not the same.
func TestNoDeadlocks(t *testing.T) {
	name := postgrestest.Database(t)
	w := openPeople(t, name, Options{})
	both := [2]*world{w, {Store: openStore(t, name, Options{}), name: name}}
	refs := [2][]string{{"ben", "ann", strayID, elseID}, {elseID, strayID, "ann", "ben"}}
	const rounds = 20
	for round := range rounds {
		atOnce(8, func(i int) {
			var all sync.WaitGroup
			for _, ref := range refs[i%2] {
				all.Go(func() {
					request := keyed(ref, parley.StatusRisky, fmt.Sprint(ref, round))
					if _, err := both[i%2].ChangeStatus(t.Context(), request); err != nil {
						t.Errorf("ChangeStatus: %v", err)
					}
				})
			}
			all.Wait()
		})
	}
	for _, ref := range refs[0] {
		if n := len(w.history(t, ref)); n != rounds {
			t.Errorf("%d changes of %s with %d keys", n, ref, rounds)
		}
	}
	closeStore(t, both[1].Store) // its connections tell what they have counted
	if n := number(t, name, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"); n != 0 {
		t.Errorf("%d deadlocks", n)
	}
}

// number asks a database beside the store.
func number(t *testing.T, name, query string, args ...any) (n int64) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if err := conn.QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// TestDeadlockWithSomebodyElse has somebody lock the same users in another order.
func TestDeadlockWithSomebodyElse(t *testing.T) {
	w := openPeople(t, postgrestest.Database(t), Options{})
	other, release := w.lock(t, "ann")
	var all sync.WaitGroup
	all.Go(func() {
		w.eventuallyWaits(t, "Lock", "%")
		// It may be the one that is given up.
		_, _ = other.Exec(t.Context(), "SELECT FROM users WHERE identifier = 'ben' FOR UPDATE")
		release()
	})
	_, failures := w.together(t, change("ben", parley.StatusRisky), change("ann", parley.StatusInactive))
	all.Wait()
	if failures[0] != nil || failures[1] != nil {
		t.Errorf("errors = %v", failures)
	}
}
