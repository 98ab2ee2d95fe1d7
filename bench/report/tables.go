package report

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// Print writes everything as tables for people.
func (r Results) Print(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "%s\n\n", r.Machine)
	if r.has(Connections) {
		r.printPeers(table)
	}
	if r.has(Postgres) {
		r.printPostgres(table)
	}
	if r.has(Curve) {
		r.printCurve(table)
	}
	if figures := r.Figures(); len(figures) > 0 {
		printFigures(table, figures)
	}
	return table.Flush()
}

// printPeers writes what a whole run has of Parley with its own file.
func (r Results) printPeers(table io.Writer) {
	r.printConnections(table)
	r.printGenerator(table)
	r.printFormats(table)
	r.printUsers(table)
	r.printLatency(table)
	r.printMemory(table)
}

// printConnections shows each peer beside Parley: above 1, Parley does more.
func (r Results) printConnections(table io.Writer) {
	fmt.Fprintln(table, "peer\tmethod\tconnections\trequests/s\tparley is\tp50\tp99\tp99.9\tserver CPU\t")
	for _, key := range r.section(Connections) {
		if key.Peer == Responder {
			continue
		}
		s := r.find(key)
		parley := r.connections(Parley, key.Method, key.Connections)
		fmt.Fprintf(table, "%s\t%s\t%d\t%.0f\t%.2f x\t%s\t%s\t%s\t%s\t\n", key.Peer, key.Method, key.Connections,
			s.PerSecond, ratio(parley.PerSecond, s.PerSecond), span(s.P50), span(s.P99), span(s.P999), span(s.ServerCPU))
	}
	fmt.Fprintln(table)
}

// printGenerator shows that the load generator is not what was measured.
func (r Results) printGenerator(table io.Writer) {
	var fastest Key
	for _, key := range r.section(Connections) {
		if key.Method == http.MethodGet && key.Peer != Responder && r.find(key).PerSecond > r.find(fastest).PerSecond {
			fastest = key
		}
	}
	responder, peer := r.connections(Responder, http.MethodGet, Busy), r.find(fastest)
	fmt.Fprintf(table, "The load generator does %.0f requests/s against a responder that parses nothing: %.1f times the fastest peer (%s).\n",
		responder.PerSecond, ratio(responder.PerSecond, peer.PerSecond), fastest.Peer)
	parley := r.connections(Parley, http.MethodPatch, Busy)
	fmt.Fprintf(table, "Its share of the processor time is %.0f %% beside %s and %.0f %% beside parley's PATCH.\n",
		100*ratio(peer.LoadCPU, peer.LoadCPU+peer.ServerCPU), fastest.Peer, 100*ratio(parley.LoadCPU, parley.LoadCPU+parley.ServerCPU))
	fmt.Fprint(table, "pocketbase syncs at checkpoints only, keeps no history and asks for no token; storage is batches of 64 in process, without HTTP.\n\n")
}

func (r Results) printFormats(table io.Writer) {
	fmt.Fprintln(table, "method\tin\tout\trequests/s\tof json\tp50\tp99\tserver CPU\t")
	for _, key := range r.section(Formats) {
		s, json := r.find(key), r.format(key.Method, "json", "json")
		if key.Method == http.MethodGet {
			json = r.format(key.Method, "", "json")
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%.0f\t%.2f\t%s\t%s\t%s\t\n", key.Method, cmp.Or(key.In, "-"), key.Out,
			s.PerSecond, ratio(s.PerSecond, json.PerSecond), span(s.P50), span(s.P99), span(s.ServerCPU))
	}
	fmt.Fprintln(table)
}

func (r Results) printUsers(table io.Writer) {
	few, _ := r.usersRange()
	fmt.Fprintln(table, "method\tusers\trequests/s\tratio\tp50\tp99\tserver CPU\t")
	for _, key := range r.section(Users) {
		s := r.find(key)
		fmt.Fprintf(table, "%s\t%s\t%.0f\t%.2f\t%s\t%s\t%s\t\n", key.Method, count(key.Users),
			s.PerSecond, ratio(s.PerSecond, r.users(key.Method, few).PerSecond), span(s.P50), span(s.P99), span(s.ServerCPU))
	}
	fmt.Fprintln(table)
}

// printLatency shows the open loop: latencies count from when a request was
// due. Late is by how much the generator itself missed that, at its p99.
func (r Results) printLatency(table io.Writer) {
	fmt.Fprintln(table, "peer\tmethod\toffered/s\tof capacity\tanswered/s\tp50\tp99\tp99.9\tunserved\tlate\t")
	for _, key := range r.section(Latency) {
		s := r.find(key)
		fmt.Fprintf(table, "%s\t%s\t%.0f\t%.0f %%\t%.0f\t%s\t%s\t%s\t%d\t%s\t\n", key.Peer, key.Method, s.Offered,
			100*key.Fraction, s.PerSecond, span(s.P50), span(s.P99), span(s.P999), s.Unserved, span(s.Late))
	}
	fmt.Fprintln(table)
}

func (r Results) printMemory(table io.Writer) {
	fmt.Fprintf(table, "memory, %s users\tpeak\tnow\t\n", count(r.MemoryUsers))
	for _, peer := range Peers {
		m := r.Memory[peer]
		fmt.Fprintf(table, "%s\t%.1f MiB\t%.1f MiB\t\n", peer, float64(m.Peak)/mebibyte, float64(m.Now)/mebibyte)
	}
	fmt.Fprintln(table)
}

func printFigures(table io.Writer, figures []Figure) {
	fmt.Fprintln(table, "figure\ttarget\tmeasured\treached\t")
	for _, f := range figures {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t\n", f.Name, f.target(), f.measured(), yesNo(f.Reached()))
	}
}

func (f Figure) target() string {
	if f.AtMost {
		return "under " + f.quantity(f.Target)
	}
	return f.quantity(f.Target)
}

func (f Figure) measured() string {
	if f.Measured == 0 {
		return "-"
	}
	return f.quantity(f.Measured)
}

func (f Figure) quantity(n float64) string {
	if f.Unit == "" {
		return fmt.Sprintf("%.2f", n)
	}
	return fmt.Sprintf("%.1f %s", n, f.Unit)
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// span shows a time with three digits; none is a dash.
func span(d time.Duration) string {
	switch {
	case d == 0:
		return "-"
	case d < time.Millisecond:
		return fmt.Sprintf("%.3g us", float64(d)/float64(time.Microsecond))
	case d < 100*time.Millisecond:
		return fmt.Sprintf("%.3g ms", float64(d)/float64(time.Millisecond))
	}
	return fmt.Sprintf("%.0f ms", float64(d)/float64(time.Millisecond))
}

// count shows a number with its thousands apart.
func count(n int) string {
	digits := strconv.Itoa(n)
	var groups []string
	for len(digits) > 3 {
		groups = append([]string{digits[len(digits)-3:]}, groups...)
		digits = digits[:len(digits)-3]
	}
	return strings.Join(append([]string{digits}, groups...), ",")
}
