package main_test

import (
	"flag"
	"math/rand/v2"
	"testing"
	"time"
)

var kills = flag.Int("kills", 5, "how often TestKills kills the server")

// TestKills kills a server at random moments under load and goes on with the
// database that it leaves.
func TestKills(t *testing.T) {
	m := newMob(t, 16)
	for round := range *kills {
		m.start()
		time.AfterFunc(rand.N(700*time.Millisecond), m.v.die)
		m.runFor(time.Minute)
		<-m.v.ended
		m.settle()
		m.v.die()
		t.Logf("kill %d of %d: %d changes were acknowledged so far, and all are on record", round+1, *kills, m.ledger.made())
		if t.Failed() {
			return
		}
	}
	m.start()
	m.ledger.checkAll(t, m.v, m.token)
	m.v.stop()
}

// die kills the server, which need not have ended when it returns.
func (v *server) die() { _ = v.cmd.Process.Kill() }
