package main_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestConnectionsGiveWay opens more connections than there may be: those that wait
// longest give way, and no other.
func TestConnectionsGiveWay(t *testing.T) {
	s := newPopulated(t)
	token := s.newToken("ann")
	v := s.serve("--max-connections", "10")
	const body = `{"status":"risky","review_comment":"slow"}`
	busy, answer := v.slowPatch(token, body)
	var silent []net.Conn
	for range 30 {
		silent = append(silent, v.dial())
	}
	for range 3 {
		if got := v.answers("GET /users/ann HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"); len(got) != 1 || got[0] != 401 {
			t.Errorf("the answers are %v", got)
		}
	}
	for i, conn := range silent {
		conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		_, err := conn.Read(make([]byte, 1))
		if closed := !errors.Is(err, os.ErrDeadlineExceeded); closed != (i < 22) {
			t.Errorf("connection %d is closed: %t (%v)", i, closed, err)
		}
	}
	fmt.Fprint(busy, body[len(body)/2:])
	if got := statusOf(t, answer); got != http.StatusOK {
		t.Errorf("the connection that was at work: %d", got)
	}
	v.stop()
}

// TestConnectionsWaitTheirTurn opens one more than there may be while all are at
// work for a proxy: it is answered once there is room.
func TestConnectionsWaitTheirTurn(t *testing.T) {
	s := newPopulated(t)
	token := s.newToken("ann")
	v := s.serve("--max-connections", "2", "--trusted-proxies", "127.0.0.1")
	const body = `{"status":"risky"}`
	first, answer := v.slowPatch(token, body)
	v.slowPatch(token, body)
	third := v.dial()
	fmt.Fprint(third, "GET /users/ann HTTP/1.1\r\nHost: a\r\n\r\n")
	third.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
	if _, err := third.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("there was room for a third: %v", err)
	}
	fmt.Fprint(first, body[len(body)/2:])
	if got := statusOf(t, answer); got != http.StatusOK {
		t.Errorf("the first: %d", got)
	}
	third.SetReadDeadline(time.Now().Add(patience))
	if got := statusOf(t, bufio.NewReader(third)); got != http.StatusUnauthorized {
		t.Errorf("the third: %d", got)
	}
}

// TestOneClientDoesNotHoldUpOthers lets one client hold all connections with bodies
// that do not end, and without a token.
func TestOneClientDoesNotHoldUpOthers(t *testing.T) {
	s := newPopulated(t)
	v := s.serve("--max-connections", "4")
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	for range 20 {
		conn, err := dialer.Dial("tcp", v.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprint(conn, "POST /try HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n{")
	}
	time.Sleep(300 * time.Millisecond) // until as many as may are at work
	const one = "GET /users/ann HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
	for range 3 {
		if got := v.answers(one); len(got) != 1 || got[0] != 401 {
			t.Errorf("the answers are %v", got)
		}
	}
}

// statusOf reads an answer whole.
func statusOf(t testing.TB, from *bufio.Reader) int {
	t.Helper()
	answer, err := readAnswer(from)
	if err != nil {
		t.Fatal(err)
	}
	return answer.status
}

// TestFewFiles starts a server that may open fewer files than it is asked to hold
// connections.
func TestFewFiles(t *testing.T) {
	s := newPopulated(t)
	limited := s.limited(64 + 4*runtime.NumCPU() + 20)
	v := limited.serve("--max-connections", "1000")
	for range 100 {
		v.dial()
	}
	if got := v.answers("GET /users/ann HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"); len(got) != 1 || got[0] != 401 {
		t.Errorf("the answers are %v", got)
	}
	v.stop()
	if log := strings.Join(v.log, "\n"); !strings.Contains(log, "asked=1000 connections=20") || strings.Contains(log, "Accept error") {
		t.Errorf("the log is %s", log)
	}
}

// limited is the same folder for processes that may open so many files.
func (s *shell) limited(files int) *shell {
	s.t.Helper()
	script := fmt.Sprintf("#!/bin/sh\nulimit -n %d\nexec %s \"$@\"\n", files, binary)
	path := filepath.Join(s.t.TempDir(), "parley")
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		s.t.Fatal(err)
	}
	limited := s.with()
	limited.program = path
	return limited
}

// TestNoFilesLeft takes the files away from a running server, as another limit of
// the machine would: it goes on when there are some again.
func TestNoFilesLeft(t *testing.T) {
	s := newPopulated(t)
	v := s.serve()
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", v.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	v.mayOpen(len(open) + 3)
	for range 30 {
		v.dial()
	}
	time.Sleep(time.Second)
	v.mayOpen(1000)
	if got := v.answers("GET /users/ann HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"); len(got) != 1 || got[0] != 401 {
		t.Errorf("the answers are %v", got)
	}
	v.stop()
	if n := strings.Count(strings.Join(v.log, "\n"), "too many open files"); n < 1 || n > 50 {
		t.Errorf("%d lines in the log: %s", n, v.log)
	}
}

func (v *server) mayOpen(files int) {
	v.t.Helper()
	if out, err := exec.Command("prlimit", "--pid", strconv.Itoa(v.cmd.Process.Pid), fmt.Sprintf("--nofile=%d:", files)).CombinedOutput(); err != nil {
		v.t.Fatalf("prlimit: %v %s", err, out)
	}
}

// TestManyIdleConnections holds ten thousand connections open that were answered
// once, or as many as this machine allows.
func TestManyIdleConnections(t *testing.T) {
	s := newPopulated(t)
	token := s.newToken("ann")
	v := s.serve()
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		t.Fatal(err)
	}
	many := min(10_000, int(files.Cur)-500)
	before := v.resident()
	v.hold(many)
	if status, answer := v.ask("PATCH", "/users/ann", token, `{"status":"risky"}`, "Content-Type", "application/json"); status != http.StatusOK {
		t.Errorf("beside %d idle connections: %d %s", many, status, answer)
	}
	each := (v.resident() - before) / many
	t.Logf("%d idle connections take %d bytes each", many, each)
	if each > 64<<10 {
		t.Errorf("an idle connection takes %d bytes", each)
	}
	v.stop()
}

// hold opens connections, from several addresses, and is answered once on each.
func (v *server) hold(many int) {
	v.t.Helper()
	var all sync.WaitGroup
	const hands = 8
	for hand := range hands {
		dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(hand+1))}}
		all.Go(func() {
			for range many / hands {
				conn, err := dialer.Dial("tcp", v.addr)
				if err != nil {
					v.t.Error(err)
					return
				}
				v.t.Cleanup(func() { conn.Close() })
				fmt.Fprint(conn, "GET /users/ann HTTP/1.1\r\nHost: a\r\n\r\n")
				if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.HasPrefix(line, "HTTP/1.1 401 ") {
					v.t.Errorf("%q %v", line, err)
				}
			}
		})
	}
	all.Wait()
}

// resident is how many bytes of memory the server holds.
func (v *server) resident() int {
	v.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", v.cmd.Process.Pid))
	if err != nil {
		v.t.Fatal(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(status))[1])
	if err != nil {
		v.t.Fatal(err)
	}
	return pages * os.Getpagesize()
}
