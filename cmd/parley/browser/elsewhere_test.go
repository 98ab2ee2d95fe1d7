package browser_test

import (
	"strings"
	"testing"
)

// attack is a page that would change a user in the name of whoever comes by.
func attack(target string) string {
	return `<form action="` + target + `/users/ben" method="post">
<input type="hidden" name="_method" value="PATCH"><input type="hidden" name="status" value="suspended">
<button>You have won</button></form>
<a href="` + target + `/users/ben">Look at this</a>`
}

// TestFormFromElsewhere sends forms of other sites: of another port, which browsers
// take for the same site and send the cookie to, and of another host.
func TestFormFromElsewhere(t *testing.T) {
	s := serve(t)
	for name, c := range map[string]struct {
		host   string
		status int64
	}{"another port": {"127.0.0.1", 403}, "another host": {"localhost", 401}} {
		t.Run(name, func(t *testing.T) {
			evil := strings.Replace(site(t, attack(s.url)).url, "127.0.0.1", c.host, 1)
			w := newSession(s, "/users/zofia")
			w.visit(evil)
			if status := w.follow("button", "You have won"); status != c.status {
				t.Errorf("the form is answered %d, want %d", status, c.status)
			}
			w.wantAt("/users/ben")
			if w.posts() != 2 {
				t.Errorf("%d forms were sent, want those to sign in and of the other site", w.posts())
			}
			s.wantHistory("ben")
			if status := w.open("/users/ben"); status != 200 {
				t.Errorf("the session ended: %d", status)
			}
		})
	}
}

// TestLinkFromElsewhere follows a link of another site, and goes on when asked.
func TestLinkFromElsewhere(t *testing.T) {
	s := serve(t)
	w := newSession(s, "/users/zofia")
	w.visit(site(t, attack(s.url)).url)
	if status := w.follow("link", "Look at this"); status != 401 {
		t.Errorf("the link is answered %d", status)
	}
	if text := w.text(); strings.Contains(text, "Benjamin") {
		t.Errorf("it shows the user: %s", text)
	}
	if status := w.follow("link", "Go on"); status != 200 {
		t.Errorf("going on is answered %d", status)
	}
	w.wantAt("/users/ben")
	w.wantText("Benjamin Zhang")
}

// visit goes to another site.
func (w *window) visit(site string) {
	w.t.Helper()
	w.mu.Lock()
	w.sites = append(w.sites, site)
	w.mu.Unlock()
	w.open(site + "/")
}
