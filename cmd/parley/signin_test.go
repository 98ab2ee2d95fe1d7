package main_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
)

// browser keeps cookies and follows redirects, and says with each request that it
// comes from a page of Parley's own.
type browser struct {
	*server
	http.Client
}

func newBrowser(v *server) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		v.t.Fatal(err)
	}
	return &browser{v, http.Client{Jar: jar}}
}

// page is an answer that was read.
type page struct{ *http.Response }

func (b *browser) signIn(token string) page {
	b.t.Helper()
	return b.send("POST", "/sign-in", url.Values{"token": {token}, "next": {"/users/ann"}})
}

func (b *browser) send(method, path string, form url.Values) page {
	b.t.Helper()
	req, err := http.NewRequest(method, "http://"+b.addr+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := b.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	res.Body.Close()
	return page{res}
}

// TestRevokedTokenEndsSessions signs in, changes a user, and is out with the next
// request after the token was revoked by another process.
func TestRevokedTokenEndsSessions(t *testing.T) {
	s := newPopulated(t)
	token := s.newToken("ann")
	b := newBrowser(s.serve())
	if res := b.signIn(token); res.StatusCode != http.StatusOK || res.Request.URL.Path != "/users/ann" {
		t.Fatalf("signing in leads to %s: %s", res.Request.URL, res.Status)
	}
	res := b.send("POST", "/users/ann", url.Values{"_method": {"PATCH"}, "status": {"risky"}})
	if res.StatusCode != http.StatusOK || res.Request.Method != http.MethodGet || res.Header.Get("ETag") != `"2-html"` {
		t.Errorf("the change leads to %s %s: %s", res.Request.Method, res.Request.URL, res.Status)
	}
	s.data("token", "revoke", "test")
	if res := b.send("GET", "/users/ann", nil); res.StatusCode != http.StatusUnauthorized || len(res.Cookies()) != 1 || res.Cookies()[0].MaxAge >= 0 {
		t.Errorf("after the revocation: %s %v", res.Status, res.Cookies())
	}
	if res := b.signIn(token); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("signing in again: %s", res.Status)
	}
}

// TestSessionOutlivesServer is signed in to two servers on one file, and to the
// next.
func TestSessionOutlivesServer(t *testing.T) {
	s := newPopulated(t)
	token := s.newToken("ann")
	first, second := s.serve(), s.serve("--session-lifetime", "90s")
	b := newBrowser(first)
	if res := b.signIn(token); res.StatusCode != http.StatusOK {
		t.Fatal(res.Status)
	}
	first.stop()
	for _, v := range []*server{second, s.serve()} {
		b.server = v // cookies know no ports
		if res := b.send("GET", "/users/ann", nil); res.StatusCode != http.StatusOK {
			t.Error(res.Status)
		}
	}
}

func TestSessionLifetime(t *testing.T) {
	s := newPopulated(t)
	token := s.newToken("ann")
	for _, v := range []*server{s.serve("--session-lifetime", "90s"), s.with("PARLEY_SESSION_LIFETIME=1m30s").serve()} {
		b := newBrowser(v)
		b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		res := b.signIn(token)
		if cookies := res.Cookies(); res.StatusCode != http.StatusSeeOther || len(cookies) != 1 || cookies[0].MaxAge != 90 {
			t.Errorf("%s with the cookies %v", res.Status, cookies)
		}
	}
	for _, wrong := range []string{"0s", "-1h0m0s", "500ms", "1.5s"} {
		s.refused(2, []string{"--session-lifetime", wrong}, "serve", "--addr", "127.0.0.1:0", "--session-lifetime", wrong)
	}
}
