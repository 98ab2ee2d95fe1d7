package main_test

import (
	"compress/gzip"
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
	const (
		user  = "/users/ann?format=json"
		body  = `{"status":"risky","review_comment":["look"]}`
		parts = "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--b\r\nContent-Disposition: form-data; name=b\r\n\r\n\r\n--b--"
	)
	json := []string{"Content-Type", "application/json", "Accept", "text/html, */*"}
	gzipped := append([]string{"Content-Encoding", "gzip"}, json...)
	for _, c := range []struct {
		flag, value        string
		method, path, body string
		header             []string
		status             int
	}{
		{"max-body", "10", "PATCH", user, body, json, http.StatusRequestEntityTooLarge},
		{"max-decompressed-body", "10", "PATCH", user, compressed(t, body), gzipped, http.StatusRequestEntityTooLarge},
		{"max-open-body", "10", "POST", "/try", body, json, http.StatusRequestEntityTooLarge},
		{"max-ratio", "2", "PATCH", user, compressed(t, strings.Repeat(body, 2000)), gzipped, http.StatusRequestEntityTooLarge},
		{"max-depth", "1", "PATCH", user, body, json, http.StatusBadRequest},
		{"max-fields", "1", "PATCH", user, body, json, http.StatusBadRequest},
		{"max-field-name", "3", "PATCH", user, body, json, http.StatusBadRequest},
		{"max-field-value", "3", "PATCH", user, body, json, http.StatusBadRequest},
		{"max-values", "1", "PATCH", user, body, json, http.StatusBadRequest},
		{"max-parts", "1", "PATCH", user, parts, []string{"Content-Type", "multipart/form-data; boundary=b"}, http.StatusBadRequest},
		{"max-header", "100", "PATCH", user, body, json, http.StatusRequestHeaderFieldsTooLarge},
		{"max-header-fields", "2", "PATCH", user, body, json, http.StatusRequestHeaderFieldsTooLarge},
		{"max-url", "5", "PATCH", user, body, json, http.StatusRequestURITooLong},
		{"max-query", "5", "PATCH", user, body, json, http.StatusRequestURITooLong},
		{"max-accept", "5", "PATCH", user, body, json, http.StatusRequestHeaderFieldsTooLarge},
		{"max-accept-members", "1", "PATCH", user, body, json, http.StatusRequestHeaderFieldsTooLarge},
	} {
		v := s.with("PARLEY_" + strings.ToUpper(strings.ReplaceAll(c.flag, "-", "_")) + "=" + c.value).serve()
		if status, answer := v.ask(c.method, c.path, token, c.body, c.header...); status != c.status {
			t.Errorf("--%s %s: %d %s", c.flag, c.value, status, answer)
		}
		v.kill()
	}
}

func compressed(t *testing.T, body string) string {
	t.Helper()
	var b strings.Builder
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(body)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestInFlightReachesTheServer: on a slow disk eight changes come at once where one
// may be worked on. Those beyond wait, or are refused and leave nothing.
func TestInFlightReachesTheServer(t *testing.T) {
	for queued, refused := range map[string]bool{"0": true, "7": false} {
		d := newDisk(t)
		s, c := newCrowd(t, 8, append(d.env, "PARLEY_MAX_IN_FLIGHT=1", "PARLEY_MAX_QUEUED="+queued)...)
		d.becomes("slow")
		made := c.changeUntil(1)
		changes := 0
		for client, comments := range made {
			changes += len(comments)
			if recorded := history(t, s, fmt.Sprintf("client-%d", client)); len(recorded) != len(comments) {
				t.Errorf("%s queued: client %d has %q on record, and was told %q", queued, client, recorded, comments)
			}
		}
		if changes == 0 || (changes < 8) != refused {
			t.Errorf("%s queued: %d of 8 changes were made", queued, changes)
		}
		c.v.kill()
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
