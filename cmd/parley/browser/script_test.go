package browser_test

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestKeys presses each of the keys that the page at /keys tells.
func TestKeys(t *testing.T) {
	s := serve(t)
	w := newSession(s, "/users")
	rows := w.rows()
	focus := func() string {
		return evaluate[string](w, "document.activeElement.closest('tr')?.querySelector('[itemprop=identifier]').innerText ?? document.activeElement.id")
	}
	for _, c := range []struct{ key, focus string }{
		{"/", "q"}, {kb.Escape, ""}, {"j", rows[0]}, {"j", rows[1]}, {"j", rows[2]}, {"k", rows[1]}, {"k", rows[0]}, {"k", rows[0]}, {"j", rows[1]},
	} {
		w.press(c.key)
		if got := focus(); got != c.focus {
			t.Errorf("%q leads to %q, want %q", c.key, got, c.focus)
		}
	}
	if got := evaluate[string](w, "document.getElementById('q').value"); got != "" {
		t.Errorf("the keys have written %q into the field", got)
	}
	w.enter()
	if !strings.HasPrefix(w.path(), "/users/") {
		t.Errorf("Enter leads to %s", w.path())
	}
	w.leads(pressing("?"))
	w.wantAt("/keys")
	w.leads(pressing("gu"))
	w.wantAt("/users")
	// In a field they are letters.
	w.click("searchbox", searchLabel)
	w.press("gu?jk/")
	if got := evaluate[string](w, "document.activeElement.value"); got != "gu?jk/" {
		t.Errorf("the field holds %q", got)
	}
}

// TestCounter counts what is left of a comment in code points.
func TestCounter(t *testing.T) {
	s := serve(t)
	w := newSession(s, "/users/ben")
	for text, want := range map[string]string{
		"":                        "4,096 of 4,096 characters left",
		"ü🌸\n":                    "4,093 of 4,096 characters left",
		strings.Repeat("🌸", 4096): "0 of 4,096 characters left",
		strings.Repeat("a", 4098): "2 characters too many",
	} {
		w.open("/users/ben")
		w.fill("Review comment", text)
		if got := evaluate[string](w, "document.getElementById('review_comment-counter').innerText"); got != want {
			t.Errorf("%.10q: %q, want %q", text, got, want)
		}
	}
}

// TestCopyAsCurl copies the command, which asks for the same, and pastes it.
func TestCopyAsCurl(t *testing.T) {
	s := serve(t)
	w := newSession(s, "/users/ben")
	w.click("button", "Copy")
	w.find("button", "Copied")
	w.click("textbox", "Review comment")
	w.do(chromedp.KeyEvent("v", chromedp.KeyModifiers(chromedp.ModifierCtrl), func(p *input.DispatchKeyEventParams) {
		p.Commands = []string{"paste"}
	}))
	w.wantForm("active", `curl -H "Authorization: Bearer $PARLEY_TOKEN" '`+s.url+"/users/ben?format=json'")
}

// TestLocalTimes shows times as they are where the reader is.
func TestLocalTimes(t *testing.T) {
	s := serve(t)
	w := newSession(s, "/users/ben")
	tell(w, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: "Asia/Kathmandu"})
	tell(w, emulation.SetLocaleOverride, emulation.SetLocaleOverrideParams{Locale: "en-GB"})
	w.open("/users/ben")
	const created = "document.querySelector('time[itemprop=created_at]')"
	if got := evaluate[string](w, created+".innerText"); got != "6 May 2023, 05:45" {
		t.Errorf("in Kathmandu it is %q", got)
	}
	if got := evaluate[string](w, created+".title"); got != "2023-05-06T00:00:00Z" {
		t.Errorf("exactly it is %q", got)
	}
	w.withoutScripts().open("/users/ben")
	if got := evaluate[string](w, created+".innerText"); !strings.Contains(got, "UTC") {
		t.Errorf("without scripts it is %q, in no time zone", got)
	}
}
