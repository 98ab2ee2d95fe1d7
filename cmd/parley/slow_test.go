package main_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// answersMeanwhile asks again and again until something has ended.
func (v *server) answersMeanwhile(token string, ended <-chan struct{}) {
	v.t.Helper()
	client := &http.Client{Timeout: patience, Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	for n := 0; ; n++ {
		req, err := http.NewRequest("PATCH", "http://"+v.addr+"/users/ann", strings.NewReader(`{"status":"risky"}`))
		if err != nil {
			v.t.Fatal(err)
		}
		req.Header = http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {"application/json"}}
		res, err := client.Do(req)
		if err != nil {
			v.t.Fatalf("after %d answers: %v", n, err)
		}
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			v.t.Fatalf("after %d answers: %s", n, res.Status)
		}
		select {
		case <-ended:
			v.t.Logf("%d requests were answered meanwhile", n+1)
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// drip writes a byte at a time until the server has closed the connection.
func (v *server) drip(conn net.Conn, text string) {
	conn.SetDeadline(time.Now().Add(2 * patience))
	for i := 0; ; i++ {
		_, err := conn.Write([]byte{text[i%len(text)]})
		if errors.Is(err, os.ErrDeadlineExceeded) {
			v.t.Error("the connection is not closed")
		}
		if err != nil {
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// TestSlowHeads opens connections whose heads do not end (slowloris): each is cut,
// and others are answered meanwhile.
func TestSlowHeads(t *testing.T) {
	s := newPopulated(t)
	token := s.newToken("ann")
	v := s.serve("--header-timeout", "2s")
	var all sync.WaitGroup
	for range 500 {
		conn := v.dial()
		fmt.Fprint(conn, "GET /users/ann HTTP/1.1\r\n")
		all.Go(func() { v.drip(conn, "X-A: a\r\n") })
	}
	ended := make(chan struct{})
	go func() { all.Wait(); close(ended) }()
	v.answersMeanwhile(token, ended)
	v.stop()
}

// TestSlowBodies sends bodies that do not end. Whoever sent one is told so in its
// own format, with every time at the same length, as by default.
func TestSlowBodies(t *testing.T) {
	s := newPopulated(t)
	token := s.newToken("ann")
	v := s.serve("--read-timeout", "2s", "--write-timeout", "2s", "--request-timeout", "2s")
	const xml, text = "<user><status>risky</status></user>", "status: risky\n\nslow"
	for _, c := range []struct{ name, head, body, mediaType string }{
		{"length", "Content-Type: application/xml\r\nContent-Length: 100000\r\n\r\n", xml, "application/problem+xml"},
		{"chunked", "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n186a0\r\n", text, "text/plain; charset=utf-8"},
		{"compressed", "Content-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 100000\r\n\r\n", "\x1f\x8b\x08", "application/problem+json"},
	} {
		conn := v.dial()
		fmt.Fprintf(conn, "PATCH /users/ann HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n%s", token, c.head)
		ended := make(chan struct{})
		go func() { v.drip(conn, c.body); close(ended) }()
		answer, err := readAnswer(bufio.NewReader(conn))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if answer.status != http.StatusRequestTimeout || !answer.closes ||
			answer.header.Get("Content-Type") != c.mediaType || !strings.Contains(answer.body, "/problems/request-timeout") {
			t.Errorf("%s: %v", c.name, answer)
		}
		v.answersMeanwhile(token, ended)
	}
	v.stop()
}

// TestSlowBodyHasItsTime ends a body later than the work on it may take.
func TestSlowBodyHasItsTime(t *testing.T) {
	s := newPopulated(t)
	token := s.newToken("ann")
	v := s.serve("--request-timeout", "1s")
	const body = `{"status":"risky","review_comment":"slow"}`
	conn, answer := v.slowPatch(token, body)
	time.Sleep(1500 * time.Millisecond)
	fmt.Fprint(conn, body[len(body)/2:])
	if got := statusOf(t, answer); got != http.StatusOK {
		t.Errorf("answer %d", got)
	}
	v.stop()
}

// TestSlowReaders asks for more than anybody holds for them, and takes nothing.
func TestSlowReaders(t *testing.T) {
	const clients, each = 5, 2000
	s := newShell(t)
	v := s.serve("--demo", "--write-timeout", "2s")
	token := s.newToken("ben")
	s.data("user", "create", "--identifier", "ann", "--name", "Ann Lee", "--email", "ann@example.com", "--workspace", "delay")
	var all sync.WaitGroup
	for range clients {
		conn := v.dial()
		if err := conn.(*net.TCPConn).SetReadBuffer(4096); err != nil {
			t.Fatal(err)
		}
		all.Go(func() {
			request := "GET /users?limit=200 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + token + "\r\n\r\n"
			for range each {
				fmt.Fprint(conn, request)
			}
			v.drip(conn, request)
		})
	}
	ended := make(chan struct{})
	go func() { all.Wait(); close(ended) }()
	v.answersMeanwhile(token, ended)
	v.stop()
	if n := strings.Count(strings.Join(v.log, "\n"), "path=/users "); n < clients || n >= clients*each {
		t.Errorf("%d answers were made, want fewer than were asked for", n)
	}
}

// TestIdleConnectionsAreClosed waits for the end of a connection that has been
// answered.
func TestIdleConnectionsAreClosed(t *testing.T) {
	s := newPopulated(t)
	v := s.serve("--idle-timeout", "1s")
	conn := v.dial()
	fmt.Fprint(conn, "GET /users/ann HTTP/1.1\r\nHost: a\r\n\r\n")
	answer, err := io.ReadAll(conn)
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 401 ") {
		t.Errorf("%v: %s", err, answer)
	}
	v.stop()
}
