package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
)

// TestSignInFromPage goes the way of a browser: to a page, to the form that it
// gets instead, and on to the page.
func TestSignInFromPage(t *testing.T) {
	s := newServer(t)
	for path, next := range map[string]string{
		"/users/ben":                                 "/users/ben",
		"/users/north%2Fsouth?a=1&b=%26":             "/users/north%2Fsouth?a=1&b=%26",
		"/users/ben/none":                            "/users/ben/none",
		"/users/?q=" + url.QueryEscape(`"><script>`): "/users?q=%22%3E%3Cscript%3E",
	} {
		refused := s.do(request{"GET", path, slices.Concat(navigation, []string{"Sec-Fetch-Site", "none"}), ""})
		refused.wantSignInPage(t, strings.ReplaceAll(next, "&", "&amp;"))
		res := s.do(request{"POST", "/sign-in", slices.Concat(formPost, ownPage), url.Values{"next": {next}, "token": {fullToken}}.Encode()})
		if res.StatusCode != 303 || res.Header.Get("Location") != next || res.body != "" {
			t.Errorf("%s: %s %v %s", path, res.Status, res.Header, res.body)
		}
	}
	// What was posted is not posted again.
	for path, next := range map[string]string{"/users/ben?format=html": "/users/ben", "/users": "/users", "/sign-out": "/users", "/users/ben/none": "/users"} {
		s.do(request{"POST", path, formPost, formBody}).wantSignInPage(t, next)
	}
	// Whoever asks for no page gets none, and nothing of the form.
	for _, accept := range []string{"application/json", "*/*", "application/xml", "text/plain"} {
		res := s.do(request{"GET", "/users/ben", []string{"Authorization", "", "Accept", accept}, ""})
		if res.StatusCode != 401 || strings.Contains(res.body, "sign-in") || strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %s %s", accept, res.Status, res.body)
		}
	}
}

// TestSignInEveryFormat signs in with every format that is read.
func TestSignInEveryFormat(t *testing.T) {
	s := newServer(t)
	for _, f := range readFormats() {
		if _, ok := f.(codecs.Encoder); !ok || f.Name() == "html" {
			continue // a JSON Patch and a saved page are about a user
		}
		contentType, body := written(t, f, codecs.Record{text("token", fullToken), text("next", "/users/ben")})
		header := []string{"Authorization", "", "Content-Type", contentType}
		res := s.do(request{"POST", "/sign-in", header, string(body)})
		if res.StatusCode != 303 || res.Header.Get("Location") != "/users/ben" || len(res.Cookies()) != 1 {
			t.Errorf("%s: %s %v\n%s", f.Name(), res.Status, res.Header, res.body)
			continue
		}
		cookie := []string{"Authorization", "", "Cookie", "parley_session=" + res.Cookies()[0].Value}
		if res := s.do(request{"GET", "/users/ben", cookie, ""}); res.StatusCode != 200 {
			t.Errorf("%s: afterwards %s", f.Name(), res.Status)
		}
	}
}

// TestNext tries the tricks by which redirects lead to other sites.
func TestNext(t *testing.T) {
	s := newServer(t)
	own := map[string]string{
		"/users/ben":                      "/users/ben",
		"/users/north%2Fsouth":            "/users/north%2Fsouth",
		"/users?q=a&cursor=b%2Fc":         "/users?q=a&cursor=b%2Fc",
		"/users/ben#part":                 "/users/ben",
		"/":                               "/",
		"/a/../users/./ben":               "/users/ben",
		"/users/ben/..//..//evil.example": "/evil.example",
		"/.//evil.example":                "/evil.example",
		"/users?q=//evil.example":         "/users?q=//evil.example",
		"/users?q=https://evil.example":   "/users?q=https://evil.example",
		"/%2F/evil.example":               "/%2F/evil.example",
		"/%5Cevil.example":                "/%5Cevil.example",
		"/@evil.example":                  "/@evil.example",
		"/https://evil.example":           "/https:/evil.example",
	}
	for next, want := range own {
		if got := s.leadsTo(next); got != want {
			t.Errorf("%q leads to %q, want %q", next, got, want)
		}
	}
	for _, next := range []string{
		"", "users", "?q=a", "#a", ".", "//evil.example", "///evil.example", "////evil.example", `/\evil.example`, `\/evil.example`, `\\evil.example`, `/\/evil.example`,
		`/a\..\..\evil.example`, "/users?q=\\evil.example", "https://evil.example", "HTTPS://evil.example", "https:evil.example", "https:/evil.example", "https:///evil.example", "http:\\evil.example",
		"javascript:alert(1)", "data:text/html,x", "evil.example", "@evil.example", "//evil.example@" + s.Listener.Addr().String(), s.URL + "/users/ben", "//" + s.Listener.Addr().String(),
		" //evil.example", "\t//evil.example", "/\t/evil.example", "/\n/evil.example", "/\r\n/evil.example", "/users\r\nSet-Cookie: a=b", "/\x00/evil.example", "/\x7f", "/\u0085/evil.example",
		"/\u2028/evil.example", "/users/é", "/ /evil.example", "/%", "/%zz", "/" + strings.Repeat("a", 4<<10),
	} {
		if got := s.leadsTo(next); got != "/users" {
			t.Errorf("%q leads to %q", next, got)
		}
	}
}

// leadsTo is where a sign-in with this next leads, when it is posted and when it
// is in the link to the form.
func (s *testServer) leadsTo(next string) string {
	s.t.Helper()
	res := s.do(request{"POST", "/sign-in", slices.Concat(formPost, ownPage), url.Values{"next": {next}, "token": {fullToken}}.Encode()})
	to := res.Header.Get("Location")
	page := s.do(request{"GET", "/sign-in?" + url.Values{"next": {next}}.Encode(), navigation, ""})
	if hidden := `name="next" value="` + strings.ReplaceAll(to, "&", "&amp;") + `"`; res.StatusCode != 303 || page.StatusCode != 200 || !strings.Contains(page.body, hidden) {
		s.t.Errorf("%q: %s, %s; the page lacks %s", next, res.Status, page.Status, hidden)
	}
	return to
}

// TestSignInRefused checks that nobody is signed in, is told why, and can try
// again; and that the token that was sent is shown nowhere.
func TestSignInRefused(t *testing.T) {
	s := newServer(t)
	wrong := readToken[:52] + "X"
	json := []string{"Authorization", "", "Content-Type", "application/json"}
	cross := []string{"Sec-Fetch-Site", "cross-site"}
	cases := []struct {
		name   string
		header []string
		body   string
		status int
		want   string
	}{
		{"not copied whole", formPost, "next=/users/ben&token=" + wrong, 401, "not copied whole"},
		{"unknown", formPost, "next=/users/ben&token=" + parley.GenerateToken(), 401, "unknown, expired or revoked"},
		{"no token at all", formPost, "next=/users/ben&token=", 401, "not copied whole"},
		{"in JSON", json, `{"token":"` + wrong + `"}`, 401, `"type":"/problems/unauthorized"`},
		{"field missing", formPost, "next=/users/ben", 422, "required"},
		{"field twice", formPost, "next=/users/ben&token=" + fullToken + "&token=" + fullToken, 422, "duplicate-field"},
		{"unknown field", formPost, "next=/users/ben&token=" + fullToken + "&remember=1", 422, "unknown-field"},
		{"wrong type", json, `{"token":["` + fullToken + `"]}`, 422, "wrong-type"},
		{"next of the wrong type", json, `{"token":"` + fullToken + `","next":1}`, 422, "wrong-type"},
		{"a bare word", []string{"Authorization", "", "Content-Type", "text/plain"}, fullToken, 422, "unknown-field"},
		{"no body", formPost, "", 400, "malformed-body"},
		{"no format", []string{"Authorization", ""}, "token=" + fullToken, 415, "unsupported-media-type"},
		{"another site", slices.Concat(formPost, cross), "token=" + fullToken, 403, "cross-site-request"},
		{"a sibling", slices.Concat(formPost, []string{"Sec-Fetch-Site", "same-site"}), "token=" + fullToken, 403, "cross-site-request"},
		{"another site and an older browser", slices.Concat(formPost, []string{"Origin", "https://evil.example"}), "token=" + fullToken, 403, "cross-site-request"},
	}
	for _, c := range cases {
		res := s.do(request{"POST", "/sign-in", c.header, c.body})
		if res.StatusCode != c.status || !strings.Contains(res.body, c.want) || len(res.Cookies()) != 0 {
			t.Errorf("%s: %s %v\n%s", c.name, res.Status, res.Cookies(), res.body)
		}
		if strings.Contains(res.body, "prl_") {
			t.Errorf("%s: the token is shown:\n%s", c.name, res.body)
		}
		if c.status == 401 && !strings.Contains(res.Header.Get("Www-Authenticate"), "invalid_token") {
			t.Errorf("%s: %s", c.name, res.Header.Get("Www-Authenticate"))
		}
		if strings.Contains(c.body, "next=/users/ben") {
			if !strings.Contains(res.body, `name="next" value="/users/ben"`) || !strings.Contains(res.body, `type="password"`) {
				t.Errorf("%s: there is no form to try again:\n%s", c.name, res.body)
			}
		}
	}
}

// TestSignInOverTLS keeps the cookie on TLS.
func TestSignInOverTLS(t *testing.T) {
	plain := newServer(t)
	server := httptest.NewTLSServer(plain.Config.Handler)
	defer server.Close()
	server.Client().CheckRedirect = plain.Client().CheckRedirect
	s := &testServer{Server: server, t: t, store: plain.store}
	cookie := cookieOf(t, s.do(request{"POST", "/sign-in", formPost, "token=" + fullToken}))
	if !cookie.Secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode {
		t.Errorf("%s", cookie.Raw)
	}
}

func TestSignOut(t *testing.T) {
	s := newServer(t)
	ended, stays := s.signIn(fullToken), s.signIn(fullToken)
	post := func(header ...string) response {
		return s.do(request{"POST", "/sign-out", slices.Concat(formPost, header), ""})
	}
	get := func(cookie string) int {
		return s.do(request{"GET", "/users/ben", slices.Concat(navigation, ownPage, []string{"Cookie", cookie}), ""}).StatusCode
	}
	if res := post("Cookie", ended, "Sec-Fetch-Site", "cross-site"); res.StatusCode != 403 || len(res.Cookies()) != 0 || get(ended) != 200 {
		t.Errorf("another site signs somebody out: %s %v", res.Status, res.Cookies())
	}
	if res := post("Sec-Fetch-Site", "cross-site"); res.StatusCode != 401 || len(res.Cookies()) != 0 {
		t.Errorf("another site makes the browser forget its session: %s %v", res.Status, res.Cookies())
	}
	if res := s.do(request{"GET", "/sign-out", slices.Concat(navigation, ownPage, []string{"Cookie", ended}), ""}); res.StatusCode != 405 || get(ended) != 200 {
		t.Errorf("a link signs somebody out: %s", res.Status)
	}
	res := post("Cookie", ended, "Sec-Fetch-Site", "same-origin")
	if res.StatusCode != 303 || res.Header.Get("Location") != "/sign-in" || !res.clearsCookie() {
		t.Errorf("%s %v", res.Status, res.Header)
	}
	if get(ended) != 401 || get(stays) != 200 {
		t.Errorf("the session that was ended: %d, the other: %d", get(ended), get(stays))
	}
	if res := post("Cookie", ended, "Sec-Fetch-Site", "same-origin"); res.StatusCode != 401 || !res.clearsCookie() {
		t.Errorf("again: %s %v", res.Status, res.Header)
	}
	// A token in the header has no session to end, and leaves the cookie's alone.
	if res := s.do(request{"POST", "/sign-out", []string{"Cookie", stays}, ""}); res.StatusCode != 303 || len(res.Cookies()) != 0 || get(stays) != 200 {
		t.Errorf("with a token: %s %v", res.Status, res.Cookies())
	}
}
