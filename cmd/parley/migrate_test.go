package main_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver
	"github.com/parley-gateway/parley/repository/postgrestest"
)

// newHistory is a folder whose parley.db holds so many users with changes each.
func newHistory(t *testing.T, users, changes int) *shell {
	t.Helper()
	s := newPopulated(t)
	execute(t, s.path("parley.db"), fmt.Sprintf(`
		WITH RECURSIVE i (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM i WHERE n <= %[1]d)
		INSERT INTO users SELECT n, printf('00000000-0000-4000-8000-%%012d', n), 'user-' || n, 'User ' || n, n || '@example.com', 'saas_user', 'risky',
			1 + %[2]d, 1, %[1]d * (%[2]d - 1) + n - 1, n, 1000000 * (%[1]d * (%[2]d - 1) + n - 1), NULL, NULL FROM i;
		WITH RECURSIVE i (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < %[1]d * %[2]d)
		INSERT INTO status_changes SELECT n, 2 + (n - 1) %% %[1]d, iif(n > %[1]d, n - %[1]d, NULL), 2 + (n - 1) / %[1]d,
			'risky', 'risky', 'change ' || n, NULL, 'request', 'application/json', 1000000 * n FROM i`, users, changes))
	if r := s.run("check"); r.exit != 0 {
		t.Fatalf("check: %+v", r)
	}
	return s
}

// TestCopyIsKilled kills a copy in the middle of the history, twice, and a third time
// while it compares.
func TestCopyIsKilled(t *testing.T) {
	const users, changes = 1_000, 100
	s := newHistory(t, users, changes)
	url := postgrestest.Database(t)
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	migrate := []string{"migrate", "--from", "parley.db", "--to", url}
	before := s.files()["parley.db"]
	for _, at := range []string{
		"SELECT count(*) >= 20000 FROM status_changes",
		"SELECT count(*) >= 60000 FROM status_changes",
		"SELECT count(*) > 0 FROM tokens",
	} {
		cmd := s.command(migrate...)
		wait := s.start(cmd)
		for reached := false; !reached && cmd.ProcessState == nil; time.Sleep(time.Millisecond) {
			_ = db.QueryRow(at).Scan(&reached) // there is no such table at first
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if r := wait(); r.exit != -1 {
			t.Fatalf("it was not killed: %+v", r)
		}
		s.refused(1, []string{"holds an unfinished copy"}, "serve", "--db", url, "--addr", "127.0.0.1:0")
		s.refused(1, []string{"holds an unfinished copy"}, "user", "list", "--db", url)
	}
	r := s.run(migrate...)
	if r.exit != 0 || r.out != "" || !strings.Contains(r.err, "and nothing differs: 1001 users, 100000 changes\n") || strings.Contains(r.err, "postgres@") {
		t.Errorf("migrate: %+v", r)
	}
	if s.files()["parley.db"] != before {
		t.Error("the file was changed")
	}
	if r := s.run("check", "--db", url); r.exit != 0 {
		t.Errorf("check of the copy: %+v", r)
	}
	if r := s.run(migrate...); r.exit != 0 {
		t.Errorf("with nothing new: %+v", r)
	}
	if got, want := s.data("user", "history", "user-7", "--db", url), s.data("user", "history", "user-7"); got != want {
		t.Errorf("the history is\n%swant\n%s", got, want)
	}
	s.refused(1, []string{"is not empty"}, migrate...)
}

// TestCopyBesideAServer copies while clients read and change users, and adds the rest when
// the server was stopped.
func TestCopyBesideAServer(t *testing.T) {
	s, c := newCrowd(t, 8)
	url := postgrestest.Database(t)
	migrate := []string{"migrate", "--from", "parley.db", "--to", url}
	ended := make(chan [][]string)
	go func() { ended <- c.changeUntil(1_000_000) }()
	var slowest atomic.Int64
	over := make(chan struct{})
	reads := make(chan int)
	go func() { reads <- c.readUntil(over, &slowest) }()
	s.run(migrate...) // comes to an end or not
	close(over)
	if n := <-reads; n == 0 {
		t.Error("nothing was read meanwhile")
	}
	t.Logf("the slowest read took %s", time.Duration(slowest.Load()))
	s.data("token", "revoke", "test")
	made := <-ended
	c.v.stop()
	if r := s.run(migrate...); r.exit != 0 {
		t.Fatalf("migrate: %+v", r)
	}
	wantHistories(t, s.with("PARLEY_DB="+url), made)
}

// readUntil reads one user after the other, each of which must be answered.
func (c *crowd) readUntil(over chan struct{}, slowest *atomic.Int64) (reads int) {
	for {
		select {
		case <-over:
			return reads
		default:
		}
		begun := time.Now()
		if status, answer := c.v.ask("GET", fmt.Sprintf("/users/client-%d", reads%c.size), c.token, ""); status != 200 {
			c.v.t.Errorf("a read was answered %d %s", status, answer)
			return reads
		}
		slowest.Store(max(slowest.Load(), int64(time.Since(begun))))
		reads++
	}
}

func TestCopyIsCalledWrongly(t *testing.T) {
	s := newPopulated(t)
	url := postgrestest.Database(t)
	for _, test := range []struct {
		args string
		exit int
		want string
	}{
		{"--from parley.db", 2, "[from to]"},
		{"--to " + url, 2, "[from to]"},
		{"--from parley.db --to other.db", 2, "from a file to a postgres:// URL"},
		{"--from " + url + " --to " + url, 2, "from a file to a postgres:// URL"},
		{"--from parley.db --to mysql://host/db", 2, "mysql:// is no kind of database"},
		{"--from parley.db --to " + url + " --db parley.db", 2, "--db goes with neither"},
		{"--from none.db --to " + url, 1, "there is no database"},
		{"--from parley.db --to postgres://somebody:secret@127.0.0.1:1/none", 1, "connection refused"},
	} {
		s.refused(test.exit, []string{test.want}, slices.Concat([]string{"migrate"}, strings.Fields(test.args))...)
	}
	execute(t, s.path("parley.db"), "UPDATE users SET version = 5")
	r := s.run("migrate", "--from", "parley.db", "--to", url)
	if r.exit != 1 || r.out != "users: ann: version is 5, but no change is on record\n" || !strings.Contains(r.err, "parley.db is damaged, and is not copied") {
		t.Errorf("of a damaged file: %+v", r)
	}
	if r := s.run("user", "list", "--db", url); r.exit != 0 || r.out != "" {
		t.Errorf("what is in the database then: %+v", r)
	}
}
