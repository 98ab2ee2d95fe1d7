package main_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// disk is a disk that does what a test says (testdata/disk.c).
type disk struct {
	t    testing.TB
	path string // of the file that says it
	env  []string
}

func newDisk(t testing.TB) *disk {
	t.Helper()
	d := &disk{t: t, path: filepath.Join(t.TempDir(), "disk")}
	library := d.path + ".so"
	if out, err := exec.Command("cc", "-shared", "-fPIC", "-o", library, "testdata/disk.c", "-ldl").CombinedOutput(); err != nil {
		t.Fatalf("cc: %v\n%s", err, out)
	}
	d.env = []string{"LD_PRELOAD=" + library, "TEST_DISK=" + d.path}
	d.becomes("well")
	return d
}

// becomes replaces the file as a whole, which is read while it is replaced.
func (d *disk) becomes(state string) {
	d.t.Helper()
	if err := os.WriteFile(d.path+".new", []byte(state), 0o600); err != nil {
		d.t.Fatal(err)
	}
	if err := os.Rename(d.path+".new", d.path); err != nil {
		d.t.Fatal(err)
	}
}

// syncs counts those that have begun.
func (d *disk) syncs() int64 {
	d.t.Helper()
	info, err := os.Stat(d.path + ".syncs")
	if err != nil {
		d.t.Fatal(err)
	}
	return info.Size()
}

// crowd is clients that change users, each their own.
type crowd struct {
	v     *server
	token string
	size  int

	halves atomic.Int64 // answers that were cut off
}

// newCrowd makes the users client-0, client-1 ... and a server.
func newCrowd(t testing.TB, size int, env ...string) (*shell, *crowd) {
	t.Helper()
	s := newShell(t)
	s.data("user", "create", "--identifier", "ann", "--name", "Ann Lee", "--email", "ann@example.com")
	token := s.newToken("ann")
	c := &crowd{v: s.with(env...).serve(), token: token, size: size}
	for i := range size {
		body := fmt.Sprintf(`{"identifier":"client-%d","name":"Client","email":"client-%[1]d@example.com"}`, i)
		if status, answer := c.v.ask("POST", "/users", token, body, "Content-Type", "application/json"); status != http.StatusCreated {
			t.Fatalf("POST: %d %s", status, answer)
		}
	}
	return s, c
}

// change asks for one change, and reports its status; 0 where there was no
// answer.
func (c *crowd) change(client int, comment string) int {
	body := fmt.Sprintf(`{"status":"risky","review_comment":%q}`, comment)
	req, err := http.NewRequest("PATCH", fmt.Sprintf("http://%s/users/client-%d", c.v.addr, client), strings.NewReader(body))
	if err != nil {
		c.v.t.Error(err)
		return 0
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		c.halves.Add(1)
		return 0
	}
	return res.StatusCode
}

// changeUntil lets every client make changes one after the other until one is
// not made, at most so many. It returns the comments of each client's changes
// that were acknowledged.
func (c *crowd) changeUntil(atMost int) [][]string {
	made := make([][]string, c.size)
	var all sync.WaitGroup
	for client := range c.size {
		all.Go(func() {
			for n := range atMost {
				comment := fmt.Sprintf("change %d of client %d", n, client)
				if c.change(client, comment) != http.StatusOK {
					return
				}
				made[client] = append(made[client], comment)
			}
		})
	}
	all.Wait()
	return made
}

// wantHistories compares what was acknowledged with what is on record: the
// same in the same order, and at most one more, which had no answer.
func wantHistories(t testing.TB, s *shell, made [][]string) {
	t.Helper()
	for client, comments := range made {
		recorded := history(t, s, fmt.Sprintf("client-%d", client))
		if len(recorded) < len(comments) || len(recorded) > len(comments)+1 {
			t.Errorf("client %d: %d changes were acknowledged, %d are on record", client, len(comments), len(recorded))
			continue
		}
		for i, comment := range comments {
			if got := recorded[len(recorded)-1-i]; got != comment {
				t.Errorf("client %d: change %d is %q, want %q", client, i, got, comment)
			}
		}
	}
}

// history is the comments of a user's changes, newest first.
func history(t testing.TB, s *shell, ref string, more ...string) []string {
	t.Helper()
	var comments []string
	for line := range strings.Lines(s.data(append([]string{"user", "history", ref, "--format", "ndjson"}, more...)...)) {
		var change struct {
			Comment string `json:"review_comment"`
		}
		if err := json.Unmarshal([]byte(line), &change); err != nil {
			t.Fatal(err)
		}
		comments = append(comments, change.Comment)
	}
	return comments
}

func TestKillLosesNothingAcknowledged(t *testing.T) {
	s, c := newCrowd(t, 32)
	ended := make(chan [][]string)
	go func() { ended <- c.changeUntil(1_000_000) }()
	time.Sleep(time.Second)
	c.v.kill()
	made := <-ended
	wantHistories(t, s, made)
	if slices.ContainsFunc(made, func(comments []string) bool { return len(comments) == 0 }) {
		t.Error("a client has made no change")
	}
}

func TestAnswerComesAfterTheSync(t *testing.T) {
	d := newDisk(t)
	_, c := newCrowd(t, 1, d.env...)
	d.becomes("hold")
	before := d.syncs()
	answer := make(chan int, 1)
	go func() { answer <- c.change(0, "held") }()
	eventually(t, "the sync begins", func() bool { return d.syncs() > before })
	if _, user := c.v.ask("GET", "/users/client-0", c.token, ""); !strings.Contains(user, "onboarding") {
		t.Errorf("a change that is not on disk is seen: %s", user)
	}
	select {
	case status := <-answer:
		t.Errorf("answer %d before the end of the sync", status)
	case <-time.After(100 * time.Millisecond):
	}
	d.becomes("well")
	if status := <-answer; status != http.StatusOK {
		t.Errorf("answer %d", status)
	}
}

func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never happened: %s", what)
		}
	}
}

// TestSlowDiskIsShared counts syncs instead of measuring time.
func TestSlowDiskIsShared(t *testing.T) {
	const clients, each = 64, 5
	d := newDisk(t)
	s, c := newCrowd(t, clients, d.env...)
	d.becomes("slow")
	before := d.syncs()
	made := c.changeUntil(each)
	syncs := d.syncs() - before
	wantHistories(t, s, made)
	for client := range made {
		if len(made[client]) != each {
			t.Errorf("client %d made %d changes, want %d", client, len(made[client]), each)
		}
	}
	if syncs > clients*each/8 {
		t.Errorf("%d syncs for %d changes", syncs, clients*each)
	}
	c.v.stop()
}

func TestFailedSyncEndsTheServer(t *testing.T) {
	d := newDisk(t)
	s, c := newCrowd(t, 16, d.env...)
	ended := make(chan [][]string)
	go func() { ended <- c.changeUntil(1_000_000) }()
	time.Sleep(300 * time.Millisecond)
	d.becomes("fsync EIO db-wal 1")
	made := <-ended
	if exit := c.v.exit(); exit != 1 || !strings.Contains(strings.Join(c.v.log, "\n"), "parley: a sync has failed") {
		t.Errorf("exit %d: %s", exit, c.v.log)
	}
	d.becomes("well")
	wantHistories(t, s, made)
	v := s.serve()
	if status, answer := v.ask("PATCH", "/users/client-0", c.token, `{"status":"active"}`, "Content-Type", "application/json"); status != http.StatusOK {
		t.Errorf("a fresh start: %d %s", status, answer)
	}
	v.stop()
}

func TestFailedSyncIsAnswered(t *testing.T) {
	d := newDisk(t)
	_, c := newCrowd(t, 1, d.env...)
	d.becomes("fsync EIO db-wal 1")
	status, answer := c.v.ask("PATCH", "/users/client-0", c.token, `{"status":"risky"}`, "Content-Type", "application/json")
	if status != http.StatusServiceUnavailable || !strings.Contains(answer, "storage-unavailable") || !strings.Contains(answer, "it may be") {
		t.Errorf("answer %d %s", status, answer)
	}
}

// TestCommandLineBesideALoad changes a user and ends a token while a server
// writes without a pause.
func TestCommandLineBesideALoad(t *testing.T) {
	s, c := newCrowd(t, 16)
	s.data("user", "create", "--identifier", "bo", "--name", "Bo", "--email", "bo@example.com")
	ended := make(chan [][]string)
	go func() { ended <- c.changeUntil(1_000_000) }()
	for i := range 10 {
		status := []string{"risky", "inactive"}[i%2]
		s.data("user", "status", "bo", status)
		if _, user := c.v.ask("GET", "/users/bo", c.token, ""); !strings.Contains(user, status) {
			t.Errorf("change %d is not seen: %s", i, user)
		}
	}
	s.data("token", "revoke", "test")
	if status, _ := c.v.ask("GET", "/users/bo", c.token, ""); status != http.StatusUnauthorized {
		t.Errorf("a revoked token still works: %d", status)
	}
	wantHistories(t, s, <-ended)
	if n := len(history(t, s, "bo")); n != 10 {
		t.Errorf("%d changes by hand, want 10", n)
	}
	c.v.stop()
}
