package browser_test

import "testing"

// TestFirstPage tries the form of the first page: whoever has not signed in is asked
// to, and whoever has changes ben.
func TestFirstPage(t *testing.T) {
	s := serve(t)
	w := newWindow(s)
	w.open("/")
	if status := w.follow("button", "Change the status of ben"); status != 401 {
		t.Errorf("a stranger is answered %d", status)
	}
	s.wantHistory("ben")
	w.signIn(s.token)
	w.open("/")
	w.follow("button", "Change the status of ben")
	w.wantAt("/users/ben")
	w.wantText("The status was changed from active to suspended.", "Just trying.")
	s.wantHistory("ben", "suspended")
}
