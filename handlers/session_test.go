package handlers_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/handlers"
)

// What browsers send: when they go to a page, and when they post a form.
const browserAccept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

var (
	navigation = []string{"Authorization", "", "Accept", browserAccept}
	formPost   = []string{"Authorization", "", "Accept", browserAccept, "Content-Type", "application/x-www-form-urlencoded"}
	ownPage    = []string{"Sec-Fetch-Site", "same-origin"}
)

// signIn signs a browser in and returns the Cookie header that it sends from then
// on.
func (s *testServer) signIn(token string) string {
	s.t.Helper()
	res := s.do(request{"POST", "/sign-in", slices.Concat(formPost, ownPage), "token=" + token})
	cookies := res.Cookies()
	if res.StatusCode != 303 || len(cookies) != 1 {
		s.t.Fatalf("sign-in: %s %v\n%s", res.Status, res.Header, res.body)
	}
	return cookies[0].Name + "=" + cookies[0].Value
}

// wantSignInPage checks that an answer is the 401 whose page leads on to next.
func (r response) wantSignInPage(t *testing.T, next string) {
	t.Helper()
	form := `<form action="/sign-in" method="post" accept-charset="utf-8">` + "\n" + `<input type="hidden" name="next" value="` + next + `" />`
	if r.StatusCode != 401 || !strings.Contains(r.body, form) || !strings.Contains(r.body, `name="token" type="password" autocomplete="current-password"`) {
		t.Errorf("%s\n%s\nwant the sign-in form with next %s", r.Status, r.body, next)
	}
	if r.Header.Get("Content-Type") != "text/html; charset=utf-8" || !strings.HasPrefix(r.Header.Get("Www-Authenticate"), `Bearer realm="parley"`) {
		t.Errorf("header %v", r.Header)
	}
}

// clearsCookie reports whether an answer makes the browser forget its session.
func (r response) clearsCookie() bool {
	cookies := r.Cookies()
	return len(cookies) == 1 && cookies[0].Name == "parley_session" && cookies[0].Value == "" && cookies[0].MaxAge < 0 && cookies[0].Path == "/"
}

// TestCookieCounts asks and posts with a cookie, from wherever a browser can.
func TestCookieCounts(t *testing.T) {
	s := newServer(t)
	host := strings.TrimPrefix(s.URL, "http://")
	cookie := s.signIn(fullToken)
	cases := []struct {
		name      string
		header    []string
		get, post int
	}{
		{"own page", []string{"Sec-Fetch-Site", "same-origin"}, 200, 303},
		{"own page, with its origin", []string{"Sec-Fetch-Site", "same-origin", "Origin", "http://" + host}, 200, 303},
		{"own page that does not tell its origin", []string{"Sec-Fetch-Site", "same-origin", "Origin", "null"}, 200, 303},
		{"the person", []string{"Sec-Fetch-Site", "none"}, 200, 303},
		{"a sibling", []string{"Sec-Fetch-Site", "same-site", "Origin", "http://other." + host}, 401, 403},
		{"another site", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, 401, 403},
		{"another site, origin forged", []string{"Sec-Fetch-Site", "cross-site", "Origin", "http://" + host}, 401, 403},
		{"another site that does not tell its origin", []string{"Sec-Fetch-Site", "cross-site", "Origin", "null"}, 401, 403},
		{"a value to come", []string{"Sec-Fetch-Site", "same-planet"}, 401, 403},
		{"older browser, own page", []string{"Origin", "http://" + host}, 200, 303},
		{"older browser, own page over TLS", []string{"Origin", "https://" + host}, 200, 303},
		{"older browser, another site", []string{"Origin", "https://evil.example"}, 401, 403},
		{"older browser, a page without origin", []string{"Origin", "null"}, 401, 403},
		{"older browser, another port", []string{"Origin", "http://127.0.0.1:1"}, 401, 403},
		{"older browser, a name that begins like ours", []string{"Origin", "http://" + host + ".evil.example"}, 401, 403},
		{"a browser that says nothing", nil, 200, 403},
	}
	rows := 0
	for _, c := range cases {
		header := append([]string{"Cookie", cookie}, c.header...)
		for _, method := range []string{"GET", "HEAD"} {
			if res := s.do(request{method, "/users/ben", slices.Concat(navigation, header), ""}); res.StatusCode != c.get {
				t.Errorf("%s: %s: %s, want %d", c.name, method, res.Status, c.get)
			}
		}
		post := s.do(request{"POST", "/users/ben", slices.Concat(formPost, header), formBody + "&_method=PATCH"})
		if post.StatusCode != c.post || (c.post == 403) != strings.Contains(post.body, "/problems/cross-site-request") {
			t.Errorf("%s: POST: %s, want %d\n%s", c.name, post.Status, c.post, post.body)
		}
		if post.StatusCode == 303 {
			rows++
		}
		if len(post.Cookies()) > 0 {
			t.Errorf("%s: the cookie was altered: %v", c.name, post.Cookies())
		}
		if got := len(s.history(ben)); got != rows {
			t.Fatalf("%s: %d rows, want %d", c.name, got, rows)
		}
		// A token in the header is never affected, nor helped by a cookie.
		token := s.do(request{"GET", "/users/ben", header, ""})
		wrong := s.do(request{"GET", "/users/ben", append([]string{"Authorization", "Bearer x"}, header...), ""})
		if token.StatusCode != 200 || wrong.StatusCode != 401 || !strings.Contains(wrong.Header.Get("Www-Authenticate"), "invalid_token") {
			t.Errorf("%s: with a token %s, with a wrong one %s", c.name, token.Status, wrong.Status)
		}
	}
	// Nor does a cross-site post with a token become one with a session.
	post := s.do(request{"POST", "/users/ben", []string{
		"Cookie", cookie, "Sec-Fetch-Site", "cross-site", "Content-Type", "application/x-www-form-urlencoded",
	}, formBody + "&_method=PATCH"})
	if post.StatusCode != 200 {
		t.Errorf("a cross-site post with a token: %s", post.Status)
	}
}

// TestLinkFromElsewhere follows a link of another site: the page leads on to what
// was wanted, and takes the session no harm.
func TestLinkFromElsewhere(t *testing.T) {
	s := newServer(t)
	cookie := []string{"Cookie", s.signIn(readToken)}
	res := s.do(request{"GET", "/users?q=b&limit=1", slices.Concat(navigation, cookie, []string{"Sec-Fetch-Site", "cross-site"}), ""})
	res.wantSignInPage(t, "/users?q=b&amp;limit=1")
	if !strings.Contains(res.body, `<a href="/users?q=b&amp;limit=1">Go on</a>`) || len(res.Cookies()) != 0 {
		t.Errorf("no way leads on, or the cookie was altered: %v\n%s", res.Cookies(), res.body)
	}
	if res := s.do(request{"GET", "/users?q=b&limit=1", slices.Concat(navigation, cookie, ownPage), ""}); res.StatusCode != 200 {
		t.Error(res.Status)
	}
	if res := s.do(request{"GET", "/users/ben", navigation, ""}); strings.Contains(res.body, "Go on") {
		t.Error("there is nothing to go on with")
	}
}

// TestOpenPageKnowsWhoHasSignedIn asks for a page that everybody may see.
func TestOpenPageKnowsWhoHasSignedIn(t *testing.T) {
	s := newServer(t)
	cookie := s.signIn(readToken)
	for _, c := range []struct {
		name  string
		more  []string
		known bool
	}{
		{"own page", slices.Concat([]string{"Cookie", cookie}, ownPage), true},
		{"another site", []string{"Cookie", cookie, "Sec-Fetch-Site", "cross-site"}, false},
		{"two sessions", slices.Concat([]string{"Cookie", cookie + "; " + cookie}, ownPage), false},
		{"no session", slices.Concat([]string{"Cookie", "parley_session=x"}, ownPage), false},
		{"no cookie", ownPage, false},
	} {
		res := s.do(request{"GET", "/", slices.Concat(navigation, c.more), ""})
		if known := strings.Contains(res.body, "Sign out"); res.StatusCode != 200 || known != c.known || len(res.Cookies()) != 0 {
			t.Errorf("%s: %s, known %t, want %t; %v", c.name, res.Status, known, c.known, res.Cookies())
		}
	}
}

// TestSessionEnds ends a session in every way but one: a sign-out is in
// TestSignOut.
func TestSessionEnds(t *testing.T) {
	s := newServer(t)
	expired := parley.GenerateSession()
	hash, _ := parley.HashSession(expired)
	token, _ := parley.HashToken(fullToken)
	if _, err := s.store.SignIn(context.Background(), parley.NewSession{Hash: hash, Token: token, Lifetime: 0}); err != nil {
		t.Fatal(err)
	}
	revoked, lasting := s.signIn(readToken), s.signIn(fullToken)
	get := func(cookies ...string) response {
		header := slices.Concat(navigation, ownPage, []string{"Cookie", strings.Join(cookies, "; ")})
		return s.do(request{"GET", "/users/ben", header, ""})
	}
	if res := get(revoked); res.StatusCode != 200 {
		t.Fatal(res.Status)
	}
	if err := s.store.RevokeToken(context.Background(), "read"); err != nil {
		t.Fatal(err)
	}
	for name, cookie := range map[string]string{
		"revoked": revoked, "expired": "parley_session=" + expired, "unknown": "parley_session=" + parley.GenerateSession(),
		"empty": "parley_session=", "no session": "parley_session=x", "a token": "parley_session=" + fullToken,
		"two": lasting + "; parley_session=" + parley.GenerateSession(),
	} {
		res := get("theme=dark", cookie)
		res.wantSignInPage(t, "/users/ben")
		if !res.clearsCookie() {
			t.Errorf("%s: the cookie stays: %v", name, res.Header["Set-Cookie"])
		}
	}
	if res := get("theme=dark", lasting); res.StatusCode != 200 || len(res.Cookies()) != 0 {
		t.Errorf("beside another cookie: %s %v", res.Status, res.Cookies())
	}
	if res := s.do(request{"GET", "/users/ben", slices.Concat(navigation, []string{"Cookie", "theme=dark"}), ""}); res.StatusCode != 401 || len(res.Cookies()) != 0 {
		t.Errorf("without a session: %s %v", res.Status, res.Cookies())
	}
}

// TestSessionPermissions checks that a session may do what its token may.
func TestSessionPermissions(t *testing.T) {
	s := newServer(t)
	post := func(token string) response {
		header := slices.Concat(formPost, ownPage, []string{"Cookie", s.signIn(token)})
		return s.do(request{"POST", "/users/ben", header, formBody + "&_method=PATCH"})
	}
	if res := post(readToken); res.StatusCode != 403 || !strings.Contains(res.body, "users:write") {
		t.Error("only reading:", res.Status, res.body)
	}
	if res := post(otherToken); res.StatusCode != 404 {
		t.Error("another workspace:", res.Status)
	}
	s.mustBeUntouched(t)
}

// TestPostRedirectGet changes a user as a browser does, and reloads.
func TestPostRedirectGet(t *testing.T) {
	s := newServer(t)
	own := slices.Concat(ownPage, []string{"Cookie", s.signIn(fullToken)})
	post := func(path, body string, more ...string) response {
		return s.do(request{"POST", path, slices.Concat(formPost, own, more), body})
	}
	change := formBody + "&_method=PATCH&_if_match=%221-html%22&_idempotency_key=k"
	for _, replayed := range []string{"", "true"} {
		res := post("/users/"+benID, change)
		if res.StatusCode != 303 || res.Header.Get("Location") != "/users/ben?changed=1" || res.body != "" || res.Header.Get("ETag") != "" || res.Header.Get("Idempotent-Replayed") != replayed {
			t.Errorf("%s %v %s", res.Status, res.Header, res.body)
		}
	}
	if rows := s.history(ben); len(rows) != 1 || rows[0].ChangedBy != ownerID || rows[0].MediaType != "application/x-www-form-urlencoded" {
		t.Errorf("history %+v", rows)
	}
	page := s.do(request{"GET", "/users/ben?changed=1", slices.Concat(navigation, own), ""})
	if page.StatusCode != 200 || page.Header.Get("ETag") != `"2-html"` || !strings.Contains(page.body, "The status was changed from active to risky.") {
		t.Errorf("%s %v\n%s", page.Status, page.Header, page.body)
	}

	// A page that the browser has kept would bring the key of its form a second time.
	for _, c := range []struct {
		header []string
		status int
	}{{slices.Concat(navigation, own), 200}, {[]string{"Accept", browserAccept}, 304}} {
		kept := s.do(request{"GET", "/users/ben", slices.Concat([]string{"If-None-Match", `"2-html"`}, c.header), ""})
		if kept.StatusCode != c.status {
			t.Errorf("a page that was kept: %s, want %d", kept.Status, c.status)
		}
	}

	// A user with a slash in its identifier, and one that is made.
	if res := post("/users/north%2Fsouth", formBody+"&_method=PATCH"); res.StatusCode != 303 || res.Header.Get("Location") != "/users/north%2Fsouth?changed=2" {
		t.Error(res.Status, res.Header)
	}
	if res := post("/users", "identifier=new%2Fone&name=New&email=new%40example.com"); res.StatusCode != 303 || res.Header.Get("Location") != "/users/new%2Fone" {
		t.Error(res.Status, res.Header, res.body)
	}

	// What fails is told where it fails, in HTML.
	for status, body := range map[int]string{412: change + "x", 422: "status=banned&_method=PATCH", 400: "status=%zz&_method=PATCH", 405: "status=risky"} {
		res := post("/users/ben", body)
		if res.StatusCode != status || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") || res.Header.Get("Location") != "" || !strings.Contains(res.body, `<h1 dir="auto">`+strconv.Itoa(status)) {
			t.Errorf("%d: %s %v", status, res.Status, res.Header)
		}
	}

	// A script on the page sends PATCH, and callers with a token post: both get 200.
	patch := s.do(request{"PATCH", "/users/ben", slices.Concat(own, []string{"Authorization", "", "Content-Type", "application/json"}), jsonBody})
	token := s.do(request{"POST", "/users/ben", []string{"Accept", browserAccept, "Content-Type", "application/x-www-form-urlencoded"}, formBody + "&_method=PATCH"})
	if patch.StatusCode != 200 || token.StatusCode != 200 {
		t.Error(patch.Status, token.Status)
	}
}

// TestSessionAndCaches checks that what a cookie chooses is named, on every route
// that reads it.
func TestSessionAndCaches(t *testing.T) {
	s := newServer(t)
	for _, r := range []request{
		{"GET", "/users/ben", nil, ""}, {"GET", "/users", nil, ""}, {"GET", "/users/ben", navigation, ""}, {"GET", "/users/none/none", navigation, ""},
		{"GET", "/users/ben", []string{"If-None-Match", "*"}, ""}, {"GET", "/workspaces/delay", nil, ""}, {"POST", "/sign-out", formPost, ""},
		{"PATCH", "/users/ben", []string{"Content-Type", "application/json"}, jsonBody}, {"DELETE", "/users/ben", nil, ""}, {"OPTIONS", "/users", nil, ""},
	} {
		res := s.do(r)
		vary := strings.Split(res.Header.Get("Vary"), ", ")
		for _, name := range []string{"Authorization", "Cookie", "Sec-Fetch-Site", "Origin"} {
			if !slices.Contains(vary, name) {
				t.Errorf("%s %s: Vary does not name %s: %q", r.method, r.path, name, vary)
			}
		}
		if got := res.Header.Get("Cache-Control"); got != "private, no-cache" {
			t.Errorf("%s %s: Cache-Control: %s", r.method, r.path, got)
		}
	}
}

// TestSessionAcrossOrigins checks that an origin that may call with tokens may
// not with cookies.
func TestSessionAcrossOrigins(t *testing.T) {
	for _, origins := range [][]string{{"https://desk.example"}, {"*"}} {
		s := newServer(t, func(c *handlers.Config) { c.Origins = origins })
		header := []string{"Cookie", s.signIn(fullToken), "Origin", "https://desk.example", "Sec-Fetch-Site", "cross-site"}
		get := s.do(request{"GET", "/users/ben", slices.Concat(navigation, header), ""})
		post := s.do(request{"POST", "/users/ben", slices.Concat(formPost, header), formBody + "&_method=PATCH"})
		token := s.do(request{"GET", "/users/ben", header, ""})
		if get.StatusCode != 401 || post.StatusCode != 403 || token.StatusCode != 200 {
			t.Error(origins, get.Status, post.Status, token.Status)
		}
		for _, res := range []response{get, post, token} {
			if res.Header.Get("Access-Control-Allow-Credentials") != "" {
				t.Error("credentials are allowed")
			}
		}
		s.mustBeUntouched(t)
	}
}

// TestSessionInLog looks for what must never be in the log.
func TestSessionInLog(t *testing.T) {
	var log bytes.Buffer
	s := newServer(t, func(c *handlers.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	cookie := s.signIn(readToken)
	header := slices.Concat(navigation, ownPage, []string{"Cookie", cookie})
	s.do(request{"GET", "/users/ben", header, ""})
	s.do(request{"POST", "/sign-in", formPost, "token=" + readToken[:52] + "X"})
	s.do(request{"POST", "/sign-out", header, ""})
	s.do(request{"GET", "/users/ben", header, ""})
	s.Close()
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	for i, want := range []string{"status=303", "status=200", "status=401", "status=303", "status=401"} {
		signedIn := strings.Contains(lines[i], "token=read")
		if !strings.Contains(lines[i], want) || signedIn == (want == "status=401") {
			t.Errorf("line %d lacks %s, or names the wrong token: %s", i, want, lines[i])
		}
	}
	_, value, _ := strings.Cut(cookie, "=")
	if strings.Contains(log.String(), "prl_") || strings.Contains(log.String(), value) {
		t.Errorf("the log holds a token or a session:\n%s", log.String())
	}
}

// brokenSessions is a store that cannot tell who has signed in.
type brokenSessions struct{ parley.Store }

func (brokenSessions) AuthenticateSession(context.Context, parley.SessionHash) (parley.Caller, error) {
	return parley.Caller{}, context.DeadlineExceeded
}

// TestSessionOfBrokenStore checks that nobody is signed out by a store that does
// not answer.
func TestSessionOfBrokenStore(t *testing.T) {
	s := newServer(t, func(c *handlers.Config) { c.Store = brokenSessions{c.Store} })
	res := s.do(request{"GET", "/users/ben", slices.Concat(navigation, ownPage, []string{"Cookie", s.signIn(fullToken)}), ""})
	if res.StatusCode != 503 || len(res.Cookies()) != 0 {
		t.Error(res.Status, res.Cookies())
	}
}

// cookieOf is the one cookie that an answer sets.
func cookieOf(t *testing.T, res response) *http.Cookie {
	t.Helper()
	cookies := res.Cookies()
	if len(cookies) != 1 {
		t.Fatalf("%s with the cookies %v\n%s", res.Status, cookies, res.body)
	}
	return cookies[0]
}

func TestCookieAttributes(t *testing.T) {
	s := newServer(t, func(c *handlers.Config) { c.SessionLifetime = 90 * time.Second })
	host := strings.TrimPrefix(s.URL, "http://")
	for origin, secure := range map[string]bool{"": false, "http://" + host: false, "https://" + host: true} {
		cookie := cookieOf(t, s.do(request{"POST", "/sign-in", append(slices.Clone(formPost), "Origin", origin), "token=" + fullToken}))
		want := "parley_session=" + cookie.Value + "; Path=/; Max-Age=90; HttpOnly; "
		if secure {
			want += "Secure; "
		}
		if got := cookie.Raw; got != want+"SameSite=Lax" {
			t.Errorf("from %q: %s, want %sSameSite=Lax", origin, got, want)
		}
		if _, ok := parley.HashSession(cookie.Value); !ok || strings.Contains(fullToken, cookie.Value[:8]) {
			t.Errorf("the value %q is no session", cookie.Value)
		}
	}
	if cookie := cookieOf(t, newServer(t).do(request{"POST", "/sign-in", formPost, "token=" + fullToken})); cookie.MaxAge != 12*60*60 {
		t.Errorf("a session lasts %d seconds by itself", cookie.MaxAge)
	}
}
