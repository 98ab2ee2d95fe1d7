package suite

import (
	"context"

	"github.com/parley-gateway/parley/bench/load"
	"github.com/parley-gateway/parley/bench/report"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers"
)

// measureFormats measures every format that Parley has: as the body of a
// change, as its answer, as both, and as the answer to a GET. Rounds are short
// and many, since there are many cells.
func (s *suite) measureFormats(ctx context.Context) error {
	t := s.targets[report.Parley]
	bodies := map[string][]body{}
	for _, f := range handlers.Formats().Formats() {
		codec, reads := f.(codecs.Codec)
		if !reads {
			continue
		}
		var err error
		if bodies[f.Name()], err = bodiesIn(codec); err != nil {
			return err
		}
	}
	var cells []cell
	for _, p := range formatPairs() {
		accept := p.out.MediaTypes()[0]
		if p.in == nil {
			cells = append(cells, cellFor(t, report.Key{Section: report.Formats, Out: p.out.Name()}, s.formatJob(t.get(accept))))
			continue
		}
		key := report.Key{Section: report.Formats, In: p.in.Name(), Out: p.out.Name()}
		cells = append(cells, cellFor(t, key, s.formatJob(t.patch(bodies[p.in.Name()], accept))))
	}
	return s.takeTurns(ctx, "formats", 2*s.Rounds, cells)
}

func (s *suite) formatJob(requests []load.Request) load.Job {
	job := s.job(requests, report.Busy)
	job.Warmup /= 2
	job.Duration /= 4
	return job
}

// pair is a format that is sent, nil for a GET, and one that is asked for.
type pair struct{ in, out codecs.Format }

// formatPairs pairs each format with itself and with JSON.
func formatPairs() []pair {
	registry := handlers.Formats()
	json := registry.ByName(json)
	pairs := []pair{{json, json}}
	var gets []pair
	for _, f := range registry.Formats() {
		_, reads := f.(codecs.Codec)
		_, writes := f.(codecs.Encoder)
		if writes {
			gets = append(gets, pair{nil, f})
		}
		if f == json {
			continue
		}
		if reads {
			pairs = append(pairs, pair{f, json})
		}
		if writes {
			pairs = append(pairs, pair{json, f})
		}
		if reads && writes {
			pairs = append(pairs, pair{f, f})
		}
	}
	return append(pairs, gets...)
}
