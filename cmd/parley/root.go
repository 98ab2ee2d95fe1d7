package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/repository"
)

const envPrefix = "PARLEY_"

// command builds the tree of commands anew, so that tests can run many.
func (p *program) command() *cobra.Command {
	root := &cobra.Command{
		Use:           "parley",
		Short:         "One status, many languages",
		Long:          "Parley changes the status of users and speaks the caller's language both ways.",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	root.PersistentFlags().StringVar(&p.db, "db", "parley.db", "the database: a file, or a postgres:// URL")
	root.AddCommand(
		p.serveCommand(),
		p.userCommand(),
		p.tokenCommand(),
		p.workspaceCommand(),
		p.convertCommand(),
		p.negotiateCommand(),
		p.migrateCommand(),
		p.versionCommand(),
	)
	return root
}

// group makes a command that only holds others. Called alone, it shows them.
func group(use, short, example string, commands ...*cobra.Command) *cobra.Command {
	g := &cobra.Command{
		Use: use, Short: short, Example: example, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	g.AddCommand(commands...)
	return g
}

// applyEnvironment gives the settings their values from PARLEY_* variables,
// before the command line is read, so that a flag wins. A variable that is no
// setting is an error: it was meant to be one.
func (p *program) applyEnvironment(root *cobra.Command) error {
	settings := map[string]*pflag.Flag{}
	note := func(f *pflag.Flag) { settings[envName(f.Name)] = f }
	root.PersistentFlags().VisitAll(note)
	serve, _, err := root.Find([]string{"serve"})
	if err != nil {
		return err
	}
	serve.Flags().VisitAll(note)
	for _, entry := range p.env {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, envPrefix) {
			continue
		}
		setting, ok := settings[name]
		if !ok {
			return fmt.Errorf("there is no setting %s", name)
		}
		if err := setting.Value.Set(value); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func envName(flag string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// withStore opens the database for the time of one command.
func (p *program) withStore(ctx context.Context, do func(parley.Store) error) (err error) {
	store, err := repository.Open(ctx, p.db, repository.Options{})
	if err != nil {
		return err
	}
	defer func() {
		if closing := store.Close(); err == nil {
			err = closing
		}
	}()
	return do(store)
}

// operator is who acts on the command line: whoever may open the database may
// do everything, and is no user.
func operator() parley.Caller {
	return parley.Caller{Permissions: parley.Permissions}
}
