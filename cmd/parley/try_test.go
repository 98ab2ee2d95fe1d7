package main_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/parley-gateway/parley/handlers"
)

// TestTrySaysWhatTheCommandLineSays posts to /try what convert and negotiate are
// given. It needs no store.
func TestTrySaysWhatTheCommandLineSays(t *testing.T) {
	server := httptest.NewServer(handlers.New(handlers.Config{}))
	defer server.Close()
	s := newShell(t)
	for _, accept := range []string{"*/*", "text/html;q=0.5, application/*;q=0.9, text/csv", "text/yaml, */*;q=0.1", "application/json;q=0, */*", ""} {
		for _, contentType := range []string{"application/json", "text/xml", "application/x-www-form-urlencoded"} {
			told := try(t, server.URL, contentType, accept, changeRecord)
			table := s.data("negotiate", accept, "--content-type", contentType)
			if got := told.table(); got != table {
				t.Errorf("%q for %s:\n%s\nparley negotiate says\n%s", accept, contentType, got, table)
			}
		}
	}
	for _, a := range try(t, server.URL, "application/json", "", changeRecord).Answers {
		want := s.reading(changeRecord).data("convert", "--from", "json", "--to", a.Format)
		if a.Size != len(want) || a.Hex == "" && a.Body != want {
			t.Errorf("%s: %q, and parley convert writes %q", a.Format, a.Body, want)
		}
	}
}

type told struct {
	Negotiation []struct {
		Format    string
		MediaType string `json:"media_type"`
		Range     string
		Quality   string
		Wins      string
	}
	Answers []struct {
		Format, Body, Hex string
		Size              int
	}
}

// table is what parley negotiate prints for programs.
func (a told) table() string {
	var b strings.Builder
	for _, w := range a.Negotiation {
		b.WriteString(strings.Join([]string{w.Format, w.MediaType, w.Range, w.Quality, w.Wins}, "\t") + "\n")
	}
	return b.String()
}

func try(t *testing.T, url, contentType, accept, body string) (a told) {
	t.Helper()
	sent, err := json.Marshal(map[string]string{"content_type": contentType, "accept": accept, "body": body})
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Post(url+"/try", "application/json", bytes.NewReader(sent))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&a); err != nil || len(a.Answers) == 0 {
		t.Fatal(res.Status, err)
	}
	return a
}
