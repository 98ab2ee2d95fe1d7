package suite

import (
	"context"
	"fmt"
	"time"

	"github.com/parley-gateway/parley/bench/load"
	"github.com/parley-gateway/parley/bench/process"
	"github.com/parley-gateway/parley/bench/report"
)

// cell is one measurement of a section.
type cell struct {
	report.Measurement
	run func(context.Context) (report.Sample, error)
}

// takeTurns measures every cell once in each round, so that what disturbs the
// machine for a while disturbs all of them.
func (s *suite) takeTurns(ctx context.Context, title string, rounds int, cells []cell) error {
	for round := range rounds {
		s.say("%s: round %d of %d, %d cells", title, round+1, rounds, len(cells))
		for i := range cells {
			sample, err := cells[i].run(ctx)
			if err != nil {
				return fmt.Errorf("%+v: %w", cells[i].Key, err)
			}
			cells[i].Samples = append(cells[i].Samples, sample)
		}
	}
	for _, c := range cells {
		s.results.Measurements = append(s.results.Measurements, c.Measurement)
	}
	return nil
}

// cellFor measures a target under a load. The key lacks only what the job and
// the target know.
func cellFor(t target, key report.Key, job load.Job) cell {
	key.Peer, key.Users, key.Connections = t.name, t.users, job.Connections
	key.Method = job.Requests[0].Method
	return cell{
		Measurement: report.Measurement{Key: key},
		run:         func(ctx context.Context) (report.Sample, error) { return t.measure(ctx, job) },
	}
}

// job is a load for a target over a number of connections, for one round.
func (s *suite) job(requests []load.Request, connections int) load.Job {
	return load.Job{Connections: connections, Warmup: s.Warmup, Duration: s.Duration, Requests: requests}
}

// measure puts a target under a load.
func (t target) measure(ctx context.Context, job load.Job) (report.Sample, error) {
	job.Addrs, job.IDs, job.Users = t.addrs(), t.ids, t.users
	serversBefore, databaseBefore, err := t.used()
	if err != nil {
		return report.Sample{}, err
	}
	var result load.Result
	spent, err := process.Work(ctx, "load", job, &result)
	if err != nil {
		return report.Sample{}, err
	}
	servers, database, err := t.used()
	requests := time.Duration(max(result.Sent, 1))
	return report.Sample{
		Result: result, Offered: job.Rate, LoadCPU: spent / requests,
		ServerCPU: (servers - serversBefore) / requests, DatabaseCPU: (database - databaseBefore) / requests,
	}, err
}
