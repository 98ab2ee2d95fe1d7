package main_test

import (
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// TestFilesTakenAway does to the files of a database that is served what must not be
// done. What was acknowledged is in the files that were taken: they are put back
// before the next start.
func TestFilesTakenAway(t *testing.T) {
	for _, c := range []struct{ name, file, put, message string }{
		{"the database is moved away", "parley.db", "", "taken away"},
		{"the log is moved away", "parley.db-wal", "", "taken away"},
		{"the index of the log is moved away", "parley.db-shm", "", "taken away"},
		{"another database is put in its place", "parley.db", "other.db", "replaced"},
		{"another log is put in its place", "parley.db-wal", "other.db", "replaced"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMob(t, 8)
			m.shell.data("user", "create", "--db", "other.db", "--identifier", "bo", "--name", "Bo", "--email", "bo@example.com")
			m.start()
			time.AfterFunc(200*time.Millisecond, func() {
				if c.put == "" {
					m.move(c.file, "taken")
				} else {
					m.replace(c.file, "taken", c.put)
				}
			})
			m.runFor(patience)
			m.awaitEnd(c.message)
			m.move("taken", c.file)
			m.settle()
			m.v.stop()
		})
	}
}

func (m *mob) move(from, to string) {
	if err := os.Rename(m.shell.path(from), m.shell.path(to)); err != nil {
		m.t.Error(err)
	}
}

// replace keeps file under the name taken, and puts another in its place in one step:
// the server might look between two.
func (m *mob) replace(file, taken, other string) {
	if err := os.Link(m.shell.path(file), m.shell.path(taken)); err != nil {
		m.t.Error(err)
	}
	m.move(other, file)
}

// TestLogNobodyReads has a server go on whose log cannot be written.
func TestLogNobodyReads(t *testing.T) {
	for _, c := range []struct{ name, script string }{
		{"full", `exec "$@" 2>/dev/full`},
		{"closed", `exec "$@" <&- >&- 2>&-`},
		{"read by nobody any more", `exec "$@" 2> >(:)`},
		{"a pipe that is full", `exec "$@" 2> >(sleep 60)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMob(t, 8)
			m.on(m.shell.serveUnlogged(c.script))
			// More lines than a pipe takes, which is 64 KiB.
			m.runUntil("many changes", func() bool { return m.ledger.made() > 1000 })
			m.awaitService()
			m.v.stop()
			m.settle()
			m.v.stop()
		})
	}
}

// serveUnlogged starts a server by a script, which does with its log what it
// likes: the address is known before.
func (s *shell) serveUnlogged(script string) *server {
	s.t.Helper()
	addr := freeAddress(s.t)
	serve := s.command("serve", "--addr", addr)
	cmd := s.command()
	cmd.Path, cmd.Args = "/bin/bash", append([]string{"bash", "-c", script, "bash"}, serve.Args...)
	v := &server{t: s.t, cmd: cmd, addr: addr, log: []string{""}, ended: make(chan struct{})}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go v.follow(strings.NewReader(""), nil)
	s.t.Cleanup(v.kill)
	eventually(s.t, "it serves", v.accepts)
	return v
}

// freeAddress is one that nobody listens at.
func freeAddress(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func (v *server) accepts() bool {
	conn, err := net.Dial("tcp", v.addr)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}
