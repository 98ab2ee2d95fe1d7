package browser_test

import (
	"strings"
	"testing"
)

// TestTryWhileTyping sees how a body is read, and changes nothing by that.
func TestTryWhileTyping(t *testing.T) {
	s := serve(t)
	w := newWindow(s)
	w.open("/try")
	evaluate[int](w, "window.stayed = 1")
	w.fill("Body", `{"status": "risky", "review_comment": "<script>executed = 1</script>`)
	w.find("heading", "Problem") // it is no JSON yet
	w.fill("Body", `{"status": "risky", "review_comment": "<script>executed = 1</script>"}`)
	w.find("heading", "Command")
	w.wantHarmless("<script>executed = 1</script>")
	w.write("combobox", "Content-Type", "application/xml")
	w.find("heading", "Problem") // nor is it XML
	if evaluate[int](w, "window.stayed ?? 0") != 1 {
		t.Error("the page was left")
	}
	s.wantHistory("ben")
}

// TestTryWithoutScripts does it with the button, from an example.
func TestTryWithoutScripts(t *testing.T) {
	s := serve(t)
	w := newWindow(s).withoutScripts()
	w.open("/try")
	w.fill("Body", `{"status": "banned"}`)
	if status := w.follow("button", "Try"); status != 200 {
		t.Errorf("it is answered %d", status)
	}
	w.find("heading", "Problem")
	w.wantText("banned", "Allowed: active")
	if !strings.Contains(evaluate[string](w, "document.querySelector('[name=body]').value"), "banned") {
		t.Error("what was typed is lost")
	}
}
