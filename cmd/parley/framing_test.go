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
	"testing"
	"time"
)

// dial opens a connection whose bytes a test writes itself.
func (v *server) dial() net.Conn {
	v.t.Helper()
	conn, err := net.Dial("tcp", v.addr)
	if err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	return conn
}

// TestFraming sends requests whose end two readers may see at different places
// (RFC 9112 section 11.2). Behind each stands another request, as a smuggler
// hides it: it may be answered only where the end of the first is certain.
func TestFraming(t *testing.T) {
	s := newPopulated(t)
	token := s.newToken("ann")
	v := s.serve()
	head := "PATCH /users/ann HTTP/1.1\r\nHost: parley.example\r\nAuthorization: Bearer " + token + "\r\nContent-Type: application/json\r\n"
	const body = `{"status":"risky"}` // 18 bytes, 12 in hexadecimal
	const chunked = "12\r\n" + body + "\r\n0\r\n\r\n"
	const changed, refused, known, unknown = 200, 400, 401, 501 // known: without a token
	made := 0
	for _, c := range []struct {
		name    string
		request string
		want    []int // the answers; the last may be that to what stands behind
	}{
		{"well framed", head + "Content-Length: 18\r\n\r\n" + body, []int{changed, known}},
		{"lines that end in LF", strings.ReplaceAll(head, "\r\n", "\n") + "Content-Length: 18\n\n" + body, []int{changed, known}},
		{"Content-Length twice alike", head + "Content-Length: 18\r\nContent-Length: 18\r\n\r\n" + body, []int{changed, known}},
		{"Content-Length twice", head + "Content-Length: 18\r\nContent-Length: 19\r\n\r\n" + body, []int{refused}},
		{"Content-Length as a list", head + "Content-Length: 18, 18\r\n\r\n" + body, []int{refused}},
		{"Content-Length with a sign", head + "Content-Length: +18\r\n\r\n" + body, []int{refused}},
		{"Content-Length below zero", head + "Content-Length: -18\r\n\r\n" + body, []int{refused}},
		{"Content-Length in hexadecimal", head + "Content-Length: 0x12\r\n\r\n" + body, []int{refused}},
		{"Content-Length of two words", head + "Content-Length: 1 8\r\n\r\n" + body, []int{refused}},
		{"Content-Length beyond numbers", head + "Content-Length: 18446744073709551634\r\n\r\n" + body, []int{refused}},
		{"no Content-Length", head + "\r\n", []int{refused, known}},

		{"chunked", head + "Transfer-Encoding: chunked\r\n\r\n" + chunked, []int{changed}},
		{"chunked and Content-Length", head + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked, []int{changed}},
		{"chunked beside a wrong Content-Length", head + "Content-Length: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked, []int{refused}},
		{"chunked twice", head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked, []int{unknown}},
		{"chunked and identity", head + "Transfer-Encoding: chunked, identity\r\n\r\n" + chunked, []int{unknown}},
		{"not quite chunked", head + "Transfer-Encoding: xchunked\r\n\r\n" + chunked, []int{unknown}},
		{"chunked behind a control", head + "Transfer-Encoding: \x0bchunked\r\n\r\n" + chunked, []int{refused}},
		{"chunked in HTTP/1.0", strings.Replace(head, "1.1", "1.0", 1) + "Connection: keep-alive\r\nContent-Length: 18\r\nTransfer-Encoding: chunked\r\n\r\n" + body, []int{changed}},
		{"a chunk with an extension", head + "Transfer-Encoding: chunked\r\n\r\n12;a=b\r\n" + body + "\r\n0\r\n\r\n", []int{changed}},
		{"a chunk whose line ends in LF", head + "Transfer-Encoding: chunked\r\n\r\n12\n" + body + "\r\n0\r\n\r\n", []int{refused}},
		{"a chunk that ends in LF", head + "Transfer-Encoding: chunked\r\n\r\n12\r\n" + body + "\n0\r\n\r\n", []int{refused}},
		{"a chunk larger than it says", head + "Transfer-Encoding: chunked\r\n\r\n11\r\n" + body + "\r\n0\r\n\r\n", []int{refused}},
		{"a chunk whose size is no number", head + "Transfer-Encoding: chunked\r\n\r\n0x12\r\n" + body + "\r\n0\r\n\r\n", []int{refused}},
		{"a chunk whose size has a sign", head + "Transfer-Encoding: chunked\r\n\r\n+12\r\n" + body + "\r\n0\r\n\r\n", []int{refused}},
		{"a chunk beyond numbers", head + "Transfer-Encoding: chunked\r\n\r\n10000000000000012\r\n" + body + "\r\n0\r\n\r\n", []int{refused}},
		{"a chunk without end", head + "Transfer-Encoding: chunked\r\n\r\n" + "12;" + strings.Repeat("a", 1<<16) + "\r\n", []int{refused}},
		{"trailers", head + "Transfer-Encoding: chunked\r\nTrailer: Idempotency-Key\r\n\r\n12\r\n" + body + "\r\n0\r\nIdempotency-Key: a\r\nIf-Match: \"99-json\"\r\n\r\n", []int{changed}},

		{"a space before a colon", head + "Content-Length : 18\r\n\r\n" + body, []int{refused}},
		{"a field folded", head + "Content-Length:\r\n 18\r\n\r\n" + body, []int{changed, known}},
		{"the first field folded", strings.Replace(head, "Host", " Host", 1) + "\r\n", []int{refused}},
		{"a field without a colon", head + "Content-Length\r\n\r\n", []int{refused}},
		{"a field without a name", head + ": 18\r\n\r\n", []int{refused}},
		{"CR in a field", head + "X-A: a\rContent-Length: 18\r\n\r\n" + body, []int{refused}},
		{"NUL in a field", head + "X-A: a\x00b\r\n\r\n", []int{refused}},
		{"a line before the head", "\r\n" + head + "Content-Length: 18\r\n\r\n" + body, []int{refused}},

		{"Host missing", strings.Replace(head, "Host", "X-Host", 1) + "\r\n", []int{refused}},
		{"Host twice", head + "Host: other.example\r\n\r\n", []int{refused}},
		{"Host with a slash", strings.Replace(head, "parley.example", "a/b", 1) + "\r\n", []int{refused}},
		{"a target with a scheme", "GET http://other.example/users/ann HTTP/1.1\r\nHost: parley.example\r\n\r\n", []int{known, known}},
		{"a target without a slash", "GET users/ann HTTP/1.1\r\nHost: parley.example\r\n\r\n", []int{refused}},
		{"a target with a space", "GET /users/ann HTTP/1.0 HTTP/1.1\r\nHost: parley.example\r\n\r\n", []int{refused}},
		{"the server itself", "OPTIONS * HTTP/1.1\r\nHost: parley.example\r\n\r\n", []int{changed, known}},
		{"a star that is no OPTIONS", "GET * HTTP/1.1\r\nHost: parley.example\r\n\r\n", []int{404, known}},
		{"a tunnel", "CONNECT other.example:443 HTTP/1.1\r\nHost: other.example\r\n\r\n", []int{404, known}},
		{"a method that is no token", "GE(T /users/ann HTTP/1.1\r\nHost: parley.example\r\n\r\n", []int{refused}},
		{"HTTP/1.0 without Host", "GET /users/ann HTTP/1.0\r\n\r\n", []int{known}},
		{"HTTP/1.0 that would stay", "GET /users/ann HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", []int{known}},
		{"HTTP/0.9", "GET /users/ann\r\n", []int{refused}},
		{"HTTP/2 without TLS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", []int{404}},
		{"HTTP/3.0", "GET /users/ann HTTP/3.0\r\nHost: parley.example\r\n\r\n", []int{505}},
	} {
		got := v.answers(c.request + "GET /users/ann HTTP/1.1\r\nHost: parley.example\r\nConnection: close\r\n\r\n")
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: the answers are %v, want %v", c.name, got, c.want)
		}
		if c.want[0] == changed && strings.HasPrefix(strings.TrimSpace(c.request), "PATCH") {
			made++
		}
	}
	if n := len(rows(s.data("user", "history", "ann"))); n != made {
		t.Errorf("%d changes, want %d", n, made)
	}
	v.stop()
}

// answers sends bytes over one connection and reads the statuses of all answers,
// until the server closes it.
func (v *server) answers(request string) []int {
	v.t.Helper()
	conn := v.dial()
	go io.WriteString(conn, request)
	var statuses []int
	for reader := bufio.NewReader(conn); ; {
		answer, err := readAnswer(reader)
		switch {
		case err == nil:
			statuses = append(statuses, answer.status)
		case errors.Is(err, os.ErrDeadlineExceeded):
			v.t.Errorf("the connection is not closed after %v", statuses)
			return statuses
		case answer.status != 0:
			v.t.Errorf("half an answer: %v", err)
			return statuses
		default:
			return statuses
		}
	}
}

// exchanged is an answer that was read whole.
type exchanged struct {
	proto  string
	status int
	header http.Header
	closes bool // the connection; net/http takes that field away
	body   string
}

// readAnswer fails with the head alone where the body is cut off, and with nothing
// where there is no answer.
func readAnswer(from *bufio.Reader) (exchanged, error) {
	res, err := http.ReadResponse(from, nil)
	if err != nil {
		return exchanged{}, err
	}
	return wholeOf(res)
}

func wholeOf(res *http.Response) (exchanged, error) {
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return exchanged{res.Proto, res.StatusCode, res.Header, res.Close, string(body)}, err
}

// TestPipelining sends many requests before it reads: the answers come whole and
// in order.
func TestPipelining(t *testing.T) {
	s := newPopulated(t)
	token := s.newToken("ann")
	v := s.serve()
	var request strings.Builder
	var want []int
	for i := range 50 {
		status, answer := []string{"risky", "banned"}[i%2], []int{200, 422}[i%2]
		body := `{"status":"` + status + `"}`
		fmt.Fprintf(&request, "PATCH /users/ann HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", token, len(body), body)
		want = append(want, answer)
	}
	request.WriteString("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	want = append(want, 200)
	if got := v.answers(request.String()); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the answers are %v", got)
	}
	v.stop()
}

// TestExpect asks before it sends a body: one that is not wanted is refused
// without a 100.
func TestExpect(t *testing.T) {
	s := newPopulated(t)
	token := s.newToken("ann")
	v := s.serve()
	for _, c := range []struct{ name, token, header, want string }{
		{"wanted", token, "Content-Type: application/json\r\nContent-Length: 18\r\nExpect: 100-continue", "100"},
		{"no token", "none", "Content-Type: application/json\r\nContent-Length: 18\r\nExpect: 100-continue", "401"},
		{"no format", token, "Content-Type: image/png\r\nContent-Length: 18\r\nExpect: 100-continue", "415"},
		{"not acceptable", token, "Accept: image/png\r\nContent-Type: application/json\r\nContent-Length: 18\r\nExpect: 100-continue", "406"},
		{"too large", token, "Content-Type: application/json\r\nContent-Length: 1048577\r\nExpect: 100-continue", "413"},
		{"expects something else", token, "Content-Type: application/json\r\nContent-Length: 18\r\nExpect: 200-ok", "417"},
	} {
		conn := v.dial()
		fmt.Fprintf(conn, "PATCH /users/ann HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n%s\r\n\r\n", c.token, c.header)
		line, err := bufio.NewReader(conn).ReadString('\n')
		if err != nil || !strings.HasPrefix(line, "HTTP/1.1 "+c.want+" ") {
			t.Errorf("%s: %q %v", c.name, line, err)
		}
		conn.Close()
	}
	v.stop()
}

// TestHalfClosed says that no more will come as soon as the request is sent, which
// old clients do, and nc -N.
func TestHalfClosed(t *testing.T) {
	s := newPopulated(t)
	token := s.newToken("ann")
	v := s.serve()
	for n := range 20 {
		conn := v.dial()
		body := fmt.Sprintf(`{"status":"risky","review_comment":"change %d"}`, n)
		fmt.Fprintf(conn, "PATCH /users/ann HTTP/1.1\r\nHost: parley.example\r\nAuthorization: Bearer %s\r\n"+
			"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", token, len(body), body)
		if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("change %d: %d", n, res.StatusCode)
		}
	}
	if n := len(history(t, s, "ann")); n != 20 {
		t.Errorf("%d changes are on record, want 20", n)
	}
}
