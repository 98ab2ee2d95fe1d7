package load

import (
	"bufio"
	"strings"
	"testing"
)

// marker stands after each answer: what reads too much or too little does not
// find it.
const marker = "next"

func TestReadResponse(t *testing.T) {
	for name, test := range map[string]struct{ answer, failure string }{
		"body":            {"HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 5\r\n\r\nhello", ""},
		"created":         {"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n", ""},
		"case":            {"HTTP/1.1 200 OK\r\ncontent-length:3\r\n\r\nabc", ""},
		"no content":      {"HTTP/1.1 204 No Content\r\nA: b\r\n\r\n", ""},
		"no reason":       {"HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nab", ""},
		"looks like one":  {"HTTP/1.1 200 OK\r\nX-Content-Length: 9\r\nContent-Length: 1\r\n\r\na", ""},
		"refused":         {"HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\n\r\nno user", "404: no user"},
		"moved":           {"HTTP/1.1 301 Moved\r\nContent-Length: 0\r\n\r\n", "301"},
		"no length":       {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "no Content-Length"},
		"negative length": {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "no length"},
		"not HTTP":        {"SSH-2.0-OpenSSH_9.2p1 Debian\r\n", "no status line"},
	} {
		t.Run(name, func(t *testing.T) {
			r := bufio.NewReader(strings.NewReader(test.answer + marker))
			err := readResponse(r)
			if test.failure == "" {
				rest, _ := r.Peek(len(marker))
				if err != nil || string(rest) != marker {
					t.Errorf("it failed with %v and went on at %q", err, rest)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.failure) {
				t.Errorf("the failure is %v, want one with %q", err, test.failure)
			}
		})
	}
}

func TestReadResponseThatIsCutOff(t *testing.T) {
	const whole = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
	for n := range len(whole) {
		if err := readResponse(bufio.NewReader(strings.NewReader(whole[:n]))); err == nil {
			t.Errorf("%q is taken for an answer", whole[:n])
		}
	}
}
