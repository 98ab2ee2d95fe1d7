package repository

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/parley-gateway/parley"
)

func TestNewFileIsPrivate(t *testing.T) {
	path := newPath(t)
	closeStore(t, openStore(t, path, Options{}))
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the new file's mode is %v, %v: it is for its owner alone", info.Mode(), err)
	}
}

func TestEmptyFileIsNew(t *testing.T) {
	path := newPath(t)
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	checkUsable(t, path)
}

// latest is the version of this program's schema.
const latest int64 = 4

// TestOlderSchema opens a file of the first schema, with users in it.
func TestOlderSchema(t *testing.T) {
	path := newPath(t)
	first, err := fs.ReadFile(sqliteMigrations(), "0001_users.sql")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := migrate(t.Context(), path, fstest.MapFS{"0001_users.sql": {Data: first}}, migrationPatience); err != nil {
		t.Fatal(err)
	}
	db := openHandle(path, "rw", "immediate", time.Second)
	if _, err := db.ExecContext(t.Context(), `
		INSERT INTO workspaces (pk, id, identifier, name, workspace_type, created_at, updated_at)
		VALUES (1, ?, 'delay', 'Delay', 'multi_user', 0, 0)`, delayID); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), `
		INSERT INTO users (id, identifier, name, email, user_type, status, version, workspace, created_at, updated_at)
		VALUES (?, 'ben', 'Benjamin', 'ben@delay.example', 'saas_user', 'active', 1, 1, 0, 0)`, benID); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	store := openStore(t, path, Options{})
	defer store.Close()
	page, err := store.Users(t.Context(), parley.Everywhere, parley.UserFilter{Prefix: "BENJ", Page: parley.Page{Limit: 2}})
	if err != nil || len(page.Users) != 1 || page.Users[0].ID != benID {
		t.Errorf("Users = %+v, %v, want ben", page, err)
	}
}

// nextSchema is this program's schema and one migration more.
func nextSchema(t *testing.T, statement string) fs.FS {
	t.Helper()
	next := fstest.MapFS{fmt.Sprintf("%04d_next.sql", latest+1): {Data: []byte("-- +goose Up\n" + statement + ";\n")}}
	if err := fs.WalkDir(sqliteMigrations(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(sqliteMigrations(), name)
		next[name] = &fstest.MapFile{Data: data}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return next
}

func TestMigrationNeedsTheFileAlone(t *testing.T) {
	path, next := newPath(t), nextSchema(t, "ALTER TABLE users ADD COLUMN phone TEXT")
	store := openStore(t, path, Options{})
	if err := store.Load(t.Context(), workspaces(), users()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := migrate(t.Context(), path, next, 10*time.Millisecond); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("migration beside a server: %v, want a refusal", err)
	}
	if _, err := store.ChangeStatus(t.Context(), change("ben", parley.StatusRisky)); err != nil {
		t.Errorf("the server afterwards: %v", err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	from, to, err := migrate(t.Context(), path, next, migrationPatience)
	if err != nil || from != latest || to != latest+1 {
		t.Errorf("migrate = %d, %d, %v, want %d and the next", from, to, err, latest)
	}
	before := contents(t, path)
	if _, err := Open(t.Context(), path, Options{}); err == nil || !strings.Contains(err.Error(), "newer Parley") {
		t.Errorf("a newer schema: %v, want a refusal", err)
	}
	if !bytes.Equal(contents(t, path), before) {
		t.Error("the newer file was changed")
	}
}

func TestMigrationsRunOnceAmongMany(t *testing.T) {
	path := newPath(t)
	store := openStore(t, path, Options{})
	if err := store.Load(t.Context(), workspaces(), users()); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	next := nextSchema(t, "UPDATE users SET version = version + 1")
	atOnce(10, func(int) {
		if _, _, err := migrate(t.Context(), path, next, migrationPatience); err != nil {
			t.Errorf("migrate: %v", err)
		}
	})
	db := openHandle(path, "ro", "deferred", time.Second)
	defer db.Close()
	var version int
	if err := db.Get(&version, "SELECT max(version) FROM users"); err != nil || version != 2 {
		t.Errorf("version = %d, %v, want 2: the migration ran more than once or not at all", version, err)
	}
}

func TestFailedMigrationLeavesTheOldSchema(t *testing.T) {
	path := newPath(t)
	closeStore(t, openStore(t, path, Options{}))
	if _, _, err := migrate(t.Context(), path, nextSchema(t, "DROP TABLE nothing"), migrationPatience); err == nil {
		t.Error("a migration that fails was not reported")
	}
	checkUsable(t, path)
}

func contents(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestForeignFilesAreLeftAlone(t *testing.T) {
	sqlite := func(statements string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			db := openHandle(path, "rwc", "deferred", time.Second)
			defer db.Close()
			db.SetMaxOpenConns(1)
			if _, err := db.ExecContext(t.Context(), statements); err != nil {
				t.Fatal(err)
			}
		}
	}
	file := func(data string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := []struct {
		name string
		make func(*testing.T, string)
	}{
		{"text", file("# Notes\n")},
		{"long text", file(strings.Repeat("Notes. ", 10_000))},
		{"another program's id", sqlite("PRAGMA application_id = 252006675")},
		{"another program's tables", sqlite("CREATE TABLE notes (text TEXT)")},
		{"another program's log", sqlite("PRAGMA journal_mode = WAL; CREATE TABLE notes (text TEXT)")},
		{"another program that uses goose", sqlite("CREATE TABLE goose_db_version (version_id INTEGER)")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := newPath(t)
			test.make(t, path)
			before := contents(t, path)
			_, err := Open(t.Context(), path, Options{})
			if err == nil || !strings.Contains(err.Error(), "no Parley database") {
				t.Errorf("OpenSQLite: %v, want a refusal", err)
			}
			if !bytes.Equal(contents(t, path), before) {
				t.Error("the file was changed")
			}
			if beside, _ := filepath.Glob(path + "*"); len(beside) != 1 {
				t.Errorf("left %q", beside)
			}
		})
	}
}

func TestPlacesWithoutAFile(t *testing.T) {
	folder := t.TempDir()
	for _, path := range []string{folder, filepath.Join(folder, "missing", "parley.db"), filepath.Join(folder, "nul\x00.db")} {
		if _, err := Open(t.Context(), path, Options{}); err == nil || !strings.Contains(err.Error(), folder) {
			t.Errorf("Open(%q): %v, want an error with its name", path, err)
		}
	}
	if beside, _ := filepath.Glob(filepath.Join(folder, "*")); len(beside) != 0 {
		t.Errorf("left %q", beside)
	}
}
