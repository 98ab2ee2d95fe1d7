package suites

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers"
)

func naughtyStrings(t *testing.T) (list []string) {
	t.Helper()
	suiteData(t, "big-list-of-naughty-strings/blns.json", &list)
	if len(list) != 461 {
		t.Fatalf("%d strings", len(list))
	}
	return list
}

// isRefusedComment reports whether a comment breaks the rule for control characters.
func isRefusedComment(s string) bool {
	return strings.ContainsFunc(s, func(c rune) bool { return unicode.IsControl(c) && c != '\t' && c != '\n' && c != '\r' })
}

// lacksControls are the formats that cannot hold control characters, in which
// their encoders write others (XML 1.0 section 2.2, the HTML standard section 13.1.4).
var lacksControls = map[string]bool{"xml": true, "html": true}

// lineFeeds is a comment as it is kept.
var lineFeeds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// TestNaughtyComments makes a change with each of the Big List of Naughty Strings
// as its comment, in every format that is read and written: the history holds the
// string, or it is refused in all of them.
func TestNaughtyComments(t *testing.T) {
	comments := naughtyStrings(t)
	for _, format := range handlers.Formats().Formats() {
		_, isRead := format.(codecs.Codec)
		encoder, isWritten := format.(codecs.Encoder)
		if !isRead || !isWritten || format.Name() == "pdf" {
			continue // what a form of PDF holds is what programs filled in: handlers' tests
		}
		t.Run(format.Name(), func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			for _, comment := range comments {
				if isRefusedComment(comment) && lacksControls[format.Name()] {
					continue
				}
				s.changeWith(t, encoder, comment)
			}
		})
	}
}

// changeWith makes a change with a comment and looks it up in the history, in the
// same format as far as that lists changes.
func (s *server) changeWith(t *testing.T, format codecs.Encoder, comment string) {
	t.Helper()
	record := codecs.Record{text("status", "active"), text("review_comment", comment)}
	body, err := format.Encode(nil, codecs.Document{Name: "user", Record: record})
	if err != nil {
		if !isRefusedComment(comment) {
			t.Errorf("%q: %v", comment, err)
		}
		return
	}
	contentType := codecs.ContentType(format, format.MediaTypes()[0], body)
	res := s.do(http.MethodPatch, "/users/ben?format=json", string(body), "Content-Type", contentType)
	if isRefusedComment(comment) {
		if res.StatusCode != http.StatusUnprocessableEntity && res.StatusCode != http.StatusBadRequest {
			t.Errorf("%q: %s", comment, res.Status)
		}
		return
	}
	if res.StatusCode != http.StatusOK {
		t.Errorf("%q: %s\n%s", comment, res.Status, res.body)
		return
	}
	s.lastCommentIs(t, format, lineFeeds.Replace(comment))
}

func (s *server) lastCommentIs(t *testing.T, format codecs.Encoder, want string) {
	t.Helper()
	page, err := s.store.Changes(t.Context(), parley.Everywhere, "ben", parley.Page{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	change := page.Changes[0]
	if change.Comment != want {
		t.Errorf("kept %q, want %q", change.Comment, want)
	}
	if format.Name() == "html" {
		return // shown to people, white space and all as HTML does
	}
	res := s.do(http.MethodGet, "/users/ben/status-changes/1?format="+format.Name(), "")
	if res.StatusCode != http.StatusOK {
		t.Errorf("entry 1: %s", res.Status)
	}
	written, err := handlers.Formats().Decode(res.Header.Get("Content-Type"), []byte(res.body), codecs.Limits{})
	if err != nil {
		t.Errorf("entry 1: %v\n%s", err, res.body)
	}
	if _, ok := written.Record.Get("changed_at"); !ok {
		t.Errorf("entry 1 is %s", res.body)
	}
}

// TestNaughtyElsewhere puts every naughty string wherever a request has room for
// one: the answer is never that the server failed.
func TestNaughtyElsewhere(t *testing.T) {
	s := newServer(t)
	for _, naughty := range naughtyStrings(t) {
		escaped := url.PathEscape(naughty)
		created, err := json.Marshal(map[string]string{"identifier": naughty, "name": naughty, "email": naughty + "@example.com"})
		if err != nil {
			t.Fatal(err)
		}
		answers := map[string]answer{
			"path":   s.do(http.MethodGet, "/users/"+escaped, ""),
			"query":  s.do(http.MethodGet, "/users?q="+url.QueryEscape(naughty)+"&format=json", ""),
			"cursor": s.do(http.MethodGet, "/users?cursor="+url.QueryEscape(naughty), ""),
			"format": s.do(http.MethodGet, "/users?format="+url.QueryEscape(naughty), ""),
			"create": s.do(http.MethodPost, "/users", string(created), "Content-Type", "application/json"),
		}
		if value, ok := fieldValue(naughty); ok {
			for _, header := range []string{"If-Match", "Idempotency-Key", "Accept", "Content-Type", "Authorization", "X-Request-ID"} {
				answers[header] = s.do(http.MethodPatch, "/users/ben", `{"status":"risky"}`, "Content-Type", "application/json", header, value)
			}
		}
		for where, a := range answers {
			if a.StatusCode >= 500 {
				t.Errorf("%q as %s: %s\n%s", naughty, where, a.Status, a.body)
			}
		}
	}
}

// fieldValue is a string as a field of HTTP can have it.
func fieldValue(s string) (string, bool) {
	if strings.ContainsFunc(s, unicode.IsControl) {
		return "", false
	}
	return strings.TrimSpace(s), true
}
