package simulate

import (
	"errors"
	"math"
	"net/http"
	"time"

	"github.com/parley-gateway/parley/bench/report"
)

// ends are the two points of a curve that costs are found in: one connection, over which
// every batch holds one request, and the most there are.
type ends struct{ one, most report.Point }

func endsOf(curve []report.Point) (ends, error) {
	if len(curve) < 2 || curve[0].Connections != 1 {
		return ends{}, errors.New("the curve does not begin with one connection")
	}
	return ends{curve[0], curve[len(curve)-1]}, nil
}

// share finds what each request takes and what a batch does, when the batches over most
// connections hold n.
func (e ends) share(n float64, cpu func(report.Sample) time.Duration) Share {
	one, most := cpu(e.one.Sample), cpu(e.most.Sample)
	batch := time.Duration(max(float64(one-most), 0) / (1 - 1/n))
	return Share{Each: one - batch, Batch: batch}
}

// Fit finds costs in the ends of the curves of changes and of reads, and in nothing
// between. Others may have used the machine as well: the cores that could be had are as
// many as make the end of the curve come out best.
func Fit(results report.Results) (costs Costs, cores int, err error) {
	changes, err := endsOf(results.OnCurve(report.Parley, http.MethodPatch))
	if err != nil {
		return costs, 0, err
	}
	reads, err := endsOf(results.OnCurve(report.Parley, http.MethodGet))
	if err != nil {
		return costs, 0, err
	}
	best := math.Inf(1)
	for n := 1; n <= results.Machine.Cores; n++ {
		fitted := fitCores(changes, reads, n)
		off := math.Abs(compared(fitted, n, changes.most, 1).Off())
		if off < best {
			best, costs, cores = off, fitted, n
		}
	}
	return costs, cores, nil
}

// fitCores finds costs on so many cores. How large batches are over most connections was
// not measured: it is what the simulation says with the costs that were found before.
func fitCores(changes, reads ends, cores int) (costs Costs) {
	n := float64(changes.most.Connections)
	for range 4 {
		costs = fit(changes, reads, n)
		n = max(compared(costs, cores, changes.most, 1).Simulated.Batch, 2)
	}
	return costs
}

func processorTime(s report.Sample) time.Duration { return s.LoadCPU + s.ServerCPU + s.DatabaseCPU }

func fit(changes, reads ends, n float64) Costs {
	database := func(s report.Sample) time.Duration { return s.DatabaseCPU }
	c := Costs{
		Client:  changes.share(n, func(s report.Sample) time.Duration { return s.LoadCPU }),
		Gateway: changes.share(n, func(s report.Sample) time.Duration { return s.ServerCPU }),
		// A GET asks for a token and a user, a change for the token alone.
		Read: reads.share(n, func(s report.Sample) time.Duration { return s.DatabaseCPU / 2 }),
	}
	all := changes.share(n, database)
	c.Write = Share{max(all.Each-c.Read.Each, 0), max(all.Batch-c.Read.Batch, 0)}
	c.fitSync(changes.one.Sample)
	return c
}

// leastSync is the part of a change that waits for its commit where nothing seems to be
// left: two processors that work for one change at once take more time than passes.
const leastSync = 20

// fitSync takes what is left of the latency over one connection for the time that a
// commit waits, with the tail that it has there.
func (c *Costs) fitSync(one report.Sample) {
	worked := processorTime(one)
	c.Sync = max(one.P50-worked, one.P50/leastSync)
	const ninetyNinth = 2.326 // standard deviations of a normal distribution
	c.Spread = math.Log(float64(one.P99-worked)/float64(c.Sync)) / ninetyNinth
}
