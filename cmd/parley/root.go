package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/repository"
)

const envPrefix = "PARLEY_"

// ofCobra are variables that cobra reads itself; its completion scripts set
// them.
var ofCobra = []string{envPrefix + "ACTIVE_HELP", envPrefix + "COMPLETION_DESCRIPTIONS"}

// command builds the tree of commands anew, so that tests can run many.
func (p *program) command() *cobra.Command {
	root := &cobra.Command{
		Use:   "parley",
		Short: "One status, many languages",
		Long: `Parley changes the status of users and speaks the caller's language both ways.

Data goes to standard output and everything else to standard error. The exit
status is 0 when it was done, 1 when it failed, 2 when it was called wrongly.
Every flag of serve, and --db, is also a variable: PARLEY_DB,
PARLEY_COMMENT_REQUIRED, and so on. A flag wins.`,
		Example: `  parley serve --demo
  parley user status ben suspended --comment "Abuse of the system."`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },

		PersistentPreRunE: func(*cobra.Command, []string) error { return p.checkDatabase() },
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
		p.importCommand(),
		p.exportCommand(),
		p.convertCommand(),
		p.negotiateCommand(),
		p.migrateCommand(),
		p.checkCommand(),
		p.backupCommand(),
		p.versionCommand(),
		p.completionCommand(),
	)
	return root
}

// checkDatabase comes before every command.
func (p *program) checkDatabase() error {
	if err := repository.CheckName(p.db); err != nil {
		return fmt.Errorf("--db: %w", err)
	}
	return nil
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
		if !strings.HasPrefix(name, envPrefix) || slices.Contains(ofCobra, name) {
			continue
		}
		setting, ok := settings[name]
		if !ok {
			return fmt.Errorf("there is no setting %s", name)
		}
		if err := preset(setting.Value, value); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// preset sets a value so that a flag replaces it: Set would make a flag add to
// a list.
func preset(v pflag.Value, text string) error {
	if list, ok := v.(pflag.SliceValue); ok {
		return list.Replace(strings.FieldsFunc(text, func(r rune) bool { return r == ',' }))
	}
	return v.Set(text)
}

func envName(flag string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// withStore opens the database for the time of one command. One that is not
// there is an error: a name that was mistyped must not make a new one.
func (p *program) withStore(ctx context.Context, do func(parley.Store) error) error {
	return p.withStoreBy(ctx, repository.Options{Existing: true}, do)
}

// withNewStore is withStore for the commands that a database begins with.
func (p *program) withNewStore(ctx context.Context, do func(parley.Store) error) error {
	return p.withStoreBy(ctx, repository.Options{}, do)
}

func (p *program) withStoreBy(ctx context.Context, opts repository.Options, do func(parley.Store) error) (err error) {
	store, err := repository.Open(ctx, p.db, opts)
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
