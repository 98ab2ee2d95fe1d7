package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/parley-gateway/parley/repository"
)

func (p *program) backupCommand() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the database into a file, and check the copy",
		Long: `Copy the database into a file, and check the copy. It may run beside a server: all
that was acknowledged before is in it. The file has its name when it is whole and
on disk. The same way, a backup is restored: a copy of it under the name of a
database that is not there.`,
		Example: `  parley backup --db parley.db monday.db
  parley backup --db monday.db parley.db`,
		Args: cobra.ExactArgs(1),
		RunE: action(func(ctx context.Context, args []string) error { return p.backup(ctx, args[0], force) }),
	}
	cmd.Flags().BoolVar(&force, "force", false, "replace FILE where it is there")
	return cmd
}

func (p *program) backup(ctx context.Context, file string, force bool) error {
	if err := repository.Backup(ctx, p.db, file, repository.BackupOptions{Force: force, Report: p.printFault}); err != nil {
		return err
	}
	fmt.Fprintf(p.err, "%s is copied to %s, and has no fault\n", p.db, file)
	return nil
}
