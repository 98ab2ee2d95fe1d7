package main_test

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// TestLimits has the system refuse what the server asks of it, under load, and
// then not any more. The server goes on as the same process.
func TestLimits(t *testing.T) {
	m := newMob(t, 12)
	for _, c := range []struct {
		name       string
		begin, end func(m *mob)
		refusals   bool // are to come
	}{
		{"no file may grow", func(m *mob) { m.limit("fsize", m.logSize()+64<<10) }, func(m *mob) { m.limit("fsize", -1) }, true},
		{"no descriptor is left", func(m *mob) { m.limit("nofile", 4); m.on(m.v) }, func(m *mob) { m.limit("nofile", 1024) }, false},
		{"the files become read-only", func(m *mob) { m.chmod(0o555, 0o444) }, func(m *mob) { m.chmod(0o755, 0o600) }, false},
		{"the process is stopped", func(m *mob) { m.tell(syscall.SIGSTOP) }, func(m *mob) { m.tell(syscall.SIGCONT) }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			m.within(t)
			m.start()
			m.runFor(100 * time.Millisecond)
			before := m.refused.Load()
			c.begin(m)
			time.AfterFunc(400*time.Millisecond, func() { c.end(m) })
			m.runFor(500 * time.Millisecond)
			if refused := m.refused.Load() > before; refused != c.refusals {
				t.Errorf("changes were refused: %t", refused)
			}
			m.awaitService()
			m.v.kill()
			m.settle()
			m.v.stop()
		})
	}
}

// TestLittleMemory lets the garbage collector work without a pause.
func TestLittleMemory(t *testing.T) {
	m := newMob(t, 12)
	m.start("GOMEMLIMIT=8MiB")
	m.runFor(500 * time.Millisecond)
	m.awaitService()
	m.v.kill()
	m.settle()
	m.v.stop()
}

// TestMemoryRunsOut ends the server: the Go runtime says why, and exits with
// status 2.
func TestMemoryRunsOut(t *testing.T) {
	m := newMob(t, 12)
	m.start()
	m.runFor(100 * time.Millisecond)
	m.limit("as", 1<<20)
	m.runFor(2 * time.Second)
	m.v.kill()
	m.settle()
	m.v.stop()
}

// limit sets a soft limit, which anybody may take away again; -1 is none.
func (m *mob) limit(resource string, to int64) {
	arguments := []string{"--pid", strconv.Itoa(m.v.cmd.Process.Pid), fmt.Sprintf("--%s=%d:", resource, to)}
	if out, err := exec.Command("prlimit", arguments...).CombinedOutput(); err != nil {
		m.t.Errorf("prlimit: %v\n%s", err, out)
	}
}

func (m *mob) logSize() int64 {
	m.t.Helper()
	log, err := os.Stat(m.shell.path("parley.db-wal"))
	if err != nil {
		m.t.Fatal(err)
	}
	return log.Size()
}

// chmod does nothing to who has the files open already. The right to write
// everywhere, which root has, does not matter.
func (m *mob) chmod(folder, file os.FileMode) {
	for _, name := range []string{"parley.db", "parley.db-wal", "parley.db-shm"} {
		if err := os.Chmod(m.shell.path(name), file); err != nil {
			m.t.Error(err)
		}
	}
	if err := os.Chmod(m.shell.dir, folder); err != nil {
		m.t.Error(err)
	}
}

func (m *mob) tell(signal syscall.Signal) {
	if err := m.v.cmd.Process.Signal(signal); err != nil {
		m.t.Error(err)
	}
}
