package report

import (
	"fmt"
	"io"
	"net/http"
)

func (r Results) postgresFigures() []Figure {
	usual := r.onPostgres(Transactions, http.MethodPatch).PerSecond
	patch := func(peer string) float64 { return ratio(r.onPostgres(peer, http.MethodPatch).PerSecond, usual) }
	return []Figure{
		{Name: "PATCH on PostgreSQL / " + Transactions, Target: 3, Measured: patch(Parley)},
		{Name: "PATCH on PostgreSQL, 2 gateways / " + Transactions, Target: 3, Measured: patch(TwoGateways)},
	}
}

// onPostgres is a measurement of that section.
func (r Results) onPostgres(peer, method string) Sample {
	for _, key := range r.section(Postgres) {
		if key.Peer == peer && key.Method == method {
			return r.find(key)
		}
	}
	return Sample{}
}

// printPostgres shows gateways beside pgbench, which has no gateway and speaks to the
// database itself. Above 1, one gateway does more.
func (r Results) printPostgres(table io.Writer) {
	fmt.Fprintln(table, "on PostgreSQL\tmethod\tconnections\trequests/s\tparley is\tp50\tp99\tgateway CPU\tdatabase CPU\tload CPU\tlog\t")
	for _, key := range r.section(Postgres) {
		s, parley := r.find(key), r.onPostgres(Parley, key.Method)
		fmt.Fprintf(table, "%s\t%s\t%d\t%.0f\t%.2f x\t%s\t%s\t%s%.0f B\t\n", key.Peer, key.Method, key.Connections,
			s.PerSecond, ratio(parley.PerSecond, s.PerSecond), span(s.P50), span(s.P99), s.processors(), s.Logged)
	}
	fmt.Fprintln(table)
}

func (r Results) printCurve(table io.Writer) {
	fmt.Fprintln(table, "on PostgreSQL\tmethod\tconnections\trequests/s\tp50\tp99\tgateway CPU\tdatabase CPU\tload CPU\t")
	for _, key := range r.section(Curve) {
		s := r.find(key)
		fmt.Fprintf(table, "%s\t%s\t%d\t%.0f\t%s\t%s\t%s\n", key.Peer, key.Method, key.Connections,
			s.PerSecond, span(s.P50), span(s.P99), s.processors())
	}
	fmt.Fprintln(table)
}

// processors are cells of a line: what one request took of each.
func (s Sample) processors() string {
	return fmt.Sprintf("%s\t%s\t%s\t", span(s.ServerCPU), span(s.DatabaseCPU), span(s.LoadCPU))
}

// OnCurve is what gateways on PostgreSQL did over a number of connections, in their
// order, with the medians of its rounds.
func (r Results) OnCurve(peer, method string) []Point {
	var points []Point
	for _, key := range r.section(Curve) {
		if key.Peer == peer && key.Method == method {
			points = append(points, Point{key.Connections, r.find(key)})
		}
	}
	return points
}

// Point is a measurement of the curve.
type Point struct {
	Connections int
	Sample
}
