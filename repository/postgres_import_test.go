package repository

import (
	"testing"

	"github.com/parley-gateway/parley"
)

// TestImportOnCutConnections begins again where nothing can have been kept.
func TestImportOnCutConnections(t *testing.T) {
	for _, at := range []moment{beginUnanswered, readsAnswered, commitLost} {
		t.Run(string(at), func(t *testing.T) {
			w, p := openByProxy(t, Options{})
			before := countAll(t, w)
			p.cut(at, 1, func() {})
			if n, err := newImport(t, w, newcomers(1200)...).Write(t.Context(), 600, noProgress); n != 1200 || err != nil {
				t.Errorf("Write: %d, %v", n, err)
			}
			if left := p.cut(at, 0, nil); left != 0 || countAll(t, w) != before+1200 {
				t.Errorf("%d cuts were never made, and there are %d users, %d before", left, countAll(t, w), before)
			}
		})
	}
}

// TestUnansweredImport is not written a second time, and does not say that it was not
// written.
func TestUnansweredImport(t *testing.T) {
	w, p := openByProxy(t, Options{})
	all := newcomers(1200)
	p.cut(commitUnanswered, 1, func() {})
	n, err := newImport(t, w, all...).Write(t.Context(), 600, noProgress)
	if n != 0 || !parley.AsError(err).MayBeDone {
		t.Errorf("Write: %d, %v", n, err)
	}
	again := newImport(t, w, all...)
	if skipped, err := again.SkipExisting(t.Context()); skipped != 600 || err != nil {
		t.Errorf("%d users are there, %v", skipped, err)
	}
	if n, err := again.Write(t.Context(), 0, noProgress); n != 600 || err != nil {
		t.Errorf("afterwards: Write: %d, %v", n, err)
	}
}

// TestExportThatIsLeft leaves no connection in use.
func TestExportThatIsLeft(t *testing.T) {
	w, _ := openByProxy(t, Options{})
	for range w.Export(t.Context()) {
		break
	}
	if used := w.Store.(*store).engine.(*postgres).db.Stats().InUse; used != 0 {
		t.Errorf("%d connections are in use", used)
	}
}
