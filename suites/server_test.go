package suites

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/fixtures"
	"github.com/parley-gateway/parley/handlers"
	"github.com/parley-gateway/parley/repository"
)

// server is the real router over a real SQLite file with the demo data.
type server struct {
	*httptest.Server
	t     *testing.T
	store parley.Store
	token string // with every permission
}

func newServer(t *testing.T) *server {
	t.Helper()
	ctx := context.Background()
	store, err := repository.Open(ctx, filepath.Join(t.TempDir(), "suites.db"), repository.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	workspaces, users := fixtures.Demo()
	if err := store.Load(ctx, workspaces, users); err != nil {
		t.Fatal(err)
	}
	s := &server{httptest.NewServer(handlers.New(handlers.Config{Store: store})), t, store, parley.GenerateToken()}
	t.Cleanup(s.Close)
	hash, _ := parley.HashToken(s.token)
	ben, err := store.User(ctx, parley.Everywhere, "ben")
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.CreateToken(ctx, parley.NewToken{Name: "suites", Hash: hash, ActsAs: ben.ID, Permissions: parley.Permissions})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// answer is one that was read whole.
type answer struct {
	*http.Response
	body string
}

// do sends a request. header is name, value, name, value ...
func (s *server) do(method, path, body string, header ...string) answer {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := s.Client().Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{res, string(content)}
}

// verdictOn is what Parley makes of a body as a change: refused where it is not
// well-formed or uses what is refused in its format (400), read where its
// fields were looked at (200, 422).
func (s *server) verdictOn(contentType, body string) verdict {
	s.t.Helper()
	res := s.do(http.MethodPatch, "/users/ben?format=json", body, "Content-Type", contentType)
	switch res.StatusCode {
	case http.StatusBadRequest:
		return refused
	case http.StatusOK, http.StatusUnprocessableEntity:
		return read
	}
	s.t.Errorf("%s: %s\n%q", contentType, res.Status, body)
	return ""
}

// verdict is what is made of a document.
type verdict string

const (
	refused   verdict = "refused"
	read      verdict = "read"
	undecided verdict = "" // the suite leaves it open, so that it must be listed
)
