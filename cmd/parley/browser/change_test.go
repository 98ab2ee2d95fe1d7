package browser_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
)

// change fills in the form and sends it, and returns the status of what follows.
func (w *window) change(status, comment string) int64 {
	w.t.Helper()
	w.choose(status)
	w.fill("Review comment", comment)
	return w.follow("button", "Change status")
}

// TestChange changes a status by the form and is shown the user.
func TestChange(t *testing.T) {
	s := serve(t)
	w := newSession(s, "/users/ben")
	before := w.posts()
	if status := w.change("Risky", "Looks odd.\nSee ticket 7."); status != 200 {
		t.Errorf("the change leads to %d", status)
	}
	w.wantAt("/users/ben")
	if got := s.history("ben"); len(got) != 1 || got[0].To != "risky" || got[0].Comment != "Looks odd.\nSee ticket 7." || got[0].MediaType != "application/x-www-form-urlencoded" {
		t.Errorf("the history is %+v", got)
	}
	// What is shown is a page that was asked for and not sent: it can be had again.
	for range 2 {
		w.leads(chromedp.Reload())
	}
	if sent := w.posts() - before; sent != 1 {
		t.Errorf("the form was sent %d times", sent)
	}
	s.wantHistory("ben", "risky")
}

// TestDoubleClick presses the button again before an answer comes, and it is sent
// again where no script prevents that: the change is made once.
func TestDoubleClick(t *testing.T) {
	s := serve(t)
	slow := delay(s, "/users/ben")
	w := newSession(slow.server, "/users/ben").withoutScripts()
	w.choose("Suspended")
	key := w.key()
	x, y := w.middle(w.find("button", "Change status"))
	w.do(chromedp.MouseClickXY(x, y))
	eventually(t, "the form is sent", func() bool { return slow.sent.Load() == 1 })
	w.do(chromedp.MouseClickXY(x, y, chromedp.ClickCount(2)))
	eventually(t, "the form is sent again", func() bool { return slow.sent.Load() == 2 })
	close(slow.answer)
	eventually(t, "the next page is there", func() bool { return !slices.Contains([]string{"", key}, w.key()) })
	w.wantAt("/users/ben")
	s.wantHistory("ben", "suspended")
}

// TestSentOnce presses the button twice, and a script sends the form once.
func TestSentOnce(t *testing.T) {
	s := serve(t)
	slow := delay(s, "/users/ben")
	w := newSession(slow.server, "/users/ben")
	w.choose("Suspended")
	before, key := w.posts(), w.key()
	x, y := w.middle(w.find("button", "Change status"))
	w.do(chromedp.MouseClickXY(x, y))
	eventually(t, "the form is sent", func() bool { return slow.sent.Load() == 1 })
	w.do(chromedp.MouseClickXY(x, y, chromedp.ClickCount(2)))
	close(slow.answer)
	eventually(t, "the next page is there", func() bool { return !slices.Contains([]string{"", key}, w.key()) })
	if sent := w.posts() - before; sent != 1 {
		t.Errorf("the form was sent %d times", sent)
	}
	s.wantHistory("ben", "suspended")
}

// delayed is a server whose answers to forms take their time.
type delayed struct {
	*server
	sent   atomic.Int32  // how many forms came, each of which was carried out
	answer chan struct{} // closed when they may be answered
}

// delay stands before a server and holds back the answers to forms for a path.
func delay(s *server, path string) *delayed {
	s.t.Helper()
	target, err := url.Parse(s.url)
	if err != nil {
		s.t.Fatal(err)
	}
	forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host
	}}
	front := *s
	d := &delayed{server: &front, answer: make(chan struct{})}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != path {
			forward.ServeHTTP(w, r)
			return
		}
		answer := httptest.NewRecorder()
		forward.ServeHTTP(answer, r.WithContext(s.t.Context())) // though the browser may wait no longer
		d.sent.Add(1)
		select {
		case <-d.answer:
		case <-s.t.Context().Done():
		}
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = answer.Body.WriteTo(w) // the window tells whether it came
	}))
	s.t.Cleanup(proxy.Close)
	d.url = proxy.URL
	return d
}

// key is what the form of the page is sent under. It is empty while there is none.
func (w *window) key() string {
	w.t.Helper()
	return evaluate[string](w, "document.querySelector('[name=_idempotency_key]')?.value ?? ''")
}

// TestStalePage changes a user in one window who was changed in another: the second
// is told so, loses nothing that was typed, and may go on.
func TestStalePage(t *testing.T) {
	s := serve(t)
	w := newSession(s, "/users/ben")
	second := w.another()
	second.open("/users/ben")
	w.change("Suspended", "from the first")
	if status := second.change("Inactive", "from the second"); status != 412 {
		t.Errorf("the stale page: %d", status)
	}
	second.wantText("suspended")
	s.wantHistory("ben", "suspended")
	second.wantForm("inactive", "from the second")
	if status := second.follow("button", "Change status"); status != 200 {
		t.Errorf("going on: %d", status)
	}
	s.wantHistory("ben", "inactive", "suspended")
}

// wantForm checks what is entered in the form.
func (w *window) wantForm(status, comment string) {
	w.t.Helper()
	entered := evaluate[[]string](w, "[...new FormData(document.querySelector('[name=review_comment]').form)].filter(([name]) => !name.startsWith('_')).map(([, value]) => value.replaceAll('\\r\\n', '\\n'))")
	if !slices.Equal(entered, []string{status, comment}) {
		w.t.Errorf("the form holds %.100q, want %s and %.100q", entered, status, comment)
	}
}

// TestWrongComment is told what is wrong with a comment, where it is, and corrects
// it.
func TestWrongComment(t *testing.T) {
	for name, wrong := range map[string]string{"none": "", "white space": " \n ", "too long": strings.Repeat("ü", 4097)} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, "--comment-required", "suspended")
			w := newSession(s, "/users/ben")
			if status := w.change("Suspended", wrong); status != 422 {
				t.Errorf("it is answered %d", status)
			}
			s.wantHistory("ben")
			w.wantForm("suspended", wrong)
			if at := evaluate[string](w, "document.activeElement.name"); at != "review_comment" {
				t.Errorf("the focus is on %q", at)
			}
			told := evaluate[string](w, "document.activeElement.getAttribute('aria-describedby').split(' ').map(id => document.getElementById(id).innerText)[0]")
			if invalid := evaluate[bool](w, "document.activeElement.ariaInvalid === 'true'"); !invalid || told == "" {
				t.Errorf("a screen reader tells %q of the comment, invalid %v", told, invalid)
			}
			w.fill("Review comment", "He left.")
			if status := w.follow("button", "Change status"); status != 200 {
				t.Errorf("corrected it is answered %d", status)
			}
			if got := s.history("ben"); len(got) != 1 || got[0].Comment != "He left." {
				t.Errorf("the history is %+v", got)
			}
		})
	}
}

// TestLongestComment writes as much as there may be, which is counted in code
// points.
func TestLongestComment(t *testing.T) {
	s := serve(t)
	w := newSession(s, "/users/ben")
	longest := strings.Repeat("🌸", 4096)
	w.change("Risky", longest)
	if got := s.history("ben"); len(got) != 1 || got[0].Comment != longest {
		t.Errorf("the history is %.200v", got)
	}
}

// TestHistory reads what became of a user.
func TestHistory(t *testing.T) {
	s := serve(t)
	s.change("ben", "risky", "It looks odd.")
	s.change("ben", "suspended", "It was odd.")
	s.change("ben", "active", "It was a mistake.")
	w := newSession(s, "/users/ben")
	w.follow("link", "Whole history")
	w.wantAt("/users/ben/status-changes")
	text := w.text()
	last := -1
	for _, comment := range []string{"It was a mistake.", "It was odd.", "It looks odd."} {
		at := strings.Index(text, comment)
		if at <= last {
			t.Errorf("%q is not where it belongs:\n%s", comment, text)
		}
		last = at
	}
}
