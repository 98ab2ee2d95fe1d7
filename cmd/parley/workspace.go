package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers"
	"github.com/parley-gateway/parley/handlers/records"
)

func (p *program) workspaceCommand() *cobra.Command {
	return group("workspace", "Create and list workspaces", "  parley workspace list",
		p.workspaceCreateCommand(), p.workspaceListCommand())
}

func (p *program) workspaceCreateCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "create",
		Short:   "Create a workspace",
		Example: `  parley workspace create --identifier delay --name "Delay Technologies" --domain-name delay.example --owner ben`,
		Args:    cobra.NoArgs,
	}
	f := cmd.Flags()
	f.String("identifier", "", "the unique name of the workspace in URLs")
	f.String("name", "", "the name that people read")
	f.String("workspace-type", "", "single_user or multi_user (the default)")
	f.String("domain-name", "", "the domain that the workspace answers for")
	f.String("owner", "", "the user, by id or identifier, who owns it")
	formatFlag(cmd, &format, "text", codecs.Single)
	requireFlags(cmd, "identifier", "name")
	cmd.RunE = action(func(ctx context.Context, _ []string) error {
		workspace, err := records.BindNewWorkspace(given(cmd, map[string]string{
			"identifier": "identifier", "name": "name", "workspace-type": "workspace_type",
			"domain-name": "domain_name", "owner": "owner",
		}))
		if err != nil {
			return err
		}
		return p.withNewStore(ctx, func(store parley.Store) error {
			created, err := store.CreateWorkspace(ctx, operator(), workspace)
			if err != nil {
				return err
			}
			return p.printDocument(handlers.Formats(), format, codecs.Document{
				Name:   "workspace",
				Record: records.Workspace(created, operator()),
				Page:   codecs.Page{Title: created.Name},
			})
		})
	})
	return cmd
}

func (p *program) workspaceListCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the workspaces",
		Example: "  parley workspace list --format yaml",
		Args:    cobra.NoArgs,
		RunE: action(func(ctx context.Context, _ []string) error {
			return p.withStore(ctx, func(store parley.Store) error {
				workspaces, err := store.Workspaces(ctx)
				if err != nil {
					return err
				}
				list := codecs.Listing{Name: "workspaces", Item: "workspace", Page: codecs.Page{Title: "Workspaces"}}
				for _, w := range workspaces {
					list.Records = append(list.Records, records.Workspace(w, operator()))
				}
				return p.printListing(handlers.Formats(), format, list, "identifier", "name", "workspace_type", "domain_name", "owner_id")
			})
		}),
	}
	formatFlag(cmd, &format, "", codecs.Many)
	return cmd
}
