package handlers_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers"
)

// inertPolicy is what an answer carries that is no page.
const inertPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'"

// isPage reports whether an answer may run a script of Parley's own.
func (r response) isPage() bool {
	contentType := r.Header.Get("Content-Type")
	return strings.HasPrefix(contentType, "text/html") || strings.HasPrefix(contentType, "application/xhtml+xml")
}

// wantInert checks that a browser takes an answer for what it is, and runs nothing
// of it that is not Parley's own.
func (r response) wantInert(t *testing.T, where string) {
	t.Helper()
	policy := r.Header.Get("Content-Security-Policy")
	if r.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(policy, "default-src 'none'; ") || !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("%s: %v", where, r.Header)
	}
	if !r.isPage() && policy != inertPolicy {
		t.Errorf("%s: policy %q of what is no page", where, policy)
	}
	if strings.Contains(r.Header.Get("Content-Type"), "svg") && !strings.Contains(where, "/assets/") {
		t.Errorf("%s is a picture", where)
	}
}

// scripts are values that run where they are not escaped.
const scripts = `<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>` +
	`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/><?xml-stylesheet href="//evil.example"?>]]><!--`

// TestEveryAnswerIsInert asks every kind of thing in every format, with scripts in
// names and comments.
func TestEveryAnswerIsInert(t *testing.T) {
	s := newServer(t, func(c *handlers.Config) { c.Origins = []string{"https://desk.example"} })
	s.changeBen(parley.StatusRisky, scripts)
	body := fmt.Sprintf(`{"identifier":%q,"name":%q,"email":"s@example.com"}`, scripts, scripts)
	if res := s.do(request{"POST", "/users", inJSON, body}); res.StatusCode != 201 {
		t.Fatal(res.Status, res.body)
	}
	for _, r := range []struct {
		request
		shape codecs.Shape
	}{
		{request{"GET", "/users/" + url.PathEscape(scripts), nil, ""}, codecs.Single},
		{request{"GET", "/users/ben/status-changes/1", nil, ""}, codecs.Single},
		{request{"GET", "/users/ben/status-changes", nil, ""}, codecs.Many},
		{request{"GET", "/users?q=%3C", nil, ""}, codecs.Many},
		{request{"GET", "/users/nobody", nil, ""}, codecs.Single},
		{request{"PATCH", "/users/ben", inJSON, fmt.Sprintf(`{"status":%q,%q:1}`, scripts, scripts)}, codecs.Single},
		{request{"POST", "/try", inJSON, fmt.Sprintf(`{"content_type":"text/plain","body":%q}`, "status: "+scripts)}, codecs.Single},
		{request{"GET", "/users/ben", []string{"If-None-Match", "*"}, ""}, codecs.Single},
		{request{"OPTIONS", "/users/ben", []string{"Origin", "https://desk.example", "Access-Control-Request-Method", "PATCH"}, ""}, codecs.Single},
	} {
		for _, out := range answersIn(r.shape) {
			where := r.method + " " + r.path + " in " + out.Name()
			res := s.do(request{r.method, withFormat(r.path, out.Name()), r.header, r.body})
			res.wantInert(t, where)
			attached := strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment; ")
			if _, isFile := out.(codecs.Attacher); res.StatusCode == 200 && attached != isFile {
				t.Errorf("%s: attached %t, want %t", where, attached, isFile)
			}
			if marked := strings.Contains(res.Header.Get("Content-Type"), "xml") || res.isPage(); marked && (strings.Contains(res.body, "<script xmlns") || strings.Contains(res.body, `<svg xmlns="http://www.w3.org/2000/svg" onload`)) {
				t.Errorf("%s is not escaped:\n%s", where, res.body)
			}
		}
	}
}

// controls do something to whoever shows or splits them.
const controls = "a\r\nSet-Cookie: b=c\r\n\r\n<b>\x1b[31m\x00\u0085\u2028\u202egnp' OR 1=1 --../../etc/passwd"

// TestHostileInputIsEscaped puts controls wherever a request has room for them, in
// every format of the answer: no header and no line of the log is made of them.
func TestHostileInputIsEscaped(t *testing.T) {
	var log bytes.Buffer
	s := newServer(t, func(c *handlers.Config) {
		c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	escaped := url.QueryEscape(controls)
	inPath := strings.ReplaceAll(escaped, "+", "%20")
	for _, out := range answersIn(codecs.Single) {
		for _, r := range []request{
			{"GET", "/users/" + inPath, nil, ""}, {"GET", "/users/ben/status-changes/" + inPath, nil, ""}, {"GET", "/workspaces/" + inPath, nil, ""},
			{"GET", "/problems/" + inPath, nil, ""}, {"GET", "/" + inPath, nil, ""}, {"GET", "/assets/..%2f..%2fetc%2fpasswd", nil, ""}, {"GET", "/assets/../../etc/passwd", nil, ""},
			{"GET", "/users?q=" + escaped, nil, ""}, {"GET", "/users?workspace=" + escaped, nil, ""}, {"GET", "/users?cursor=" + escaped, nil, ""}, {"GET", "/users?" + escaped + "=1", nil, ""},
			{"GET", "/sign-in?next=" + escaped, []string{"Authorization", ""}, ""}, {"GET", "/users/ben?changed=" + escaped, nil, ""},
			{"GET", "/users/ben", []string{"Accept", "\u202e/\u0085"}, ""}, {"GET", "/users/ben", []string{"X-Request-ID", "\u202ea"}, ""}, {"GET", "/users/ben", []string{"X-API-Version", "\u202e"}, ""},
			{"PATCH", "/users/ben", []string{"Content-Type", "application/x-www-form-urlencoded"}, escaped + "=1&status=" + escaped + "&_if_match=" + escaped},
			{"PATCH", "/users/ben", []string{"Content-Type", "text/plain; charset=\"\u202e\""}, "risky"},
			{"PATCH", "/users/ben", []string{"Content-Type", "application/json", "Idempotency-Key", "\u202e"}, jsonBody},
		} {
			res := s.do(request{r.method, withFormat(r.path, out.Name()), r.header, r.body})
			where := r.method + " " + r.path + " in " + out.Name()
			if res.StatusCode >= 500 || len(res.Cookies()) > 0 || strings.Contains(res.body, "root:") {
				t.Errorf("%s: %s %v\n%s", where, res.Status, res.Header, res.body)
			}
			res.wantInert(t, where)
			for name, values := range res.Header {
				if slices.ContainsFunc(values, func(v string) bool { return strings.ContainsFunc(v, isUnsafe) }) {
					t.Errorf("%s: %s is %q", where, name, values)
				}
			}
		}
	}
	s.mustBeUntouched(t)
	s.Close()
	for line := range strings.Lines(log.String()) {
		if !strings.HasPrefix(line, "time=") || strings.ContainsFunc(strings.TrimSuffix(line, "\n"), isUnsafe) {
			t.Errorf("a line of the log is %q", line)
		}
	}
}

// isUnsafe reports whether a character is more than itself in a header or a line. The
// log measures in \u00b5s.
func isUnsafe(r rune) bool { return r < ' ' || r >= 0x7f && r != '\u00b5' }
