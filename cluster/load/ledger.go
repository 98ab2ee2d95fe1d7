package load

import (
	"fmt"
	"maps"
	"slices"
	"sync"
)

// change is what a client wants, and what it was told. Its comment is no other's.
type change struct {
	client, user, status, comment string
	key                           string // empty without an Idempotency-Key

	made    bool
	refused []string // the ids of requests of which the answer said that nothing was changed
}

// ledger is all that clients have asked for, in the order in which each did.
type ledger struct {
	mu     sync.Mutex
	asked  []*change
	faults []string
}

func (l *ledger) ask(c *change) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, c)
}

func (l *ledger) made(c *change) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.made = true
}

func (l *ledger) refused(c *change, request string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.refused = append(c.refused, request)
}

func (l *ledger) fault(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = append(l.faults, fmt.Sprintf(format, args...))
}

// isMade tells whether an answer has said so.
func (l *ledger) isMade(c *change) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return c.made
}

// Made counts the changes that were acknowledged.
func (l *Load) Made() int {
	l.ledger.mu.Lock()
	defer l.ledger.mu.Unlock()
	made := 0
	for _, c := range l.ledger.asked {
		if c.made {
			made++
		}
	}
	return made
}

// check compares the histories of all users with what was asked for and answered.
func (l *ledger) check(histories map[string]history) {
	found := map[string][]entry{}
	for user, h := range histories {
		l.checkChain(user, h)
		for _, e := range h.entries {
			found[e.Comment] = append(found[e.Comment], e)
		}
	}
	last := map[string]int64{}
	for _, c := range l.asked {
		l.checkChange(c, found[c.comment], last)
		delete(found, c.comment)
	}
	for _, comment := range slices.Sorted(maps.Keys(found)) {
		l.fault("nobody has asked for %+v", found[comment])
	}
}

// checkChain wants each entry to go on from the one before, and one version for each.
func (l *ledger) checkChain(user string, h history) {
	status := "onboarding"
	for _, e := range h.entries {
		if e.From != status {
			l.fault("%s was %s when it changed from %s: %+v", user, status, e.From, e)
		}
		status = e.To
	}
	if h.status != status {
		l.fault("%s is %s, and its last entry went to %s", user, h.status, status)
	}
	if h.version != 1+len(h.entries) {
		l.fault("%s is at version %d after %d entries", user, h.version, len(h.entries))
	}
}

// checkChange wants what was acknowledged to be there once, all else at most once, and
// changes of one client to one user in the order in which it made them. last is the
// number of the last entry of each client and user.
func (l *ledger) checkChange(c *change, entries []entry, last map[string]int64) {
	if c.made && len(entries) == 0 {
		l.fault("acknowledged and missing: %+v", *c)
	}
	if len(entries) > 1 {
		l.fault("%d entries of one change: %+v: %+v", len(entries), *c, entries)
	}
	for _, e := range entries {
		pair := c.client + " " + c.user
		if e.To != c.status || e.user != c.user || e.Seq <= last[pair] {
			l.fault("%+v became %+v after entry %d", *c, e, last[pair])
		}
		if slices.Contains(c.refused, e.RequestID) {
			l.fault("answered with: nothing was changed: %+v: %+v", *c, e)
		}
		last[pair] = e.Seq
	}
}
