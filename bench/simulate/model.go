// Package simulate says what a Parley on PostgreSQL does under a load, from what its
// parts take, and compares that with what was measured.
//
// Clients send their next request when the one before was answered. A gateway spends
// processor time on a request, then reads its token together with those of all who
// wait, then writes its change together with all that wait: some statements, and a
// commit that ends when it is synced. So there are two queues for each gateway, one
// database, and one disk that syncs for all at once.
//
// Left out are locks that two changes of one user wait for, checkpoints, and what a
// database of many cores loses inside itself.
package simulate

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// Share is processor time: what each request takes of it, and what a batch takes
// however many are in it.
type Share struct{ Each, Batch time.Duration }

func (s Share) of(n int) time.Duration { return s.Batch + time.Duration(n)*s.Each }

// Costs are what the parts take.
type Costs struct {
	Client  Share // of who sends requests
	Gateway Share
	Read    Share // of the database, for tokens
	Write   Share // of the database, for changes
	// Sync is the time from the last statement of a batch until its commit is known,
	// which takes no processor. It is distributed log-normally.
	Sync   time.Duration // its median
	Spread float64       // the standard deviation of its logarithm
}

// Plant is what runs where.
type Plant struct {
	Connections   int
	Gateways      int
	GatewayCores  int // of each gateway
	DatabaseCores int // 0 where everything, the clients too, runs on the cores of one gateway
	RoundTrip     time.Duration
	Batch         int // changes in one transaction at most
}

// Outcome is what a simulation finds.
type Outcome struct {
	PerSecond float64
	P50, P99  time.Duration
	Batch     float64 // changes in a transaction, the mean
	// How busy cores were, of 1.
	Gateways, Database float64
}

// The first second of a simulation is not counted.
const (
	warmup = time.Second
	length = 3 * time.Second
)

// Run simulates a plant for four seconds. The same costs and plant have the same outcome.
func Run(costs Costs, plant Plant) Outcome {
	r := newRun(costs, plant)
	r.clock.runUntil(warmup + length)
	return r.outcome()
}

// run is a simulation under way.
type run struct {
	Costs
	Plant
	clock     *clock
	database  *processor
	disk      *disk
	gateways  []*gateway
	latencies []time.Duration
	batches   int // that were committed
	changes   int // in them
}

type gateway struct {
	processor *processor
	reads     queue
	writes    queue
}

func newRun(costs Costs, plant Plant) *run {
	c := &clock{}
	r := &run{Costs: costs, Plant: plant, clock: c}
	random := rand.New(rand.NewPCG(1, 1))
	r.disk = &disk{clock: c, sync: func() time.Duration {
		return time.Duration(float64(costs.Sync) * math.Exp(costs.Spread*random.NormFloat64()))
	}}
	if r.alone() {
		r.database = newProcessor(c, plant.GatewayCores)
	} else {
		r.database = newProcessor(c, plant.DatabaseCores)
		r.Client = Share{} // they have machines of their own
	}
	for range plant.Gateways {
		r.gateways = append(r.gateways, r.newGateway())
	}
	for i := range plant.Connections {
		r.client(r.gateways[i%len(r.gateways)])
	}
	return r
}

// alone reports whether everything runs on one machine.
func (r *run) alone() bool { return r.DatabaseCores == 0 }

func (r *run) newGateway() *gateway {
	g := &gateway{processor: r.database}
	if !r.alone() {
		g.processor = newProcessor(r.clock, r.GatewayCores)
	}
	g.reads = queue{limit: r.Batch, idle: 2, serve: func(n int, done func()) {
		r.exchange(g, r.Read.of(n), done)
	}}
	g.writes = queue{limit: r.Batch, idle: 1, serve: func(n int, done func()) { r.write(g, n, done) }}
	return g
}

// client sends requests for ever.
func (r *run) client(g *gateway) {
	sent := r.clock.now
	g.processor.use(task{r.Client.Each + r.Gateway.Each, func() {
		g.reads.add(func() {
			g.writes.add(func() {
				r.answered(sent)
				r.client(g)
			})
		})
	}}, false)
}

func (r *run) answered(sent time.Duration) {
	if r.clock.now >= warmup {
		r.latencies = append(r.latencies, r.clock.now-sent)
	}
}

// exchanges are how often a gateway and the database speak to each other for a batch: about
// tokens, about what decides, and about what is written.
const exchanges = 3

// exchange has the database work for some time, one round trip away. The gateway does its
// part of that when it is its turn: to the gateway a batch is one more request.
func (r *run) exchange(g *gateway, span time.Duration, done func()) {
	g.processor.use(task{(r.Client.Batch + r.Gateway.Batch) / exchanges, func() {
		r.clock.after(r.RoundTrip, func() { r.database.use(task{span, done}, true) })
	}}, false)
}

// write carries out a batch: the statements that lock and read, and then those that
// write. The commit goes with the last.
func (r *run) write(g *gateway, n int, done func()) {
	half := r.Write.of(n) / 2
	r.exchange(g, half, func() {
		r.exchange(g, half, func() {
			r.disk.synced(func() {
				r.batches++
				r.changes += n
				done()
			})
		})
	})
}

func (r *run) outcome() Outcome {
	slices.Sort(r.latencies)
	return Outcome{
		PerSecond: float64(len(r.latencies)) / length.Seconds(),
		P50:       quantile(r.latencies, 0.5),
		P99:       quantile(r.latencies, 0.99),
		Batch:     float64(r.changes) / float64(max(r.batches, 1)),
		Gateways:  r.gateways[0].processor.busy(),
		Database:  r.database.busy(),
	}
}

// quantile is one of sorted values, 0 of none.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}
