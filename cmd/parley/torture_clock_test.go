package main_test

import (
	endian "encoding/binary" // binary is the program
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// clock is one that a test sets (testdata/clock.c).
type clock struct {
	t    testing.TB
	file *os.File
	env  []string
}

func newClock(t testing.TB) *clock {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clock")
	library := path + ".so"
	if out, err := exec.Command("cc", "-shared", "-fPIC", "-o", library, "testdata/clock.c").CombinedOutput(); err != nil {
		t.Fatalf("cc: %v\n%s", err, out)
	}
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	c := &clock{t: t, file: file, env: []string{"LD_PRELOAD=" + library, "TEST_CLOCK=" + path}}
	c.jump(0)
	return c
}

// jump sets the clock to be off by so much.
func (c *clock) jump(off time.Duration) { c.set(off, time.Unix(0, 0)) }

// stop has the clock stand still at a time.
func (c *clock) stop(at time.Time) { c.set(0, at) }

func (c *clock) set(off time.Duration, at time.Time) {
	c.t.Helper()
	said := endian.NativeEndian.AppendUint64(nil, uint64(off))
	said = endian.NativeEndian.AppendUint64(said, uint64(at.UnixNano()))
	if _, err := c.file.WriteAt(said, 0); err != nil {
		c.t.Fatal(err)
	}
}

const day = 24 * time.Hour

// TestClock turns the clock under load: no change is refused or lost, and no
// user's time runs backwards.
func TestClock(t *testing.T) {
	m, c := newMob(t, 12), newClock(t)
	m.start(c.env...)
	for _, turn := range []func(){
		func() { c.jump(day) },
		func() { c.jump(-day) },
		func() { c.stop(time.Now()) },
		func() { c.jump(0) },
	} {
		turn()
		m.runFor(200 * time.Millisecond)
		m.ledger.check(t, m.v, m.token)
	}
	if refused := m.refused.Load(); refused > 0 {
		t.Errorf("%d changes were refused", refused)
	}
	m.v.kill()
	m.settle()
	m.v.stop()
}

// TestClockCounts has the clock end tokens and idempotency keys, and give them
// back when it is turned back.
func TestClockCounts(t *testing.T) {
	s, c := newPopulated(t), newClock(t)
	lasting := s.newToken("ann")
	short := strings.TrimSpace(s.data("token", "create", "--name", "short", "--acts-as", "ann", "--permissions", "users:read", "--expires", "1h"))
	v := s.with(c.env...).serve()
	change := func() {
		if status, answer := v.ask("PATCH", "/users/ann", lasting, `{"status":"risky"}`, "Content-Type", "application/json", "Idempotency-Key", "once"); status != http.StatusOK {
			t.Errorf("PATCH: %d %s", status, answer)
		}
	}
	for _, want := range []struct {
		off     time.Duration
		token   int
		changes int // by one key
	}{
		{0, http.StatusOK, 1},
		{30 * time.Minute, http.StatusOK, 1},
		{23 * time.Hour, http.StatusUnauthorized, 1},
		{-day, http.StatusOK, 1},
		{day + time.Minute, http.StatusUnauthorized, 2},
		{0, http.StatusOK, 2},
	} {
		c.jump(want.off)
		change()
		status, _ := v.ask("GET", "/users/ann", short, "")
		if n := len(v.history(lasting, "ann", 0)); status != want.token || n != want.changes {
			t.Errorf("%s off: token %d with %d changes, want %d with %d", want.off, status, n, want.token, want.changes)
		}
	}
	v.stop()
}
