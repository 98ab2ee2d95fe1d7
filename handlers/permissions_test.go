package handlers_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/handlers"
)

const (
	read     = parley.PermissionRead
	write    = parley.PermissionWrite
	metadata = parley.PermissionMetadata
	admin    = parley.PermissionAdmin
)

// guarded is an endpoint that needs a token or a session, and says what it answers
// to whom. It says so by itself: what the code declares is not looked at.
type guarded struct {
	method string
	path   string
	route  string            // as the router has it; empty for what no route takes
	need   parley.Permission // empty for none
	header []string
	body   string
	done   int // the answer to who may
	form   int // the answer to a browser who may, where it differs
	gone   int // the answer to who may, in another workspace, where it differs
}

var (
	inJSON    = []string{"Content-Type", "application/json"}
	asPatch   = []string{"Content-Type", "application/json", "X-HTTP-Method-Override", "PATCH"}
	newPerson = `{"identifier":"new-%d","name":"New","email":"new-%[1]d@example.com"}`
)

// guardedEndpoints are all there are, with HEAD where there is GET.
var guardedEndpoints = []guarded{
	{method: "GET", path: "/users/ben", route: "/users/:ref", need: read, done: 200, gone: 404},
	{method: "HEAD", path: "/users/ben", route: "/users/:ref", need: read, done: 200, gone: 404},
	{method: "PATCH", path: "/users/ben", route: "/users/:ref", need: write, header: inJSON, body: jsonBody, done: 200, gone: 404},
	{method: "POST", path: "/users/ben", route: "/users/:ref", need: write, header: asPatch, body: jsonBody, done: 200, form: 303, gone: 404},
	{method: "OPTIONS", path: "/users/ben", route: "/users/:ref", done: 204},
	{method: "GET", path: "/users/ben/status-changes", route: "/users/:ref/status-changes", need: read, done: 200, gone: 404},
	{method: "HEAD", path: "/users/ben/status-changes", route: "/users/:ref/status-changes", need: read, done: 200, gone: 404},
	{method: "OPTIONS", path: "/users/ben/status-changes", route: "/users/:ref/status-changes", done: 204},
	{method: "GET", path: "/users/ben/status-changes/1", route: "/users/:ref/status-changes/:seq", need: read, done: 200, gone: 404},
	{method: "HEAD", path: "/users/ben/status-changes/1", route: "/users/:ref/status-changes/:seq", need: read, done: 200, gone: 404},
	{method: "OPTIONS", path: "/users/ben/status-changes/1", route: "/users/:ref/status-changes/:seq", done: 204},
	{method: "GET", path: "/users", route: "/users", need: read, done: 200},
	{method: "HEAD", path: "/users", route: "/users", need: read, done: 200},
	{method: "POST", path: "/users", route: "/users", need: admin, header: inJSON, body: newPerson, done: 201, form: 303},
	{method: "OPTIONS", path: "/users", route: "/users", done: 204},
	{method: "GET", path: "/workspaces/delay", route: "/workspaces/:ref", need: read, done: 200, gone: 404},
	{method: "HEAD", path: "/workspaces/delay", route: "/workspaces/:ref", need: read, done: 200, gone: 404},
	{method: "OPTIONS", path: "/workspaces/delay", route: "/workspaces/:ref", done: 204},
	{method: "POST", path: "/sign-out", route: "/sign-out", done: 303},

	{method: "DELETE", path: "/users/ben", done: 405},
	{method: "PUT", path: "/workspaces/delay", done: 405},
	{method: "GET", path: "/users/ben/status-changes/1/more", done: 404},
	{method: "GET", path: "/workspaces", done: 404},
}

// openEndpoints answer everybody alike, by method and by route. Assets stand for
// every path below theirs.
var openEndpoints = []string{
	"GET /", "HEAD /", "OPTIONS /", "GET /try", "HEAD /try", "POST /try", "OPTIONS /try", "GET /keys", "HEAD /keys", "OPTIONS /keys",
	"GET /sign-in", "HEAD /sign-in", "POST /sign-in", "OPTIONS /sign-in", "OPTIONS /sign-out",
	"GET /problems/:code", "HEAD /problems/:code", "OPTIONS /problems/:code", "GET /assets/", "HEAD /assets/",
}

// TestPermissionsOfEveryRoute fails for a route that the tables above do not hold.
func TestPermissionsOfEveryRoute(t *testing.T) {
	var want []string
	for _, e := range guardedEndpoints {
		if e.route != "" {
			want = append(want, e.method+" "+e.route)
		}
	}
	want = append(want, openEndpoints...)
	var routes []string
	for _, r := range handlers.New(handlers.Config{}).(*gin.Engine).Routes() {
		routes = append(routes, r.Method+" "+regexp.MustCompile(`^/assets/.*`).ReplaceAllString(r.Path, "/assets/"))
	}
	slices.Sort(want)
	slices.Sort(routes)
	if routes = slices.Compact(routes); !slices.Equal(routes, want) {
		t.Errorf("the router has\n%s\nthe tables hold\n%s", strings.Join(routes, "\n"), strings.Join(want, "\n"))
	}
}

// credential is a way to say who is calling, with a set of permissions.
type credential struct {
	name   string
	header func(*testServer, tokenSet) []string
	want   func(guarded, bool) int // for an endpoint, and whether the set allows it
}

func bearer(token string) []string { return []string{"Authorization", "Bearer " + token} }

func refusedToken(guarded, bool) int { return 401 }

func allowed(e guarded, may bool) int {
	if !may {
		return 403
	}
	return e.done
}

var credentials = []credential{
	{"no token", func(*testServer, tokenSet) []string { return []string{"Authorization", ""} }, refusedToken},
	{"malformed token", func(*testServer, tokenSet) []string { return bearer(fullToken[:52] + "X") }, refusedToken},
	{"unknown token", func(*testServer, tokenSet) []string { return bearer(parley.GenerateToken()) }, refusedToken},
	{"expired token", func(_ *testServer, of tokenSet) []string { return bearer(of.expired) }, refusedToken},
	{"revoked token", func(_ *testServer, of tokenSet) []string { return bearer(of.revoked) }, refusedToken},
	{"token", func(_ *testServer, of tokenSet) []string { return bearer(of.valid) }, allowed},
	{"token of another workspace", func(_ *testServer, of tokenSet) []string { return bearer(of.elsewhere) }, allowedElsewhere},
	{"session", func(s *testServer, of tokenSet) []string {
		return slices.Concat(ownPage, []string{"Authorization", "", "Cookie", s.session(of.valid)})
	}, allowedInSession},
	{"session from another site", func(s *testServer, of tokenSet) []string {
		return []string{"Authorization", "", "Sec-Fetch-Site", "cross-site", "Cookie", s.session(of.valid)}
	}, refusedElsewhere},
}

func allowedElsewhere(e guarded, may bool) int {
	if may && e.gone != 0 {
		return e.gone
	}
	return allowed(e, may)
}

func allowedInSession(e guarded, may bool) int {
	if may && e.form != 0 {
		return e.form
	}
	return allowed(e, may)
}

func refusedElsewhere(e guarded, _ bool) int {
	switch e.method {
	case "GET", "HEAD", "OPTIONS":
		return 401
	}
	return 403
}

// tokenSet are tokens with the same permissions.
type tokenSet struct{ valid, expired, revoked, elsewhere string }

// session signs somebody in without asking for it over HTTP.
func (s *testServer) session(token string) string {
	s.t.Helper()
	session := parley.GenerateSession()
	made := parley.NewSession{Lifetime: time.Hour}
	made.Hash, _ = parley.HashSession(session)
	made.Token, _ = parley.HashToken(token)
	if _, err := s.store.SignIn(context.Background(), made); err != nil {
		s.t.Fatal(err)
	}
	return "parley_session=" + session
}

// newTokenOf keeps a new token and returns its text.
func (s *testServer) newTokenOf(token parley.NewToken) string {
	s.t.Helper()
	text := parley.GenerateToken()
	token.Hash, _ = parley.HashToken(text)
	if _, err := s.store.CreateToken(context.Background(), token); err != nil {
		s.t.Fatal(err)
	}
	return text
}

func (s *testServer) newTokenSet(name string, set []parley.Permission) tokenSet {
	s.t.Helper()
	of := func(kind, workspace string, expires time.Time) string {
		return s.newTokenOf(parley.NewToken{
			Name: name + " " + kind, ActsAs: ownerID, Permissions: set, Workspace: workspace, ExpiresAt: expires,
		})
	}
	tokens := tokenSet{
		valid: of("valid", "", time.Time{}), expired: of("expired", "", testNow().Add(-time.Second)),
		revoked: of("revoked", "", time.Time{}), elsewhere: of("elsewhere", "aurora", time.Time{}),
	}
	if err := s.store.RevokeToken(context.Background(), name+" revoked"); err != nil {
		s.t.Fatal(err)
	}
	return tokens
}

// permissionSets are all 16, by their names.
func permissionSets() map[string][]parley.Permission {
	sets := map[string][]parley.Permission{}
	for bits := range 1 << len(parley.Permissions) {
		var set []parley.Permission
		for i, p := range parley.Permissions {
			if bits&(1<<i) != 0 {
				set = append(set, p)
			}
		}
		sets["{"+strings.Join(parley.Names(set), " ")+"}"] = set
	}
	return sets
}

// TestPermissions asks every endpoint with every set of permissions in every way
// to say who is calling.
func TestPermissions(t *testing.T) {
	s := newServer(t)
	s.changeBen(parley.StatusRisky, "the first")
	cells := 0
	for name, set := range permissionSets() {
		tokens := s.newTokenSet(name, set)
		for _, e := range guardedEndpoints {
			for _, c := range credentials {
				cells++
				rows := len(s.history(ben))
				res := s.do(e.request(cells, c.header(s, tokens)))
				want := c.want(e, e.need == "" || slices.Contains(set, e.need))
				where := fmt.Sprintf("%s %s with %s %s", e.method, e.path, c.name, name)
				if res.StatusCode != want {
					t.Errorf("%s: %s, want %d\n%s", where, res.Status, want, res.body)
				}
				res.wantChallenge(t, where, c.name, e.need)
				if changed := len(s.history(ben)) > rows; changed != (e.need == write && want < 400) {
					t.Errorf("%s: %s, and changed is %t", where, res.Status, changed)
				}
			}
		}
	}
	t.Logf("%d cells", cells)
}

// request is one that nobody has sent before: n is its number.
func (e guarded) request(n int, credentials []string) request {
	body := e.body
	if body == newPerson {
		body = fmt.Sprintf(newPerson, n)
	}
	return request{e.method, e.path, slices.Concat(e.header, credentials), body}
}

// wantChallenge checks that a refusal says what is missing, and only a refusal
// (RFC 6750 section 3).
func (r response) wantChallenge(t *testing.T, where, credential string, need parley.Permission) {
	t.Helper()
	want := ""
	switch {
	case r.StatusCode == 401 && strings.HasSuffix(credential, " token") && credential != "no token":
		want = `Bearer realm="parley", error="invalid_token"`
	case r.StatusCode == 401:
		want = `Bearer realm="parley"`
	case r.StatusCode == 403 && credential != "session from another site":
		want = `Bearer realm="parley", error="insufficient_scope", scope="` + string(need) + `"`
		if r.Request.Method != http.MethodHead && !strings.Contains(r.body, "The token lacks the permission "+string(need)+".") {
			t.Errorf("%s: the permission is not named:\n%s", where, r.body)
		}
	}
	if got := r.Header.Get("Www-Authenticate"); got != want {
		t.Errorf("%s: challenge %q, want %q", where, got, want)
	}
}

// TestOpenEndpoints asks what is open in every way: nobody is refused, and nobody
// learns more than another.
func TestOpenEndpoints(t *testing.T) {
	s := newServer(t)
	tokens := s.newTokenSet("{}", nil)
	for _, r := range []request{
		{"GET", "/", nil, ""}, {"GET", "/try", nil, ""}, {"GET", "/keys", nil, ""}, {"GET", "/sign-in", nil, ""}, {"GET", "/problems/not-found", nil, ""},
		{"POST", "/try", inJSON, `{"content_type":"text/plain","body":"risky"}`},
	} {
		alone := s.do(request{r.method, r.path, slices.Concat(r.header, []string{"Authorization", "", "X-Request-ID", "r"}), r.body})
		for _, c := range credentials {
			res := s.do(request{r.method, r.path, slices.Concat(r.header, c.header(s, tokens), []string{"X-Request-ID", "r"}), r.body})
			if res.StatusCode != 200 || res.body != alone.body {
				t.Errorf("%s %s with %s: %s\n%s\nwithout\n%s", r.method, r.path, c.name, res.Status, res.body, alone.body)
			}
		}
	}
}
