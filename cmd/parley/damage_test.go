package main_test

import (
	"database/sql"
	"errors"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// everyCommand opens the database in each of the ways that there are.
var everyCommand = []string{"user list", "migrate", "check", "backup copy.db", "serve --addr 127.0.0.1:0"}

// noise is the same bytes each time, which mean nothing.
func noise(n int) []byte {
	data := make([]byte, n)
	source := rand.NewChaCha8([32]byte{})
	_, _ = source.Read(data) // never fails
	return data
}

// overwrite puts bytes into a file, from offset on.
func overwrite(t testing.TB, path string, offset int64, data []byte) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteAt(data, offset); err != nil {
		t.Fatal(err)
	}
}

func sizeOf(t testing.TB, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func TestFilesThatAreRefused(t *testing.T) {
	for name, test := range map[string]struct {
		spoil   func(t *testing.T, path string) error
		message []string
	}{
		"another application's": {func(t *testing.T, path string) error {
			execute(t, path, "PRAGMA application_id = 252006675")
			return nil
		}, []string{"is no Parley database", "another program", "252006675"}},
		"header overwritten": {func(t *testing.T, path string) error {
			overwrite(t, path, 0, noise(100))
			return nil
		}, []string{"is no Parley database", "file is not a database"}},
		"newer": {func(t *testing.T, path string) error {
			execute(t, path, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)")
			return nil
		}, []string{"newer Parley", "999"}},
		"schema overwritten": {func(t *testing.T, path string) error {
			overwrite(t, path, 100, noise(3996))
			return nil
		}, []string{"cannot be opened", "malformed"}},
		"text": {func(t *testing.T, path string) error {
			return os.WriteFile(path, []byte(strings.Repeat("no database\n", 100)), 0o600)
		}, []string{"is no Parley database"}},
		"a few bytes": {func(t *testing.T, path string) error {
			return os.WriteFile(path, []byte("notes\n"), 0o600)
		}, []string{"is no Parley database"}},
		"a folder": {func(t *testing.T, path string) error {
			return errors.Join(os.Remove(path), os.Mkdir(path, 0o755))
		}, []string{"is no Parley database: it is no file"}},
		"a pipe": {func(t *testing.T, path string) error {
			return errors.Join(os.Remove(path), syscall.Mkfifo(path, 0o600))
		}, []string{"is no Parley database: it is no file"}},
		"a device": {func(t *testing.T, path string) error {
			return errors.Join(os.Remove(path), os.Symlink("/dev/full", path))
		}, []string{"is no Parley database: it is no file"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newChanged(t)
			if err := test.spoil(t, s.path("parley.db")); err != nil {
				t.Fatal(err)
			}
			before := s.listing()
			for _, command := range everyCommand {
				s.refused(1, append(test.message, "parley.db"), strings.Fields(command)...)
			}
			for name, size := range s.listing() {
				if before[name] != size {
					t.Errorf("%s was made or changed", name)
				}
			}
		})
	}
}

func TestCheckOfAnotherSchema(t *testing.T) {
	s := newChanged(t)
	execute(t, s.path("parley.db"), "DELETE FROM goose_db_version WHERE version_id = 4; DROP INDEX users_name; DROP INDEX users_created")
	for _, command := range []string{"check", "backup copy.db"} {
		s.refused(1, []string{"parley.db was written by an older Parley", "version 3", "4", "parley migrate"}, strings.Fields(command)...)
	}
	if r := s.run("migrate"); r.exit != 0 {
		t.Fatal(r.err)
	}
	wantFaults(t, s, nil)
	if err := os.WriteFile(s.path("empty.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"check", "backup copy.db"} {
		s.refused(1, []string{"empty.db is no Parley database yet"}, append(strings.Fields(command), "--db", "empty.db")...)
	}
}

// TestPageOverwritten spoils the pages that hold the users: a server cannot know
// before somebody asks for one.
func TestPageOverwritten(t *testing.T) {
	s := newChanged(t)
	token := s.newToken("ann")
	path := s.path("parley.db")
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var page int64
	if err := db.QueryRow("SELECT rootpage FROM sqlite_schema WHERE name = 'status_changes'").Scan(&page); err != nil {
		t.Fatal(err)
	}
	db.Close()
	overwrite(t, path, (page-1)*4096, noise(4096))
	spoiled := s.files()
	r := s.run("check")
	if r.exit != 1 || !strings.Contains(r.out, "integrity: ") || !strings.Contains(r.out, "history: it cannot be read to the end: ") ||
		!strings.Contains(r.err, "parley.db has ") {
		t.Errorf("check: %+v", r)
	}
	if r := s.run("backup", "copy.db"); r.exit != 1 || !strings.Contains(r.out, "integrity: ") {
		t.Errorf("backup: %+v", r)
	}
	wantFiles(t, s, spoiled)
	v := s.serve()
	if status, answer := v.ask("GET", "/users/ann", token, ""); status != http.StatusOK {
		t.Errorf("a user, who is on another page: %d %s", status, answer)
	}
	for _, ask := range []string{"GET /users/ann/status-changes", "PATCH /users/ann"} {
		method, path, _ := strings.Cut(ask, " ")
		if status, answer := v.ask(method, path, token, `{"status":"risky"}`, "Content-Type", "application/json"); status != http.StatusInternalServerError {
			t.Errorf("%s: %d %s", ask, status, answer)
		}
	}
	v.stop()
	if log := strings.Join(v.log, "\n"); !strings.Contains(log, "malformed") {
		t.Errorf("the log does not say why: %s", log)
	}
}

// TestLogs spoils what a kill left beside the file.
func TestLogs(t *testing.T) {
	const frame = 24 + 4096
	s, c := newCrowd(t, 4)
	made := c.changeUntil(10)
	c.v.kill()
	killed := s.files()
	frames := int(sizeOf(t, s.path("parley.db-wal"))-32) / frame
	replace := func(name, data string) func(*shell) error {
		return func(s *shell) error { return os.WriteFile(s.path(name), []byte(data), 0o600) }
	}
	spoil := func(name string, offset int, length int) func(*shell) error {
		return func(s *shell) error {
			overwrite(t, s.path(name), int64(offset), noise(length))
			return nil
		}
	}
	remove := func(name string) func(*shell) error {
		return func(s *shell) error { return os.Remove(s.path(name)) }
	}
	cut := func(length int) func(*shell) error {
		return func(s *shell) error { return os.Truncate(s.path("parley.db-wal"), int64(length)) }
	}
	middle := 32 + frames/2*frame
	for name, test := range map[string]struct {
		spoil   []func(*shell) error
		damage  string // what is said, where it is known
		unknown bool   // nobody can know
	}{
		"as they were":                {},
		"index gone":                  {spoil: []func(*shell) error{remove("parley.db-shm")}},
		"index of noise":              {spoil: []func(*shell) error{replace("parley.db-shm", string(noise(32768)))}},
		"cut within a frame":          {spoil: []func(*shell) error{cut(middle + 1000)}, damage: "whole frames of"},
		"cut between frames":          {spoil: []func(*shell) error{cut(middle)}, damage: "whole frames of"},
		"cut to nothing":              {spoil: []func(*shell) error{cut(0)}, damage: "0 whole frames of"},
		"gone":                        {spoil: []func(*shell) error{remove("parley.db-wal")}, damage: "0 whole frames of"},
		"noise":                       {spoil: []func(*shell) error{replace("parley.db-wal", string(noise(len(killed["parley.db-wal"]))))}, damage: "its beginning is damaged"},
		"noise, index gone":           {spoil: []func(*shell) error{spoil("parley.db-wal", 0, len(killed["parley.db-wal"])), remove("parley.db-shm")}, damage: "its beginning is damaged"},
		"noise in the middle":         {spoil: []func(*shell) error{spoil("parley.db-wal", middle+100, 8), remove("parley.db-shm")}, damage: "cannot be read"},
		"noise at the end":            {spoil: []func(*shell) error{spoil("parley.db-wal", 32+(frames-1)*frame+100, 8)}, damage: "whole frames of"},
		"cut, index gone":             {spoil: []func(*shell) error{cut(middle + 1000), remove("parley.db-shm")}, unknown: true},
		"half a frame more":           {spoil: []func(*shell) error{replace("parley.db-wal", killed["parley.db-wal"]+strings.Repeat("x", 1000))}},
		"gone, and the index as well": {spoil: []func(*shell) error{remove("parley.db-wal"), remove("parley.db-shm")}, unknown: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShell(t)
			for name, data := range killed {
				if err := os.WriteFile(s.path(name), []byte(data), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for _, spoil := range test.spoil {
				if err := spoil(s); err != nil {
					t.Fatal(err)
				}
			}
			if test.damage != "" {
				wantDamagedLog(t, s, test.damage)
				return
			}
			wantFaults(t, s, nil)
			s.serve().stop()
			if !test.unknown {
				wantHistories(t, s, made)
			}
		})
	}
}

// wantDamagedLog lets every command refuse the folder, and leave it as it is.
func wantDamagedLog(t *testing.T, s *shell, damage string) {
	t.Helper()
	before := s.files()
	if r := s.run("check"); r.exit != 1 || !strings.HasPrefix(r.out, "log: ") || !strings.Contains(r.out, damage) || strings.Count(r.out, "\n") != 1 {
		t.Errorf("check: %+v", r)
	}
	for _, command := range everyCommand {
		if command != "check" {
			s.refused(1, []string{"parley.db-wal is damaged", damage, "restore a backup", "parley.db-shm"}, strings.Fields(command)...)
		}
	}
	wantFiles(t, s, before)
}

// TestLogOfAnotherFile puts the log of one database beside another.
func TestLogOfAnotherFile(t *testing.T) {
	_, mine := newCrowd(t, 4)
	mine.changeUntil(20)
	s, theirs := newCrowd(t, 2)
	theirs.changeUntil(3)
	mine.v.kill()
	theirs.v.kill()
	from := shell{t: t, dir: mine.v.cmd.Dir}
	if err := errors.Join(
		os.WriteFile(s.path("parley.db-wal"), []byte(from.files()["parley.db-wal"]), 0o600),
		os.Remove(s.path("parley.db-shm")),
	); err != nil {
		t.Fatal(err)
	}
	wantDamagedLog(t, s, "it is the log of another file")
}

// lock locks a file by statements, as another program would.
func lock(t testing.TB, path, statements string) (release func()) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(statements); err != nil {
		t.Fatal(err)
	}
	return func() { db.Close() }
}

func TestLockedFile(t *testing.T) {
	s := newChanged(t)
	token := s.newToken("ann")
	v := s.serve("--request-timeout", "200ms")
	patch := func() (int, string) {
		return v.ask("PATCH", "/users/ann", token, `{"status":"risky"}`, "Content-Type", "application/json")
	}
	release := lock(t, s.path("parley.db"), "BEGIN IMMEDIATE")
	if status, answer := patch(); status != http.StatusServiceUnavailable || !strings.Contains(answer, "storage-unavailable") {
		t.Errorf("a change of a locked file: %d %s", status, answer)
	}
	if status, answer := v.ask("GET", "/users/ann", token, ""); status != http.StatusOK {
		t.Errorf("a read of a locked file: %d %s", status, answer)
	}
	release()
	eventually(t, "the server goes on", func() bool { status, _ := patch(); return status == http.StatusOK })
	v.stop()
}

// TestFileLockedAtTheStart lets a server come while another process has the file
// for itself alone.
func TestFileLockedAtTheStart(t *testing.T) {
	s := newChanged(t)
	release := lock(t, s.path("parley.db"), "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT")
	s.refused(1, []string{"parley.db", "database is locked"}, "check")
	time.AfterFunc(time.Second, release)
	s.serve().stop()
	wantFaults(t, s, nil)
}
