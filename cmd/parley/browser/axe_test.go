package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// violation is what axe-core finds against a rule.
type violation struct{ Rule, Help, Where string }

// audit asks axe-core for everything it knows, the rules of WCAG 2.2 AA and what
// is good besides.
const audit = `axe.run(document, {
	runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
	resultTypes: ["violations"],
}).then(found => found.violations.flatMap(v => v.nodes.map(n =>
	({Rule: v.id, Help: v.help, Where: n.html + " " + n.failureSummary}))))`

// wantAccessible checks that axe-core finds nothing on a page.
func (w *window) wantAccessible(t *testing.T, l look) {
	t.Helper()
	w.loadAxe()
	for _, v := range evaluate[[]violation](w, audit) {
		t.Errorf("%s: %s: %s: %s", l, v.Rule, v.Help, v.Where)
	}
}

func (w *window) loadAxe() {
	w.t.Helper()
	evaluate[chromedp.Void](w, axe)
}

// TestAxeFinds audits a page with faults: what finds nothing on Parley's pages has
// to find these.
func TestAxeFinds(t *testing.T) {
	w := newWindow(site(t, `<title>x</title><input><p style="color: #aaa; background: #fff">pale</p>`))
	w.open("/")
	w.loadAxe()
	found := map[string]bool{}
	for _, v := range evaluate[[]violation](w, audit) {
		found[v.Rule] = true
	}
	for _, rule := range []string{"html-has-lang", "label", "color-contrast", "landmark-one-main"} {
		if !found[rule] {
			t.Errorf("%s is not found: %v", rule, found)
		}
	}
}
