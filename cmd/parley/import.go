package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers"
)

// importOptions are the flags of an import.
type importOptions struct {
	format       string // empty for that of each file's extension
	workspace    string // of users who name none
	ignore       []string
	batch        int64 // users in one transaction; 0 for all
	skipExisting bool
}

func (p *program) importCommand() *cobra.Command {
	var o importOptions
	cmd := &cobra.Command{
		Use:   "import FILE...",
		Short: "Create the users of files, all or none",
		Long: `Create the users of files, all or none; - is standard input.

The fields are those of POST /users. Every fault is told with its place, and
where there is one, nothing is imported. It may run beside a server.`,
		Example: `  parley import users.csv more-users.xml
  parley user list --format ndjson | parley import --format ndjson --ignore id,created_at,updated_at -
  parley import --batch 10000 --skip-existing users.ndjson`,
		Args: cobra.MinimumNArgs(1),
		RunE: action(func(ctx context.Context, files []string) error {
			inputs, err := o.inputs(files)
			if err != nil {
				return err
			}
			return p.withNewStore(ctx, func(store parley.Store) error {
				return p.importFiles(ctx, store, o, inputs)
			})
		}),
	}
	oneOfFlag(cmd, &o.format, "format", "", "the `format` of all files, instead of their extensions", listFormats())
	f := cmd.Flags()
	f.StringVar(&o.workspace, "workspace", "", "the home of users who name none; may be left out where there is at most one")
	f.StringSliceVar(&o.ignore, "ignore", nil, "`fields` to leave out, such as id,created_at")
	f.Int64Var(&o.batch, "batch", 0, "commit each so many users instead of all at once")
	f.BoolVar(&o.skipExisting, "skip-existing", false, "leave out users who are there already with the same fields")
	return cmd
}

// listFormats lists the names of the formats that users are exported to and
// imported from.
func listFormats() []string {
	var names []string
	for _, f := range handlers.Formats().Formats() {
		if _, ok := f.(codecs.ListDecoder); ok {
			names = append(names, f.Name())
		}
	}
	return names
}

// input is a file to be imported.
type input struct {
	name   string
	format codecs.ListDecoder
}

// extensions are those that are not the name of their format.
var extensions = map[string]string{"jsonl": "ndjson", "yml": "yaml"}

func (o importOptions) inputs(files []string) ([]input, error) {
	if o.batch < 0 {
		return nil, misuse("--batch: %d is no number of users", o.batch)
	}
	formats := handlers.Formats()
	inputs := make([]input, len(files))
	for i, name := range files {
		extension := strings.ToLower(strings.TrimPrefix(filepath.Ext(name), "."))
		named := cmp.Or(o.format, extensions[extension], extension)
		format, ok := formats.ByName(named).(codecs.ListDecoder)
		if !ok {
			return nil, misuse("%s: its name tells no format; choose one with --format: %s", name, strings.Join(listFormats(), ", "))
		}
		inputs[i] = input{name, format}
	}
	return inputs, nil
}

func (p *program) importFiles(ctx context.Context, store parley.Store, o importOptions, inputs []input) (err error) {
	users, err := store.Import(ctx, operator())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, users.Close()) }()
	if o.workspace, err = importWorkspace(ctx, store, o.workspace); err != nil {
		return err
	}
	r := &importReader{program: p, options: o, users: users}
	if err := r.readAll(ctx, inputs); err != nil {
		return unchanged(err)
	}
	var skipped int64
	if o.skipExisting {
		if skipped, err = users.SkipExisting(ctx); err != nil {
			return unchanged(err)
		}
	}
	if err := users.Check(ctx, r.faults.tell); err != nil {
		return unchanged(err)
	}
	if err := r.faults.err(); err != nil {
		return err
	}
	return p.writeImport(ctx, users, o, r.count-skipped, skipped)
}

// importWorkspace is the home of users who name none: the one that is asked for,
// else the only one there is or will be, else none.
func importWorkspace(ctx context.Context, store parley.Store, asked string) (string, error) {
	workspaces, err := store.Workspaces(ctx)
	switch {
	case err != nil || asked != "":
		return asked, err
	case len(workspaces) == 0:
		return firstWorkspace, nil
	case len(workspaces) == 1:
		return workspaces[0].Identifier, nil
	}
	return "", nil
}

func (p *program) writeImport(ctx context.Context, users parley.Import, o importOptions, total, skipped int64) error {
	bar := p.newProgress("writing", total)
	written, err := users.Write(ctx, o.batch, bar.at)
	bar.end()
	switch {
	case parley.HasCode(err, parley.CodeTooLarge):
		return fmt.Errorf("%s Import them in parts: --batch 10000", explain(err))
	case err != nil:
		return unfinished(err, written, total)
	}
	fmt.Fprintf(p.err, "%s imported", count(written, "user"))
	if o.skipExisting {
		fmt.Fprintf(p.err, ", %d were there", skipped)
	}
	fmt.Fprintln(p.err)
	return nil
}

// unfinished says of a failure what it left.
func unfinished(err error, written, total int64) error {
	if parley.AsError(err).MayBeDone {
		return fmt.Errorf("%s\n%d of %d users are in, and more may be; with --skip-existing the same call imports those who are not", explain(err), written, total)
	}
	if written == 0 {
		return unchanged(err)
	}
	return fmt.Errorf("%s\nThe first %d of %d users are in; with --skip-existing the same call goes on after them", explain(err), written, total)
}

// unchanged says of a failure that it left the database as it was.
func unchanged(err error) error {
	if errors.Is(err, context.Canceled) {
		return errors.New("interrupted; nothing was imported")
	}
	return fmt.Errorf("%s\nNothing was imported", explain(err))
}
