package repository

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/repository/postgrestest"
)

// TestFailedWritesInPostgres breaks each of the three writes of a change, and the
// commit: others of its batch are made.
func TestFailedWritesInPostgres(t *testing.T) {
	w := openPeople(t, postgrestest.Database(t), Options{})
	w.execBeside(t, `
		CREATE FUNCTION break_one() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN
			IF to_jsonb(new) ->> 'user_pk' = '1' OR to_jsonb(new) ->> 'identifier' = 'ben' OR to_jsonb(new) ->> 'key' = 'break'
			THEN RAISE EXCEPTION 'broken'; END IF;
			RETURN new;
		END $$`)
	for i, trigger := range []string{
		"CREATE TRIGGER breakage BEFORE INSERT ON status_changes",
		"CREATE TRIGGER breakage BEFORE UPDATE ON users",
		"CREATE TRIGGER breakage BEFORE INSERT ON idempotency_keys",
		"CREATE CONSTRAINT TRIGGER breakage AFTER INSERT ON status_changes DEFERRABLE INITIALLY DEFERRED",
	} {
		t.Run(trigger, func(t *testing.T) {
			w.execBeside(t, trigger+" FOR EACH ROW EXECUTE FUNCTION break_one()")
			outcomes, failures := w.together(t, change("ann", parley.StatusRisky), keyed("ben", parley.StatusRisky, "break"), change("nobody", parley.StatusRisky))
			if failures[0] != nil || outcomes[0].User.Version != int64(i)+2 {
				t.Errorf("%+v, %v", outcomes[0], failures[0])
			}
			if failures[1] == nil || parley.AsError(failures[1]).Code != parley.CodeInternal {
				t.Errorf("error = %v, want the store's own", failures[1])
			}
			wantCode(t, failures[2], parley.CodeNotFound)
			if user := w.mustUser(t, "ben"); user.Version != 1 || len(w.history(t, "ben")) != 0 {
				t.Errorf("left %+v", user)
			}
			w.execBeside(t, "DROP TRIGGER breakage ON "+[]string{"status_changes", "users", "idempotency_keys", "status_changes"}[i])
		})
	}
	if outcome := w.mustChange(t, keyed("ben", parley.StatusRisky, "break")); outcome.Replayed || outcome.User.Version != 2 {
		t.Errorf("afterwards: %+v", outcome)
	}
}

const terminateAll = `
	SELECT pg_terminate_backend(pid) FROM pg_stat_activity
	WHERE application_name = 'parley' AND datname = current_database()`

// TestTerminatedConnections ends the server's side of a connection in each phase of a
// change.
func TestTerminatedConnections(t *testing.T) {
	w := openPeople(t, postgrestest.Database(t), Options{})
	_, release := w.lock(t, "ben")
	var all sync.WaitGroup
	all.Go(func() { w.mustChange(t, change("ben", parley.StatusRisky)) })
	w.execBeside(t, "SELECT pg_terminate_backend($1)", w.eventuallyWaits(t, "Lock", "%"))
	release()
	all.Wait()
	w.execBeside(t, terminateAll)
	if outcome := w.mustChange(t, change("ben", parley.StatusRisky)); outcome.User.Version != 3 {
		t.Errorf("outcome = %+v", outcome)
	}
	w.execBeside(t, terminateAll)
	if n := len(w.history(t, "ben")); n != 2 {
		t.Errorf("%d changes", n)
	}
}

// TestPatienceOfOthers has the server end connections that say nothing: while idle, and
// while idle in a transaction.
func TestPatienceOfOthers(t *testing.T) {
	name := postgrestest.Database(t)
	openPeople(t, name, Options{})
	postgrestest.Exec(t, name, "ALTER ROLE postgres IN DATABASE "+databaseOf(t, name)+" SET idle_session_timeout = '300ms'")
	impatient := openStore(t, name, Options{})
	t.Cleanup(func() { closeStore(t, impatient) })
	w := &world{Store: impatient}
	for range 3 {
		w.mustChange(t, change("ben", parley.StatusRisky))
		time.Sleep(400 * time.Millisecond)
		w.mustUser(t, "ben")
		time.Sleep(400 * time.Millisecond)
		w.mustCreateToken(t, newToken(fmt.Sprint(time.Now())))
	}
}

func databaseOf(t *testing.T, name string) string {
	t.Helper()
	config, err := pgx.ParseConfig(name)
	if err != nil {
		t.Fatal(err)
	}
	return config.Database
}
