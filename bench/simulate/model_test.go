package simulate

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

const (
	micro = time.Microsecond
	milli = time.Millisecond
)

// apart is a plant whose gateways and database have more cores than they can use.
func apart(connections int) Plant {
	return Plant{Connections: connections, Gateways: 1, GatewayCores: 1024, DatabaseCores: 64, Batch: 256}
}

func within(t *testing.T, what string, got, want, share float64) {
	t.Helper()
	if math.Abs(got-want) > share*want {
		t.Errorf("%s is %.4g, want %.4g within %.1f %%", what, got, want, 100*share)
	}
}

// TestOneServerWithRandomArrivals holds the processor against the formula of Pollaczek and
// Khinchine for M/D/1: the mean wait is rho/(2(1-rho)) times the service.
func TestOneServerWithRandomArrivals(t *testing.T) {
	const service = milli
	for _, rho := range []float64{0.3, 0.5, 0.8} {
		c := &clock{}
		p := newProcessor(c, 1)
		random := rand.New(rand.NewPCG(7, 7))
		var served int
		var waited time.Duration
		var arrive func()
		arrive = func() {
			came := c.now
			p.use(task{service, func() {
				served++
				waited += c.now - came - service
			}}, false)
			c.after(time.Duration(random.ExpFloat64()/rho*float64(service)), arrive)
		}
		arrive()
		c.runUntil(300 * time.Second)
		mean := waited.Seconds() / float64(served)
		within(t, "the mean wait", mean, service.Seconds()*rho/(2*(1-rho)), 0.05)
	}
}

func TestOneConnectionWaitsForEveryPart(t *testing.T) {
	costs := Costs{
		Gateway: Share{50 * micro, 30 * micro}, Read: Share{20 * micro, 30 * micro},
		Write: Share{40 * micro, 150 * micro}, Sync: milli,
	}
	plant := apart(1)
	plant.RoundTrip = 100 * micro
	got := Run(costs, plant)
	const latency = (50 + 30 + 20 + 30 + 40 + 150 + 1000 + 3*100) * micro
	within(t, "throughput", got.PerSecond, 1/latency.Seconds(), 0.001)
	if got.P50 != latency || got.P99 != latency || got.Batch != 1 {
		t.Errorf("it is %+v, want %s for each and batches of one", got, latency)
	}
}

func TestLimits(t *testing.T) {
	costs := Costs{Gateway: Share{Each: 60 * micro}, Write: Share{20 * micro, 200 * micro}, Sync: 2 * milli}
	full := Plant{Connections: 2048, Gateways: 1, GatewayCores: 256, DatabaseCores: 1, Batch: 256}
	single := full
	single.Batch = 1
	two := full
	two.Gateways, two.DatabaseCores = 2, 2
	for _, test := range []struct {
		name  string
		plant Plant
		want  float64
	}{
		{"full batches, one after the other", full, 256 / (200e-6 + 256*20e-6 + 2e-3)},
		{"a transaction for each change", single, 1 / (200e-6 + 20e-6 + 2e-3)},
		{"two gateways with a core of the database for each", two, 2 * 256 / (200e-6 + 256*20e-6 + 2e-3)},
	} {
		got := Run(costs, test.plant)
		within(t, test.name+": throughput", got.PerSecond, test.want, 0.02)
	}
}

// TestGatewayIsTheLimit gives a gateway one core and a database that hardly has anything
// to do.
func TestGatewayIsTheLimit(t *testing.T) {
	costs := Costs{Gateway: Share{Each: 60 * micro}, Write: Share{micro, 50 * micro}, Sync: 100 * micro}
	plant := Plant{Connections: 512, Gateways: 1, GatewayCores: 1, DatabaseCores: 4, Batch: 256}
	within(t, "throughput", Run(costs, plant).PerSecond, 1/60e-6, 0.05)
}

// TestSharedSync lets many gateways write with a sync that takes nearly all of the time.
// Whoever comes while the disk syncs waits for the next time: two syncs for a change, and
// no more, however many gateways there are.
func TestSharedSync(t *testing.T) {
	costs := Costs{Write: Share{Batch: micro}, Sync: 10 * milli}
	for _, gateways := range []int{2, 16} {
		plant := Plant{Connections: gateways, Gateways: gateways, GatewayCores: 1, DatabaseCores: 16, Batch: 1}
		within(t, "throughput", Run(costs, plant).PerSecond, float64(gateways)/20e-3, 0.01)
	}
}

// TestOneMachine adds everything up that its cores work on.
func TestOneMachine(t *testing.T) {
	costs := Costs{
		Client: Share{Each: 20 * micro}, Gateway: Share{Each: 50 * micro}, Read: Share{Each: 10 * micro},
		Write: Share{20 * micro, 100 * micro}, Sync: 100 * micro,
	}
	plant := Plant{Connections: 256, Gateways: 1, GatewayCores: 1, Batch: 256}
	one := Run(costs, plant)
	within(t, "throughput", one.PerSecond, 1/(100e-6+100e-6/one.Batch), 0.02)
	plant.GatewayCores = 2
	if two := Run(costs, plant); two.PerSecond > 2.02*one.PerSecond || two.PerSecond < 1.5*one.PerSecond {
		t.Errorf("two cores do %.0f a second, and one %.0f", two.PerSecond, one.PerSecond)
	}
}

func TestTheSameTwice(t *testing.T) {
	costs := Costs{Gateway: Share{Each: 60 * micro}, Write: Share{20 * micro, 200 * micro}, Sync: milli, Spread: 0.5}
	if one, two := Run(costs, apart(64)), Run(costs, apart(64)); one != two {
		t.Errorf("they differ: %+v and %+v", one, two)
	}
}

func TestMoreConnectionsNeverDoLess(t *testing.T) {
	costs := Costs{Gateway: Share{Each: 60 * micro}, Read: Share{5 * micro, 50 * micro}, Write: Share{20 * micro, 200 * micro}, Sync: milli}
	before := 0.0
	for connections := 1; connections <= 1024; connections *= 4 {
		now := Run(costs, Plant{Connections: connections, Gateways: 1, GatewayCores: 2, Batch: 256}).PerSecond
		if now < 0.97*before {
			t.Errorf("%d connections do %.0f a second, a quarter did %.0f", connections, now, before)
		}
		before = now
	}
}
