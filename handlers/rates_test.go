package handlers_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/handlers"
)

// clock is set by hand.
type clock struct{ seconds atomic.Int64 }

func (c *clock) now() time.Time { return testNow().Add(time.Duration(c.seconds.Load()) * time.Second) }

func newRatedServer(t testing.TB, rates handlers.Rates) (*testServer, *clock) {
	c := &clock{}
	return newServer(t, func(config *handlers.Config) { config.Rates, config.Now = rates, c.now }), c
}

var twoAMinute = handlers.Rate{Requests: 2, Window: time.Minute}

// wantRated checks an answer's status and what it says of a rate.
func (r response) wantRated(t *testing.T, name string, status int, standing, retryAfter string) {
	t.Helper()
	if r.StatusCode != status || r.Header.Get("RateLimit") != standing || r.Header.Get("Retry-After") != retryAfter {
		t.Errorf("%s: %s, RateLimit %s, Retry-After %q\nwant %d, %s, %q\n%s", name, r.Status,
			r.Header.Get("RateLimit"), r.Header.Get("Retry-After"), status, standing, retryAfter, r.body)
	}
}

// TestRateOfToken: a token and the sessions that it began have one bucket, which
// fills again bit by bit. What is refused has no effect.
func TestRateOfToken(t *testing.T) {
	s, clock := newRatedServer(t, handlers.Rates{Token: twoAMinute})
	get := request{method: "GET", path: "/users/ben?format=json"}
	inSession := get
	inSession.header = append([]string{"Authorization", "", "Cookie", s.signIn(fullToken)}, ownPage...)
	patch := request{"PATCH", "/users/ben", []string{"Content-Type", "application/json", "Idempotency-Key", "k"}, jsonBody}

	s.do(get).wantRated(t, "first", 200, `"token";r=1;t=30`, "")
	s.do(inSession).wantRated(t, "second, in a session", 200, `"token";r=0;t=60`, "")
	s.do(patch).wantRated(t, "third", 429, `"token";r=0;t=60`, "30")
	s.mustBeUntouched(t)
	other := get
	other.header = []string{"Authorization", "Bearer " + readToken}
	s.do(other).wantRated(t, "another token", 200, `"token";r=1;t=30`, "")

	clock.seconds.Store(29)
	s.do(patch).wantRated(t, "too early", 429, `"token";r=0;t=31`, "1")
	clock.seconds.Store(30)
	res := s.do(patch)
	res.wantRated(t, "in time", 200, `"token";r=0;t=60`, "")
	if res.Header.Get("Idempotent-Replayed") != "" || res.Header.Get("RateLimit-Policy") != `"token";q=2;w=60` {
		t.Error("the request that was refused took the key:", res.Header)
	}
	clock.seconds.Store(3600)
	s.do(get).wantRated(t, "much later", 200, `"token";r=1;t=30`, "")
}

// TestRateOfAddress: everybody at one address has one bucket, whatever they ask and
// whoever they are. Style and script are taken from none.
func TestRateOfAddress(t *testing.T) {
	s, _ := newRatedServer(t, handlers.Rates{Address: handlers.Rate{Requests: 5, Window: 5 * time.Second}})
	for i, c := range []struct {
		req    request
		status int
	}{
		{request{method: "GET", path: "/users/ben"}, 200},
		{request{method: "GET", path: "/users/ben", header: []string{"Authorization", ""}}, 401},
		{request{"POST", "/try", []string{"Content-Type", "application/json"}, `{"body":"x"}`}, 200},
		{request{method: "BREW", path: "/nowhere"}, 404},
		{request{"POST", "/sign-in", []string{"Content-Type", "text/plain"}, "token: x"}, 401},
	} {
		res := s.do(c.req)
		if res.StatusCode != c.status || !strings.HasPrefix(res.Header.Get("RateLimit"), `"address";r=`+string(rune('4'-i))) {
			t.Errorf("%s %s: %s, RateLimit %s", c.req.method, c.req.path, res.Status, res.Header.Get("RateLimit"))
		}
	}
	page := s.do(request{method: "GET", path: "/", header: navigation})
	page.wantRated(t, "the sixth", 429, `"address";r=0;t=5`, "1")
	_, style, _ := strings.Cut(page.body, `rel="stylesheet" href="`)
	style, _, _ = strings.Cut(style, `"`)
	s.do(request{method: "GET", path: style}).wantRated(t, "style", 200, "", "")
}

// TestAddresses tells which addresses count as one.
func TestAddresses(t *testing.T) {
	for _, c := range []struct {
		one, other string
		same       bool
	}{
		{"192.0.2.1:1", "192.0.2.1:2", true},
		{"192.0.2.1:1", "192.0.2.2:1", false},
		{"192.0.2.1:1", "[::ffff:192.0.2.1]:1", true},
		{"[2001:db8::1]:1", "[2001:db8::ffff:0:0:2]:1", true},
		{"[2001:db8:0:1::1]:1", "[2001:db8:0:2::1]:1", false},
		{"[fe80::1%eth0]:1", "[fe80::2%eth1]:1", true},
	} {
		router := handlers.New(handlers.Config{Store: idleStore{}, Rates: handlers.Rates{Address: handlers.Rate{Requests: 1, Window: time.Hour}}})
		ask := func(from string) int {
			req := httptest.NewRequest(http.MethodGet, "/", nil)
			req.RemoteAddr = from
			req.Header.Set("X-Forwarded-For", from+"0") // from whom nobody trusts
			res := httptest.NewRecorder()
			router.ServeHTTP(res, req)
			return res.Code
		}
		if first, second := ask(c.one), ask(c.other); first != 200 || (second == 429) != c.same {
			t.Errorf("%s: %d, %s: %d", c.one, first, c.other, second)
		}
	}
}

// authStore counts how often it is asked who somebody is.
type authStore struct {
	parley.Store
	asked *atomic.Int32
}

func (s authStore) Authenticate(ctx context.Context, hash parley.TokenHash) (parley.Caller, error) {
	s.asked.Add(1)
	return s.Store.Authenticate(ctx, hash)
}

// TestWrongTokens: whatever is wrong, and wherever it comes, counts. Past the rate a
// wrong one is told to wait and a right one is taken.
func TestWrongTokens(t *testing.T) {
	session := append([]string{"Authorization", ""}, ownPage...)
	get := func(header ...string) request { return request{"GET", "/users/ben", header, ""} }
	signIn := func(token string) request {
		return request{"POST", "/sign-in", slices.Concat(formPost, ownPage), "token=" + token}
	}
	for _, c := range []struct {
		name string
		req  request
		asks int32 // of the store, for each
	}{
		{"malformed", get("Authorization", "Bearer prl_wrong"), 0},
		{"unknown", get("Authorization", "Bearer "+parley.GenerateToken()), 1},
		{"unknown, at a path that is not there", request{"GET", "/users/a/b", []string{"Authorization", "Bearer " + parley.GenerateToken()}, ""}, 1},
		{"malformed session", get(append(session, "Cookie", "parley_session=x")...), 0},
		{"unknown session", get(append(session, "Cookie", "parley_session="+parley.GenerateSession())...), 0},
		{"malformed, to sign in", signIn("prl_wrong"), 0},
		{"unknown, to sign in", signIn(parley.GenerateToken()), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var asked atomic.Int32
			s := newServer(t, func(config *handlers.Config) {
				config.Rates.WrongTokens = twoAMinute
				config.Store = authStore{config.Store, &asked}
			})
			cookie := s.signIn(fullToken)
			asked.Store(0)
			s.do(c.req).wantRated(t, "first", 401, `"wrong-tokens";r=1;t=30`, "")
			s.do(c.req).wantRated(t, "second", 401, `"wrong-tokens";r=0;t=60`, "")
			res := s.do(c.req)
			res.wantRated(t, "third", 429, `"wrong-tokens";r=0;t=60`, "30")
			if n := asked.Load(); n != 3*c.asks {
				t.Errorf("the store was asked %d times", n)
			}
			if strings.Contains(c.name, "session") && !res.clearsCookie() {
				t.Error("the browser goes on sending its session")
			}
			s.do(get()).wantRated(t, "a right token", 200, "", "")
			s.do(get(append(session, "Cookie", cookie)...)).wantRated(t, "a right session", 200, "", "")
			s.do(signIn(fullToken)).wantRated(t, "to sign in with a right token", 303, "", "")
			s.do(get("Authorization", "")).wantRated(t, "no token", 401, "", "")
		})
	}
}

// TestRevokedTokenIsWrong: it was right before.
func TestRevokedTokenIsWrong(t *testing.T) {
	s, _ := newRatedServer(t, handlers.Rates{WrongTokens: twoAMinute})
	get := request{method: "GET", path: "/users/ben"}
	s.do(get).wantRated(t, "before", 200, "", "")
	if err := s.store.RevokeToken(t.Context(), "full"); err != nil {
		t.Fatal(err)
	}
	s.do(get).wantRated(t, "after", 401, `"wrong-tokens";r=1;t=30`, "")
}
