package main_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/parley-gateway/parley/cluster/load"
	"github.com/parley-gateway/parley/cluster/machines"
)

var rounds = flag.Int("rounds", 1, "how often TestFailover goes through all failures")

// patience is how long anything may take to be well again.
const patience = time.Minute

// failure is what becomes of a part, for at least a while.
type failure struct {
	name, part string
	strike     func(*machines.Cluster, string) error
	mend       func(*machines.Cluster, string) error
	lasts      time.Duration
	readsGoOn  bool // at every gateway
}

var failures = []failure{
	{"a gateway is killed", "gateway1", (*machines.Cluster).Kill, (*machines.Cluster).Begin, 3 * time.Second, false},
	{"the standby is killed", "standby", (*machines.Cluster).Kill, (*machines.Cluster).Begin, 3 * time.Second, true},
	{"etcd is killed", machines.Etcd, (*machines.Cluster).Kill, (*machines.Cluster).Begin, 10 * time.Second, true},
	{"the primary is killed", "primary", (*machines.Cluster).Kill, (*machines.Cluster).Begin, 5 * time.Second, false},
	{"the standby hangs", "standby", (*machines.Cluster).Hang, (*machines.Cluster).Resume, 5 * time.Second, true},
	{"the primary hangs", "primary", (*machines.Cluster).Hang, (*machines.Cluster).Resume, 5 * time.Second, false},
	{"commits are cancelled", "primary", cancelCommits, (*machines.Cluster).Begin, 5 * time.Second, false},
}

// TestFailover lets clients change users while one part after the other fails, and then
// compares what is on record with what they were told.
func TestFailover(t *testing.T) {
	x := newExperiment(t)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		x.load.Run(ctx)
	}()
	x.awaitAcknowledged(t, machines.Gateways)
	x.sufferAll(t)
	stop()
	<-ended
	x.checkRecord(t)
}

// sufferAll ends early where a failure is not recovered from.
func (x *experiment) sufferAll(t *testing.T) {
	for range *rounds {
		for _, f := range failures {
			if !t.Run(f.name, func(t *testing.T) { x.suffer(t, f) }) {
				return
			}
		}
	}
}

// cancelCommits kills both standbys, cancels whatever waits for them, and kills the
// primary as well, before its Patroni can give the standbys up. What was cancelled is
// committed there and nowhere else, and can be seen: no request, and none that is
// repeated, may be told that it is made.
func cancelCommits(c *machines.Cluster, primary string) error {
	standbys := slices.DeleteFunc(slices.Clone(machines.Nodes), func(node string) bool { return node == primary })
	failed := c.HangPatroni(primary)
	for _, standby := range standbys {
		failed = errors.Join(failed, c.Kill(standby))
	}
	for began := time.Now(); time.Since(began) < 3*time.Second; time.Sleep(200 * time.Millisecond) {
		_, err := c.Query(primary, "postgres", "select count(pg_cancel_backend(pid)) from pg_stat_activity where wait_event = 'SyncRep'")
		failed = errors.Join(failed, err)
	}
	failed = errors.Join(failed, c.Kill(primary))
	for _, standby := range standbys {
		failed = errors.Join(failed, c.Begin(standby))
	}
	return failed
}

type experiment struct {
	cluster *machines.Cluster
	load    *load.Load
}

func newExperiment(t *testing.T) *experiment {
	t.Helper()
	c := startCluster(t)
	l, err := load.New(t.Context(), []string{c.URL("gateway1"), c.URL("gateway2")}, c.Token, 16)
	if err != nil {
		t.Fatal(err)
	}
	return &experiment{c, l}
}

// startCluster starts a cluster that ends with the test, or with what interrupts it. Its
// folder stays behind where the test fails.
func startCluster(t *testing.T) *machines.Cluster {
	t.Helper()
	dir, err := os.MkdirTemp("", "parley-cluster-")
	if err != nil {
		t.Fatal(err)
	}
	c, err := machines.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("the logs are in %s", dir)
			return
		}
		os.RemoveAll(dir)
	})
	stopWhenInterrupted(c)
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	if err := c.SetUp(ctx); err != nil {
		t.Fatal(err)
	}
	return c
}

func stopWhenInterrupted(c *machines.Cluster) {
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-interrupted
		_ = c.Stop() // nobody is left to be told
		os.Exit(1)
	}()
}

// suffer lets a part fail, wants all gateways that are left to go on by themselves,
// and tells how long they did not.
func (x *experiment) suffer(t *testing.T, f failure) {
	part, err := x.cluster.Find(t.Context(), f.part)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := f.strike(x.cluster, part); err != nil {
		t.Fatal(err)
	}
	time.Sleep(f.lasts)
	x.awaitAcknowledged(t, slices.DeleteFunc(slices.Clone(machines.Gateways), func(g string) bool { return g == part }))
	if f.readsGoOn {
		x.wantReads(t, began)
	}
	if err := f.mend(x.cluster, part); err != nil {
		t.Fatal(err)
	}
	x.settle(t)
	t.Logf("%s: no change acknowledged for %.1f s (%.1f s and %.1f s through each gateway), no read answered for %.1f s and %.1f s",
		part, x.load.Acknowledged.Gap(began, 0, 1).Seconds(),
		x.load.Acknowledged.Gap(began, 0).Seconds(), x.load.Acknowledged.Gap(began, 1).Seconds(),
		x.load.Read.Gap(began, 0).Seconds(), x.load.Read.Gap(began, 1).Seconds())
}

// settle waits until every part is well again.
func (x *experiment) settle(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := x.cluster.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	x.awaitAcknowledged(t, machines.Gateways)
}

// awaitAcknowledged waits until a change is acknowledged from now on through each of
// these gateways.
func (x *experiment) awaitAcknowledged(t *testing.T, gateways []string) {
	t.Helper()
	now := time.Now()
	for _, gateway := range gateways {
		for x.load.Acknowledged.Count(slices.Index(machines.Gateways, gateway), now) == 0 {
			if time.Since(now) > patience {
				t.Fatalf("%s acknowledges nothing", gateway)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}

func (x *experiment) wantReads(t *testing.T, since time.Time) {
	t.Helper()
	for i, gateway := range machines.Gateways {
		if failed := x.load.Unread.Count(i, since); failed > 0 {
			t.Errorf("%d reads failed through %s", failed, gateway)
		}
	}
}

// checkRecord compares the histories with what was answered, and lets Parley look at them.
func (x *experiment) checkRecord(t *testing.T) {
	t.Helper()
	faults, err := x.load.Check(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range faults[:min(len(faults), 20)] {
		t.Error(fault)
	}
	if _, err := x.cluster.Parley("check"); err != nil {
		t.Error(err)
	}
	t.Logf("%d changes were acknowledged, %d faults were found", x.load.Made(), len(faults))
}
