package browser_test

import (
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestWithoutScripts does everything that is done on Parley's pages in a browser
// that runs no scripts.
func TestWithoutScripts(t *testing.T) {
	s := serve(t, "--comment-required", "suspended")
	w := newWindow(s).withoutScripts()
	w.open("/users")
	w.signIn(s.token)
	w.wantAt("/users")

	w.write("searchbox", searchLabel, "zof")
	w.follow("button", "Search")
	w.wantRows("zofia")
	w.follow("link", "Zofia Żółkiewska")
	w.wantAt("/users/zofia")

	if status := w.change("Suspended", ""); status != 422 {
		t.Errorf("without a comment: %d", status)
	}
	if status := w.change("Suspended", "She has left."); status != 200 {
		t.Errorf("with a comment: %d", status)
	}
	w.wantText("The status was changed from active to suspended.", "She has left.")
	s.wantHistory("zofia", "suspended")

	w.follow("link", "Whole history")
	w.wantAt("/users/zofia/status-changes")
	w.follow("button", "Sign out")
	if status := w.open("/users/zofia"); status != 401 {
		t.Errorf("after signing out: %d", status)
	}
}

// TestWithKeyboard does it with keys alone: those that every browser knows.
func TestWithKeyboard(t *testing.T) {
	s := serve(t)
	w := newWindow(s)
	w.open("/users/ben")
	w.tabTo("textbox", "Token")
	w.press(s.token)
	w.enter()
	w.wantAt("/users/ben")

	w.tabTo("link", "Skip to the content")
	w.press(kb.Enter)
	eventually(t, "the content has the focus", func() bool { return evaluate[string](w, "document.activeElement.tagName") == "MAIN" })
	w.tabTo("radio", "Active now")
	w.press(kb.ArrowDown + kb.ArrowDown + kb.ArrowDown)
	w.tabTo("textbox", "Review comment")
	w.press("Looks odd.")
	w.tabTo("button", "Change status")
	w.enter()
	w.wantText("The status was changed from active to suspended.", "Looks odd.")
	s.wantHistory("ben", "suspended")

	w.tabTo("button", "Sign out")
	w.enter()
	w.wantAt("/sign-in")
}

// enter presses Enter on what leads to another page.
func (w *window) enter() {
	w.t.Helper()
	w.leads(pressing(kb.Enter))
}

// tabTo presses Tab until something has the focus, which has to be seen at each
// step.
func (w *window) tabTo(role, name string) {
	w.t.Helper()
	wanted := w.find(role, name)
	for range 100 {
		w.press(kb.Tab)
		if fault := evaluate[string](w, unseenFocus); fault != "" {
			w.t.Errorf("%s: the focus is not to be seen: %s", w.path(), fault)
		}
		if w.focused() == wanted {
			return
		}
	}
	w.t.Fatalf("no Tab leads to the %s %q", role, name)
}

// unseenFocus names what has the focus where that is out of sight, hidden by
// something else, or marked by no outline.
const unseenFocus = `(() => {
	const e = document.activeElement;
	if (e === document.body) return "";
	const outline = getComputedStyle(e);
	const { left, right, top, bottom } = e.getBoundingClientRect();
	const x = (Math.max(left, 0) + Math.min(right, innerWidth)) / 2;
	const y = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
	const seen = document.elementFromPoint(x, y);
	const marked = outline.outlineStyle !== "none" && parseFloat(outline.outlineWidth) >= 2;
	return marked && seen && (e.contains(seen) || seen.contains(e)) ? "" : e.outerHTML.slice(0, 200) + " " + outline.outline;
})()`

// focused is the node that has the focus.
func (w *window) focused() cdp.BackendNodeID {
	w.t.Helper()
	ctx, end := w.limited()
	defer end()
	active, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: "document.activeElement"})
	if err != nil {
		w.t.Fatal(err)
	}
	described, err := chromedp.Call(ctx, dom.DescribeNode, dom.DescribeNodeParams{ObjectID: active.Result.ObjectID})
	if err != nil {
		w.t.Fatal(err)
	}
	return described.Node.BackendNodeID
}
