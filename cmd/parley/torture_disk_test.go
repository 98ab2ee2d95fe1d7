package main_test

import (
	"os"
	"strings"
	"testing"
	"time"
)

// diskFaults are what disks and kernels do to a file while it is served. Each
// says what becomes of calls (testdata/disk.c) and which words the server ends
// with; where it has none, service goes on, and is whole again when the disk is.
var diskFaults = []struct{ name, state, end string }{
	{"a sync of the log fails", "fsync EIO db-wal 1", "a sync has failed"},
	{"a sync of the log finds the disk full", "fsync ENOSPC db-wal 1", "a sync has failed"},
	{"one sync of the log fails", "fsync EIO db-wal 20", "a sync has failed"},
	{"a write of the log fails", "pwrite EIO db-wal 1", ""},
	{"writes of the log fail now and then", "pwrite EIO db-wal 7", ""},
	{"a write of the log finds the disk full", "pwrite ENOSPC db-wal 1", ""},
	{"the disk becomes read-only", "pwrite EROFS db-wal 1", ""},
	{"writes of the log are short", "pwrite SHORT db-wal 2", ""},
	{"a read of the log fails", "pread EIO db-wal 2", ""},
	{"a read of the database fails", "pread EIO parley.db 2", ""},
	{"no lock is to be had", "lock ENOLCK db-shm 3", ""},
	{"a lock fails", "lock EIO db-shm 3", ""},
	{"the index of the log cannot be mapped", "mmap ENOMEM db-shm 1", ""},
	{"the index of the log cannot grow", "pwrite ENOSPC db-shm 1", ""},
	{"it dies before a write", "pwrite KILL db-wal 50", "killed"},
	{"it dies in a write", "pwrite TEAR db-wal 50", "killed"},
	{"it dies before a sync", "fsync KILL db-wal 10", "killed"},
}

// TestDiskFaults goes on with one database from fault to fault.
func TestDiskFaults(t *testing.T) {
	m, d := newMob(t, 12), newDisk(t)
	for _, fault := range diskFaults {
		t.Run(fault.name, func(t *testing.T) {
			m.within(t)
			m.start(d.env...)
			m.runFor(100 * time.Millisecond)
			m.breakDisk(d, fault.state)
			if fault.end != "" {
				m.awaitEnd(fault.end)
			} else {
				m.v.kill()
				d.becomes("well")
				m.settle()
				m.v.stop()
				m.start(d.env...)
				m.breakDisk(d, fault.state)
				d.becomes("well")
				m.awaitService()
				m.v.kill()
			}
			d.becomes("well")
			m.settle()
			m.v.stop()
		})
	}
}

// breakDisk has the clients work until a fault has come, and on with it.
func (m *mob) breakDisk(d *disk, state string) {
	m.t.Helper()
	before := d.faults()
	d.becomes(state)
	m.runUntil("the fault", func() bool { return d.faults() > before })
	m.runFor(300 * time.Millisecond)
}

// faults counts those that were.
func (d *disk) faults() int64 {
	info, err := os.Stat(d.path + ".faults")
	if err != nil {
		return 0
	}
	return info.Size()
}

// awaitEnd wants the server to end by itself, with exit status 1 and a message,
// or to be killed.
func (m *mob) awaitEnd(message string) {
	m.t.Helper()
	exit := m.v.exit()
	if message == "killed" {
		if exit != -1 {
			m.t.Errorf("exit %d instead of a death", exit)
		}
		return
	}
	if last := m.v.log[len(m.v.log)-1]; exit != 1 || !strings.HasPrefix(last, "parley: ") || !strings.Contains(last, message) {
		m.t.Errorf("exit %d: %s", exit, last)
	}
}

// awaitService wants the server to serve again: each client has a change
// acknowledged.
func (m *mob) awaitService() {
	m.t.Helper()
	if !m.v.running() {
		m.t.Fatalf("the server has ended: %s", m.v.log[len(m.v.log)-1])
	}
	for i := range m.size {
		before := m.ledger.made()
		eventually(m.t, "the service is back", func() bool {
			m.change(i)
			return m.ledger.made() > before
		})
	}
}

// TestReadsFailInTransactions has another process make changes, after each of which
// the writer reads its pages anew: SQLite ends a whole transaction where that fails,
// and none of its commands may go on without it.
func TestReadsFailInTransactions(t *testing.T) {
	m, d := newMob(t, 12), newDisk(t)
	m.shell.data("user", "create", "--identifier", "bo", "--name", "Bo", "--email", "bo@example.com")
	m.start(d.env...)
	m.runFor(100 * time.Millisecond)
	d.becomes("pread ESTALE db-wal 3")
	changes := 0
	m.runUntil("changes of another process", func() bool {
		m.shell.data("user", "status", "bo", "risky")
		changes++
		return changes == 20
	})
	d.becomes("well")
	m.awaitService()
	m.v.kill()
	for _, line := range m.v.log {
		if strings.Contains(line, "no such savepoint") || strings.Contains(line, "no transaction") {
			t.Errorf("a command went on without its transaction: %s", line)
		}
	}
	m.settle()
	m.v.stop()
}
