package handlers_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/http/httpguts"
)

// FuzzEntityTags changes a user under any condition: only one that names the
// present version lets the change through.
func FuzzEntityTags(f *testing.F) {
	s := newServer(f)
	for _, value := range []string{`"1-json"`, `W/"1-json"`, "*", `"1-json`, `"0-json", "1-xml"`, `"1"`, `,,"a"`, `"01-json"`, `"9223372036854775808-json"`, "", " * ", `"é"`} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if !httpguts.ValidHeaderFieldValue(value) {
			return
		}
		s := s.during(t)
		before := s.user(ben)
		res := s.do(request{method: http.MethodPatch, path: "/users/ben", header: []string{"Content-Type", "application/json", "If-Match", value}, body: `{"status":"risky"}`})
		s.mustHaveCounted(t, before, res)
		names := namesVersion(value, before.Version)
		switch res.StatusCode {
		case http.StatusOK:
			if !names {
				t.Errorf("%q is taken for version %d", value, before.Version)
			}
		case http.StatusPreconditionFailed, http.StatusBadRequest:
			if s.user(ben).Version != before.Version {
				t.Errorf("%q is refused and changes the user", value)
			}
		default:
			t.Errorf("%q: %s", value, res.Status)
		}
		res = s.do(request{method: http.MethodGet, path: "/users/ben", header: []string{"If-None-Match", value}})
		if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusNotModified && res.StatusCode != http.StatusBadRequest {
			t.Errorf("If-None-Match: %q: %s", value, res.Status)
		}
	})
}

// namesVersion reports whether a condition could mean a version: it is a star, or
// holds a tag of that version.
func namesVersion(value string, version int64) bool {
	return strings.Trim(value, " \t") == "*" || strings.Contains(value, `"`+strconv.FormatInt(version, 10)+`-`)
}

// FuzzIdempotencyKey sends a change twice with any key: it is made once, or refused
// for the key's sake.
func FuzzIdempotencyKey(f *testing.F) {
	s := newServer(f)
	for _, key := range []string{"a", "", " ", "a b", "é", strings.Repeat("k", 255), strings.Repeat("k", 256), `"quoted"`, "a,b"} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		if !httpguts.ValidHeaderFieldValue(key) || strings.Trim(key, " \t") != key {
			return
		}
		s := s.during(t)
		change := request{method: http.MethodPatch, path: "/users/ben", header: []string{"Content-Type", "text/plain", "Idempotency-Key", key}, body: "risky"}
		before := s.user(ben).Version
		first, again := s.do(change), s.do(change)
		valid := key != "" && len(key) <= 255 && !strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r >= 0x7f })
		made := s.user(ben).Version - before
		switch {
		case !valid:
			if first.StatusCode != http.StatusBadRequest || again.StatusCode != http.StatusBadRequest || made != 0 {
				t.Errorf("%q: %s, %s, %d changes", key, first.Status, again.Status, made)
			}
		case first.StatusCode != http.StatusOK || again.StatusCode != http.StatusOK || made > 1 || first.body != again.body || again.Header.Get("Idempotent-Replayed") != "true":
			t.Errorf("%q: %s, %s, %d changes", key, first.Status, again.Status, made)
		}
	})
}

// FuzzCookie asks with any cookies: only the session that was given is one.
func FuzzCookie(f *testing.F) {
	s := newServer(f)
	session := s.signIn(readToken)
	for _, value := range []string{session, "parley_session=", session + "; " + session, "parley_session=" + strings.Repeat("A", 43), "a=b", `parley_session="x"`, session + "=", ";;"} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if !httpguts.ValidHeaderFieldValue(value) {
			return
		}
		res := s.during(t).do(request{method: http.MethodGet, path: "/users/ben", header: []string{"Authorization", "", "Cookie", value, "Sec-Fetch-Site", "same-origin"}})
		if res.StatusCode == http.StatusOK && !strings.Contains(value, strings.TrimPrefix(session, "parley_session=")) {
			t.Errorf("%q is taken for a session", value)
		}
		if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%q: %s", value, res.Status)
		}
	})
}

// FuzzTry tries any request and then sends it: the answer has the status that was
// told, unless the user decides it, and trying has changed nothing.
func FuzzTry(f *testing.F) {
	s := newServer(f)
	for _, g := range goldenRequests(f) {
		if len(g.body) < 1<<10 {
			f.Add(g.contentType, "application/json", g.body)
		}
	}
	f.Fuzz(func(t *testing.T, contentType, accept string, body []byte) {
		if !httpguts.ValidHeaderFieldValue(contentType) || !httpguts.ValidHeaderFieldValue(accept) || strings.TrimSpace(contentType) != contentType ||
			strings.TrimSpace(accept) != accept || contentType == "" || len(body) == 0 {
			return
		}
		s := s.during(t)
		before := s.user(ben)
		told := s.try(contentType, accept, body)
		if after := s.user(ben); after != before {
			t.Errorf("trying made %+v of %+v", after, before)
		}
		res := s.do(request{method: http.MethodPatch, path: "/users/ben", header: []string{"Content-Type", contentType, "Accept", accept}, body: string(body)})
		s.mustHaveCounted(t, before, res)
		ofUser := slices.Contains([]int{http.StatusPreconditionFailed, http.StatusConflict}, res.StatusCode)
		replayed := res.StatusCode == http.StatusUnprocessableEntity && strings.Contains(res.body, "idempotency-key-reused")
		if told.Status != res.StatusCode && !ofUser && !replayed {
			t.Errorf("%q as %q: told %d, got %s\n%s", body, contentType, told.Status, res.Status, res.body)
		}
	})
}

// FuzzSignIn sends any form to sign in: nobody gets in without the token, and it
// leads to no other site.
func FuzzSignIn(f *testing.F) {
	s := newServer(f)
	for _, next := range []string{"/users/ben", "//evil.example", `/\evil.example`, "https://evil.example/", "/users?q=%0d%0a", "/..//evil.example", "\t//x", "/%2e%2e//x", "javascript:x", "/a\r\nSet-Cookie: x=y"} {
		f.Add(readToken, next)
		f.Add("prl_", next)
	}
	base, err := url.Parse(s.URL)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, token, next string) {
		body := url.Values{"token": {token}, "next": {next}}.Encode()
		res := s.during(t).do(request{"POST", "/sign-in", slices.Concat(formPost, ownPage), body})
		known := slices.Contains([]string{fullToken, writeToken, readToken, otherToken}, strings.Trim(token, " \t\r\n"))
		if res.StatusCode == http.StatusSeeOther {
			location := res.Header.Get("Location")
			there, err := base.Parse(location)
			if err != nil || there.Host != base.Host || strings.HasPrefix(location, "//") || strings.ContainsAny(location, "\\\r\n") {
				t.Errorf("%q leads to %q", next, location)
			}
		}
		if res.StatusCode >= http.StatusInternalServerError || !known && len(res.Cookies()) > 0 {
			t.Errorf("%q: %s, %v", token, res.Status, res.Cookies())
		}
	})
}
