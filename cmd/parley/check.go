package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/parley-gateway/parley/repository"
)

func (p *program) checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Look for faults in the database",
		Long: `Look for faults in the database, and print each in one line: pages and indexes,
references, the schema, each user's chain of history, and each user against the
last change. It only reads, and may run beside a server.`,
		Example: "  parley check --db parley.db",
		Args:    cobra.NoArgs,
		RunE:    action(func(ctx context.Context, _ []string) error { return p.check(ctx) }),
	}
}

func (p *program) check(ctx context.Context) error {
	checked, err := repository.Check(ctx, p.db, p.printFault)
	if err != nil {
		return err
	}
	if checked.Faults > 0 {
		return fmt.Errorf("%s has %s", repository.DisplayName(p.db), count(checked.Faults, "fault"))
	}
	fmt.Fprintf(p.err, "%s has no fault: %s, %s\n", repository.DisplayName(p.db), count(checked.Users, "user"), count(checked.Changes, "change"))
	return nil
}

// printFault leaves it to the exit status to say what cannot be printed.
func (p *program) printFault(f repository.Fault) { _, _ = fmt.Fprintln(p.out, f) }
