package main_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// backup makes a backup that has to succeed.
func (s *shell) backup(args ...string) {
	s.t.Helper()
	if r := s.run(append([]string{"backup"}, args...)...); r.exit != 0 || r.out != "" || !strings.HasSuffix(r.err, ", and has no fault\n") {
		s.t.Errorf("backup %q: %+v", args, r)
	}
}

// TestBackupUnderLoad makes backups while histories grow without a pause: each
// holds what was acknowledged before it began.
func TestBackupUnderLoad(t *testing.T) {
	const clients = 16
	s, c := newCrowd(t, clients)
	acknowledged := make([]atomic.Int64, clients)
	var over atomic.Bool
	var all sync.WaitGroup
	for client := range clients {
		all.Go(func() {
			for n := 0; !over.Load() && c.change(client, commentOf(n)) == 200; n++ {
				acknowledged[client].Add(1)
			}
		})
	}
	for round := range 5 {
		least := make([]int64, clients)
		for client := range least {
			least[client] = acknowledged[client].Load()
		}
		name := fmt.Sprintf("%d.db", round)
		s.backup(name)
		wantBackup(t, s, name, least)
	}
	over.Store(true)
	all.Wait()
	if r := s.run("check"); r.exit != 0 {
		t.Errorf("check of the database afterwards: %+v", r)
	}
	c.v.stop()
}

func commentOf(n int) string { return fmt.Sprintf("change %d", n) }

func wantBackup(t *testing.T, s *shell, name string, least []int64) {
	t.Helper()
	if r := s.run("check", "--db", name); r.exit != 0 {
		t.Errorf("check of %s: %+v", name, r)
	}
	for client, n := range least {
		comments := history(t, s, fmt.Sprintf("client-%d", client), "--db", name)
		if int64(len(comments)) < n {
			t.Errorf("%s: %d changes of client %d, and %d were acknowledged", name, len(comments), client, n)
		}
		for i, comment := range comments {
			if want := commentOf(len(comments) - 1 - i); comment != want {
				t.Errorf("%s: %q instead of %q", name, comment, want)
			}
		}
	}
}

func TestBackupIsForItsOwner(t *testing.T) {
	s := newChanged(t)
	before := s.files()
	s.backup("new.db")
	info, err := os.Stat(s.path("new.db"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the mode is %v (%v)", info.Mode(), err)
	}
	before["new.db"] = s.files()["new.db"]
	wantFiles(t, s, before)
	s.data("user", "status", "ann", "inactive")
	s.refused(1, []string{"new.db is there already", "--force"}, "backup", "new.db")
	if now := s.files(); now["new.db"] != before["new.db"] {
		t.Error("a file was overwritten without --force")
	}
	s.backup("new.db", "--force")
	if n := len(history(t, s, "ann", "--db", "new.db")); n != 3 {
		t.Errorf("--force left a backup with %d changes", n)
	}
}

func TestBackupsThatAreRefused(t *testing.T) {
	s := newChanged(t)
	s.backup("old.db")
	for name, do := range map[string]func() error{
		"same.db":     func() error { return os.Link(s.path("parley.db"), s.path("same.db")) },
		"link.db":     func() error { return os.Symlink("parley.db", s.path("link.db")) },
		"folder":      func() error { return os.Mkdir(s.path("folder"), 0o755) },
		"used.db":     func() error { return os.Link(s.path("old.db"), s.path("used.db")) },
		"used.db-wal": func() error { return os.WriteFile(s.path("used.db-wal"), nil, 0o600) },
		"gone.db-shm": func() error { return os.WriteFile(s.path("gone.db-shm"), nil, 0o600) },
	} {
		if err := do(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	before := s.listing()
	for _, r := range []refusal{
		{"itself", "backup parley.db --force", 1, []string{"parley.db is the database itself"}},
		{"itself by another name", "backup same.db --force", 1, []string{"same.db is the database itself"}},
		{"itself by a link", "backup link.db --force", 1, []string{"link.db is the database itself"}},
		{"a folder", "backup folder --force", 1, []string{"folder is no file"}},
		{"no such folder", "backup nowhere/b.db", 1, []string{"nowhere", "no such file"}},
		{"a database in use", "backup used.db --force", 1, []string{"used.db is in use", "used.db-wal"}},
		{"files beside that are left over", "backup gone.db", 1, []string{"gone.db is in use", "gone.db-shm"}},
		{"no database", "backup new.db --db missing.db", 1, []string{"there is no database", "missing.db"}},
		{"no name", "backup", 2, []string{"1 arg"}},
	} {
		t.Run(r.name, func(t *testing.T) {
			in := s.within(t)
			in.refused(r.exit, r.message, strings.Fields(r.args)...)
		})
	}
	if after := s.listing(); !maps.Equal(before, after) {
		t.Errorf("refused backups left %v, before there was %v", after, before)
	}
}

// listing is the sizes of all in the folder.
func (s *shell) listing() map[string]int64 {
	s.t.Helper()
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		s.t.Fatal(err)
	}
	sizes := map[string]int64{}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			s.t.Fatal(err)
		}
		sizes[e.Name()] = info.Size()
	}
	return sizes
}

func TestDamagedDatabaseHasNoBackup(t *testing.T) {
	s := newChanged(t)
	s.backup("old.db")
	alter(t, s.path("parley.db"), "UPDATE users SET status = 'inactive' WHERE pk = 1")
	before := s.files()
	for _, args := range [][]string{{"backup", "new.db"}, {"backup", "old.db", "--force"}} {
		r := s.run(args...)
		if r.exit != 1 || r.out != "users: ann: status is inactive, the last change (3) says active\n" || !strings.Contains(r.err, "no backup of it") {
			t.Errorf("%q: %+v", args, r)
		}
	}
	wantFiles(t, s, before)
}

// held starts a backup on a disk that does not answer, and lets a test do something
// before it goes on.
func (d *disk) held(s *shell, meanwhile func(*exec.Cmd), args ...string) result {
	d.t.Helper()
	d.becomes("hold")
	if err := os.WriteFile(d.path+".syncs", nil, 0o600); err != nil {
		d.t.Fatal(err)
	}
	cmd := s.with(d.env...).command(append([]string{"backup"}, args...)...)
	ended := s.start(cmd)
	eventually(d.t, "the backup is synced", func() bool { return d.syncs() > 0 })
	meanwhile(cmd)
	return ended()
}

func TestBackupThatIsStopped(t *testing.T) {
	d := newDisk(t)
	s := newChanged(t)
	s.backup("old.db")
	before := s.files()
	for _, args := range [][]string{{"new.db"}, {"old.db", "--force"}} {
		r := d.held(s, func(cmd *exec.Cmd) {
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Error(err)
			}
			d.becomes("well")
		}, args...)
		if r.exit != 1 || !strings.Contains(r.err, "canceled") {
			t.Errorf("%q: %+v", args, r)
		}
		wantFiles(t, s, before)
	}
}

func TestBackupOnADiskThatFails(t *testing.T) {
	d := newDisk(t)
	s := newChanged(t)
	s.backup("old.db")
	before := s.files()
	for state, message := range map[string]string{
		"fsync EIO .db.* 1":     "disk I/O error",
		"pwrite EIO .db.* 3":    "disk I/O error",
		"pwrite ENOSPC .db.* 3": "database or disk is full",
	} {
		d.becomes(state)
		for _, args := range [][]string{{"backup", "new.db"}, {"backup", "old.db", "--force"}} {
			if r := s.with(d.env...).run(args...); r.exit != 1 || !strings.Contains(r.err, message) {
				t.Errorf("%s: %q: %+v", state, args, r)
			}
			wantFiles(t, s, before)
		}
	}
}

// TestNameIsTakenMeanwhile makes a file of the backup's name while it is made.
func TestNameIsTakenMeanwhile(t *testing.T) {
	d := newDisk(t)
	s := newChanged(t)
	r := d.held(s, func(*exec.Cmd) {
		if err := os.WriteFile(s.path("new.db"), []byte("somebody else's"), 0o600); err != nil {
			t.Error(err)
		}
		d.becomes("well")
	}, "new.db")
	if r.exit != 1 || !strings.Contains(r.err, "new.db is there already") || s.files()["new.db"] != "somebody else's" || len(s.files()) != 2 {
		t.Errorf("%+v, and there is %v", r, s.listing())
	}
}

// TestRestore runs what the manual says, word for word, after a server was killed.
func TestRestore(t *testing.T) {
	manual, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	steps := regexp.MustCompile("(?s)\n## Restore\n.*?```sh\n(.*?)```").FindSubmatch(manual)
	if steps == nil {
		t.Fatal("the manual does not say how to restore")
	}
	s, c := newCrowd(t, 4)
	made := c.changeUntil(3)
	s.backup("monday.db")
	c.changeUntil(3)
	c.v.kill()
	sh := exec.Command("sh", "-e", "-c", string(steps[1]))
	sh.Dir, sh.Env = s.dir, []string{"PATH=" + filepath.Dir(binary) + ":" + os.Getenv("PATH")}
	if out, err := sh.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if r := s.run("check"); r.exit != 0 || !strings.Contains(r.err, "12 changes") {
		t.Errorf("check of what was restored: %+v", r)
	}
	wantHistories(t, s, made)
	v := s.serve()
	if status, answer := v.ask("PATCH", "/users/client-0", c.token, `{"status":"active"}`, "Content-Type", "application/json"); status != 200 {
		t.Errorf("a server on what was restored: %d %s", status, answer)
	}
	v.stop()
}

// TestRestoreOverAKilledServer forgets what the manual says first.
func TestRestoreOverAKilledServer(t *testing.T) {
	s, c := newCrowd(t, 1)
	s.backup("monday.db")
	made := c.changeUntil(3)
	c.v.kill()
	s.refused(1, []string{"parley.db is in use, or was", "parley.db-wal"}, "backup", "--db", "monday.db", "parley.db", "--force")
	wantHistories(t, s, made)
}
