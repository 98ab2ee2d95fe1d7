package handlers_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/handlers"
)

// TestAllocations keeps the way from the router to the store and back cheap:
// each limit is how often the whole of a request may allocate.
func TestAllocations(t *testing.T) {
	for _, test := range []struct {
		name   string
		limit  float64
		status int
		call   *call
	}{
		{"PATCH", 30, http.StatusOK, newCall(http.MethodPatch, `{"status":"suspended","review_comment":"`+commentText+`"}`)},
		{"GET", 20, http.StatusOK, newCall(http.MethodGet, "")},
		{"GET of what is known", 17, http.StatusNotModified, newCall(http.MethodGet, "", "If-None-Match", `"7-json"`)},
	} {
		if test.call.send(); test.call.status != test.status {
			t.Fatalf("%s: got status %d, want %d", test.name, test.call.status, test.status)
		}
		if n := testing.AllocsPerRun(200, test.call.send); n > test.limit+forgotten {
			t.Errorf("%s: got %v allocations, want at most %v", test.name, n, test.limit)
		}
	}
}

// call is a request that can be sent again and again, and costs nothing by
// itself: the store is a fake, and the answer goes nowhere.
type call struct {
	router  http.Handler
	request *http.Request
	body    *bytes.Reader
	content []byte
	header  http.Header // of the answer
	status  int         // of the answer
}

// newCall makes a call. header holds names and values in turn.
func newCall(method, content string, header ...string) *call {
	c := &call{
		router:  handlers.New(handlers.Config{Store: idleStore{}}),
		request: httptest.NewRequest(method, "/users/"+ben, nil),
		body:    bytes.NewReader(nil),
		content: []byte(content),
		header:  http.Header{},
	}
	c.request.Header.Set("Authorization", "Bearer "+fullToken)
	c.request.Header.Set("Accept", "application/json")
	if content != "" {
		c.request.Header.Set("Content-Type", "application/json")
		c.request.ContentLength = int64(len(content))
		c.request.Body = io.NopCloser(c.body)
	}
	for i := 0; i < len(header); i += 2 {
		c.request.Header.Set(header[i], header[i+1])
	}
	return c
}

func (c *call) send() {
	clear(c.header)
	delete(c.request.Header, "X-Request-Id") // the router adds one
	c.body.Reset(c.content)
	c.router.ServeHTTP(c, c.request)
}

func (c *call) Header() http.Header         { return c.header }
func (c *call) WriteHeader(status int)      { c.status = status }
func (c *call) Write(p []byte) (int, error) { return len(p), nil }

// idleStore answers at once, and always the same. Any method that is not
// written out here panics.
type idleStore struct{ parley.Store }

func (idleStore) Authenticate(context.Context, parley.TokenHash) (parley.Caller, error) {
	return parley.Caller{UserID: ownerID, Token: "full", Permissions: parley.Permissions}, nil
}

func (idleStore) User(context.Context, parley.Scope, string) (parley.User, error) {
	return idleUser, nil
}

func (idleStore) ChangeStatus(context.Context, parley.ChangeRequest) (parley.Outcome, error) {
	return parley.Outcome{User: idleUser}, nil
}

var idleUser = parley.User{
	ID: benID, Identifier: ben, Name: "Benjamin Zhang", Email: "ben@delay.example",
	Type: parley.UserTypeAdmin, Status: parley.StatusSuspended, Version: 7,
	WorkspaceType: parley.WorkspaceMultiUser, OwnerID: ownerID, DomainName: "delay.example",
	CreatedAt: testNow(), UpdatedAt: testNow(), CreatedBy: ownerID, UpdatedBy: ownerID,
}
