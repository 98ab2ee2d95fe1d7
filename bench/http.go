package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/parley-gateway/parley/bench/report"
	"github.com/parley-gateway/parley/bench/suite"
)

// httpFlags are those of the command http.
type httpFlags struct {
	suite.Options
	out  string
	json string
}

func runHTTP(ctx context.Context, args []string) error {
	o, err := parseHTTP(args)
	if err != nil {
		return err
	}
	results, err := suite.Run(ctx, o.Options, os.Stderr)
	if err != nil {
		return err
	}
	if err := results.Print(os.Stdout); err != nil {
		return err
	}
	if o.json != "" {
		if err := writeJSON(o.json, results); err != nil {
			return err
		}
	}
	if o.out != "" {
		return results.Plot(o.out)
	}
	return nil
}

func parseHTTP(args []string) (httpFlags, error) {
	var o httpFlags
	var short bool
	f := flag.NewFlagSet("http", flag.ContinueOnError)
	f.BoolVar(&short, "short", false, "measure a little of everything, in less than a minute: figures of such a run mean nothing")
	f.StringVar(&o.Root, "root", "..", "the `folder` of Parley's module")
	f.StringVar(&o.Dir, "dir", "../build/bench", "the `folder` for databases: its file system is measured too")
	f.StringVar(&o.out, "out", "", "the `folder` to write plots to")
	f.StringVar(&o.json, "json", "", "the `file` to write the raw results to")
	f.Func("only", "one `section` that needs no other: "+report.Postgres+" or "+report.Curve, section(&o.Only))
	f.IntVar(&o.Rounds, "rounds", 5, "how often each measurement is made; medians count")
	f.DurationVar(&o.Duration, "duration", 2*time.Second, "of one round of a measurement")
	f.DurationVar(&o.Warmup, "warmup", 300*time.Millisecond, "before each round, not counted")
	f.IntVar(&o.Users, "users", 100_000, "in the database of all sections but one")
	o.Connections = []int{1, 16, report.Busy, 256}
	f.Func("connections", "numbers of connections, with commas; 1 and 64 must be among them (1,16,64,256)", integers(&o.Connections))
	o.UserCounts = []int{10_000, 100_000, 1_000_000}
	f.Func("user-counts", "numbers of users of that section, with commas (10000,100000,1000000)", integers(&o.UserCounts))
	o.Fractions = []float64{0.25, 0.5, 0.75, 0.9}
	o.Curve = []int{1, 2, 4, 8, 16, 32, report.Busy, 128, 256}
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if short {
		o.shorten()
	}
	for _, needed := range []int{1, report.Busy} {
		if !slices.Contains(o.Connections, needed) {
			return o, fmt.Errorf("-connections: the figures need %d", needed)
		}
	}
	return o, nil
}

// shorten keeps every path of the benchmark and little of its time.
func (o *httpFlags) shorten() {
	o.Rounds, o.Duration, o.Warmup = 1, 200*time.Millisecond, 20*time.Millisecond
	o.Users, o.UserCounts = 1000, []int{1000, 4000}
	o.Connections, o.Fractions = []int{1, report.Busy}, []float64{0.5}
	o.Curve = []int{1, 8, report.Busy}
}

func section(to *string) func(string) error {
	return func(name string) error {
		if name != report.Postgres && name != report.Curve {
			return errors.New("there is no such section")
		}
		*to = name
		return nil
	}
}

func integers(to *[]int) func(string) error {
	return func(text string) error {
		*to = nil
		for part := range strings.SplitSeq(text, ",") {
			n, err := strconv.Atoi(part)
			if err != nil || n < 1 {
				return fmt.Errorf("%q is no such number", part)
			}
			*to = append(*to, n)
		}
		return nil
	}
}

func writeJSON(path string, results report.Results) error {
	text, err := json.MarshalIndent(results, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}
