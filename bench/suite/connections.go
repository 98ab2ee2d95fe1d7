package suite

import (
	"context"
	"net/http"
	"slices"

	"github.com/parley-gateway/parley/bench/process"
	"github.com/parley-gateway/parley/bench/report"
	"github.com/parley-gateway/parley/bench/schema"
	"github.com/parley-gateway/parley/bench/storage"
	"github.com/parley-gateway/parley/codecs"
)

// json is the format that every peer speaks.
const (
	json          = "json"
	jsonMediaType = "application/json"
)

// measureConnections finds what each peer does in a closed loop, over few and
// over many connections.
func (s *suite) measureConnections(ctx context.Context) error {
	bodies, err := bodiesIn(codecs.NewJSON())
	if err != nil {
		return err
	}
	var cells []cell
	for _, connections := range s.Connections {
		for _, name := range report.Peers {
			t := s.targets[name]
			cells = append(cells,
				cellFor(t, report.Key{Section: report.Connections, In: json, Out: json}, s.job(t.patch(bodies, jsonMediaType), connections)),
				cellFor(t, report.Key{Section: report.Connections, Out: json}, s.job(t.get(jsonMediaType), connections)))
		}
	}
	cells = append(cells, s.storageCell())
	responder := s.targets[report.Responder]
	cells = append(cells, cellFor(responder, report.Key{Section: report.Connections}, s.job(responder.get(jsonMediaType), report.Busy)))
	slices.SortStableFunc(cells, byMethod)
	return s.takeTurns(ctx, "connections", s.Rounds, cells)
}

// byMethod puts changes first, as the tables do.
func byMethod(a, b cell) int {
	changes := func(c cell) int {
		if c.Method == http.MethodPatch {
			return 0
		}
		return 1
	}
	return changes(a) - changes(b)
}

// prepareStorage copies the database that storage works on and holds the copy
// open: whoever closes a file last copies its whole log back, and that would
// happen after each round, in a time that is not counted.
func (s *suite) prepareStorage(ctx context.Context, path string) (err error) {
	if s.storageDB, err = s.copyDatabase(path, "storage.db"); err != nil {
		return err
	}
	if s.storage, err = schema.Open(s.storageDB, nil); err != nil {
		return err
	}
	var users int // a file is open for SQLite once it was read
	return s.storage.GetContext(ctx, &users, "SELECT count(*) FROM (SELECT 1 FROM users LIMIT 1)")
}

// storageCell is the limit that the file sets, with as many changes in a
// transaction as there are connections.
func (s *suite) storageCell() cell {
	job := storage.Job{DB: s.storageDB, Users: s.Users, Batch: report.Busy, Warmup: s.Warmup, Duration: s.Duration}
	key := report.Key{
		Section: report.Connections, Peer: report.Storage, Method: http.MethodPatch, Connections: report.Busy, Users: s.Users,
	}
	return cell{
		Measurement: report.Measurement{Key: key},
		run: func(ctx context.Context) (report.Sample, error) {
			var result storage.Result
			_, err := process.Work(ctx, "storage", job, &result)
			var sample report.Sample
			sample.Requests, sample.PerSecond = result.Changes, result.PerSecond
			return sample, err
		},
	}
}
