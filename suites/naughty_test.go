package suites

import (
	"encoding/json"
	"fmt"
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
// as its comment, in every format that is read: the history holds the string, and
// the entry shows it in the same format, or it is refused in all of them.
func TestNaughtyComments(t *testing.T) {
	comments := naughtyStrings(t)
	for _, format := range handlers.Formats().Formats() {
		if _, isRead := format.(codecs.Codec); !isRead {
			continue
		}
		t.Run(format.Name(), func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			var entries []document
			var kept []string
			for _, comment := range comments {
				if isRefusedComment(comment) && lacksControls[format.Name()] {
					continue
				}
				if s.changeWith(t, format, comment) {
					entries, kept = append(entries, s.lastChange(t, format)), append(kept, lineFeeds.Replace(comment))
				}
			}
			if len(entries) < len(comments)-10 {
				t.Errorf("%d of %d are kept", len(entries), len(comments))
			}
			checkShown(t, entryReader(format.Name()), entries, kept)
		})
	}
}

// changeWith makes a change with a comment, and looks it up in the history. It
// reports whether there is one: false for what has to be refused.
func (s *server) changeWith(t *testing.T, format codecs.Format, comment string) bool {
	t.Helper()
	body, err := commentIn(format, comment)
	if err != nil {
		if !isRefusedComment(comment) {
			t.Errorf("%q: %v", comment, err)
		}
		return false
	}
	contentType := codecs.ContentType(format, format.MediaTypes()[0], body)
	res := s.do(http.MethodPatch, "/users/ben?format=json", string(body), "Content-Type", contentType)
	if isRefusedComment(comment) {
		if res.StatusCode != http.StatusUnprocessableEntity && res.StatusCode != http.StatusBadRequest {
			t.Errorf("%q: %s", comment, res.Status)
		}
		return false
	}
	if res.StatusCode != http.StatusOK {
		t.Errorf("%q: %s\n%s", comment, res.Status, res.body)
		return false
	}
	page, err := s.store.Changes(t.Context(), parley.Everywhere, "ben", parley.Page{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := page.Changes[0].Comment, lineFeeds.Replace(comment); got != want {
		t.Errorf("kept %q, want %q", got, want)
	}
	return true
}

// commentIn is the body of a change: what the encoder writes, or a JSON Patch.
func commentIn(format codecs.Format, comment string) ([]byte, error) {
	if encoder, ok := format.(codecs.Encoder); ok {
		return encoder.Encode(nil, codecs.Document{Name: "user", Record: codecs.Record{text("status", "active"), text("review_comment", comment)}})
	}
	type operation struct {
		Op    string `json:"op"`
		Path  string `json:"path"`
		Value string `json:"value"`
	}
	return json.Marshal([]operation{{"replace", "/status", "active"}, {"add", "/review_comment", comment}})
}

// lastChange is the newest entry of the history in a format, or in JSON where that
// is not written.
func (s *server) lastChange(t *testing.T, format codecs.Format) document {
	t.Helper()
	page, err := s.store.Changes(t.Context(), parley.Everywhere, "ben", parley.Page{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	name := format.Name()
	if _, isWritten := format.(codecs.Encoder); !isWritten {
		name = "json"
	}
	res := s.do(http.MethodGet, fmt.Sprintf("/users/ben/status-changes/%d?format=%s", page.Changes[0].Seq, name), "")
	if res.StatusCode != http.StatusOK {
		t.Errorf("%s: %s", name, res.Status)
	}
	return document{[]byte(res.body), res.Header.Get("Content-Type")}
}

// entryReader reads entries of the history. Those for people it reads as a browser
// and a viewer do.
func entryReader(format string) reader {
	switch format {
	case "html":
		return byNode("itemprop")
	case "pdf":
		return byNode("pdf.js")
	}
	return byParley(false)
}

func checkShown(t *testing.T, read reader, entries []document, want []string) {
	t.Helper()
	for i, r := range read(t, entries) {
		values, _ := r.value.(map[string]any)
		if got, _ := values["review_comment"].(string); got != want[i] {
			t.Errorf("shown as %q, want %q (%s)", got, want[i], r.refusal)
		}
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
