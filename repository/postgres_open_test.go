package repository

import (
	"strings"
	"testing"

	"github.com/parley-gateway/parley/repository/postgrestest"
)

// tablesOf counts what somebody has made in a database.
func tablesOf(t *testing.T, name string) int64 {
	t.Helper()
	return number(t, name, "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
}

// TestUnusableDatabases opens what is no place for a store, and leaves it as it is.
func TestUnusableDatabases(t *testing.T) {
	for _, test := range []struct {
		name, options, before, want string
	}{
		{"another program's users", "", "CREATE TABLE users (id int)", "another program's data"},
		{"another program's tokens", "", "CREATE TABLE tokens (id int)", "another program's data"},
		{"another program's view", "", "CREATE VIEW sessions AS SELECT 1 AS x", "another program's data"},
		{"a newer schema", "", "CREATE TABLE parley_migrations (version_id bigint); INSERT INTO parley_migrations VALUES (1), (99)", "newer Parley"},
		{"another encoding", "ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0", "SELECT 1", "LATIN1"},
		{"no encoding", "ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0", "SELECT 1", "SQL_ASCII"},
	} {
		t.Run(test.name, func(t *testing.T) {
			name := postgrestest.Database(t, test.options)
			postgrestest.Exec(t, name, test.before)
			tables := tablesOf(t, name)
			for range 2 {
				if _, err := Open(t.Context(), name, Options{}); err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("Open: %v, want a refusal that says %q", err, test.want)
				}
			}
			if n := tablesOf(t, name); n != tables {
				t.Errorf("%d tables were left where there were %d", n, tables)
			}
		})
	}
}

// TestTablesBeside has tables of another program in the same database that are in
// nobody's way.
func TestTablesBeside(t *testing.T) {
	name := postgrestest.Database(t)
	postgrestest.Exec(t, name, "CREATE TABLE notes (text text); CREATE SCHEMA other; CREATE TABLE other.users (id int)")
	checkUsable(t, name)
}

func TestReadOnlyDatabase(t *testing.T) {
	name := postgrestest.Database(t)
	postgrestest.Exec(t, name, "ALTER DATABASE "+databaseOf(t, name)+" SET default_transaction_read_only = on")
	if _, err := Open(t.Context(), name, Options{}); err == nil || !strings.Contains(err.Error(), "only reads") {
		t.Errorf("Open: %v, want a refusal", err)
	}
	if n := tablesOf(t, name); n != 0 {
		t.Errorf("left %d tables", n)
	}
}

// TestMigrationIsInterrupted ends one in the middle: the next begins again.
func TestMigrationIsInterrupted(t *testing.T) {
	p, name := newProxy(t, postgrestest.Database(t))
	p.cut(commitUnanswered, 1, func() {})
	if _, err := Open(t.Context(), name, Options{}); err == nil {
		t.Error("nothing failed")
	}
	checkUsable(t, name)
}

// TestNoPasswordIsShown opens what cannot be, by names that hold a password.
func TestNoPasswordIsShown(t *testing.T) {
	for _, name := range []string{
		"postgres://u:s3cr3t@127.0.0.1:1/db?sslmode=disable",
		"postgres://127.0.0.1:1/db?user=u&password=s3cr3t",
		"postgres://u:s3cr3t@127.0.0.1:1,127.0.0.1:2/db",
		"postgres://u:x/s3cr3t@127.0.0.1:1/db",
		"postgres://u:x?s3cr3t@127.0.0.1:1/db",
		"postgres://u:x#s3cr3t@127.0.0.1:1/db",
		"postgres://u:1/s3cr3t@127.0.0.1:1/db",
		"postgres://u:x@y/s3cr3t@127.0.0.1:1/db",
		"postgres://u:s3cr3t%zz@127.0.0.1:1/db",
		"postgres://u:s3cr3t @127.0.0.1:1/db",
		"postgres://u:s3cr3t@127.0.0.1:port/db",
		"postgres://u:1?s3cr3t@127.0.0.1:1/db",
		"postgres://u:s3cr3t@127.0.0.1:1/db?sslmode=wrong",
		"postgres://u:s3cr3t@127.0.0.1:1/db?connect_timeout=wrong",
		"postgres://u:s3cr3t@127.0.0.1:1/db?target_session_attrs=wrong",
		"postgresql://u:s3cr3t@[::1/db",
	} {
		_, err := Open(t.Context(), name, Options{})
		if err == nil {
			t.Fatalf("%s was opened", name)
		}
		for _, shown := range []string{err.Error(), DisplayName(name)} {
			if strings.Contains(shown, "s3cr3t") || strings.Contains(shown, "x@y") {
				t.Errorf("%s is shown as %q", name, shown)
			}
		}
	}
	if got, want := DisplayName("postgres://u:p@a:1,b:2/db?x=y"), "postgres://a:1,b:2/db"; got != want {
		t.Errorf("DisplayName = %s, want %s", got, want)
	}
}
