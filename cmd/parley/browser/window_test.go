package browser_test

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// window is one window of a browser. It fails its test for what no page may do:
// run what others wrote, open a dialog, throw, or ask somebody else for something.
type window struct {
	t     testing.TB
	ctx   context.Context
	sites []string // the URLs of the servers that may be asked, the first that of its own

	mu     sync.Mutex
	seen   []string // what no page may do
	posted int      // how many forms were sent
}

// newWindow opens the only window of a person whom nobody knows yet.
func newWindow(s *server) *window {
	s.t.Helper()
	return openWindow(s.t, []string{s.url}, browser, chromedp.WithNewBrowserContext())
}

// another opens a second window of the same person.
func (w *window) another() *window {
	w.t.Helper()
	return openWindow(w.t, w.sites, w.ctx)
}

func openWindow(t testing.TB, sites []string, parent context.Context, options ...chromedp.ContextOption) *window {
	t.Helper()
	w := &window{t: t, sites: sites}
	ctx, end := chromedp.NewContext(parent, append(options, chromedp.WithListener(w.listen))...)
	w.ctx = ctx
	t.Cleanup(func() {
		end()
		for _, fault := range w.faults() {
			t.Error(fault)
		}
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return w
}

// listen hears everything that the browser tells of a window.
func (w *window) listen(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := event.(type) {
	case *page.EventJavascriptDialogOpening:
		w.seen = append(w.seen, "a dialog: "+e.Message)
		go chromedp.Call(w.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{}) //nolint:errcheck // its window may be closed
	case *runtime.EventExceptionThrown:
		w.seen = append(w.seen, "an exception: "+e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		if isFault(e.Entry.Source) {
			w.seen = append(w.seen, fmt.Sprintf("a message from %s: %s", e.Entry.Source, e.Entry.Text))
		}
	case *network.EventRequestWillBeSent:
		w.hearRequest(e.Request)
	}
}

// isFault leaves aside the statuses of answers, which tests ask for, and that forms
// with a password should ask for a name.
func isFault(source log.EntrySource) bool {
	return source != log.EntrySourceNetwork && source != log.EntrySourceRecommendation
}

func (w *window) hearRequest(r *network.Request) {
	if r.Method == "POST" {
		w.posted++
	}
	known := func(site string) bool { return strings.HasPrefix(r.URL, site+"/") }
	if strings.HasPrefix(r.URL, "http") && !slices.ContainsFunc(w.sites, known) {
		w.seen = append(w.seen, "a request to elsewhere: "+r.URL)
	}
}

// faults is what no page may do and these did, since it was last asked.
func (w *window) faults() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	seen := w.seen
	w.seen = nil
	return seen
}

// posts is how many forms were sent so far.
func (w *window) posts() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.posted
}

// limited is the window for as long as a test is patient.
func (w *window) limited() (context.Context, context.CancelFunc) {
	return context.WithTimeout(w.ctx, patience)
}

func (w *window) do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	ctx, end := w.limited()
	defer end()
	if err := chromedp.Do(ctx, steps...); err != nil {
		w.t.Fatal(err)
	}
}

// leads carries out steps that lead to another page, and returns its status.
func (w *window) leads(steps ...chromedp.Action[chromedp.Void]) int64 {
	w.t.Helper()
	ctx, end := w.limited()
	defer end()
	answer, err := chromedp.RunResponse(ctx, steps...)
	if err != nil {
		w.t.Fatal(err)
	}
	if answer == nil {
		w.t.Fatal("no page was asked for")
	}
	return answer.Status
}

// open goes to a path, or to a URL elsewhere, as one does who types it.
func (w *window) open(path string) int64 {
	w.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = w.sites[0] + path
	}
	return w.leads(chromedp.Navigate(path))
}

// wantAt checks where the window is.
func (w *window) wantAt(path string) {
	w.t.Helper()
	if got := w.path(); got != path {
		w.t.Fatalf("the window is at %s, want %s:\n%s", got, path, w.text())
	}
}

func (w *window) path() string {
	w.t.Helper()
	u, err := url.Parse(evaluate[string](w, "location.href"))
	if err != nil {
		w.t.Fatal(err)
	}
	return u.EscapedPath()
}

// text is what the page says.
func (w *window) text() string {
	w.t.Helper()
	return evaluate[string](w, "document.body.innerText")
}

// wantText checks that a page says all of these.
func (w *window) wantText(parts ...string) {
	w.t.Helper()
	text := w.text()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			w.t.Errorf("%s does not say %q:\n%s", w.path(), part, text)
		}
	}
}

// evaluate asks the page something.
func evaluate[T any](w *window, expression string) T {
	w.t.Helper()
	ctx, end := w.limited()
	defer end()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		w.t.Fatalf("%.200s: %v", expression, err)
	}
	return value
}

// find waits for what has a role and a name, as a screen reader tells them.
func (w *window) find(role, name string) cdp.BackendNodeID {
	w.t.Helper()
	var found []cdp.BackendNodeID
	eventually(w.t, fmt.Sprintf("there is the %s %q", role, name), func() bool {
		found = w.all(role, name)
		return len(found) > 0
	})
	return found[0]
}

// wantNone checks that nothing has a role and a name.
func (w *window) wantNone(role, name string) {
	w.t.Helper()
	if found := w.all(role, name); len(found) > 0 {
		w.t.Errorf("%s has the %s %q", w.path(), role, name)
	}
}

// all are the nodes that have a role and a name. While a page is on its way there
// are none.
func (w *window) all(role, name string) (nodes []cdp.BackendNodeID) {
	ctx, end := w.limited()
	defer end()
	document, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: "document"})
	if err != nil {
		return nil
	}
	found, err := chromedp.Call(ctx, accessibility.QueryAXTree, accessibility.QueryAXTreeParams{
		ObjectID: document.Result.ObjectID, Role: role, AccessibleName: name,
	})
	if err != nil {
		return nil
	}
	for _, node := range found.Nodes {
		if !node.Ignored {
			nodes = append(nodes, node.BackendDOMNodeID)
		}
	}
	return nodes
}

// click presses the mouse on something.
func (w *window) click(role, name string) {
	w.t.Helper()
	w.do(w.clicking(role, name))
}

// follow presses the mouse on what leads to another page, and returns its status.
func (w *window) follow(role, name string) int64 {
	w.t.Helper()
	return w.leads(w.clicking(role, name))
}

func (w *window) clicking(role, name string) chromedp.Action[chromedp.Void] {
	w.t.Helper()
	x, y := w.middle(w.find(role, name))
	return chromedp.MouseClickXY(x, y)
}

// middle is where to aim at something, once it is in view.
func (w *window) middle(node cdp.BackendNodeID) (x, y float64) {
	w.t.Helper()
	ctx, end := w.limited()
	defer end()
	if _, err := chromedp.Call(ctx, dom.ScrollIntoViewIfNeeded, dom.ScrollIntoViewIfNeededParams{BackendNodeID: node}); err != nil {
		w.t.Fatal(err)
	}
	shape, err := chromedp.Call(ctx, dom.GetContentQuads, dom.GetContentQuadsParams{BackendNodeID: node})
	if err != nil || len(shape.Quads) == 0 {
		w.t.Fatalf("it is not to be seen: %v", err)
	}
	corners := shape.Quads[0]
	return (corners[0] + corners[4]) / 2, (corners[1] + corners[5]) / 2
}

// fill writes into a field, in place of what is there.
func (w *window) fill(label, text string) {
	w.t.Helper()
	w.write("textbox", label, text)
}

func (w *window) write(role, label, text string) {
	w.t.Helper()
	w.click(role, label)
	w.do(chromedp.KeyEvent("a", chromedp.KeyModifiers(chromedp.ModifierCtrl)), insert(text))
}

// insert writes what need not be on a keyboard.
func insert(text string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: text})
		return err
	})
}

// press presses keys, one after the other.
func (w *window) press(keys string) {
	w.t.Helper()
	w.do(pressing(keys))
}

// pressing presses keys as a keyboard does: where a page keeps a key from doing what it
// does, nothing is typed. KeyEvent sends what is typed in an event of its own, which
// arrives all the same.
func pressing(keys string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		for _, key := range keys {
			events := kb.Encode(key)
			down, up := events[0], events[len(events)-1]
			if typed := events[1]; typed != up {
				down.Text, down.UnmodifiedText = typed.Text, typed.UnmodifiedText
			}
			for _, event := range []*input.DispatchKeyEventParams{down, up} {
				if _, err := cdp.Call(ctx, t, input.DispatchKeyEvent, *event); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// signIn signs in from wherever a page asks for it.
func (w *window) signIn(token string) int64 {
	w.t.Helper()
	w.fill("Token", token)
	return w.follow("button", "Sign in")
}

// newSession opens a page as somebody who may do everything.
func newSession(s *server, path string) *window {
	s.t.Helper()
	w := newWindow(s)
	w.open(path)
	if status := w.signIn(s.token); status != 200 {
		s.t.Fatalf("signing in leads to %s: %d", w.path(), status)
	}
	w.wantAt(path)
	return w
}

// withoutScripts lets pages run no scripts.
func (w *window) withoutScripts() *window {
	w.t.Helper()
	tell(w, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	return w
}

// look is how a page is looked at.
type look struct {
	scheme string // light or dark
	width  int64
}

func (l look) String() string { return fmt.Sprintf("%s-%d", l.scheme, l.width) }

// phone is the greatest width of a phone. What is as narrow is shown as on one.
const phone = 480

func (w *window) look(l look) {
	w.t.Helper()
	tell(w, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: l.scheme},
			{Name: "prefers-reduced-motion", Value: "reduce"}, // colours are what they will be at once
		},
	})
	tell(w, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: l.width, Height: 800, DeviceScaleFactor: 1, Mobile: l.width <= phone,
	})
}

// tell tells the browser something about a window.
func tell[P, R any](w *window, command cdp.Command[P, R], params P) {
	w.t.Helper()
	ctx, end := w.limited()
	defer end()
	if _, err := chromedp.Call(ctx, command, params); err != nil {
		w.t.Fatal(err)
	}
}

// choose chooses a status.
func (w *window) choose(status string) {
	w.t.Helper()
	w.click("radio", status)
}
