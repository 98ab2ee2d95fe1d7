package main_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// exchange sends a request with a client of its own.
func (v *server) exchange(client *http.Client, method, path, token string, body io.Reader) exchanged {
	v.t.Helper()
	req, err := http.NewRequest(method, "https://"+v.addr+path, body)
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	answer, err := wholeOf(res)
	if err != nil {
		v.t.Fatal(err)
	}
	return answer
}

// TestAnswersAreTheSameOverHTTP2 sends what changes and what is refused both ways.
func TestAnswersAreTheSameOverHTTP2(t *testing.T) {
	s := newPopulated(t)
	pair := newPair(t, "first")
	pair.write(s, ".")
	token := s.newToken("ann")
	v := s.serveTLS()
	newer, older := pair.trusting(t), pair.trusting(t)
	older.Transport.(*http.Transport).ForceAttemptHTTP2 = false
	for _, r := range []struct{ method, path, token, body string }{
		{"PATCH", "/users/ann", token, `{"status":"risky","review_comment":"Größe"}`},
		{"PATCH", "/users/ann", token, `{"status":"banned"}`},
		{"PATCH", "/users/ann", token, `{`},
		{"PATCH", "/users/ann", token, `{"status":"` + strings.Repeat("x", 2<<20) + `"}`},
		{"PATCH", "/users/ann", "none", `{"status":"risky"}`},
		{"DELETE", "/users/ann", token, ""},
		{"GET", "/users/nobody", token, ""},
		{"GET", "/users?limit=2", token, ""},
		{"HEAD", "/users/ann", token, ""},
	} {
		a := v.exchange(older, r.method, r.path, r.token, strings.NewReader(r.body))
		b := v.exchange(newer, r.method, r.path, r.token, strings.NewReader(r.body))
		if a.proto != "HTTP/1.1" || b.proto != "HTTP/2.0" {
			t.Fatalf("the protocols are %s and %s", a.proto, b.proto)
		}
		if a.status != b.status || a.timeless() != b.timeless() || !maps.EqualFunc(a.lasting(), b.lasting(), sameLines) {
			t.Errorf("%s %s:\n%v\n%v", r.method, r.path, a, b)
		}
	}
	if n := len(rows(s.data("user", "history", "ann"))); n != 2 {
		t.Errorf("%d changes, want 2", n)
	}
	v.stop()
}

var changing = regexp.MustCompile(`"(updated_at|request_id)":"[^"]*"`)

func (e exchanged) timeless() string { return changing.ReplaceAllString(e.body, "") }

// lasting is the header without what differs from one request to the next.
func (e exchanged) lasting() http.Header {
	h := e.header.Clone()
	for _, name := range []string{"Date", "X-Request-Id", "Etag", "Content-Length", "Ratelimit"} {
		h.Del(name)
	}
	return h
}

func sameLines(a, b []string) bool { return strings.Join(a, "\n") == strings.Join(b, "\n") }

// h2 is a connection whose frames a test writes itself.
type h2 struct {
	t       testing.TB
	conn    *tls.Conn
	framer  *http2.Framer
	head    bytes.Buffer
	coder   *hpack.Encoder
	decoder *hpack.Decoder
}

func (v *server) dialHTTP2() *h2 {
	v.t.Helper()
	conn, err := tls.Dial("tcp", v.addr, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	if err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(func() { conn.Close() })
	if _, err := io.WriteString(conn, http2.ClientPreface); err != nil {
		v.t.Fatal(err)
	}
	c := &h2{t: v.t, conn: conn, framer: http2.NewFramer(conn, conn), decoder: hpack.NewDecoder(4096, nil)}
	c.coder = hpack.NewEncoder(&c.head)
	if err := c.framer.WriteSettings(); err != nil {
		v.t.Fatal(err)
	}
	return c
}

// open begins a request. It fails once the server has closed the connection.
func (c *h2) open(stream uint32, method, path, token string, ended bool) error {
	c.head.Reset()
	for _, field := range [][2]string{
		{":method", method}, {":scheme", "https"}, {":authority", "localhost"}, {":path", path},
		{"authorization", "Bearer " + token}, {"content-type", "application/json"},
	} {
		if err := c.coder.WriteField(hpack.HeaderField{Name: field[0], Value: field[1]}); err != nil {
			return err
		}
	}
	return c.framer.WriteHeaders(http2.HeadersFrameParam{
		StreamID: stream, BlockFragment: c.head.Bytes(), EndHeaders: true, EndStream: ended,
	})
}

// await reads frames until one of a type comes; nil where the connection ended
// before.
func (c *h2) await(kind http2.FrameType) http2.Frame {
	c.t.Helper()
	c.conn.SetReadDeadline(time.Now().Add(patience))
	for {
		frame, err := c.framer.ReadFrame()
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			c.t.Fatalf("the server neither sends %s nor ends the connection", kind)
		case err != nil:
			return nil
		case frame.Header().Type == kind:
			return frame
		}
	}
}

// TestRapidReset opens requests and takes them back, as fast as the server reads them. It
// may end the connection or keep up: it answers others meanwhile, and does not grow.
func TestRapidReset(t *testing.T) {
	const resets, most = 30_000, 128 << 10 // requests, KiB
	s := newPopulated(t)
	pair := newPair(t, "first")
	pair.write(s, ".")
	token := s.newToken("ann")
	v := s.serveTLS()
	c := v.dialHTTP2()
	ended := make(chan int)
	go func() { ended <- c.resetRapidly(resets, token) }()
	client := pair.trusting(t)
	for answered := 1; ; answered++ {
		if got := v.exchange(client, "PATCH", "/users/ann", token, strings.NewReader(`{"status":"risky"}`)); got.status != http.StatusOK {
			t.Errorf("answer %d beside the resets", got.status)
		}
		select {
		case requests := <-ended:
			memory := v.mostMemory()
			t.Logf("%d requests were taken back beside %d that were answered, in %d KiB", requests, answered, memory)
			if memory > most {
				t.Errorf("it took %d KiB", memory)
			}
			v.stop()
			return
		default:
		}
	}
}

// resetRapidly opens requests and takes them back, many in one piece so that the server
// does not have to wait for them, and waits until it has read them or ended the
// connection. It says how many it sent.
func (c *h2) resetRapidly(requests int, token string) int {
	sent := bufio.NewWriterSize(c.conn, 64<<10)
	c.framer = http2.NewFramer(sent, c.conn)
	for n := range requests {
		stream := uint32(2*n + 1)
		if c.open(stream, "GET", "/users/ann", token, true) != nil || c.framer.WriteRSTStream(stream, http2.ErrCodeCancel) != nil {
			return n
		}
	}
	if c.framer.WritePing(false, [8]byte{}) == nil && sent.Flush() == nil {
		c.await(http2.FramePing)
	}
	return requests
}

// mostMemory is what the server has held at once, in KiB
// (https://man7.org/linux/man-pages/man5/proc_pid_status.5.html).
func (v *server) mostMemory() (kib int) {
	v.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", v.cmd.Process.Pid))
	if err != nil {
		v.t.Fatal(err)
	}
	_, rest, found := bytes.Cut(status, []byte("VmHWM:"))
	if _, err := fmt.Sscan(string(rest), &kib); err != nil || !found {
		v.t.Fatalf("%v:\n%s", err, status)
	}
	return kib
}

// TestStreamsAreBounded asks how many requests a connection may have open.
func TestStreamsAreBounded(t *testing.T) {
	s := newPopulated(t)
	newPair(t, "first").write(s, ".")
	v := s.serveTLS()
	settings := v.dialHTTP2().await(http2.FrameSettings).(*http2.SettingsFrame)
	if n, ok := settings.Value(http2.SettingMaxConcurrentStreams); !ok || n != 100 {
		t.Errorf("%d streams (%t)", n, ok)
	}
}

// TestSlowHTTP2 holds a body, a head and an answer back. Beside the body, other
// requests of its connection go on.
func TestSlowHTTP2(t *testing.T) {
	s := newPopulated(t)
	newPair(t, "first").write(s, ".")
	token := s.newToken("ann")
	v := s.serveTLS("--read-timeout", "1s", "--write-timeout", "1s", "--idle-timeout", "3s")

	body := v.dialHTTP2()
	must(t, body.open(1, "PATCH", "/users/ann", token, false))
	must(t, body.framer.WriteData(1, false, []byte(`{"status":`)))
	if status := body.status(1); status != "408" {
		t.Errorf("a body that does not end: %s", status)
	}
	must(t, body.open(3, "GET", "/users/ann", token, true))
	if status := body.status(3); status != "200" {
		t.Errorf("another request beside it: %s", status)
	}

	head := v.dialHTTP2()
	must(t, head.framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: []byte{0x82}}))
	if head.await(http2.FrameGoAway); head.await(http2.FrameData) != nil {
		t.Error("a head that does not end is answered")
	}

	answer := v.dialHTTP2()
	must(t, answer.framer.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1}))
	must(t, answer.open(1, "GET", "/users/ann", token, true))
	if answer.await(http2.FrameRSTStream) == nil {
		t.Error("an answer that is not taken is not given up")
	}
	v.stop()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// status awaits the head of the answer to one request.
func (c *h2) status(stream uint32) string {
	c.t.Helper()
	for {
		frame, ok := c.await(http2.FrameHeaders).(*http2.HeadersFrame)
		if !ok {
			return "none: the connection has ended"
		}
		fields, err := c.decoder.DecodeFull(frame.HeaderBlockFragment())
		if err != nil {
			return fmt.Sprint(err)
		}
		if frame.StreamID == stream {
			return fields[0].Value
		}
	}
}
