package main_test

import (
	"testing"
	"time"
)

// TestDiskFaultsAtStart has the file of a server that was killed opened on a disk
// that fails: exit 1 with a message, and all is there for the next start.
func TestDiskFaultsAtStart(t *testing.T) {
	m, d := newMob(t, 8), newDisk(t)
	for _, c := range []struct{ state, message string }{
		{"open EACCES parley.db 1", "cannot be"},
		{"open EMFILE parley.db 1", "cannot be"},
		{"open EMFILE db-wal 1", "cannot be"},
		{"open EMFILE db-shm 1", "cannot be"},
		{"pread EIO parley.db 1", "cannot be"},
		{"pread EIO db-wal 1", "cannot be"},
		{"mmap ENOMEM db-shm 1", "cannot be"},
		{"ftruncate EIO db-shm 1", "cannot be"},
	} {
		t.Run(c.state, func(t *testing.T) {
			m.within(t)
			m.start()
			m.runFor(200 * time.Millisecond)
			m.v.kill()
			d.becomes(c.state)
			m.shell.with(d.env...).refused(1, []string{"parley.db", c.message}, "serve", "--addr", "127.0.0.1:0")
			d.becomes("well")
			m.settle()
			m.v.stop()
		})
	}
}

// TestDiskFaultsAtEnd breaks the disk while a server ends, which copies the log
// into the database and removes it.
func TestDiskFaultsAtEnd(t *testing.T) {
	m, d := newMob(t, 8), newDisk(t)
	for _, state := range []string{
		"pwrite EIO parley.db 1", "pwrite ENOSPC parley.db 3", "fsync EIO parley.db 1", "fsync EIO db-wal 1", "unlink EIO db-wal 1",
		"pwrite KILL parley.db 2", "pwrite TEAR parley.db 2", "fsync KILL parley.db 1", "unlink KILL db-wal 1",
	} {
		t.Run(state, func(t *testing.T) {
			m.within(t)
			m.start(d.env...)
			m.runFor(200 * time.Millisecond)
			before := d.faults()
			d.becomes(state)
			m.v.signal()
			m.v.exit()
			d.becomes("well")
			if d.faults() == before {
				t.Error("there was no fault")
			}
			m.settle()
			m.v.stop()
		})
	}
}
