package simulate

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/parley-gateway/parley/bench/load"
	"github.com/parley-gateway/parley/bench/report"
)

// made is a curve of a machine of two cores that the simulation itself has made, as if it
// had been measured.
func made(costs Costs) report.Results {
	results := report.Results{Machine: report.Machine{Cores: 2}}
	for _, connections := range []int{1, 4, 16, 64, 256} {
		results.Measurements = append(results.Measurements, madeAt(costs, report.Parley, connections, 1), madeRead(costs, connections))
	}
	results.Measurements = append(results.Measurements, madeAt(costs, report.TwoGateways, 64, 2))
	return results
}

func madeAt(costs Costs, peer string, connections, gateways int) report.Measurement {
	found := Run(costs, Plant{Connections: connections, Gateways: gateways, GatewayCores: 2, Batch: batchLength})
	batch := int(found.Batch)
	sample := report.Sample{
		Result:      load.Result{PerSecond: found.PerSecond, P50: found.P50, P99: found.P99},
		ServerCPU:   costs.Gateway.perOne(batch),
		LoadCPU:     costs.Client.perOne(batch),
		DatabaseCPU: costs.Read.perOne(batch) + costs.Write.perOne(batch),
	}
	key := report.Key{Section: report.Curve, Peer: peer, Method: http.MethodPatch, Connections: connections}
	return report.Measurement{Key: key, Samples: []report.Sample{sample}}
}

func madeRead(costs Costs, connections int) report.Measurement {
	key := report.Key{Section: report.Curve, Peer: report.Parley, Method: http.MethodGet, Connections: connections}
	sample := report.Sample{DatabaseCPU: 2 * costs.Read.perOne(connections)}
	return report.Measurement{Key: key, Samples: []report.Sample{sample}}
}

func (s Share) perOne(n int) time.Duration { return s.of(n) / time.Duration(n) }

func known() Costs {
	return Costs{
		Client: Share{30 * micro, 40 * micro}, Gateway: Share{70 * micro, 90 * micro}, Read: Share{4 * micro, 60 * micro},
		Write: Share{25 * micro, 300 * micro}, Sync: 2 * milli, Spread: 0.4,
	}
}

// TestFitFindsWhatWasThere: costs that are found in two points of a curve foretell the others.
func TestFitFindsWhatWasThere(t *testing.T) {
	costs, all, err := Compare(made(known()))
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 6 {
		t.Fatalf("%d points are compared, want 6", len(all))
	}
	within(t, "sync", costs.Sync.Seconds(), known().Sync.Seconds(), 0.05)
	within(t, "spread", costs.Spread, known().Spread, 0.1)
	if err := Check(all, 0.05); err != nil {
		t.Error(err)
	}
}

func TestCheckNamesWhatIsOff(t *testing.T) {
	results := made(known())
	const wrong = 4 // of the curve, 16 connections
	results.Measurements[wrong].Samples[0].PerSecond *= 2
	_, all, err := Compare(results)
	if err != nil {
		t.Fatal(err)
	}
	err = Check(all, 0.25)
	if err == nil || !strings.Contains(err.Error(), ": 16 connections to 1 gateways: -5") || strings.Contains(err.Error(), "64") {
		t.Errorf("it says %v, want that 16 connections alone are off by half", err)
	}
}

func TestFitRefuses(t *testing.T) {
	results := made(known())
	results.Measurements = results.Measurements[2:]
	if _, _, err := Compare(results); err == nil {
		t.Error("costs are found without one connection")
	}
}

func TestPrintShowsEveryPoint(t *testing.T) {
	costs, all, err := Compare(made(known()))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := Print(&out, costs, all, Plants()[:1]); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"database, changes", "spread 0.40", "(fitted)", "database busy"} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("it lacks %q:\n%s", part, out.String())
		}
	}
}
