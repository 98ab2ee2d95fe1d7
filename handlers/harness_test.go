package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/fixtures"
	"github.com/parley-gateway/parley/handlers"
	"github.com/parley-gateway/parley/repository"
)

// Tokens of the test database. Each acts as the user owner.
const (
	fullToken   = "prl_4jDl6rRC3XRVArt9DooWjeEBeRpCGzACAMNPDSttJKiWi45st" // every permission
	writeToken  = "prl_3BSuO3oV7eVIpa8eBiP6hYm8QK7PnYMm2VCE8ufXuAbgMM2BM" // users:read, users:write
	readToken   = "prl_2NsEt7kDiKHepi4TKYTDcFBEPR1WewTVDy1OPT6wt8hYxcE2y" // users:read
	otherToken  = "prl_3KB9yyQMSYjK6BaKfbRLPTPHNfGj8vmcWa3PxMb7RiySgOAkc" // every permission, in another workspace than ben's
	ben         = "ben"
	benID       = "d4add56e-c345-4ac9-b392-7a890a60559a"
	ownerID     = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
	commentText = "User is suspended due to abuse of the system."
)

// testNow is what the clock of a test server shows, always.
func testNow() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }

// testIDs makes ids that are the same in every run.
func testIDs() func() string {
	var mu sync.Mutex
	n := 0
	return func() string {
		mu.Lock()
		defer mu.Unlock()
		n++
		return fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
	}
}

// testServer is the real router over a real store with the demo data, in a SQLite file
// unless a test says otherwise.
type testServer struct {
	*httptest.Server
	t     testing.TB
	store parley.Store
}

func newServer(t testing.TB, adjust ...func(*handlers.Config)) *testServer {
	t.Helper()
	return newServerOn(t, openStore(t), adjust...)
}

func newServerOn(t testing.TB, store parley.Store, adjust ...func(*handlers.Config)) *testServer {
	t.Helper()
	config := handlers.Config{Store: store, Now: testNow, NewID: testIDs()}
	for _, f := range adjust {
		f(&config)
	}
	server := httptest.NewServer(handlers.New(config))
	t.Cleanup(server.Close)
	// Every answer is looked at by itself.
	server.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &testServer{Server: server, t: t, store: store}
}

// openStore opens a copy of a database that is made once.
func openStore(t testing.TB) parley.Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, templateDatabase(), 0o600); err != nil {
		t.Fatal(err)
	}
	return openAt(t, path)
}

func openAt(t testing.TB, name string) parley.Store {
	t.Helper()
	store, err := repository.Open(context.Background(), name, repository.Options{Now: testNow, NewID: testIDs()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

var templateDatabase = sync.OnceValue(func() []byte {
	dir, err := os.MkdirTemp("", "parley")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	if err := fillTemplate(path); err != nil {
		panic(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	return data
})

func fillTemplate(path string) error {
	store, err := repository.Open(context.Background(), path, repository.Options{Now: testNow, NewID: testIDs()})
	if err != nil {
		return err
	}
	return errors.Join(fillStore(store), store.Close())
}

// fillStore puts the demo data and the tokens of the tests into an empty store.
func fillStore(store parley.Store) error {
	ctx := context.Background()
	workspaces, users := fixtures.Demo()
	if err := store.Load(ctx, workspaces, users); err != nil {
		return err
	}
	tokens := []struct {
		name, text, workspace string
		permissions           []parley.Permission
	}{
		{"full", fullToken, "", parley.Permissions},
		{"write", writeToken, "", []parley.Permission{parley.PermissionRead, parley.PermissionWrite}},
		{"read", readToken, "", []parley.Permission{parley.PermissionRead}},
		{"other", otherToken, otherWorkspace(workspaces), parley.Permissions},
	}
	for _, token := range tokens {
		hash, ok := parley.HashToken(token.text)
		if !ok {
			return fmt.Errorf("%s is no token", token.text)
		}
		_, err := store.CreateToken(ctx, parley.NewToken{
			Name: token.name, Hash: hash, ActsAs: ownerID, Permissions: token.permissions, Workspace: token.workspace,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func otherWorkspace(workspaces []parley.Workspace) string {
	for _, w := range workspaces {
		if w.Identifier != "delay" {
			return w.Identifier
		}
	}
	panic("the demo data has one workspace only")
}

// request is one request of a test. Its token is fullToken unless a header
// says otherwise.
type request struct {
	method string
	path   string
	header []string // name, value, name, value ...
	body   string
}

// response is an answer that was read whole.
type response struct {
	*http.Response
	body string
}

func (s *testServer) do(r request) response {
	s.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), r.method, s.URL+r.path, strings.NewReader(r.body))
	if err != nil {
		s.t.Fatal(err)
	}
	if r.body == "" {
		req.Body = http.NoBody
	}
	req.Header.Set("Authorization", "Bearer "+fullToken)
	for i := 0; i < len(r.header); i += 2 {
		name, value := r.header[i], r.header[i+1]
		if name == "Authorization" {
			req.Header.Del(name)
		}
		if name != "Authorization" || value != "" {
			req.Header.Add(name, value)
		}
	}
	res, err := s.Client().Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return response{res, string(body)}
}

// history is what the store holds of a user's changes, newest first.
func (s *testServer) history(ref string) []parley.Change {
	s.t.Helper()
	page, err := s.store.Changes(context.Background(), parley.Everywhere, ref, parley.Page{Limit: 200})
	if err != nil {
		s.t.Fatal(err)
	}
	return page.Changes
}

func (s *testServer) user(ref string) parley.User {
	s.t.Helper()
	u, err := s.store.User(context.Background(), parley.Everywhere, ref)
	if err != nil {
		s.t.Fatal(err)
	}
	return u
}
