// Package suite is the order of a run: what is measured beside what.
package suite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/parley-gateway/parley/bench/process"
	"github.com/parley-gateway/parley/bench/report"
)

// Options say how long and how much is measured.
type Options struct {
	Root        string // the folder of Parley's module
	Dir         string // where databases are made and removed; its file system is measured with them
	Rounds      int
	Warmup      time.Duration // of a round; not counted
	Duration    time.Duration // of a round
	Connections []int
	Users       int       // in the database of all sections but one
	UserCounts  []int     // of that one, smallest first
	Fractions   []float64 // of its capacity that a peer is offered in an open loop
	Only        string    // report.Postgres or report.Curve: that section alone; empty for a whole run
	Curve       []int     // numbers of connections of report.Curve
}

// suite is a run under way.
type suite struct {
	Options
	progress  *log.Logger
	dir       string
	parley    string   // the binary
	token     string   // of the database that was made last
	storageDB string   // a copy of that database, for the limit of storage
	storage   *sqlx.DB // holds it open
	postgres  *database
	targets   map[string]target
	running   []*process.Server
	results   report.Results
}

// Run measures what is wanted. It tells on progress what it is at.
func Run(ctx context.Context, o Options, progress io.Writer) (report.Results, error) {
	s := &suite{Options: o, progress: log.New(progress, "", 0), targets: map[string]target{}}
	s.results = report.Results{Started: time.Now(), Rounds: o.Rounds, Duration: o.Duration, Memory: map[string]process.Memory{}}
	defer s.close()
	if err := s.prepare(ctx); err != nil {
		return s.results, err
	}
	for _, section := range s.sections() {
		if err := section(ctx); err != nil {
			return s.results, errors.Join(err, ctx.Err())
		}
	}
	return s.results, nil
}

// sections measure what is wanted. Those of a whole run need what the ones before left.
func (s *suite) sections() []func(context.Context) error {
	switch s.Only {
	case report.Postgres:
		return []func(context.Context) error{s.measurePostgres}
	case report.Curve:
		return []func(context.Context) error{s.measureCurve}
	}
	return []func(context.Context) error{
		s.measureMemory, s.measureConnections, s.measureLatency, s.measureFormats, s.measureUsers, s.measureStart,
		s.measurePostgres,
	}
}

func (s *suite) prepare(ctx context.Context) (err error) {
	if err := os.MkdirAll(s.Dir, 0o755); err != nil {
		return err
	}
	dir, err := filepath.Abs(s.Dir)
	if err != nil {
		return err
	}
	if s.dir, err = os.MkdirTemp(dir, "run"); err != nil {
		return err
	}
	// The server of PostgreSQL is another user's process.
	if err := os.Chmod(s.dir, 0o755); err != nil {
		return err
	}
	if s.results.Machine, err = report.DescribeMachine(s.dir); err != nil {
		return err
	}
	s.say("building parley")
	s.parley = filepath.Join(s.dir, "parley")
	_, err = process.Run(ctx, s.Root, "go", "build", "-o", s.parley, "./cmd/parley")
	return err
}

func (s *suite) say(format string, args ...any) {
	s.progress.Printf("%s  %s", time.Since(s.results.Started).Truncate(time.Second), fmt.Sprintf(format, args...))
}

func (s *suite) path(name string) string { return filepath.Join(s.dir, name) }

// start starts a server that stopAll stops.
func (s *suite) start(ctx context.Context, name, program string, args ...string) (*process.Server, error) {
	server, err := process.Start(ctx, s.path(name+".log"), program, args...)
	if err != nil {
		return nil, err
	}
	s.running = append(s.running, server)
	return server, nil
}

func (s *suite) stopAll() {
	for _, server := range s.running {
		server.Stop()
	}
	s.running = nil
}

// close ends everything and removes the databases, those of a run that failed
// too.
func (s *suite) close() {
	s.stopAll()
	if s.postgres != nil {
		s.postgres.stop()
	}
	if s.storage != nil {
		_ = s.storage.Close() // nothing was written through it
	}
	if s.dir != "" {
		_ = os.RemoveAll(s.dir) // a folder that stays behind harms nobody
	}
}
