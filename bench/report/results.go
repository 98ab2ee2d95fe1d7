// Package report turns what was measured into tables, figures and plots.
package report

import (
	"slices"
	"time"

	"github.com/parley-gateway/parley/bench/load"
	"github.com/parley-gateway/parley/bench/process"
)

// The sections of a run. Ratios are made within one of them, since its cells
// take turns.
const (
	Connections = "connections"
	Formats     = "formats"
	Users       = "users"
	Latency     = "latency"
	Postgres    = "postgres"
	Curve       = "postgres-curve"
)

// The peers.
const (
	Parley     = "parley"
	Plain      = "plain"
	PocketBase = "pocketbase"
	Constant   = "constant"
	Storage    = "storage"
	Responder  = "responder"

	TwoGateways  = "parley, 2 gateways"
	Transactions = "pgbench, 1 transaction each"
	Pipeline     = "pgbench, pipeline"
)

// Peers are those that serve users, in the order of the tables.
var Peers = []string{Parley, Plain, PocketBase, Constant}

// Key says what was measured.
type Key struct {
	Section     string
	Peer        string
	Method      string
	In          string  // the format of the body
	Out         string  // the format of the answer
	Connections int     // open at once; of storage, changes in a transaction
	Users       int     // in the database
	Fraction    float64 // of the throughput of the closed loop that is offered; 0 for a closed loop
}

// Sample is one round of a measurement.
type Sample struct {
	load.Result
	Offered   float64       // requests due in a second; 0 for a closed loop
	ServerCPU time.Duration // that one request took of the server's processor time
	LoadCPU   time.Duration // and of the load generator's
	// DatabaseCPU is that of a database server, 0 where there is none.
	DatabaseCPU time.Duration
	Logged      float64 // bytes of its write-ahead log for each request
}

// Measurement is all rounds of one cell.
type Measurement struct {
	Key
	Samples []Sample
}

// Median is a sample of the medians of each value over the rounds.
func (m Measurement) Median() Sample {
	return Sample{
		Result: load.Result{
			Sent:      median(m.Samples, func(s Sample) int64 { return s.Sent }),
			Requests:  median(m.Samples, func(s Sample) int64 { return s.Requests }),
			PerSecond: median(m.Samples, func(s Sample) float64 { return s.PerSecond }),
			P50:       median(m.Samples, func(s Sample) time.Duration { return s.P50 }),
			P99:       median(m.Samples, func(s Sample) time.Duration { return s.P99 }),
			P999:      median(m.Samples, func(s Sample) time.Duration { return s.P999 }),
			Max:       median(m.Samples, func(s Sample) time.Duration { return s.Max }),
			Unserved:  median(m.Samples, func(s Sample) int64 { return s.Unserved }),
			Late:      median(m.Samples, func(s Sample) time.Duration { return s.Late }),
		},
		Offered:   median(m.Samples, func(s Sample) float64 { return s.Offered }),
		ServerCPU: median(m.Samples, func(s Sample) time.Duration { return s.ServerCPU }),
		LoadCPU:   median(m.Samples, func(s Sample) time.Duration { return s.LoadCPU }),

		DatabaseCPU: median(m.Samples, func(s Sample) time.Duration { return s.DatabaseCPU }),
		Logged:      median(m.Samples, func(s Sample) float64 { return s.Logged }),
	}
}

func median[T ~int64 | ~float64](samples []Sample, value func(Sample) T) T {
	values := make([]T, len(samples))
	for i, s := range samples {
		values[i] = value(s)
	}
	return Median(values)
}

// Median is the value in the middle, or the mean of the two there; 0 of none.
func Median[T ~int64 | ~float64](values []T) T {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// Results is a whole run.
type Results struct {
	Machine      Machine
	Started      time.Time
	Rounds       int
	Duration     time.Duration // of one round
	Measurements []Measurement
	Memory       map[string]process.Memory // of each peer, under changes over 64 connections
	MemoryUsers  int
	Start        []time.Duration // of Parley, until its first answer
	StartUsers   int
}

// find is the median of a measurement, the zero sample where it was not made.
func (r Results) find(key Key) Sample {
	for _, m := range r.Measurements {
		if m.Key == key {
			return m.Median()
		}
	}
	return Sample{}
}

// has reports whether a section was measured.
func (r Results) has(section string) bool { return len(r.section(section)) > 0 }

// section lists the keys of a section in the order in which they were
// measured.
func (r Results) section(name string) []Key {
	var keys []Key
	for _, m := range r.Measurements {
		if m.Section == name {
			keys = append(keys, m.Key)
		}
	}
	return keys
}

// ratio is a through b, 0 where one of them is missing.
func ratio[T ~int64 | ~float64](a, b T) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
