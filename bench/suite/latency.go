package suite

import (
	"context"
	"net/http"

	"github.com/parley-gateway/parley/bench/load"
	"github.com/parley-gateway/parley/bench/report"
	"github.com/parley-gateway/parley/codecs"
)

// measureLatency offers each peer fractions of what it did in the closed loop,
// on a schedule that does not wait for it.
func (s *suite) measureLatency(ctx context.Context) error {
	bodies, err := bodiesIn(codecs.NewJSON())
	if err != nil {
		return err
	}
	var cells []cell
	for _, name := range []string{report.Parley, report.Plain, report.PocketBase} {
		t := s.targets[name]
		cells = append(cells, s.latencyCells(t, t.patch(bodies, jsonMediaType))...)
	}
	for _, name := range []string{report.Parley, report.PocketBase, report.Constant} {
		t := s.targets[name]
		cells = append(cells, s.latencyCells(t, t.get(jsonMediaType))...)
	}
	return s.takeTurns(ctx, "latency", (s.Rounds+1)/2, cells)
}

func (s *suite) latencyCells(t target, requests []load.Request) []cell {
	capacity := s.results.Capacity(t.name, requests[0].Method)
	var cells []cell
	for _, fraction := range s.Fractions {
		job := s.job(requests, report.Busy)
		job.Rate = capacity * fraction
		key := report.Key{Section: report.Latency, Out: json, Fraction: fraction}
		if requests[0].Method == http.MethodPatch {
			key.In = json
		}
		cells = append(cells, cellFor(t, key, job))
	}
	return cells
}
