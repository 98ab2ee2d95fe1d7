package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/parley-gateway/parley/repository"
)

func (p *program) migrateCommand() *cobra.Command {
	var from, to string
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database to the schema of this version, or copy it to PostgreSQL",
		Long: `Bring the database to the schema of this version.

With --from and --to, copy a database from a file into an empty PostgreSQL
database instead: users, the whole history, tokens, sessions and idempotency
keys. The file is only read, and may be served meanwhile. To call it again goes on
where a call was interrupted, and adds what was written since: for the last time
when nothing writes any more. Every row is compared at the end. Nothing can open
the copy before that, and nothing is added after it was opened.`,
		Example: `  parley migrate --db parley.db
  parley migrate --from parley.db --to postgres://parley@db.example/parley`,
		Args: cobra.NoArgs,
	}
	cmd.Flags().StringVar(&from, "from", "", "the `file` to copy")
	cmd.Flags().StringVar(&to, "to", "", "the `postgres:// URL` of the database to copy it into")
	cmd.MarkFlagsRequiredTogether("from", "to")
	cmd.RunE = action(func(ctx context.Context, _ []string) error {
		switch {
		case !cmd.Flags().Changed("from"):
			return p.migrate(ctx)
		case cmd.Flags().Changed("db"):
			return misuse("--db goes with neither --from nor --to")
		}
		return p.copyDatabase(ctx, from, to)
	})
	return cmd
}

func (p *program) migrate(ctx context.Context) error {
	from, to, err := repository.Migrate(ctx, p.db)
	if err != nil {
		return err
	}
	name := repository.DisplayName(p.db)
	if from == to {
		fmt.Fprintf(p.err, "%s is at schema %d already\n", name, to)
		return nil
	}
	fmt.Fprintf(p.err, "%s went from schema %d to %d\n", name, from, to)
	return nil
}

func (p *program) copyDatabase(ctx context.Context, from, to string) error {
	for _, name := range []string{from, to} {
		if err := repository.CheckName(name); err != nil {
			return misuse("%s", err)
		}
	}
	bar := p.newProgress("", 0)
	defer bar.end()
	copied, err := repository.Copy(ctx, from, to, repository.CopyOptions{
		Report: p.printFault,
		Progress: func(what string, done, total int64) {
			bar.what, bar.total = what, total
			bar.at(done)
		},
	})
	if err != nil {
		return err
	}
	bar.end()
	fmt.Fprintf(p.err, "%s is copied to %s, and nothing differs: %s, %s\nwhat is written to %[1]s after %[5]s is not in the copy\n",
		from, repository.DisplayName(to), count(copied.Users, "user"), count(copied.Changes, "change"), copied.Until.UTC().Format(time.RFC3339))
	return nil
}
