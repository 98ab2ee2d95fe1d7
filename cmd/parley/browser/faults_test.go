package browser_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// site serves one page to everybody.
func site(t testing.TB, page string, headers ...string) *server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		_, _ = io.WriteString(w, page) // the window tells whether it came
	}))
	t.Cleanup(s.Close)
	return &server{t: t, url: s.URL}
}

// TestWindowSeesWhatNoPageMayDo opens pages that do it: what finds nothing on
// Parley's pages has to find something here.
func TestWindowSeesWhatNoPageMayDo(t *testing.T) {
	const policy = "Content-Security-Policy"
	for name, c := range map[string]struct {
		page    string
		headers []string
		fault   string
	}{
		"a script that is forbidden": {`<script>executed = 1</script>`, []string{policy, "default-src 'none'"}, "a message from security"},
		"a style that is forbidden":  {`<p style="color: red">`, []string{policy, "default-src 'none'"}, "a message from security"},
		"a dialog":                   {`<script>alert("hello")</script>`, nil, "a dialog: hello"},
		"an exception":               {`<script>nothing.at.all</script>`, nil, "an exception"},
		"a request to elsewhere":     {`<img src="http://127.0.0.1:9/pixel" alt="">`, nil, "a request to elsewhere: http://127.0.0.1:9/pixel"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWindow(site(t, c.page, c.headers...))
			w.open("/")
			var seen []string
			eventually(t, "the window sees "+c.fault, func() bool {
				seen = append(seen, w.faults()...)
				return slices.ContainsFunc(seen, func(s string) bool { return strings.HasPrefix(s, c.fault) })
			})
		})
	}
}

func TestScriptsAreOff(t *testing.T) {
	s := site(t, `<script>executed = 1</script>`)
	for _, c := range []struct {
		name   string
		window *window
		want   string
	}{{"on", newWindow(s), "number"}, {"off", newWindow(s).withoutScripts(), "undefined"}} {
		c.window.open("/")
		if got := evaluate[string](c.window, "typeof executed"); got != c.want {
			t.Errorf("scripts %s: what they set is %s, want %s", c.name, got, c.want)
		}
	}
}
