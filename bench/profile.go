package main

import (
	"context"
	"flag"
	"os"
	"time"

	"github.com/parley-gateway/parley/bench/suite"
)

func runProfile(ctx context.Context, args []string) error {
	var o suite.ProfileOptions
	f := flag.NewFlagSet("profile", flag.ContinueOnError)
	f.StringVar(&o.Out, "out", "../build/profile", "the `folder` to write profiles to")
	f.StringVar(&o.Dir, "dir", "../build/bench", "the `folder` for the database: its file system is measured too")
	f.IntVar(&o.Users, "users", 100_000, "in the database")
	f.IntVar(&o.Connections, "connections", 64, "open at once")
	f.DurationVar(&o.Duration, "duration", 10*time.Second, "of the load that is profiled")
	f.IntVar(&o.Lines, "lines", 25, "of each profile to print")
	if err := f.Parse(args); err != nil {
		return err
	}
	return suite.Profile(ctx, o, os.Stdout)
}
