package handlers_test

import (
	"net/http"
	"os"
	"strings"
	"testing"
)

// TestMailedForm sends back a form that pdftk filled in, made when ben was at
// version 1: once, again, and after somebody else has made a change.
func TestMailedForm(t *testing.T) {
	form, err := os.ReadFile("../testdata/pdf/filled/pdftk-fdf.pdf")
	if err != nil {
		t.Fatal(err)
	}
	sendBack := func(s *testServer) response {
		return s.do(request{method: http.MethodPatch, path: "/users/ben?format=json", header: []string{"Content-Type", "application/pdf"}, body: string(form)})
	}
	s := newServer(t)
	for _, replayed := range []string{"", "true"} {
		if res := sendBack(s); res.StatusCode != http.StatusOK || res.Header.Get("Idempotent-Replayed") != replayed {
			t.Errorf("%s, replayed %q, want %q\n%s", res.Status, res.Header.Get("Idempotent-Replayed"), replayed, res.body)
		}
	}
	if rows := s.history(ben); len(rows) != 1 || rows[0].MediaType != "application/pdf" {
		t.Errorf("history %+v", rows)
	}

	s = newServer(t)
	s.do(request{method: http.MethodPatch, path: "/users/ben", header: []string{"Content-Type", "text/plain"}, body: "suspended"})
	res := sendBack(s)
	if res.StatusCode != http.StatusPreconditionFailed || !strings.Contains(res.body, "Since version 1: active to suspended at 2026-01-02T03:04:05Z.") {
		t.Errorf("%s\n%s", res.Status, res.body)
	}
	if rows := s.history(ben); len(rows) != 1 {
		t.Errorf("history %+v", rows)
	}
}
