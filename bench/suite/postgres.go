package suite

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/parley-gateway/parley/bench/pgbench"
	"github.com/parley-gateway/parley/bench/process"
	"github.com/parley-gateway/parley/bench/report"
	"github.com/parley-gateway/parley/bench/schema"
	"github.com/parley-gateway/parley/codecs"
)

// database is a server of PostgreSQL's that runs with its settings as they come: synced
// at each commit.
type database struct {
	url      string
	programs string // the folder of psql and pgbench
	pid      int
	stop     func()
}

func (d *database) cpu() (time.Duration, error) { return process.FamilyCPU(d.pid) }

// startPostgres starts a server and fills its database.
func (s *suite) startPostgres(ctx context.Context) error {
	script, err := filepath.Abs(filepath.Join(s.Root, "cluster", "postgres"))
	if err != nil {
		return err
	}
	programs, err := process.Run(ctx, s.dir, script, "bin")
	if err != nil {
		return err
	}
	folder := s.path("postgres")
	url, err := process.Run(ctx, s.dir, script, "start", folder)
	if err != nil {
		return err
	}
	s.postgres = &database{url: url, programs: programs, stop: func() {
		_, _ = process.Run(context.Background(), s.dir, script, "stop", folder) // the folder is removed next
	}}
	if s.postgres.pid, err = serverOf(folder); err != nil {
		return err
	}
	if s.results.Machine.Postgres, err = s.psql(ctx, "SHOW server_version"); err != nil {
		return err
	}
	return s.fill(ctx, url, s.Users, func() error {
		_, err := s.psql(ctx, schema.SeedPostgres(s.Users), "VACUUM ANALYZE", "CHECKPOINT")
		return err
	})
}

// psql carries out statements one by one, and returns what they answer.
func (s *suite) psql(ctx context.Context, statements ...string) (string, error) {
	args := []string{"--no-psqlrc", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"}
	for _, statement := range statements {
		args = append(args, "--command", statement)
	}
	return process.Run(ctx, s.dir, filepath.Join(s.postgres.programs, "psql"), append(args, s.postgres.url)...)
}

// serverOf reads the number of the process that all others of a server are children of.
func serverOf(folder string) (int, error) {
	text, err := os.ReadFile(filepath.Join(folder, "data", "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	return strconv.Atoi(first)
}

// gateways serve that database side by side. They are one target.
func (s *suite) gateways(ctx context.Context, name string, count int) (target, error) {
	var all target
	for i := range count {
		t, err := s.startParley(ctx, name+"-"+strconv.Itoa(i), s.postgres.url, s.Users)
		if err != nil {
			return target{}, err
		}
		t.servers = append(all.servers, t.servers...)
		all = t
	}
	all.name, all.database = name, s.postgres
	return all, nil
}

// measurePostgres compares gateways with pgbench on one server and the same users.
func (s *suite) measurePostgres(ctx context.Context) error {
	one, two, bodies, err := s.startGateways(ctx)
	if err != nil {
		return err
	}
	key := report.Key{Section: report.Postgres, In: json, Out: json}
	cells := []cell{
		cellFor(one, key, s.job(one.patch(bodies, jsonMediaType), report.Busy)),
		cellFor(two, key, s.job(two.patch(bodies, jsonMediaType), report.Busy)),
	}
	for _, peer := range []struct{ name, script string }{
		{report.Transactions, schema.TransactionScript}, {report.Pipeline, schema.PipelineScript},
	} {
		c, err := s.pgbenchCell(peer.name, peer.script)
		if err != nil {
			return err
		}
		cells = append(cells, c)
	}
	cells = append(cells, cellFor(one, report.Key{Section: report.Postgres, Out: json}, s.job(one.get(jsonMediaType), report.Busy)))
	for i := range cells {
		cells[i].run = s.logging(cells[i].run)
	}
	return s.takeTurns(ctx, report.Postgres, s.Rounds, cells)
}

// logging measures how much of the write-ahead log a request takes, too.
func (s *suite) logging(run func(context.Context) (report.Sample, error)) func(context.Context) (report.Sample, error) {
	return func(ctx context.Context) (report.Sample, error) {
		before, err := s.logged(ctx)
		if err != nil {
			return report.Sample{}, err
		}
		sample, err := run(ctx)
		if err != nil {
			return sample, err
		}
		after, err := s.logged(ctx)
		sample.Logged = (after - before) / float64(max(sample.Sent, 1))
		return sample, err
	}
}

// logged is how many bytes the write-ahead log has had so far.
func (s *suite) logged(ctx context.Context) (float64, error) {
	text, err := s.psql(ctx, "SELECT pg_current_wal_insert_lsn() - '0/0'")
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(text, 64)
}

// measureCurve finds what a gateway does over few and many connections, and two of them
// over many.
func (s *suite) measureCurve(ctx context.Context) error {
	one, two, bodies, err := s.startGateways(ctx)
	if err != nil {
		return err
	}
	var cells []cell
	for _, connections := range s.Curve {
		cells = append(cells,
			cellFor(one, report.Key{Section: report.Curve, In: json, Out: json}, s.job(one.patch(bodies, jsonMediaType), connections)),
			cellFor(one, report.Key{Section: report.Curve, Out: json}, s.job(one.get(jsonMediaType), connections)))
	}
	cells = append(cells, cellFor(two, report.Key{Section: report.Curve, In: json, Out: json}, s.job(two.patch(bodies, jsonMediaType), report.Busy)))
	return s.takeTurns(ctx, report.Curve, s.Rounds, cells)
}

// startGateways starts the database, one gateway alone and two more.
func (s *suite) startGateways(ctx context.Context) (one, two target, bodies []body, err error) {
	s.stopAll() // what was measured before
	if err := s.startPostgres(ctx); err != nil {
		return one, two, nil, err
	}
	if one, err = s.gateways(ctx, report.Parley, 1); err != nil {
		return one, two, nil, err
	}
	if two, err = s.gateways(ctx, report.TwoGateways, 2); err != nil {
		return one, two, nil, err
	}
	bodies, err = bodiesIn(codecs.NewJSON())
	return one, two, bodies, err
}

// pgbenchCell is a script of pgbench over as many connections to the database as callers
// have to Parley.
func (s *suite) pgbenchCell(name, script string) (cell, error) {
	path := s.path(strings.ReplaceAll(name, " ", "-") + ".pgbench")
	if err := os.WriteFile(path, []byte(script), 0o644); err != nil {
		return cell{}, err
	}
	job := pgbench.Job{
		Program: filepath.Join(s.postgres.programs, "pgbench"), URL: s.postgres.url, Script: path, Dir: s.dir,
		Clients: report.Busy, Users: s.Users, Warmup: s.Warmup, Duration: s.Duration, CPU: s.postgres.cpu,
	}
	key := report.Key{Section: report.Postgres, Peer: name, Method: http.MethodPatch, Connections: report.Busy, Users: s.Users}
	return cell{
		Measurement: report.Measurement{Key: key},
		run:         func(ctx context.Context) (report.Sample, error) { return measurePgbench(ctx, job) },
	}, nil
}

func measurePgbench(ctx context.Context, job pgbench.Job) (report.Sample, error) {
	found, err := pgbench.Run(ctx, job)
	changes := time.Duration(max(found.Requests, 1))
	return report.Sample{Result: found.Result, DatabaseCPU: found.ServerCPU / changes, LoadCPU: found.OwnCPU / changes}, err
}
