package handlers_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers"
)

// mia makes and changes what is looked at, and stands nowhere else in it.
const miaID = "26066c7c-ddcb-5a45-8f11-f3fad25eaffa"

// TestMetadataIsHidden asks for everything that knows who made it, in every format,
// with every set of permissions: nothing of who that was is told but to who may see it.
func TestMetadataIsHidden(t *testing.T) {
	s := newServer(t)
	maker := parley.Caller{UserID: miaID, Permissions: parley.Permissions}
	s.makeForMia(maker)
	for name, set := range permissionSets() {
		token := s.newTokenOf(parley.NewToken{Name: name, ActsAs: miaID, Permissions: set})
		mayRead, mayWrite, mayAdmin := slices.Contains(set, read), slices.Contains(set, write), slices.Contains(set, admin)
		mayKnow := slices.Contains(set, metadata)
		for i, r := range []struct {
			request
			may   bool
			shape codecs.Shape
			knows bool // the answer says who it was, to whom may know
		}{
			{request{"GET", "/users/made", nil, ""}, mayRead, codecs.Single, true},
			{request{"GET", "/users?q=made", nil, ""}, mayRead, codecs.Many, true},
			{request{"GET", "/users/made/status-changes", nil, ""}, mayRead, codecs.Many, true},
			{request{"GET", "/users/made/status-changes/1", nil, ""}, mayRead, codecs.Single, true},
			{request{"GET", "/workspaces/made", nil, ""}, mayRead, codecs.Single, true},
			{request{"PATCH", "/users/made", inJSON, jsonBody}, mayWrite, codecs.Single, true},
			{request{"PATCH", "/users/made", append(slices.Clone(inJSON), "Idempotency-Key", "k"), jsonBody}, mayWrite, codecs.Single, true},
			{request{"PATCH", "/users/made", append(slices.Clone(inJSON), "If-Match", `"1-json"`), jsonBody}, mayWrite, codecs.Single, false},
			{request{"PATCH", "/users/made", inJSON, `{"status":"banned"}`}, mayWrite, codecs.Single, false},
			{request{"POST", "/users", inJSON, newPerson}, mayAdmin, codecs.Single, true},
		} {
			if !r.may {
				continue
			}
			for j, out := range answersIn(r.shape) {
				r := guarded{method: r.method, path: withFormat(r.path, out.Name()), header: r.header, body: r.body}.
					request((i*100+j)*1000+len(s.history("made")), bearer(token))
				res := s.do(r)
				if res.StatusCode == http.StatusForbidden || res.StatusCode == http.StatusNotFound {
					t.Fatalf("%s %s %s: %s", name, r.method, r.path, res.Status)
				}
				told := tellsOf(t, out, res, miaID, "Mia Johansson")
				if told && !mayKnow {
					t.Errorf("%s %s %s tells who it was:\n%s", name, r.method, r.path, res.body)
				}
			}
		}
		if mayKnow && mayRead && !tellsOf(t, codecs.NewJSON(), s.do(request{"GET", "/users/made", bearer(token), ""}), miaID) {
			t.Errorf("%s: who may know is not told", name)
		}
	}
}

// makeForMia has mia make a user and a workspace, and change the user.
func (s *testServer) makeForMia(maker parley.Caller) {
	s.t.Helper()
	ctx := context.Background()
	if _, err := s.store.CreateWorkspace(ctx, maker, parley.NewWorkspace{Identifier: "made", Name: "Made", Type: parley.WorkspaceMultiUser}); err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.store.CreateUser(ctx, maker, parley.NewUser{Identifier: "made", Name: "Made", Email: "made@example.com", Workspace: "made"}); err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.store.ChangeStatus(ctx, parley.ChangeRequest{
		Caller: maker, Ref: "made", Change: parley.StatusChange{Status: parley.StatusActive}, RequestID: "r", MediaType: "application/json",
	}); err != nil {
		s.t.Fatal(err)
	}
}

func withFormat(path, format string) string {
	if strings.Contains(path, "?") {
		return path + "&format=" + format
	}
	return path + "?format=" + format
}

// tellsOf reports whether an answer holds one of these texts: in its bytes, in its
// header, or in what they stand for.
func tellsOf(t *testing.T, out codecs.Format, res response, texts ...string) bool {
	t.Helper()
	shown := res.body + fmt.Sprint(res.Header)
	switch {
	case out.Name() == "pdf":
		shown += withoutSpace(pdfText(t, res.body))
	case res.body != "":
		if decoded, err := handlers.Formats().Decode(res.Header.Get("Content-Type"), []byte(res.body), codecs.Limits{}); err == nil {
			shown += asText(decoded.Record)
		}
	}
	return slices.ContainsFunc(texts, func(text string) bool {
		return strings.Contains(shown, text) || strings.Contains(shown, withoutSpace(text))
	})
}

// TestNobodyIsLikeSomebody asks for a user and for nobody, as all who may not read:
// the same bytes, and the store is asked the same.
func TestNobodyIsLikeSomebody(t *testing.T) {
	asked := &askedStore{}
	s := newServer(t, func(c *handlers.Config) {
		asked.Store, c.Store = c.Store, asked
	})
	s.changeBen(parley.StatusRisky, "the first")
	for name, set := range permissionSets() {
		if slices.Contains(set, read) {
			continue
		}
		token := s.newTokenOf(parley.NewToken{Name: name, ActsAs: ownerID, Permissions: set})
		for _, r := range probes {
			for _, out := range answersIn(codecs.Single) {
				s.wantAlike(t, asked, name, r, out.Name(), bearer(token), "ben", "eve")
			}
		}
	}
}

// TestOtherWorkspacesAreEmpty asks for a user of another workspace and for nobody,
// with every permission.
func TestOtherWorkspacesAreEmpty(t *testing.T) {
	asked := &askedStore{}
	s := newServer(t, func(c *handlers.Config) {
		asked.Store, c.Store = c.Store, asked
	})
	s.changeBen(parley.StatusRisky, "the first")
	reading := []request{
		{"GET", "/users?q=%s", nil, ""}, {"GET", "/users?q=%s&limit=1&sort=-name", nil, ""}, {"GET", "/users?q=%s&status=risky", nil, ""},
		{"PATCH", "/users/%s", inJSON, jsonBody}, {"PATCH", "/users/%s", append(slices.Clone(inJSON), "Idempotency-Key", "k"), jsonBody},
	}
	for _, out := range answersIn(codecs.Many) {
		for _, r := range slices.Concat(probes, reading) {
			s.wantAlike(t, asked, "another workspace's", r, out.Name(), bearer(otherToken), "ben", "eve")
			s.wantAlike(t, asked, "another workspace's, by id", r, out.Name(), bearer(otherToken), benID, "d4add56e-c345-4ac9-b392-7a890a60559b")
		}
		workspace := request{"GET", "/users?workspace=%s", nil, ""}
		s.wantAlike(t, asked, "another workspace", workspace, out.Name(), bearer(otherToken), "delay", "dolly")
		cursor := request{"GET", "/users/%s/status-changes?cursor=YzE6MQ", nil, ""}
		s.wantAlike(t, asked, "a cursor", cursor, out.Name(), bearer(otherToken), "ben", "eve")
	}
	if rows := s.history(ben); len(rows) != 1 {
		t.Errorf("a user of another workspace was changed: %+v", rows)
	}
}

// probes ask of a user without making a change that could be made.
var probes = []request{
	{"GET", "/users/%s", nil, ""},
	{"GET", "/users/%s", []string{"If-None-Match", `"2-json"`}, ""},
	{"HEAD", "/users/%s", nil, ""},
	{"OPTIONS", "/users/%s", nil, ""},
	{"DELETE", "/users/%s", nil, ""},
	{"GET", "/users/%s/status-changes", nil, ""},
	{"GET", "/users/%s/status-changes/1", nil, ""},
	{"PATCH", "/users/%s", append(slices.Clone(inJSON), "If-Match", `"9-json"`), jsonBody},
	{"PATCH", "/users/%s", append(slices.Clone(inJSON), "If-Match", `"1-json"`), jsonBody},
	{"PATCH", "/users/%s", append(slices.Clone(inJSON), "If-Match", `"9-json"`, "Idempotency-Key", "k"), jsonBody},
	{"PATCH", "/users/%s", inJSON, `{"status":"banned"}`},
	{"PATCH", "/users/%s", []string{"Content-Type", "application/x-www-form-urlencoded"}, "status=banned&_if_match=%221-html%22"},
	{"PATCH", "/users/%s", []string{"Content-Type", "application/json-patch+json"},
		`[{"op":"test","path":"/review_comment","value":"x"},{"op":"replace","path":"/status","value":"risky"}]`},
	{"PATCH", "/users/%s", []string{"Content-Type", "application/json-patch+json", "If-Match", `"1-json", "2-json", "3-json"`},
		`[{"op":"test","path":"/status","value":"inactive"},{"op":"replace","path":"/status","value":"risky"}]`},
}

// wantAlike sends one request about two users.
func (s *testServer) wantAlike(t *testing.T, asked *askedStore, name string, r request, format string, credentials []string, somebody, nobody string) {
	t.Helper()
	about := func(ref string) (response, string) {
		asked.reset()
		res := s.do(request{r.method, withFormat(fmt.Sprintf(r.path, ref), format), slices.Concat(r.header, credentials, []string{"X-Request-ID", "r"}), r.body})
		res.Header.Del("Date")
		return res, asked.calls()
	}
	there, forThere := about(somebody)
	gone, forGone := about(nobody)
	where := fmt.Sprintf("%s: %s %s in %s", name, r.method, r.path, format)
	blank := func(res response, ref string) string {
		text := boundary.ReplaceAllString(res.Status+fmt.Sprint(res.Header)+res.body, "boundary")
		return strings.ReplaceAll(text, ref, "REF")
	}
	// A PDF holds the name in glyphs; what it shows is what the others do.
	if format != "pdf" && len(somebody) == len(nobody) && blank(there, somebody) != blank(gone, nobody) {
		t.Errorf("%s:\n%s\nfor nobody\n%s", where, blank(there, somebody), blank(gone, nobody))
	}
	if there.StatusCode != gone.StatusCode || forThere != forGone {
		t.Errorf("%s: %s after %s, for nobody %s after %s", where, there.Status, forThere, gone.Status, forGone)
	}
}

// boundary is made from the content of a multipart.
var boundary = regexp.MustCompile(`parley-[0-9a-f]{32}`)

// askedStore remembers what it was asked.
type askedStore struct {
	parley.Store
	mu    sync.Mutex
	names []string
}

func (a *askedStore) reset() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.names = nil
}

func (a *askedStore) calls() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return strings.Join(a.names, " ")
}

func (a *askedStore) note(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.names = append(a.names, name)
}

func (a *askedStore) User(ctx context.Context, scope parley.Scope, ref string) (parley.User, error) {
	a.note("User")
	return a.Store.User(ctx, scope, ref)
}

func (a *askedStore) Users(ctx context.Context, scope parley.Scope, filter parley.UserFilter) (parley.UserPage, error) {
	a.note("Users")
	return a.Store.Users(ctx, scope, filter)
}

func (a *askedStore) CountUsers(ctx context.Context, scope parley.Scope, filter parley.UserFilter) (map[parley.Status]int64, error) {
	a.note("CountUsers")
	return a.Store.CountUsers(ctx, scope, filter)
}

func (a *askedStore) ChangeStatus(ctx context.Context, request parley.ChangeRequest) (parley.Outcome, error) {
	a.note("ChangeStatus")
	return a.Store.ChangeStatus(ctx, request)
}

func (a *askedStore) Changes(ctx context.Context, scope parley.Scope, ref string, page parley.Page) (parley.ChangePage, error) {
	a.note("Changes")
	return a.Store.Changes(ctx, scope, ref, page)
}

func (a *askedStore) Change(ctx context.Context, scope parley.Scope, ref string, seq int64) (parley.Change, error) {
	a.note("Change")
	return a.Store.Change(ctx, scope, ref, seq)
}
