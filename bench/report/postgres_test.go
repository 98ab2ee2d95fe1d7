package report

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/parley-gateway/parley/bench/load"
)

func onPostgres(section, peer string, connections int, sample Sample) Measurement {
	key := Key{Section: section, Peer: peer, Method: http.MethodPatch, Connections: connections}
	return Measurement{Key: key, Samples: []Sample{sample}}
}

func perSecond(n float64) Sample { return Sample{Result: load.Result{PerSecond: n}} }

// TestPostgresAlone wants a run of that section to have its figures, and no others.
func TestPostgresAlone(t *testing.T) {
	usual := perSecond(1000)
	usual.DatabaseCPU, usual.Logged = 800*time.Microsecond, 1234
	r := Results{Measurements: []Measurement{
		onPostgres(Postgres, Parley, Busy, perSecond(3500)),
		onPostgres(Postgres, TwoGateways, Busy, perSecond(2900)),
		onPostgres(Postgres, Transactions, Busy, usual),
	}}
	figures := r.Figures()
	if len(figures) != 2 || figures[0].Measured != 3.5 || !figures[0].Reached() || figures[1].Measured != 2.9 || figures[1].Reached() {
		t.Errorf("the figures are %+v, want 3.5, which is enough, and 2.9, which is not", figures)
	}
	var out strings.Builder
	if err := r.Print(&out); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"3.50 x", "800 us", "1234 B"} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("it lacks %q:\n%s", part, out.String())
		}
	}
	if strings.Contains(out.String(), "pocketbase") {
		t.Errorf("it tells of what was not measured:\n%s", out.String())
	}
}

func TestOnCurve(t *testing.T) {
	r := Results{Measurements: []Measurement{
		onPostgres(Curve, Parley, 1, perSecond(10)),
		onPostgres(Curve, Parley, 4, perSecond(40)),
		onPostgres(Curve, TwoGateways, 4, perSecond(50)),
	}}
	points := r.OnCurve(Parley, http.MethodPatch)
	if len(points) != 2 || points[0].Connections != 1 || points[1].PerSecond != 40 {
		t.Errorf("the curve is %+v, want what one gateway did over 1 and over 4", points)
	}
}
