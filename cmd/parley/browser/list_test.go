package browser_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	searchLabel = "Identifier, name or email"
	rowsShown   = `[...document.querySelectorAll("#results tbody [itemprop=identifier]")].map(e => e.innerText)`
)

// rows are the identifiers of the users that are listed.
func (w *window) rows() []string {
	w.t.Helper()
	return evaluate[[]string](w, rowsShown)
}

func (w *window) wantRows(identifiers ...string) {
	w.t.Helper()
	if got := w.rows(); !slices.Equal(got, identifiers) {
		w.t.Errorf("listed are %q, want %q", got, identifiers)
	}
}

// TestSearchWhileTyping finds users with each letter, on the same page, and without
// a step back for each.
func TestSearchWhileTyping(t *testing.T) {
	s := serve(t)
	w := newSession(s, "/users")
	all := len(w.rows())
	steps := evaluate[int](w, "history.length")
	evaluate[int](w, "window.stayed = 1")
	w.click("searchbox", searchLabel)
	w.press("zof")
	eventually(t, "zofia alone is found", func() bool { return slices.Equal(w.rows(), []string{"zofia"}) })
	eventually(t, "it is told", func() bool {
		return evaluate[string](w, "document.querySelector('[role=status]').innerText") == "1 found"
	})
	if at := evaluate[string](w, "location.search"); at != "?q=zof" {
		t.Errorf("the address says %q", at)
	}
	w.press("x")
	eventually(t, "nobody is found", func() bool { return len(w.rows()) == 0 && strings.Contains(w.text(), "Nobody is found") })
	w.press("\b\b\b\b")
	eventually(t, "all are found again", func() bool { return len(w.rows()) == all })
	if got := evaluate[int](w, "history.length"); got != steps {
		t.Errorf("there are %d steps back, want %d", got, steps)
	}
	if evaluate[int](w, "window.stayed ?? 0") != 1 || evaluate[string](w, "document.activeElement.id") != "q" {
		t.Error("the page was left")
	}
}

// TestCounts follows the number of each status to as many users.
func TestCounts(t *testing.T) {
	s := serve(t)
	w := newSession(s, "/users")
	const counts = `[...document.querySelectorAll("nav[aria-label='By status'] a")].map(a => a.innerText.split(/\s+/))`
	sum := 0
	for _, c := range evaluate[[][]string](w, counts) {
		number, err := strconv.Atoi(c[1])
		if err != nil {
			t.Fatal(err)
		}
		w.follow("link", c[0]+" "+c[1])
		if got := len(w.rows()); got != number {
			t.Errorf("%s: %d users, want %d", c[0], got, number)
		}
		if c[0] != "All" {
			sum += number
		}
	}
	w.open("/users")
	if got := len(w.rows()); got != sum {
		t.Errorf("%d users, of all statuses %d", got, sum)
	}
}

// TestFilter chooses a status by the keyboard and sees those users at once.
func TestFilter(t *testing.T) {
	s := serve(t)
	w := newSession(s, "/users")
	w.tabTo("combobox", "Status")
	w.press("Risky")
	eventually(t, "the risky are listed", func() bool {
		return slices.Equal(evaluate[[]string](w, `[...new Set([...document.querySelectorAll("#results tbody [itemprop=status]")].map(e => e.textContent))]`), []string{"risky"})
	})
	if at := evaluate[string](w, "location.search"); at != "?status=risky" {
		t.Errorf("the address says %q", at)
	}
}

// TestSort sorts users by what a heading says, and the other way round.
func TestSort(t *testing.T) {
	s := serve(t)
	w := newSession(s, "/users")
	emails := func() []string {
		return evaluate[[]string](w, `[...document.querySelectorAll("#results tbody [itemprop=email]")].map(e => e.textContent)`)
	}
	w.follow("link", "Email")
	ascending := emails()
	if !slices.IsSorted(ascending) || len(ascending) < 20 {
		t.Errorf("sorted by email: %q", ascending)
	}
	w.find("columnheader", "Email ascending")
	w.follow("link", "Email ascending")
	descending := emails()
	slices.Reverse(descending)
	if !slices.Equal(ascending, descending) {
		t.Errorf("and the other way round: %q", descending)
	}
	if sort := evaluate[string](w, "[...document.querySelectorAll('th')].find(th => th.ariaSort)?.ariaSort ?? ''"); sort != "descending" {
		t.Errorf("a screen reader tells %q", sort)
	}
}

// TestPaging goes through all users ten at a time, and back to the first.
func TestPaging(t *testing.T) {
	s := serve(t)
	w := newSession(s, "/users")
	all := w.rows()
	w.open("/users?limit=10")
	first := w.rows()
	seen := slices.Clone(first)
	for len(seen) < len(all) {
		w.follow("link", "Next page")
		seen = append(seen, w.rows()...)
	}
	if !slices.Equal(seen, all) {
		t.Errorf("page by page: %q, want %q", seen, all)
	}
	w.wantNone("link", "Next page")
	w.follow("link", "First page")
	w.wantRows(first...)
}
