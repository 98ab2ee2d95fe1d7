package handlers_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/http/httpguts"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/codectest"
	"github.com/parley-gateway/parley/handlers"
)

// during is the server within one run of a fuzz target.
func (s *testServer) during(t *testing.T) *testServer {
	within := *s
	within.t = t
	return &within
}

// goldenRequest is the request of a golden file.
type goldenRequest struct {
	raw         []byte
	contentType string
	body        []byte
}

func goldenRequests(f *testing.F) (list []goldenRequest) {
	f.Helper()
	paths, err := filepath.Glob("../testdata/*/*/request.http")
	if err != nil || len(paths) == 0 {
		f.Fatal("there are no golden files", err)
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		head, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
		g := goldenRequest{raw: raw, body: body}
		for line := range strings.SplitSeq(string(head), "\r\n") {
			if name, value, ok := strings.Cut(line, ": "); ok && strings.EqualFold(name, "Content-Type") {
				g.contentType = value
			}
		}
		list = append(list, g)
	}
	return list
}

// FuzzFormats demands of every format that what is read from any body can be
// written in every other and read again as the same, and that a refusal tells
// its caller something.
func FuzzFormats(f *testing.F) {
	registry := handlers.Formats()
	for _, g := range goldenRequests(f) {
		if g.contentType != "" && len(g.body) < 4<<10 {
			f.Add(g.contentType, g.body)
		}
	}
	formats := slices.DeleteFunc(registry.Formats(), func(f codecs.Format) bool { return f.Name() == "pdf" }) // its own target is fast
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		d, err := registry.Decode(contentType, body, codecs.Limits{})
		var e *codecs.Error
		switch {
		case err == nil:
			if err := codectest.CheckElsewhere(d.Record, formats...); err != nil {
				t.Error(err)
			}
		case !errors.As(err, &e) || e.Kind == codecs.Unencodable || e.Detail == "" || !utf8.ValidString(e.Detail):
			t.Errorf("%q as %q is refused with %v", body, contentType, err)
		}
	})
}

// FuzzRequest sends any method and body with any header to every route. Nothing
// fails within the server, and a user has one row more in the history exactly
// where the answer says that a change was made.
func FuzzRequest(f *testing.F) {
	s := newServer(f)
	f.Add("PATCH", "/users/ben", "application/json", "", "", `{"status":"risky"}`)
	f.Add("POST", "/users/ben?format=xml", "application/x-www-form-urlencoded", "X-HTTP-Method-Override", "PATCH", "status=active&_method=PATCH")
	f.Add("POST", "/users", "application/json", "Accept", "text/html", `{"identifier":"x","name":"x","email":"x@y.example"}`)
	f.Add("GET", "/users?limit=3&sort=-name&cursor=x", "", "If-None-Match", "*", "")
	f.Add("POST", "/try", "application/json", "Origin", "null", `{"body":"risky","content_type":"text/plain"}`)
	f.Add("OPTIONS", "/users/ben/status-changes/1", "", "Prefer", "return=minimal", "")
	f.Fuzz(func(t *testing.T, method, target, contentType, name, value, body string) {
		if !strings.HasPrefix(target, "/") || !isSendable(s.URL+target, name, value) || !httpguts.ValidHeaderFieldValue(contentType) || !httpguts.ValidHeaderFieldName(method) || method == http.MethodConnect {
			return
		}
		s := s.during(t)
		before := s.user(ben)
		header := []string{"Content-Type", contentType}
		if name != "" {
			header = append(header, name, value)
		}
		res := s.do(request{method: method, path: target, header: header, body: body})
		s.mustHaveCounted(t, before, res)
	})
}

// FuzzRawRequest writes any bytes to the socket.
func FuzzRawRequest(f *testing.F) {
	s := newServer(f)
	for _, g := range goldenRequests(f) {
		if len(g.raw) < 1<<10 {
			f.Add(g.raw)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		s := s.during(t)
		before := s.user(ben)
		answer := s.exchangeBroken(raw)
		allowed := []string{"501", "505"}
		if len(answer) > 0 && (len(answer) < 12 || answer[9] == '5' && !slices.Contains(allowed, string(answer[9:12]))) {
			t.Errorf("%q is answered by %q", raw, answer)
		}
		s.mustBeChained(t, before)
	})
}

// exchangeBroken sends bytes, says that no more will come, and returns what comes
// back.
func (s *testServer) exchangeBroken(raw []byte) []byte {
	s.t.Helper()
	conn, err := s.send(raw)
	if err != nil {
		conn.Close()
		return nil // it was refused before it was read
	}
	defer conn.Close()
	_ = conn.(*net.TCPConn).CloseWrite()
	answer, _ := io.ReadAll(conn)
	return answer
}

// mustHaveCounted compares an answer with what became of the user.
func (s *testServer) mustHaveCounted(t *testing.T, before parley.User, res response) {
	t.Helper()
	if res.StatusCode >= http.StatusInternalServerError {
		t.Errorf("the status is %s\n%s", res.Status, res.body)
	}
	after := s.mustBeChained(t, before)
	changed := after.Version != before.Version
	if changed && (res.StatusCode >= http.StatusBadRequest || res.Request.Method != http.MethodPatch && res.Request.Method != http.MethodPost) {
		t.Errorf("%s changes the user and is answered by %s", res.Request.Method, res.Status)
	}
	if changed && after.Version != before.Version+1 {
		t.Errorf("there are %d changes", after.Version-before.Version)
	}
}

// mustBeChained demands that the user is what the last row of the history says.
func (s *testServer) mustBeChained(t *testing.T, before parley.User) parley.User {
	t.Helper()
	after := s.user(ben)
	if after.Version == before.Version {
		if after != before {
			t.Errorf("%+v became %+v without a change", before, after)
		}
		return after
	}
	if last := s.history(ben)[0]; last.To != after.Status || last.From != before.Status && after.Version == before.Version+1 {
		t.Errorf("from %s to %s the last row is %+v", before.Status, after.Status, last)
	}
	return after
}

// FuzzPath asks for users by any reference: it is decoded exactly once.
func FuzzPath(f *testing.F) {
	s := newServer(f)
	for _, ref := range []string{ben, benID, strings.ToUpper(benID), "north/south", "%62en", "a+b", "..", ".", "", "é", "\xff", "ben/status-changes", strings.Repeat("x", 256)} {
		f.Add(ref)
	}
	f.Fuzz(func(t *testing.T, ref string) {
		s := s.during(t)
		res := s.do(request{method: http.MethodGet, path: "/users/" + escapeAll(ref)})
		user, err := s.store.User(t.Context(), parley.Everywhere, ref)
		switch {
		case err == nil && utf8.ValidString(ref) && ref != "":
			if res.StatusCode != http.StatusOK || !strings.Contains(res.body, user.ID) {
				t.Errorf("%q: %s", ref, res.Status)
			}
		case ref == "" && res.StatusCode == http.StatusOK: // the list
		case res.StatusCode != http.StatusNotFound:
			t.Errorf("%q is nobody: %s", ref, res.Status)
		}
	})
}

// escapeAll writes every byte as an escape, so that no client takes one for more
// than a character.
func escapeAll(s string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		b.Write([]byte{'%', digits[s[i]>>4], digits[s[i]&15]})
	}
	return b.String()
}

// FuzzQuery asks for lists by any query: a page, or 400 that names what is wrong.
func FuzzQuery(f *testing.F) {
	s := newServer(f)
	for _, query := range []string{"limit=3", "limit=0", "sort=-name&limit=2", "cursor=dTE6YQ", "q=%25_%5C", "status=active&user_type=", "workspace=delay", "workspace=none", "a;b", "%", "q=%ff", "format=csv", "limit=1&limit=2"} {
		f.Add("/users", query)
		f.Add("/users/ben/status-changes", query)
	}
	f.Fuzz(func(t *testing.T, path, query string) {
		if path != "/users" && path != "/users/ben/status-changes" || !isSendable(s.URL+path+"?"+query, "X", "y") {
			return
		}
		res := s.during(t).do(request{method: http.MethodGet, path: path + "?" + query, header: []string{"Accept", "application/json"}})
		switch res.StatusCode {
		case http.StatusOK, http.StatusNotAcceptable:
		case http.StatusBadRequest:
			if !strings.Contains(res.body, `"/problems/invalid-query"`) {
				t.Errorf("%q: %s", query, res.body)
			}
		default:
			t.Errorf("%q: %s\n%s", query, res.Status, res.body)
		}
	})
}

// FuzzFormatName asks for any format by its name: that one, or 406.
func FuzzFormatName(f *testing.F) {
	s := newServer(f)
	for _, c := range handlers.Formats().Formats() {
		f.Add(c.Name())
	}
	f.Add("JSON")
	f.Fuzz(func(t *testing.T, name string) {
		if len(url.QueryEscape(name)) > 4<<10 {
			return // the limit of URLs has tests of its own
		}
		res := s.during(t).do(request{method: http.MethodGet, path: "/users/ben?format=" + url.QueryEscape(name), header: []string{"Accept", "image/png"}})
		format, known := handlers.Formats().Named(name, codecs.Single)
		mediaType, _, _ := strings.Cut(res.Header.Get("Content-Type"), ";")
		switch {
		case known && (res.StatusCode != http.StatusOK || mediaType != format.MediaType):
			t.Errorf("%q: %s, %s", name, res.Status, mediaType)
		case !known && res.StatusCode != http.StatusNotAcceptable:
			t.Errorf("%q is no format: %s", name, res.Status)
		}
	})
}

// isSendable reports what the client can send.
func isSendable(target, name, value string) bool {
	u, err := url.Parse(target)
	return err == nil && !strings.Contains(target, " ") && u.Host != "" && u.User == nil && strings.HasPrefix(u.Path, "/") && httpguts.ValidHeaderFieldValue(value) &&
		(name == "" || httpguts.ValidHeaderFieldName(name)) && !slices.Contains([]string{"Host", "Content-Length", "Transfer-Encoding", "Trailer", "Connection", "Upgrade", "Expect"}, http.CanonicalHeaderKey(name))
}
