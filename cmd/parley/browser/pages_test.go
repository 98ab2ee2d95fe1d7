package browser_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// sight is a page to look at, and how to get there.
type sight struct {
	name string
	open func(w *window)
}

// at is the page at a path.
func at(path string) func(w *window) { return func(w *window) { w.open(path) } }

// unknown are the pages that anybody sees.
var unknown = []sight{
	{"first", at("/")},
	{"sign-in", at("/sign-in")},
	{"not-signed-in", at("/users/ben")},
	{"wrong-token", func(w *window) { w.open("/sign-in"); w.signIn("prl_wrong") }},
	{"nothing", at("/nothing")},
	{"problem-type", at("/problems/invalid-fields")},
	{"keys", at("/keys")},
	{"try", at("/try")},
	{"tried", func(w *window) {
		w.open("/try")
		w.fill("Body", `{"status": "risky", "review_comment": "Looks odd."}`)
		w.find("heading", "Command")
	}},
	{"tried-in-vain", func(w *window) {
		w.open("/try")
		w.fill("Body", `{"status": "banned", "comment": `)
		w.find("heading", "Problem")
	}},
}

// signedIn are the pages of who may do everything.
var signedIn = []sight{
	{"first-signed-in", at("/")},
	{"users", at("/users")},
	{"users-next", func(w *window) { w.open("/users?limit=10"); w.follow("link", "Next page") }},
	{"users-none", at("/users?q=nobody")},
	{"users-invalid", at("/users?status=banned")},
	{"user", at("/users/ben")},
	{"user-arabic", at("/users/layla")},
	{"user-hostile", at("/users/eve")},
	{"history", at("/users/eve/status-changes")},
	{"change", func(w *window) { w.open("/users/eve/status-changes"); w.open(w.path() + "/3") }},
	{"workspace", at("/workspaces/delay")},
	{"changed", func(w *window) { w.open("/users/zofia"); w.change("Risky", "Looks odd.") }},
	{"stale", staleChange},
	{"no-comment", func(w *window) { w.open("/users/zofia"); w.change("Suspended", "") }},
	{"not-found", at("/users/nobody")},
}

// staleChange sends a form after the user was changed by somebody else.
func staleChange(w *window) {
	w.open("/users/noa")
	other := w.another()
	other.open("/users/noa")
	other.change("Active", "It was a mistake.")
	w.change("Inactive", "She has left.")
}

// looks are the ways in which each page is looked at.
var looks = []look{{"light", 1280}, {"dark", 1280}, {"light", 360}, {"dark", 360}, {"light", 320}}

// TestPages looks at each page on a screen and on a phone, by day and by night, has
// axe look at it too, and takes a picture where that was asked for.
func TestPages(t *testing.T) {
	s := serve(t, "--comment-required", "suspended")
	s.parley("user", "create", "--identifier", "eve", "--name", strings.Join(hostile[:2], " "), "--email", "eve@delay.example", "--workspace", "delay")
	for _, text := range hostile {
		s.change("eve", "risky", text)
	}
	s.change("eve", "active", strings.Repeat("long", 300)+"\n\n\tA tab, and\nlines.")
	album := newAlbum(t)
	lookAt(t, newWindow(s), unknown, album)
	lookAt(t, newSession(s, "/users/ben"), signedIn, album)
	album.close()
}

func lookAt(t *testing.T, w *window, sights []sight, album *album) {
	for _, sight := range sights {
		t.Run(sight.name, func(t *testing.T) {
			sight.open(w)
			for _, look := range looks {
				w.look(look)
				w.wantFit(t, look)
				w.wantAccessible(t, look)
				album.add(w, sight.name, look)
			}
			w.look(looks[0])
		})
	}
}

// wantFit checks that a page is not wider than the window.
func (w *window) wantFit(t *testing.T, l look) {
	t.Helper()
	size := evaluate[[]int64](w, "[innerWidth, document.documentElement.scrollWidth]")
	if size[0] > l.width || size[1] > l.width {
		t.Errorf("%s: the page is %d wide in a window of %d: %s", l, size[1], size[0], evaluate[string](w, widest))
	}
}

// widest names what stands out furthest.
const widest = `[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + scrollX)
	.map(e => e.cloneNode().outerHTML ?? "").slice(0, 3).join(" ")`

// picture is the whole page, as it is seen.
func (w *window) picture() []byte {
	w.t.Helper()
	ctx, end := w.limited()
	defer end()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		w.t.Fatal(err)
	}
	return png
}
