// Command bench measures Parley over HTTP beside other servers in one run, and
// prints every figure as a ratio within that run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/parley-gateway/parley/bench/load"
	"github.com/parley-gateway/parley/bench/peers"
	"github.com/parley-gateway/parley/bench/process"
	"github.com/parley-gateway/parley/bench/storage"
)

const usage = `usage: bench COMMAND [FLAGS]

  http      measure Parley beside its peers and print the figures
  profile   serve Parley under load and write profiles
  simulate  say what gateways on PostgreSQL do, and compare it with what was measured

and, as processes of the first two:

  serve NAME   serve a peer: plain, pocketbase, constant or responder
  load         carry out the load job on standard input
  storage      carry out the storage job on standard input`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errors.New(usage)
	}
	switch args[0] {
	case "http":
		return runHTTP(ctx, args[1:])
	case "profile":
		return runProfile(ctx, args[1:])
	case "simulate":
		return runSimulate(args[1:])
	case "serve":
		return servePeer(args[1:])
	case "load":
		return process.Answer(load.Run)
	case "storage":
		return process.Answer(storage.Run)
	}
	return fmt.Errorf("there is no command %q\n%s", args[0], usage)
}

func servePeer(args []string) error {
	if len(args) == 0 {
		return errors.New("serve: which peer?")
	}
	var o peers.Options
	f := flag.NewFlagSet("serve", flag.ContinueOnError)
	f.StringVar(&o.Addr, "addr", "127.0.0.1:8090", "where to listen")
	f.StringVar(&o.DB, "db", "", "the database: a file for plain, a folder for pocketbase")
	f.IntVar(&o.Users, "users", 1000, "how many users a new database of pocketbase's gets")
	f.IntVar(&o.Size, "size", 400, "bytes of the answer of constant and responder")
	if err := f.Parse(args[1:]); err != nil {
		return err
	}
	return peers.Serve(args[0], o)
}
