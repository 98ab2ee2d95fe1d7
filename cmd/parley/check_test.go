package main_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// newChanged is a folder whose parley.db holds the users ann, with two changes,
// and bo, with one between them.
func newChanged(t testing.TB) *shell {
	s := newPopulated(t)
	s.data("user", "create", "--identifier", "bo", "--name", "Bo", "--email", "bo@example.com")
	for _, change := range []string{"ann risky", "bo risky", "ann active"} {
		s.data(append([]string{"user", "status"}, strings.Fields(change)...)...)
	}
	return s
}

// alter does what Parley never does: it takes the triggers that keep the history
// away for the time of a statement.
func alter(t testing.TB, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var away, back string
	if err := db.QueryRow(`
		SELECT group_concat('DROP TRIGGER ' || name || ';', ''), group_concat(sql || ';', '')
		FROM sqlite_schema WHERE type = 'trigger'`).Scan(&away, &back); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(away + statement + ";" + back); err != nil {
		t.Fatal(err)
	}
}

func TestCheckFindsFaults(t *testing.T) {
	for _, test := range []struct {
		statement string
		faults    []string
	}{
		{"UPDATE users SET status = 'inactive' WHERE pk = 1", []string{"users: ann: status is inactive, the last change (3) says active"}},
		{"UPDATE users SET status = 'inactive', identifier = 'a' || char(10, 27) || 'n' WHERE pk = 1", []string{`users: a\n\x1bn: status is inactive, the last change (3) says active`}},
		{"UPDATE users SET version = 7 WHERE pk = 2", []string{"users: bo: version is 7, the last change (2) says 2"}},
		{"UPDATE users SET updated_by = (SELECT id FROM workspaces) WHERE pk = 2; UPDATE workspaces SET id = '" + workspaceID + "'; UPDATE users SET updated_by = '" + workspaceID + "' WHERE pk = 2",
			[]string{"users: bo: updated_by is " + workspaceID + ", the last change (2) says nobody"}},
		{"UPDATE users SET updated_at = 5 WHERE pk = 2; UPDATE status_changes SET changed_at = 6 WHERE seq = 2",
			[]string{"users: bo: updated_at is 5, the last change (2) says 6"}},
		{"UPDATE users SET last_change = NULL WHERE pk = 2", []string{
			"users: bo: version is 2, but no change is on record",
			"status_changes: 2: no chain leads to it; it is of the user with pk 2"}},
		{"UPDATE users SET last_change = 2 WHERE pk = 1; UPDATE users SET last_change = NULL, version = 1 WHERE pk = 2", []string{
			"users: ann: change 2 is in the chain of this user, but the user's with pk 2",
			"status_changes: 1: no chain leads to it; it is of the user with pk 1",
			"status_changes: 2: no chain leads to it; it is of the user with pk 2",
			"status_changes: 3: no chain leads to it; it is of the user with pk 1"}},
		{"DELETE FROM status_changes WHERE seq = 1", []string{
			"status_changes: row 3: previous refers to a row of status_changes that is not there",
			"users: ann: change 1 is not there"}},
		{"DELETE FROM status_changes WHERE seq = 3", []string{
			"users: row 1: last_change refers to a row of status_changes that is not there",
			"users: ann: change 3 is not there",
			"status_changes: 1: no chain leads to it; it is of the user with pk 1"}},
		{"UPDATE status_changes SET previous = NULL WHERE seq = 3", []string{
			"users: ann: the first change (3) makes version 3, and should make 2",
			"status_changes: 1: no chain leads to it; it is of the user with pk 1"}},
		{"UPDATE status_changes SET previous = 2 WHERE seq = 3", []string{
			"users: ann: change 2 is in the chain of this user, but the user's with pk 2",
			"status_changes: 1: no chain leads to it; it is of the user with pk 1"}},
		{"PRAGMA ignore_check_constraints = ON; UPDATE status_changes SET previous = 3 WHERE seq = 1", []string{
			"integrity: CHECK constraint failed in status_changes",
			"users: ann: change 1 follows change 3, which is no older"}},
		{"UPDATE status_changes SET from_status = 'inactive' WHERE seq = 3", []string{"users: ann: change 3 is from inactive, the one before it (1) to risky"}},
		{"UPDATE status_changes SET version = 5 WHERE seq = 1", []string{
			"users: ann: change 3 makes version 3, the one before it (1) version 5",
			"users: ann: the first change (1) makes version 5, and should make 2"}},
		{"UPDATE status_changes SET changed_at = 4000000000000000 WHERE seq = 1; UPDATE status_changes SET changed_at = 5 WHERE seq = 3; UPDATE users SET updated_at = 5 WHERE pk = 1",
			[]string{"users: ann: change 3 is of 1970-01-01T00:00:00.000005Z, the one before it (1) of 2096-10-02T07:06:40Z"}},
		{"INSERT INTO status_changes SELECT 9, user_pk, 3, 4, from_status, to_status, NULL, NULL, '', '', 0 FROM status_changes WHERE seq = 3",
			[]string{"status_changes: 9: no chain leads to it; it is of the user with pk 1"}},
		{"INSERT INTO idempotency_keys VALUES ('', 'key', zeroblob(32), 99, 0)",
			[]string{"idempotency_keys: change refers to a row of status_changes that is not there"}},
		{"UPDATE users SET workspace = 8 WHERE pk = 2", []string{"users: row 2: workspace refers to a row of workspaces that is not there"}},
		{"DROP INDEX users_name; CREATE INDEX users_name ON users (name); DROP INDEX users_created; CREATE TABLE notes (text)", []string{
			"schema: index users_name: it is not as Parley makes it",
			"schema: table notes: it is no part of Parley's schema",
			"schema: index users_created: it is missing"}},
		{"ANALYZE", nil},
	} {
		t.Run(test.statement, func(t *testing.T) {
			s := newChanged(t)
			alter(t, s.path("parley.db"), test.statement)
			wantFaults(t, s, test.faults)
		})
	}
}

const workspaceID = "98d91cd7-860d-4869-937a-5af32eff2f4a"

// wantFaults checks parley.db.
func wantFaults(t *testing.T, s *shell, faults []string) {
	t.Helper()
	r := s.run("check")
	if got := strings.Split(strings.TrimSuffix(r.out, "\n"), "\n"); r.out != "" && !slices.Equal(got, faults) || r.out == "" && faults != nil {
		t.Errorf("check printed\n%swant\n%s", r.out, strings.Join(faults, "\n"))
	}
	if want := min(len(faults), 1); r.exit != want {
		t.Errorf("exit %d, want %d: %s", r.exit, want, r.err)
	}
}

func TestCheckNamesWhatIsMissing(t *testing.T) {
	s := newChanged(t)
	execute(t, s.path("parley.db"), "DROP TRIGGER status_changes_never_deleted")
	wantFaults(t, s, []string{"schema: trigger status_changes_never_deleted: it is missing"})
}

func TestCheckOfAGoodDatabase(t *testing.T) {
	s := newChanged(t)
	r := s.run("check")
	if r.exit != 0 || r.out != "" || r.err != "parley.db has no fault: 2 users, 3 changes\n" {
		t.Errorf("check: %+v", r)
	}
	s.data("workspace", "create", "--db", "empty.db", "--identifier", "w", "--name", "W")
	if r := s.run("check", "--db", "empty.db"); r.exit != 0 || r.err != "empty.db has no fault: 0 users, 0 changes\n" {
		t.Errorf("check of an empty store: %+v", r)
	}
}

// nobody runs commands as a user who may read the folder and write nothing.
func (s *shell) nobody(args ...string) result {
	s.t.Helper()
	cmd := s.command(args...)
	if os.Getuid() == 0 {
		const nobody = 65534
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	return s.finish(cmd)
}

// readOnly lets everybody read the folder and nobody write it, for this test.
func (s *shell) readOnly() {
	s.t.Helper()
	s.permit(0o555, 0o444)
	s.t.Cleanup(func() { s.permit(0o755, 0o644) })
}

func (s *shell) permit(folder, file os.FileMode) {
	s.t.Helper()
	if err := errors.Join(os.Chmod(filepath.Dir(s.dir), 0o755), os.Chmod(s.dir, folder)); err != nil {
		s.t.Fatal(err)
	}
	for name := range s.files() {
		if err := os.Chmod(s.path(name), file); err != nil {
			s.t.Fatal(err)
		}
	}
}

// files are those of the folder, with what they hold.
func (s *shell) files() map[string]string {
	s.t.Helper()
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		s.t.Fatal(err)
	}
	files := map[string]string{}
	for _, e := range entries {
		data, err := os.ReadFile(s.path(e.Name()))
		if err != nil {
			s.t.Fatal(err)
		}
		files[e.Name()] = string(data)
	}
	return files
}

// wantFiles compares the folder with what it was before.
func wantFiles(t *testing.T, s *shell, before map[string]string) {
	t.Helper()
	after := s.files()
	for name, data := range after {
		if old, there := before[name]; !there || old != data {
			t.Errorf("%s was made or changed", name)
		}
	}
	for name := range before {
		if _, there := after[name]; !there {
			t.Errorf("%s was removed", name)
		}
	}
}

func TestCheckOnlyReads(t *testing.T) {
	s := newChanged(t)
	if r := s.run("backup", "backup.db"); r.exit != 0 {
		t.Fatal(r.err)
	}
	before := s.files()
	for _, name := range []string{"parley.db", "backup.db"} {
		if r := s.run("check", "--db", name); r.exit != 0 {
			t.Errorf("%s: %+v", name, r)
		}
	}
	wantFiles(t, s, before)
	s.readOnly()
	for _, name := range []string{"parley.db", "backup.db"} {
		if r := s.nobody("check", "--db", name); r.exit != 0 {
			t.Errorf("%s in a folder that cannot be written: %+v", name, r)
		}
	}
	wantFiles(t, s, before)
}

func TestCheckOfWhatAKillLeft(t *testing.T) {
	s, c := newCrowd(t, 4)
	made := c.changeUntil(5)
	c.v.kill()
	before := s.files()
	if r := s.run("check"); r.exit != 0 || !strings.Contains(r.err, "20 changes") {
		t.Errorf("check: %+v", r)
	}
	delete(before, "parley.db-shm") // which SQLite makes anew
	after := s.files()
	for name, data := range before {
		if after[name] != data {
			t.Errorf("%s was changed", name)
		}
	}
	s.readOnly()
	if r := s.nobody("check"); r.exit != 0 || !strings.Contains(r.err, "20 changes") {
		t.Errorf("check in a folder that cannot be written: %+v", r)
	}
	s.permit(0o755, 0o644)
	wantHistories(t, s, made)
}

// TestCheckBesideALoad checks while histories grow without a pause.
func TestCheckBesideALoad(t *testing.T) {
	s, c := newCrowd(t, 16)
	ended := make(chan [][]string)
	go func() { ended <- c.changeUntil(1_000_000) }()
	for range 5 {
		if r := s.run("check"); r.exit != 0 || r.out != "" {
			t.Errorf("check: %+v", r)
		}
	}
	s.data("token", "revoke", "test")
	wantHistories(t, s, <-ended)
	c.v.stop()
}
