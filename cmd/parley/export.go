package main

import (
	"bufio"
	"context"

	"github.com/spf13/cobra"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers"
	"github.com/parley-gateway/parley/handlers/records"
)

func (p *program) exportCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Print every user, to be imported",
		Long: `Print every user as they were at one moment, with the fields of POST /users and
in the order of their identifiers, so that import makes the same users elsewhere.`,
		Example: `  parley export --format csv > users.csv`,
		Args:    cobra.NoArgs,
		RunE: action(func(ctx context.Context, _ []string) error {
			return p.withStore(ctx, func(store parley.Store) error {
				return p.export(ctx, store, handlers.Formats().ByName(format).(codecs.ListStreamer))
			})
		}),
	}
	oneOfFlag(cmd, &format, "format", "ndjson", "the `format` to print", listFormats())
	return cmd
}

func (p *program) export(ctx context.Context, store parley.Store, format codecs.ListStreamer) error {
	total, err := countUsers(ctx, store)
	if err != nil {
		return err
	}
	bar := p.newProgress("exporting", total)
	defer bar.end()
	out := bufio.NewWriter(p.out)
	list := format.StreamList("users", "user")
	var done int64
	for user, err := range store.Export(ctx) {
		if err != nil {
			return err
		}
		text, err := list.Append(nil, records.NewUser(user))
		if err != nil {
			return err
		}
		if _, err := out.Write(text); err != nil {
			return err
		}
		done++
		bar.at(done)
	}
	if _, err := out.Write(list.End(nil)); err != nil {
		return err
	}
	return out.Flush()
}

func countUsers(ctx context.Context, store parley.Store) (total int64, err error) {
	counts, err := store.CountUsers(ctx, parley.Everywhere, parley.UserFilter{})
	for _, n := range counts {
		total += n
	}
	return total, err
}
