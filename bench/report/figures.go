package report

import (
	"fmt"
	"net/http"
	"time"
)

// Busy is the number of connections that most figures are about.
const Busy = 64

// Figure is something that Parley has to reach.
type Figure struct {
	Name     string
	Target   float64
	Measured float64 // 0 where it was not measured
	AtMost   bool    // the target is a limit
	Unit     string  // empty for a ratio
}

// Reached reports whether the figure was measured and is good enough.
func (f Figure) Reached() bool {
	switch {
	case f.Measured == 0:
		return false
	case f.AtMost:
		return f.Measured < f.Target
	}
	return f.Measured >= f.Target
}

// Figures are all those of what was measured, in the order of the table.
func (r Results) Figures() []Figure {
	var figures []Figure
	if r.has(Connections) {
		figures = append(figures, r.peerFigures()...)
		figures = append(figures, r.formatFigures()...)
		figures = append(figures, r.sizeFigures()...)
	}
	if r.has(Postgres) {
		figures = append(figures, r.postgresFigures()...)
	}
	return figures
}

func (r Results) peerFigures() []Figure {
	patch := func(peer string, connections int) Sample { return r.connections(peer, http.MethodPatch, connections) }
	get := func(peer string) float64 { return r.connections(peer, http.MethodGet, Busy).PerSecond }
	parley, one := patch(Parley, Busy), patch(Parley, 1)
	return []Figure{
		{Name: "PATCH at 64 connections / plain", Target: 8, Measured: ratio(parley.PerSecond, patch(Plain, Busy).PerSecond)},
		{Name: "PATCH at 64 connections / pocketbase", Target: 4, Measured: ratio(parley.PerSecond, patch(PocketBase, Busy).PerSecond)},
		{Name: "PATCH at 64 connections / storage", Target: 0.45, Measured: ratio(parley.PerSecond, patch(Storage, Busy).PerSecond)},
		{Name: "PATCH p99 at 64 connections / plain", Target: 0.1, AtMost: true, Measured: ratio(parley.P99, patch(Plain, Busy).P99)},
		{Name: "PATCH at 1 connection / plain", Target: 1, Measured: ratio(one.PerSecond, patch(Plain, 1).PerSecond)},
		{Name: "GET at 64 connections / pocketbase", Target: 4, Measured: ratio(get(Parley), get(PocketBase))},
		{Name: "GET at 64 connections / constant", Target: 0.65, Measured: ratio(get(Parley), get(Constant))},
	}
}

// connections is a measurement of that section, of JSON.
func (r Results) connections(peer, method string, connections int) Sample {
	for _, key := range r.section(Connections) {
		if key.Peer == peer && key.Method == method && key.Connections == connections {
			return r.find(key)
		}
	}
	return Sample{}
}

// formatTargets are about a change in and out of a format, as a share of the
// throughput of JSON.
var formatTargets = []struct {
	in, out string
	target  float64
}{
	{"xml", "xml", 0.75},
	{"form", "form", 0.75},
	{"multipart", "multipart", 0.75},
	{"text", "text", 0.75},
	{"cbor", "cbor", 0.75},
	{"msgpack", "msgpack", 0.75},
	{"yaml", "yaml", 0.75},
	{"json", "html", 0.5},
	{"json", "pdf", 0.15},
}

// formatFigures leaves out formats that Parley does not speak.
func (r Results) formatFigures() []Figure {
	json := r.format(http.MethodPatch, "json", "json").PerSecond
	var figures []Figure
	for _, f := range formatTargets {
		measured := ratio(r.format(http.MethodPatch, f.in, f.out).PerSecond, json)
		if measured > 0 {
			name := fmt.Sprintf("PATCH %s in, %s out / json", f.in, f.out)
			figures = append(figures, Figure{Name: name, Target: f.target, Measured: measured})
		}
	}
	return figures
}

func (r Results) format(method, in, out string) Sample {
	for _, key := range r.section(Formats) {
		if key.Method == method && key.In == in && key.Out == out {
			return r.find(key)
		}
	}
	return Sample{}
}

const mebibyte = 1 << 20

func (r Results) sizeFigures() []Figure {
	few, many := r.usersRange()
	perSecond := func(users int) float64 { return r.users(http.MethodPatch, users).PerSecond }
	return []Figure{
		{Name: fmt.Sprintf("PATCH with %s users / %s", count(many), count(few)), Target: 0.75, Measured: ratio(perSecond(many), perSecond(few))},
		{
			Name: fmt.Sprintf("peak memory under PATCH, %s users", count(r.MemoryUsers)), Target: 64, AtMost: true, Unit: "MiB",
			Measured: float64(r.Memory[Parley].Peak) / mebibyte,
		},
		{
			Name: fmt.Sprintf("start to first answer, %s users", count(r.StartUsers)), Target: 100, AtMost: true, Unit: "ms",
			Measured: float64(Median(r.Start)) / float64(time.Millisecond),
		},
	}
}

// usersRange is the smallest and the largest number of users measured.
func (r Results) usersRange() (few, many int) {
	for _, key := range r.section(Users) {
		if few == 0 || key.Users < few {
			few = key.Users
		}
		many = max(many, key.Users)
	}
	return few, many
}

func (r Results) users(method string, users int) Sample {
	for _, key := range r.section(Users) {
		if key.Method == method && key.Users == users {
			return r.find(key)
		}
	}
	return Sample{}
}

// Capacity is what a peer did in the closed loop over Busy connections, in
// requests a second.
func (r Results) Capacity(peer, method string) float64 {
	return r.connections(peer, method, Busy).PerSecond
}
