package browser_test

import "testing"

// TestSignIn asks for a page, is asked for a token, and gets there.
func TestSignIn(t *testing.T) {
	s := serve(t)
	w := newWindow(s)
	if status := w.open("/users/ben?format=html"); status != 401 {
		t.Errorf("without a session: %d", status)
	}
	if status := w.signIn(s.token); status != 200 {
		t.Errorf("signed in: %d", status)
	}
	w.wantAt("/users/ben")
	w.wantText("Benjamin Zhang", "ben@delay.example")
	if cookies := evaluate[string](w, "document.cookie"); cookies != "" {
		t.Errorf("scripts can read the session: %s", cookies)
	}
	if other := w.another(); other.open("/users/zofia") != 200 {
		t.Error("the session does not count in a second window")
	}
	if stranger := newWindow(s); stranger.open("/users/ben") != 401 {
		t.Error("the session counts for somebody else")
	}
}

func TestWrongToken(t *testing.T) {
	s := serve(t)
	w := newWindow(s)
	w.open("/users/ben")
	for _, wrong := range []string{"prl_wrong", s.token[:len(s.token)-1], "' OR 1=1 --"} {
		if status := w.signIn(wrong); status != 401 {
			t.Errorf("%q: %d", wrong, status)
		}
		w.find("textbox", "Token") // to try it again
	}
	// It still leads to where it was wanted.
	w.signIn(s.token)
	w.wantAt("/users/ben")
}

// TestSignInLeadsNowhereElse follows links that others could send.
func TestSignInLeadsNowhereElse(t *testing.T) {
	s := serve(t)
	for _, next := range []string{"https://evil.example/", "//evil.example/", `/\evil.example/`, "javascript:alert(1)", ""} {
		w := newWindow(s)
		w.open("/sign-in?next=" + next)
		if w.signIn(s.token); w.path() != "/users" {
			t.Errorf("%q leads to %s", next, w.path())
		}
	}
	w := newWindow(s)
	w.open("/sign-in?next=/users/zofia")
	w.signIn(s.token)
	w.wantAt("/users/zofia")
}

// TestRevokedToken is out as soon as an operator says so.
func TestRevokedToken(t *testing.T) {
	s := serve(t)
	w := newSession(s, "/users/ben")
	s.parley("token", "revoke", "demo")
	if status := w.open("/users/ben"); status != 401 {
		t.Errorf("after the revocation: %d", status)
	}
	w.find("textbox", "Token")
}

// TestSignOut ends the session in every window.
func TestSignOut(t *testing.T) {
	s := serve(t)
	w := newSession(s, "/users/ben")
	second := w.another()
	second.open("/users")
	w.follow("button", "Sign out")
	w.wantAt("/sign-in")
	for _, w := range []*window{w, second} {
		if status := w.open("/users/ben"); status != 401 {
			t.Errorf("after signing out: %d", status)
		}
	}
	w.signIn(s.token)
	w.wantAt("/users/ben")
}

// TestReader sees users and may not change them.
func TestReader(t *testing.T) {
	s := serve(t)
	w := newWindow(s)
	w.open("/users/ben")
	w.signIn(s.newToken("reader", "users:read"))
	w.wantText("Benjamin Zhang", "Signed in as reader")
	w.wantNone("button", "Change status")
	// What the page does not offer is refused as well.
	w.open("/")
	if status := w.follow("button", "Change the status of ben"); status != 403 {
		t.Errorf("a change is answered %d", status)
	}
	s.wantHistory("ben")
}
