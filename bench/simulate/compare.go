package simulate

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/parley-gateway/parley/bench/report"
)

// batchLength is how many changes a gateway puts into one transaction at most.
const batchLength = 256

// Comparison is a point of the measured curve, and what the simulation says of it.
type Comparison struct {
	Plant
	Fitted    bool // the costs were found there
	Measured  report.Sample
	Simulated Outcome
}

// Off is by how much the simulated throughput is off the measured one, of 1.
func (c Comparison) Off() float64 { return c.Simulated.PerSecond/c.Measured.PerSecond - 1 }

// Compare fits costs to a curve and simulates each of its points on the machine where it
// was measured.
func Compare(results report.Results) (Costs, []Comparison, error) {
	costs, cores, err := Fit(results)
	if err != nil {
		return costs, nil, err
	}
	var all []Comparison
	changes := results.OnCurve(report.Parley, http.MethodPatch)
	for i, point := range changes {
		c := compared(costs, cores, point, 1)
		c.Fitted = i == 0 || i == len(changes)-1
		all = append(all, c)
	}
	for _, point := range results.OnCurve(report.TwoGateways, http.MethodPatch) {
		all = append(all, compared(costs, cores, point, 2))
	}
	return costs, all, nil
}

// compared simulates a point of the curve, where everything runs on one machine.
func compared(costs Costs, cores int, point report.Point, gateways int) Comparison {
	plant := Plant{Connections: point.Connections, Gateways: gateways, GatewayCores: cores, Batch: batchLength}
	return Comparison{Plant: plant, Measured: point.Sample, Simulated: Run(costs, plant)}
}

// Check fails where a simulated throughput is off by more than a bound.
func Check(all []Comparison, bound float64) error {
	var wrong []string
	for _, c := range all {
		if math.Abs(c.Off()) > bound {
			wrong = append(wrong, fmt.Sprintf("%d connections to %d gateways: %+.0f %%", c.Connections, c.Gateways, 100*c.Off()))
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("the simulation is off by more than %.0f %%: %s", 100*bound, strings.Join(wrong, "; "))
	}
	return nil
}

// Print writes costs, comparisons, and what plants that nobody has measured would do.
func Print(w io.Writer, costs Costs, all []Comparison, plants []Plant) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	printCosts(table, costs)
	fmt.Fprintln(table, "\t\t\tmeasured\t\t\tsimulated\t\t\t\t\t")
	fmt.Fprintln(table, "gateways\tcores\tconnections\tchanges/s\tp50\tp99\tchanges/s\tp50\tp99\tbatch\toff\t")
	for _, c := range all {
		m, s, off := c.Measured, c.Simulated, fmt.Sprintf("%+.0f %%", 100*c.Off())
		if c.Fitted {
			off += " (fitted)"
		}
		fmt.Fprintf(table, "%d\t%d\t%d\t%.0f\t%s\t%s\t%.0f\t%s\t%s\t%.1f\t%s\t\n", c.Gateways, c.GatewayCores, c.Connections,
			m.PerSecond, millis(m.P50), millis(m.P99), s.PerSecond, millis(s.P50), millis(s.P99), s.Batch, off)
	}
	printPlants(table, costs, plants)
	return table.Flush()
}

func printCosts(table io.Writer, costs Costs) {
	fmt.Fprintln(table, "us\teach\tbatch\t")
	for _, row := range []struct {
		name string
		Share
	}{{"client", costs.Client}, {"gateway", costs.Gateway}, {"database, tokens", costs.Read}, {"database, changes", costs.Write}} {
		fmt.Fprintf(table, "%s\t%d\t%d\t\n", row.name, row.Each.Microseconds(), row.Batch.Microseconds())
	}
	fmt.Fprintf(table, "sync\t\t%d\t spread %.2f\n\n", costs.Sync.Microseconds(), costs.Spread)
}

func printPlants(table io.Writer, costs Costs, plants []Plant) {
	fmt.Fprintln(table, "\ngateways\tcores\tdatabase cores\tconnections\tchanges/s\tp50\tp99\tbatch\tgateway busy\tdatabase busy\t")
	costs.Sync = standbySync
	for _, p := range plants {
		s := Run(costs, p)
		fmt.Fprintf(table, "%d\t%d\t%d\t%d\t%.0f\t%s\t%s\t%.1f\t%.0f %%\t%.0f %%\t\n", p.Gateways, p.GatewayCores,
			p.DatabaseCores, p.Connections, s.PerSecond, millis(s.P50), millis(s.P99), s.Batch, 100*s.Gateways, 100*s.Database)
	}
}

func millis(d time.Duration) string {
	return fmt.Sprintf("%.3g ms", float64(d)/float64(time.Millisecond))
}
