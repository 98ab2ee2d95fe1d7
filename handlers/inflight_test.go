package handlers_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/handlers"
)

// heldStore lists users once it is told to.
type heldStore struct {
	parley.Store
	entered chan struct{}
	release chan struct{}
}

func (s heldStore) Users(ctx context.Context, scope parley.Scope, filter parley.UserFilter) (parley.UserPage, error) {
	s.entered <- struct{}{}
	<-s.release
	return s.Store.Users(ctx, scope, filter)
}

// newBusyServer has one place for requests at work, which is taken until done.
func newBusyServer(t testing.TB, adjust ...func(*handlers.Config)) (s *testServer, done func()) {
	t.Helper()
	return newBusyServerOn(t, openStore(t), adjust...)
}

func newBusyServerOn(t testing.TB, store parley.Store, adjust ...func(*handlers.Config)) (s *testServer, done func()) {
	t.Helper()
	entered, release := make(chan struct{}), make(chan struct{})
	s = newServerOn(t, store, append(adjust, func(c *handlers.Config) {
		c.Store = heldStore{c.Store, entered, release}
		c.MaxInFlight = 1
	})...)
	ended := make(chan response, 1)
	go func() { ended <- s.do(request{method: "GET", path: "/users"}) }()
	<-entered
	return s, func() {
		close(release)
		<-ended
	}
}

// TestTooBusy: what needs a place is refused without an effect, and taken once
// there is one. What everybody may read goes on.
func TestTooBusy(t *testing.T) {
	s, done := newBusyServer(t)
	patch := request{"PATCH", "/users/ben", []string{"Content-Type", "application/json", "Idempotency-Key", "k"}, jsonBody}
	for _, req := range []request{
		{"GET", "/users/ben", nil, ""},
		{"GET", "/users/ben", nil, "a body that nobody reads"},
		{"POST", "/try", []string{"Content-Type", "application/json"}, `{"body":"x"}`},
		{"POST", "/sign-in", []string{"Content-Type", "text/plain"}, "token: x"},
		patch,
	} {
		res := s.do(req)
		if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") != "1" {
			t.Errorf("%s %s: %s, Retry-After %q", req.method, req.path, res.Status, res.Header.Get("Retry-After"))
		}
	}
	for _, path := range []string{"/", "/problems/too-busy", "/keys", "/sign-in", "/try"} {
		if res := s.do(request{method: "GET", path: path}); res.StatusCode != http.StatusOK {
			t.Errorf("GET %s: %s", path, res.Status)
		}
	}
	s.mustBeUntouched(t)
	done()
	if res := s.do(patch); res.StatusCode != http.StatusOK || res.Header.Get("Idempotent-Replayed") != "" {
		t.Errorf("once there is a place: %s %s", res.Status, res.body)
	}
}

// TestQueued: a request waits for its turn, though not for longer than its time.
func TestQueued(t *testing.T) {
	s, done := newBusyServer(t, func(c *handlers.Config) { c.MaxQueued = 1 })
	answered := make(chan response, 1)
	go func() { answered <- s.do(request{method: "GET", path: "/users/ben"}) }()
	select {
	case res := <-answered:
		t.Fatalf("it did not wait: %s", res.Status)
	case <-time.After(50 * time.Millisecond):
	}
	done()
	if res := <-answered; res.StatusCode != http.StatusOK {
		t.Error(res.Status, res.body)
	}

	s, done = newBusyServer(t, func(c *handlers.Config) { c.MaxQueued, c.Timeout = 1, 50*time.Millisecond })
	if res := s.do(request{method: "GET", path: "/users/ben"}); res.StatusCode != http.StatusServiceUnavailable {
		t.Error("a request waited for longer than its time:", res.Status)
	}
	done()
}

// TestSlowBodyTakesNoPlace: while one body comes in pieces, others are answered.
func TestSlowBodyTakesNoPlace(t *testing.T) {
	s := newServer(t, func(c *handlers.Config) { c.MaxInFlight = 1 })
	body := newSlowBody(jsonBody)
	answered := make(chan int, 1)
	go func() { answered <- s.patchSlowly(body) }()
	<-body.begun
	if res := s.do(request{method: "GET", path: "/users/ben"}); res.StatusCode != http.StatusOK {
		t.Error("beside a slow body:", res.Status)
	}
	close(body.finish)
	if status := <-answered; status != http.StatusOK {
		t.Error("the slow body:", status)
	}
}

// patchSlowly is the status of the answer to a body.
func (s *testServer) patchSlowly(body io.Reader) int {
	req, err := http.NewRequestWithContext(s.t.Context(), "PATCH", s.URL+"/users/ben", body)
	if err != nil {
		s.t.Error(err)
		return 0
	}
	req.Header.Set("Authorization", "Bearer "+fullToken)
	req.Header.Set("Content-Type", "application/json")
	res, err := s.Client().Do(req)
	if err != nil {
		s.t.Error(err)
		return 0
	}
	defer res.Body.Close()
	return res.StatusCode
}

// slowBody hands out its first half, and the second when it is told to.
type slowBody struct {
	halves []string
	begun  chan struct{}
	finish chan struct{}
}

func newSlowBody(s string) *slowBody {
	return &slowBody{[]string{s[:len(s)/2], s[len(s)/2:]}, make(chan struct{}), make(chan struct{})}
}

func (b *slowBody) Read(p []byte) (int, error) {
	switch len(b.halves) {
	case 0:
		return 0, io.EOF
	case 1:
		close(b.begun)
		<-b.finish
	}
	n := copy(p, b.halves[0])
	b.halves = b.halves[1:]
	return n, nil
}
