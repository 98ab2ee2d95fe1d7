package browser_test

import (
	"strconv"
	"strings"
	"testing"
)

// hostile are texts that would do something if they were taken for more than
// that.
var hostile = []string{
	`<script>executed = 1</script>`,
	`"><img src=x onerror="executed = 1"><svg onload='executed = 1'>`,
	`</textarea></title></style></script><script>executed = 1</script>`,
	`<a href="javascript:executed = 1">look</a> javascript:executed=1`,
	`<style>* { display: none }</style><meta http-equiv="refresh" content="0;url=/">`,
	`{{executed}} ${executed = 1} &lt;b&gt; &amp;`,
	"user \u202egnp.exe\u202c \u2066isolated \u200fright",
	`<h1 itemprop="status">active</h1><form><input name="status" value="active">`,
}

// TestHostileText shows what others wrote in every place where it is shown.
func TestHostileText(t *testing.T) {
	s := serve(t)
	for i, text := range hostile {
		s.parley("user", "create", "--identifier", identifier(i), "--name", text, "--email", identifier(i)+"@evil.example", "--workspace", "delay")
	}
	w := newSession(s, "/users")
	for i, text := range hostile {
		ref := "/users/" + identifier(i)
		w.open(ref)
		w.change("Risky", text)
		made := s.history(identifier(i))
		if len(made) != 1 || made[0].Comment != text {
			t.Fatalf("the history is %+v, want the comment %q", made, text)
		}
		entry := ref + "/status-changes/" + strconv.Itoa(made[0].Seq)
		for _, path := range []string{ref, ref + "/status-changes", entry, "/users?q=" + identifier(i)} {
			w.open(path)
			w.wantHarmless(text)
		}
	}
}

func identifier(i int) string { return "hostile" + string(rune('a'+i)) }

// wantHarmless checks that a page shows a text, letter by letter, and is none the
// worse for it.
func (w *window) wantHarmless(text string) {
	w.t.Helper()
	w.wantText(text)
	if got := evaluate[string](w, "typeof executed"); got != "undefined" {
		w.t.Errorf("%s runs %q", w.path(), text)
	}
	if got := evaluate[int](w, "[...document.querySelectorAll('[href], [src], [action]')].filter(e => /javascript:/i.test(e.href ?? e.src ?? e.action)).length"); got > 0 {
		w.t.Errorf("%s leads to a script", w.path())
	}
	if got := evaluate[[]string](w, turning); len(got) > 0 {
		w.t.Errorf("%s lets a text turn what stands beside it: %s", w.path(), strings.Join(got, ", "))
	}
}

// turning finds what holds a mark that turns the direction of text and would turn
// that of its neighbours too: an inline element that is not isolated
// (https://www.w3.org/TR/css-writing-modes-4/#unicode-bidi).
const turning = `[...document.querySelectorAll("body *")].filter(e => {
	if (![...e.childNodes].some(n => n.nodeType === Node.TEXT_NODE && /[\u202a-\u202e\u2066-\u2069]/.test(n.data))) return false;
	const style = getComputedStyle(e);
	return style.display === "inline" && !/isolate|plaintext/.test(style.unicodeBidi) && !/^(inline-)?(block|flex|grid)$/.test(getComputedStyle(e.parentElement).display);
}).map(e => e.outerHTML)`
