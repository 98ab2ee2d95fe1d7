// Package pgbench lets PostgreSQL's own load generator measure a script in a closed loop.
package pgbench

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/parley-gateway/parley/bench/load"
	"github.com/parley-gateway/parley/bench/process"
)

// Job is one measurement.
type Job struct {
	Program  string // pgbench
	URL      string
	Script   string // a file
	Dir      string // for its logs
	Clients  int
	Users    int           // the variable :users of the script
	Warmup   time.Duration // after it has connected; not counted
	Duration time.Duration // of what is counted
	// CPU reads what the server has spent so far.
	CPU func() (time.Duration, error)
}

// Result is what it found.
type Result struct {
	load.Result
	ServerCPU time.Duration // that was spent while the time counted
	OwnCPU    time.Duration // by pgbench
}

// connecting is how long it may take to connect all clients: each is a process of the
// server's.
const connecting = 3 * time.Second

// Run measures from the log of all transactions, and counts neither those nor the
// processor time before connections and plans are there: Parley's stay, too.
func Run(ctx context.Context, job Job) (Result, error) {
	cmd := command(ctx, job)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		return Result{}, err
	}
	begin, end, used, err := watch(ctx, job, cmd.Process.Pid)
	if failure := cmd.Wait(); failure != nil {
		return Result{}, fmt.Errorf("%w\n%s", failure, output.Bytes())
	}
	if err != nil {
		return Result{}, err
	}
	exchanges, err := takeLogs(filepath.Join(job.Dir, logPrefix))
	if err != nil {
		return Result{}, err
	}
	if len(exchanges) == 0 || exchanges[0].Done.After(begin) {
		return Result{}, fmt.Errorf("pgbench had not begun after %s", connecting+job.Warmup)
	}
	used.Result = load.Summary(begin, end, exchanges)
	return used, nil
}

const logPrefix = "pgbench"

// command runs it for whole seconds, as it wants, and a second more than what counts.
func command(ctx context.Context, job Job) *exec.Cmd {
	seconds := math.Ceil((connecting + job.Warmup + job.Duration).Seconds() + 1)
	cmd := exec.CommandContext(ctx, job.Program, "--no-vacuum", "--protocol", "prepared", "--client", strconv.Itoa(job.Clients),
		"--jobs", "2", "--time", strconv.Itoa(int(seconds)), "--define", fmt.Sprintf("users=%d", job.Users),
		"--file", job.Script, "--log", "--log-prefix", logPrefix, job.URL)
	cmd.Dir = job.Dir
	return cmd
}

// watch reads the processor time at the beginning and at the end of what counts.
func watch(ctx context.Context, job Job, pid int) (begin, end time.Time, used Result, err error) {
	if err := sleep(ctx, connecting+job.Warmup); err != nil {
		return begin, end, used, err
	}
	begin = time.Now()
	server, own, err := times(job, pid)
	if err != nil {
		return begin, end, used, err
	}
	if err := sleep(ctx, job.Duration); err != nil {
		return begin, end, used, err
	}
	end = time.Now()
	used.ServerCPU, used.OwnCPU, err = times(job, pid)
	used.ServerCPU -= server
	used.OwnCPU -= own
	return begin, end, used, err
}

func times(job Job, pid int) (server, own time.Duration, err error) {
	if server, err = job.CPU(); err != nil {
		return 0, 0, err
	}
	own, err = process.CPU(pid)
	return server, own, err
}

func sleep(ctx context.Context, span time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(span):
		return nil
	}
}
