package main

import (
	"encoding/json"
	"errors"
	"flag"
	"os"

	"github.com/parley-gateway/parley/bench/report"
	"github.com/parley-gateway/parley/bench/simulate"
)

// runSimulate compares the simulation with a curve that was measured, and fails where it
// is further off than a bound.
func runSimulate(args []string) error {
	f := flag.NewFlagSet("simulate", flag.ContinueOnError)
	measured := f.String("measured", "simulate/measured.json", "the raw results of http -only "+report.Curve+", a `file`")
	bound := f.Float64("bound", 0.25, "by what share of the measured throughput the simulation may be off")
	if err := f.Parse(args); err != nil {
		return err
	}
	text, err := os.ReadFile(*measured)
	if err != nil {
		return err
	}
	var results report.Results
	if err := json.Unmarshal(text, &results); err != nil {
		return err
	}
	costs, all, err := simulate.Compare(results)
	if err != nil {
		return err
	}
	return errors.Join(simulate.Print(os.Stdout, costs, all, simulate.Plants()), simulate.Check(all, *bound))
}
