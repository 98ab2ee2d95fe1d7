package main_test

import (
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestSignalUnderLoad stops a server while clients change users without a pause:
// what was answered is on record, and nobody gets half an answer.
func TestSignalUnderLoad(t *testing.T) {
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		t.Run(signal.String(), func(t *testing.T) {
			s, c := newCrowd(t, 32)
			ended := make(chan [][]string)
			go func() { ended <- c.changeUntil(1_000_000) }()
			time.Sleep(time.Second)
			if err := c.v.cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if exit := c.v.exit(); exit != 0 {
				t.Errorf("exit %d: %s", exit, c.v.log)
			}
			made := <-ended
			wantHistories(t, s, made)
			if slices.ContainsFunc(made, func(comments []string) bool { return len(comments) == 0 }) {
				t.Error("a client has made no change")
			}
			if n := c.halves.Load(); n > 0 {
				t.Errorf("%d answers were cut off", n)
			}
		})
	}
}

// TestSilentConnectionsDoNotHoldUpTheStop opens connections that never ask for
// anything.
func TestSilentConnectionsDoNotHoldUpTheStop(t *testing.T) {
	v := newPopulated(t).serve("--grace", "3s")
	for range 20 {
		v.dial()
	}
	v.stop()
}

// TestGraceIsOverUnderLoad gives requests on a slow disk no time: the server says
// so, and what it has answered is on record.
func TestGraceIsOverUnderLoad(t *testing.T) {
	d := newDisk(t)
	s, c := newCrowd(t, 32, append(d.env, "PARLEY_GRACE=1ms")...)
	d.becomes("slow")
	ended := make(chan [][]string)
	go func() { ended <- c.changeUntil(1_000_000) }()
	time.Sleep(time.Second)
	c.v.signal()
	if exit := c.v.exit(); exit != 1 || !strings.Contains(strings.Join(c.v.log, "\n"), "still at work after 1ms") {
		t.Errorf("exit %d: %s", exit, c.v.log)
	}
	wantHistories(t, s, <-ended)
	if n := c.halves.Load(); n > 0 {
		t.Errorf("%d answers were cut off", n)
	}
}
