// Command parley changes the status of users, over HTTP and on the command
// line, in the language of whoever calls.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/parley-gateway/parley"
)

// The exit statuses.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// After the first signal the default action is back: a second one ends
	// the process at once.
	context.AfterFunc(ctx, stop)
	p := &program{in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.Environ()}
	os.Exit(p.run(ctx, os.Args[1:]))
}

// program is parley with everything that it has from outside.
type program struct {
	in  io.Reader
	out io.Writer // data
	err io.Writer // everything else
	env []string

	db string // --db
}

// run carries out one command and returns its exit status.
func (p *program) run(ctx context.Context, args []string) int {
	root := p.command()
	root.SetArgs(args)
	called, err := root, p.applyEnvironment(root)
	if err == nil {
		called, err = root.ExecuteContextC(ctx)
	}
	if err == nil {
		return exitDone
	}
	fmt.Fprintln(p.err, "parley:", explain(err))
	var failed *failure
	if !errors.As(err, &failed) {
		fmt.Fprintf(p.err, "see: %s --help\n", called.CommandPath())
		return exitUsage
	}
	if parley.HasCode(err, parley.CodeInvalid) {
		return exitUsage
	}
	return exitFailed
}

// failure marks an error of a command that was called rightly. All other
// errors come from reading the command line.
type failure struct{ error }

func (f *failure) Unwrap() error { return f.error }

// action makes a command's function from one that knows nothing of cobra.
func action(do func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if err := do(cmd.Context(), args); err != nil {
			return &failure{err}
		}
		return nil
	}
}

// explain shows an error to a person, with each fault on a line of its own.
func explain(err error) string {
	var e *parley.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	text := e.Detail
	if text == "" {
		text = string(e.Code)
	}
	if e.Cause != nil {
		text += " (" + e.Cause.Error() + ")"
	}
	for _, f := range e.Faults {
		text += "\n  " + f.Field + ": " + f.Detail + allowed(f)
	}
	return text
}

// allowed is a sentence about what a field may be, where that is known.
func allowed(f parley.Fault) string {
	if len(f.Allowed) == 0 {
		return ""
	}
	return " There are: " + strings.Join(f.Allowed, ", ") + "."
}
