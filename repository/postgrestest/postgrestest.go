// Package postgrestest gives tests a PostgreSQL server of their own. It is started when
// the first test asks for it, by the script that everybody starts one with, and ends
// with the tests of its package.
package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Server is a PostgreSQL server in a folder of its own.
type Server struct {
	folder string
	url    string // of its database postgres
	made   atomic.Int64

	keeper *exec.Cmd      // ends the server
	alive  io.WriteCloser // until this is closed, by Stop or with the program that holds it
}

// script starts and stops servers, and says how.
func script() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "cluster", "postgres")
}

func run(args ...string) (string, error) {
	output, err := exec.CommandContext(context.Background(), script(), args...).Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		err = fmt.Errorf("%w: %s", err, failed.Stderr)
	}
	return strings.TrimSpace(string(output)), err
}

// Start starts a server with settings such as fsync=off. It ends with Stop, and with the
// program, whatever ends that.
func Start(settings ...string) (*Server, error) {
	folder, err := os.MkdirTemp("", "parley-postgres-")
	if err != nil {
		return nil, err
	}
	s := &Server{folder: folder}
	if err := s.startKeeper(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	if s.url, err = run(append([]string{"start", folder}, settings...)...); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

// startKeeper starts a process that waits for the end of this one. No signal to this
// one's group reaches it.
func (s *Server) startKeeper() (err error) {
	s.keeper = exec.CommandContext(context.Background(), "sh", "-c", `cat; "$0" stop "$1" && rm -r "$1"`, script(), s.folder)
	s.keeper.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if s.alive, err = s.keeper.StdinPipe(); err != nil {
		return err
	}
	return s.keeper.Start()
}

// Stop ends the server and removes all that it kept.
func (s *Server) Stop() error {
	return errors.Join(s.alive.Close(), s.keeper.Wait())
}

// Crash kills the server with all its processes.
func (s *Server) Crash(t testing.TB) {
	t.Helper()
	if _, err := run("crash", s.folder); err != nil {
		t.Fatal(err)
	}
}

// Restart starts a server again that has ended, at the same place.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	if _, err := run("start", s.folder); err != nil {
		t.Fatal(err)
	}
}

// Signal sends a signal to all processes of the server: SIGSTOP and SIGCONT let time
// pass for everybody else.
func (s *Server) Signal(t testing.TB, signal syscall.Signal) {
	t.Helper()
	for _, pid := range s.processes(t) {
		if err := syscall.Kill(pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			t.Fatal(err)
		}
	}
}

// processes are the server, which starts all others, and those.
func (s *Server) processes(t testing.TB) (pids []int) {
	t.Helper()
	file, err := os.ReadFile(filepath.Join(s.folder, "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	server, _, _ := strings.Cut(string(file), "\n")
	children, err := exec.CommandContext(t.Context(), "pgrep", "-P", server).Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range append([]string{server}, strings.Fields(string(children))...) {
		pid, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	return pids
}

// RestartAsStandby starts a server that has ended as one that only reads, until
// it is told to by pg_promote().
func (s *Server) RestartAsStandby(t testing.TB) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.folder, "data", "standby.signal"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s.Restart(t)
}

// Database makes an empty database, with options of CREATE DATABASE, and returns its
// URL.
func (s *Server) Database(t testing.TB, options ...string) string {
	t.Helper()
	name := fmt.Sprintf("test%d", s.made.Add(1))
	Exec(t, s.url, "CREATE DATABASE "+name+" "+strings.Join(options, " "))
	return strings.Replace(s.url, "/postgres?", "/"+name+"?", 1)
}

// Exec carries out one statement in a database, beside whoever uses it.
func Exec(t testing.TB, url, statement string, args ...any) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// shared is the server of the tests of a package.
var shared struct {
	once   sync.Once
	server *Server
	err    error
}

// Run runs the tests of a package and ends their server, if one of them has asked for
// it. It returns the exit code for os.Exit.
func Run(m *testing.M) int {
	code := m.Run()
	if shared.server == nil {
		return code
	}
	if err := shared.server.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// Database is that of the server of the package's tests, which does not survive a crash
// of the machine: nothing is synced.
func Database(t testing.TB, options ...string) string {
	t.Helper()
	shared.once.Do(func() { shared.server, shared.err = Start("fsync=off") })
	if shared.err != nil {
		t.Fatalf("no PostgreSQL server: %v", shared.err)
	}
	return shared.server.Database(t, options...)
}
