package main_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// wish is one change that a client wants, and what it was told of it.
type wish struct {
	user, status, comment, key string

	sent   map[string]string // media types by request id: each time that it was sent
	denied map[string]bool   // the request ids whose answer said that nothing was changed
	made   bool              // an answer said that it is on record
	seq    int64             // of its entry, once a check has found it
}

// ledger is what clients have asked for and what they were told.
type ledger struct {
	mu      sync.Mutex
	clients map[string][]*wish // in the order in which each began to ask
	byID    map[string]*wish   // by request id

	checked map[string]entry // each user's last entry that a check has found well
	found   map[string]int   // how many entries there are up to it
}

func newLedger() *ledger {
	return &ledger{
		clients: map[string][]*wish{}, byID: map[string]*wish{},
		checked: map[string]entry{}, found: map[string]int{},
	}
}

// begin notes a wish before it is sent for the first time.
func (l *ledger) begin(client string, w *wish) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w.sent, w.denied = map[string]string{}, map[string]bool{}
	l.clients[client] = append(l.clients[client], w)
}

// send notes that a wish is sent, under an id.
func (l *ledger) send(w *wish, id, mediaType string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w.sent[id] = mediaType
	l.byID[id] = w
}

// answered notes the answer to a request: that the wish is on record, or that
// nothing was changed, or neither.
func (l *ledger) answered(w *wish, id string, made, denied bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w.made = w.made || made
	w.denied[id] = denied
}

// made counts the changes that were acknowledged.
func (l *ledger) made() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, wishes := range l.clients {
		for _, w := range wishes {
			if w.made {
				n++
			}
		}
	}
	return n
}

// open are the wishes with a key of which nobody knows what they came to.
func (l *ledger) open() map[string]*wish {
	l.mu.Lock()
	defer l.mu.Unlock()
	open := map[string]*wish{}
	for client, wishes := range l.clients {
		if w := wishes[len(wishes)-1]; w.key != "" && !w.made {
			open[client] = w
		}
	}
	return open
}

// check compares all that is new in the histories with what was asked for and
// told. No request may be under way.
func (l *ledger) check(t testing.TB, v *server, token string) {
	t.Helper()
	for _, user := range l.users() {
		l.checkUser(t, v.history(token, user, l.checked[user].Seq), v.user(token, user))
	}
	for client, wishes := range l.clients {
		checkClient(t, client, wishes)
	}
}

// checkClient wants what was acknowledged to be there, and in the order in which
// the client has asked for it.
func checkClient(t testing.TB, client string, wishes []*wish) {
	t.Helper()
	last := int64(0)
	for i, w := range wishes {
		if w.made && w.seq == 0 {
			t.Errorf("%s: change %d of %d was acknowledged and is not on record: %+v", client, i, len(wishes), w)
		}
		if w.seq != 0 && w.seq < last {
			t.Errorf("%s: change %d of %d is entry %d, after entry %d: %+v", client, i, len(wishes), w.seq, last, w)
		}
		last = max(last, w.seq)
	}
}

// checkAll compares the histories from their beginnings.
func (l *ledger) checkAll(t testing.TB, v *server, token string) {
	t.Helper()
	clear(l.checked)
	clear(l.found)
	for _, w := range l.byID {
		w.seq = 0
	}
	l.check(t, v, token)
}

func (l *ledger) users() []string {
	users := map[string]bool{}
	for _, w := range l.byID {
		users[w.user] = true
	}
	return slices.Sorted(maps.Keys(users))
}

// checkUser takes the entries since the last check, oldest first.
func (l *ledger) checkUser(t testing.TB, entries []entry, user userState) {
	t.Helper()
	before := l.checked[user.name]
	if before.Seq == 0 {
		before.To = "onboarding"
	}
	for _, e := range entries {
		if e.From != before.To {
			t.Errorf("%s: entry %d is from %s, the one before it went to %s", user.name, e.Seq, e.From, before.To)
		}
		if e.At.Before(before.At) {
			t.Errorf("%s: entry %d is of %s, the one before it of %s", user.name, e.Seq, e.At, before.At)
		}
		l.checkEntry(t, e, user)
		before = e
	}
	l.checked[user.name] = before
	l.found[user.name] += len(entries)
	if user.Status != before.To {
		t.Errorf("%s is %s, the last entry went to %s", user.name, user.Status, before.To)
	}
	if user.version != 1+l.found[user.name] {
		t.Errorf("%s is at version %d after %d entries", user.name, user.version, l.found[user.name])
	}
}

func (l *ledger) checkEntry(t testing.TB, e entry, user userState) {
	t.Helper()
	w := l.byID[e.RequestID]
	if w == nil {
		t.Errorf("%s: entry %d is nobody's: %+v", user.name, e.Seq, e)
		return
	}
	want := entry{Seq: e.Seq, From: e.From, To: w.status, Comment: w.comment, ChangedBy: user.actor, RequestID: e.RequestID, MediaType: w.sent[e.RequestID], At: e.At}
	if w.user != user.name || e != want {
		t.Errorf("%s: entry %d is %+v, and %+v was sent for %s", user.name, e.Seq, e, want, w.user)
	}
	if w.seq != 0 {
		t.Errorf("%s: entry %d makes the change of entry %d again: %+v", user.name, e.Seq, w.seq, e)
	}
	w.seq = e.Seq
	if w.denied[e.RequestID] {
		t.Errorf("%s: entry %d was answered with: nothing was changed: %+v", user.name, e.Seq, e)
	}
}

// comment is long and different enough that pieces of two would be seen.
func comment(client string, number int) string {
	return fmt.Sprintf("%s %d\n%s ü €", client, number, strings.Repeat(strconv.Itoa(number*7919), number%40))
}
