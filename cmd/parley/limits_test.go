package main_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestLargeHeaders: a little too much is told in the caller's format, much too much
// by net/http.
func TestLargeHeaders(t *testing.T) {
	s := newPopulated(t)
	token := s.newToken("ann")
	v := s.serve("--max-header", "20000")
	for _, c := range []struct {
		size, status int
		body         string
	}{
		{18_000, http.StatusOK, "<identifier>ann</identifier>"},
		{20_000, http.StatusRequestHeaderFieldsTooLarge, "<detail>The headers are larger than 20000 bytes in all.</detail>"},
		{34_000, http.StatusRequestHeaderFieldsTooLarge, "<type>/problems/header-too-large</type>"},
		{50_000, http.StatusRequestHeaderFieldsTooLarge, "431 Request Header Fields Too Large"},
	} {
		status, body := v.ask("GET", "/users/ann", token, "", "Accept", "application/xml", "X-Fill", strings.Repeat("x", c.size))
		if status != c.status || !strings.Contains(body, c.body) {
			t.Errorf("%d bytes: %d %s", c.size, status, body)
		}
	}
}

// TestLimitsReachTheServer sets each limit so low that one request is beyond it.
func TestLimitsReachTheServer(t *testing.T) {
	s := newPopulated(t)
	token := s.newToken("ann")
	for _, c := range []struct {
		flag, value string
		status      int
	}{
		{"max-body", "10", http.StatusRequestEntityTooLarge},
		{"max-depth", "1", http.StatusBadRequest},
		{"max-fields", "1", http.StatusBadRequest},
		{"max-field-name", "3", http.StatusBadRequest},
		{"max-field-value", "3", http.StatusBadRequest},
		{"max-header", "100", http.StatusRequestHeaderFieldsTooLarge},
		{"max-header-fields", "2", http.StatusRequestHeaderFieldsTooLarge},
		{"max-url", "5", http.StatusRequestURITooLong},
		{"max-query", "5", http.StatusRequestURITooLong},
		{"max-accept", "5", http.StatusRequestHeaderFieldsTooLarge},
		{"max-accept-members", "1", http.StatusRequestHeaderFieldsTooLarge},
	} {
		v := s.with("PARLEY_" + strings.ToUpper(strings.ReplaceAll(c.flag, "-", "_")) + "=" + c.value).serve()
		status, body := v.ask("PATCH", "/users/ann?format=json", token, `{"status":"risky","review_comment":["look"]}`,
			"Content-Type", "application/json", "Accept", "text/html, */*")
		if status != c.status {
			t.Errorf("--%s %s: %d %s", c.flag, c.value, status, body)
		}
		v.kill()
	}
}

// TestRatesReachTheServer: without any setting wrong tokens are told to wait, past a
// hundred, and right ones are not.
func TestRatesReachTheServer(t *testing.T) {
	s := newPopulated(t)
	token := s.newToken("ann")
	v := s.serve()
	for i := range 100 {
		if status, body := v.ask("GET", "/users/ann", fmt.Sprint("prl_", i), ""); status != http.StatusUnauthorized {
			t.Fatalf("wrong token %d: %d %s", i, status, body)
		}
	}
	// Some may have come back meanwhile, one in 600 ms.
	refused := 0
	for range 100 {
		if status, _ := v.ask("GET", "/users/ann", "prl_wrong", ""); status == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused == 0 {
		t.Error("two hundred wrong tokens were all 401")
	}
	if status, body := v.ask("GET", "/users/ann", token, ""); status != http.StatusOK {
		t.Errorf("a right token: %d %s", status, body)
	}

	v = s.serve("--rate-wrong-tokens", "off", "--rate-token", "1/1h", "--rate-address", "3/1h")
	for i, want := range []int{http.StatusOK, http.StatusTooManyRequests, http.StatusTooManyRequests, http.StatusTooManyRequests} {
		if status, body := v.ask("GET", "/users/ann?format=text", token, ""); status != want || i == 1 && !strings.Contains(body, "with this token") || i == 3 && !strings.Contains(body, "from this address") {
			t.Errorf("request %d: %d %s", i, status, body)
		}
	}
}
