package main_test

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/parley-gateway/parley/repository/postgrestest"
)

// withPassword is a URL with something that must not be seen.
func withPassword(url string) string { return strings.Replace(url, "postgres@", "postgres:s3cret@", 1) }

// commands are those that open a database in one way or another.
var commands = []string{
	"serve --addr 127.0.0.1:0", "migrate", "user list", "user create --identifier x --name X --email x@example.com", "export", "token list", "workspace list",
}

// TestPostgresNamesThatAreRefused ends every command before it has begun.
func TestPostgresNamesThatAreRefused(t *testing.T) {
	s := newShell(t)
	for name, message := range map[string]string{
		"":                                  "has no name",
		"mysql://ann:s3cret@db/parley":      "mysql:// is no kind of database",
		"postgres://ann:s3cret@db:x/parley": "is no URL of a PostgreSQL database",
	} {
		for _, command := range commands {
			r := s.run(append(strings.Fields(command), "--db", name)...)
			if r.exit != 2 || !strings.Contains(r.err, message) || strings.Contains(r.err, "s3cret") {
				t.Errorf("%s --db %s: exit %d: %s", command, name, r.exit, r.err)
			}
		}
	}
	if entries, err := os.ReadDir(s.dir); err != nil || len(entries) > 0 {
		t.Errorf("they left %v (%v)", entries, err)
	}
}

// TestPostgresDatabasesThatAreRefused changes nothing in them.
func TestPostgresDatabasesThatAreRefused(t *testing.T) {
	s := newShell(t)
	url := withPassword(postgrestest.Database(t))
	server, _, _ := strings.Cut(strings.TrimPrefix(url, "postgres://postgres:s3cret@"), "/")
	foreign, newer, standby := postgrestest.Database(t), postgrestest.Database(t), postgrestest.Database(t)
	postgrestest.Exec(t, foreign, "CREATE TABLE users (name text)")
	s.run("migrate", "--db", newer)
	postgrestest.Exec(t, newer, "INSERT INTO parley_migrations (version_id, is_applied) VALUES (999, true)")
	postgrestest.Exec(t, standby, "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$")
	for name, message := range map[string][]string{
		strings.Replace(url, server, nowhere(t), 1):                 {"cannot be opened", "refused"},
		strings.Replace(url, "postgres:s3cret", "nobody:s3cret", 1): {"cannot be opened", `role "nobody" does not exist`},
		strings.Replace(url, "/test", "/other", 1):                  {"/other", "cannot be opened", "does not exist"},
		withPassword(foreign):                                       {"cannot be opened", "another program"},
		withPassword(newer):                                         {"newer Parley", "999"},
		withPassword(standby):                                       {"only reads", "target_session_attrs=read-write"},
	} {
		for _, command := range commands {
			r := s.run(append(strings.Fields(command), "--db", name)...)
			for _, part := range message {
				if r.exit != 1 || r.out != "" || !strings.Contains(r.err, part) || strings.Contains(r.err, "s3cret") {
					t.Errorf("%s --db %s: exit %d, want %q: %s", command, name, r.exit, part, r.err)
				}
			}
		}
	}
}

// nowhere is an address where nobody listens.
func nowhere(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// TestPostgresPassword uses a server that asks for one.
func TestPostgresPassword(t *testing.T) {
	server := serverWithPasswords(t)
	url := server.Database(t)
	postgrestest.Exec(t, url, "CREATE ROLE ann LOGIN PASSWORD 's3cret'")
	postgrestest.Exec(t, url, "GRANT CREATE ON SCHEMA public TO ann")
	as := func(user string) *shell {
		return newShell(t).with("PARLEY_DB=" + strings.Replace(url, "postgres@", user+"@", 1))
	}
	as("ann:wr0ng").refused(1, []string{"cannot be opened", "password authentication failed"}, "user", "list")
	as("ann").refused(1, []string{"cannot be opened", "password"}, "user", "list")
	as("ann:s3cret").populate()
	if r := as("ann:wr0ng").run("user", "list"); strings.Contains(r.err, "wr0ng") {
		t.Errorf("the password is shown: %s", r.err)
	}
}

// serverWithPasswords asks all but postgres for their password
// (https://www.postgresql.org/docs/current/auth-pg-hba-conf.html).
func serverWithPasswords(t *testing.T) *postgrestest.Server {
	t.Helper()
	folder, err := os.MkdirTemp("", "parley-hba-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	rules := "host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
	// The server runs as another user.
	if err := errors.Join(os.Chmod(folder, 0o755), os.WriteFile(folder+"/pg_hba.conf", []byte(rules), 0o644)); err != nil {
		t.Fatal(err)
	}
	server, err := postgrestest.Start("fsync=off", "hba_file="+folder+"/pg_hba.conf")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	return server
}

// TestPostgresPasswordIsNotShown looks at what is said of a database that all is well
// with.
func TestPostgresPasswordIsNotShown(t *testing.T) {
	url := withPassword(postgrestest.Database(t))
	s := newShell(t).with("PARLEY_DB=" + url)
	named, _, _ := strings.Cut(url, "?")
	shown := strings.Replace(named, "postgres:s3cret@", "", 1)
	s.reading(numbered(1)).imports("--format", "ndjson", "-")
	v := s.serve()
	v.ask("GET", "/users/user-0", s.newToken("user-0"), "")
	v.stop()
	said := strings.Join(v.log, "\n")
	if !strings.Contains(said, "db="+shown+" ") {
		t.Errorf("the server does not say what it serves, %s: %s", shown, said)
	}
	for _, command := range []string{"migrate", "check", "backup copy.db", "serve --help", "help serve", "user list --fly"} {
		r := s.run(strings.Fields(command)...)
		said += r.out + r.err
	}
	if strings.Contains(said, "s3cret") {
		t.Errorf("the password is shown: %s", said)
	}
	s.refused(1, []string{"pg_basebackup", "pg_dump"}, "backup", "copy.db")
	if r := s.run("migrate"); !strings.HasPrefix(r.err, shown+" is at schema ") {
		t.Errorf("migrate says %s", r.err)
	}
}

// TestPostgresImportThatWasNotAnswered interrupts a commit that waits, and is made
// afterwards.
func TestPostgresImportThatWasNotAnswered(t *testing.T) {
	url := postgrestest.Database(t)
	s := newShell(t).with("PARLEY_DB=" + url)
	s.run("migrate")
	postgrestest.Exec(t, url, `CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = 0
		AS $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END $$`)
	postgrestest.Exec(t, url, "CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON users DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()")
	holder := connect(t, url)
	ask(t, holder, "SELECT count(pg_advisory_lock(1))")

	cmd := s.reading(numbered(1)).command("import", "--format", "ndjson", "-")
	ended := s.start(cmd)
	eventually(t, "the commit waits", func() bool {
		return ask(t, holder, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") == 1
	})
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	r := ended()
	for _, part := range []string{"it may be", "0 of 1 users are in, and more may be", "--skip-existing"} {
		if r.exit != 1 || !strings.Contains(r.err, part) {
			t.Errorf("exit %d, want %q: %s", r.exit, part, r.err)
		}
	}
	ask(t, holder, "SELECT count(pg_advisory_unlock(1))")
	eventually(t, "the commit is made", func() bool { return ask(t, holder, "SELECT count(*) FROM users") == 1 })
	said := s.reading(numbered(1)).imports("--format", "ndjson", "--skip-existing", "-")
	if said != "0 users imported, 1 were there\n" {
		t.Errorf("afterwards it says %q", said)
	}
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

// ask asks for a number.
func ask(t *testing.T, conn *pgx.Conn, query string) (n int) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}
