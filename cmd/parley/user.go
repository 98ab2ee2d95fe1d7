package main

import (
	"cmp"
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers"
	"github.com/parley-gateway/parley/handlers/records"
)

func (p *program) userCommand() *cobra.Command {
	return group("user", "Create, show and change users", "  parley user show ben",
		p.userCreateCommand(), p.userShowCommand(), p.userListCommand(), p.userHistoryCommand(), p.userStatusCommand())
}

func (p *program) userCreateCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "create",
		Short: "Create a user, and the first workspace where there is none",
		Example: `  parley user create --identifier ann --name "Ann Lee" --email ann@example.com
  parley user create --identifier bo --name Bo --email bo@example.com --user-type saas_admin --status active --workspace delay`,
		Args: cobra.NoArgs,
	}
	f := cmd.Flags()
	f.String("identifier", "", "the unique name of the user in URLs")
	f.String("name", "", "the name that people read")
	f.String("email", "", "the unique address of mail")
	f.String("user-type", "", "saas_admin, saas_user (the default) or saas_user_client")
	f.String("status", "", "active, onboarding (the default), inactive, suspended or risky")
	f.String("workspace", "", "the home workspace; may be left out where there is at most one")
	formatFlag(cmd, &format, "text", codecs.Single)
	requireFlags(cmd, "identifier", "name", "email")
	cmd.RunE = action(func(ctx context.Context, _ []string) error {
		user, err := records.BindNewUser(given(cmd, map[string]string{
			"identifier": "identifier", "name": "name", "email": "email",
			"user-type": "user_type", "status": "status", "workspace": "workspace",
		}))
		if err != nil {
			return err
		}
		return p.withNewStore(ctx, func(store parley.Store) error {
			if user.Workspace, err = homeWorkspace(ctx, store, user.Workspace); err != nil {
				return err
			}
			created, err := store.CreateUser(ctx, operator(), user)
			if err != nil {
				return err
			}
			return p.printUser(format, created)
		})
	})
	return cmd
}

// given makes a record of the flags that were given, so that the command line
// keeps the same rules as every format.
func given(cmd *cobra.Command, fields map[string]string) codecs.Decoded {
	var r codecs.Record
	for flag, field := range fields {
		if f := cmd.Flags().Lookup(flag); f.Changed {
			r = append(r, codecs.Field{Name: field, Value: codecs.TextValue(f.Value.String())})
		}
	}
	return codecs.Decoded{Record: r}
}

// firstWorkspace is what the first workspace is called where nobody says.
const firstWorkspace = "main"

// homeWorkspace decides where a new user is at home. In an empty database
// that makes the first workspace.
func homeWorkspace(ctx context.Context, store parley.Store, asked string) (string, error) {
	workspaces, err := store.Workspaces(ctx)
	if err != nil {
		return "", err
	}
	switch {
	case len(workspaces) == 0:
		asked = cmp.Or(asked, firstWorkspace)
		w, err := store.CreateWorkspace(ctx, operator(), parley.NewWorkspace{
			Identifier: asked, Name: asked, Type: parley.WorkspaceMultiUser,
		})
		return w.ID, err
	case asked == "" && len(workspaces) == 1:
		return workspaces[0].ID, nil
	case asked == "":
		return "", misuse("choose one with --workspace: %s", identifiers(workspaces))
	}
	return asked, nil
}

func identifiers(workspaces []parley.Workspace) string {
	list := make([]string, len(workspaces))
	for i, w := range workspaces {
		list[i] = w.Identifier
	}
	return strings.Join(list, ", ")
}

func (p *program) printUser(format string, u parley.User) error {
	return p.printDocument(handlers.Formats(), format, codecs.Document{
		Name:   "user",
		Record: records.User(u, operator()),
		Page:   codecs.Page{Title: u.Name},
	})
}

func (p *program) userShowCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "show REF",
		Short:   "Show a user, by id or identifier",
		Example: "  parley user show ben --format xml",
		Args:    cobra.ExactArgs(1),
		RunE: action(func(ctx context.Context, args []string) error {
			return p.withStore(ctx, func(store parley.Store) error {
				u, err := store.User(ctx, parley.Everywhere, args[0])
				if err != nil {
					return err
				}
				return p.printUser(format, u)
			})
		}),
	}
	formatFlag(cmd, &format, "text", codecs.Single)
	return cmd
}

// wholeList is the size of the pages in which the command line reads lists,
// which it prints whole.
const wholeList = 200

// eachPage reads page after page, until one has no next.
func eachPage(read func(cursor string) (next string, err error)) error {
	for cursor := ""; ; {
		next, err := read(cursor)
		if err != nil || next == "" {
			return err
		}
		cursor = next
	}
}

func (p *program) userListCommand() *cobra.Command {
	var format, status, userType, prefix string
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List users",
		Example: "  parley user list --status risky --format csv",
		Args:    cobra.NoArgs,
		RunE: action(func(ctx context.Context, _ []string) error {
			filter := parley.UserFilter{
				Status: parley.Status(status), Type: parley.UserType(userType), Prefix: prefix,
				Page: parley.Page{Limit: wholeList},
			}
			return p.withStore(ctx, func(store parley.Store) error {
				list := codecs.Listing{Name: "users", Item: "user", Page: codecs.Page{Title: "Users"}}
				err := eachPage(func(cursor string) (string, error) {
					filter.Page.Cursor = cursor
					page, err := store.Users(ctx, parley.Everywhere, filter)
					for _, u := range page.Users {
						list.Records = append(list.Records, records.User(u, operator()))
					}
					return page.Next, err
				})
				if err != nil {
					return err
				}
				return p.printListing(handlers.Formats(), format, list, "identifier", "name", "email", "user_type", "status", "updated_at")
			})
		}),
	}
	oneOfFlag(cmd, &status, "status", "", "only users of this `status`", parley.Names(parley.Statuses))
	oneOfFlag(cmd, &userType, "user-type", "", "only users of this `type`", parley.Names(parley.UserTypes))
	cmd.Flags().StringVar(&prefix, "q", "", "only users whose identifier, name or email begins so")
	formatFlag(cmd, &format, "", codecs.Many)
	return cmd
}

func (p *program) userHistoryCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "history REF",
		Short:   "Show the history of a user, newest first",
		Example: "  parley user history ben --format ndjson",
		Args:    cobra.ExactArgs(1),
		RunE: action(func(ctx context.Context, args []string) error {
			return p.withStore(ctx, func(store parley.Store) error {
				list := codecs.Listing{Name: "status_changes", Item: "status_change", Page: codecs.Page{Title: "History of " + args[0]}}
				err := eachPage(func(cursor string) (string, error) {
					page, err := store.Changes(ctx, parley.Everywhere, args[0], parley.Page{Limit: wholeList, Cursor: cursor})
					for _, c := range page.Changes {
						list.Records = append(list.Records, records.Change(c, operator()))
					}
					return page.Next, err
				})
				if err != nil {
					return err
				}
				return p.printListing(handlers.Formats(), format, list,
					"seq", "changed_at", "from_status", "to_status", "changed_by", "review_comment")
			})
		}),
	}
	formatFlag(cmd, &format, "", codecs.Many)
	return cmd
}

func (p *program) userStatusCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "status REF STATUS",
		Short:   "Change the status of a user",
		Example: `  parley user status ben suspended --comment "Abuse of the system."`,
		Args:    cobra.ExactArgs(2),
	}
	cmd.Flags().String("comment", "", "the review comment")
	formatFlag(cmd, &format, "text", codecs.Single)
	cmd.RunE = action(func(ctx context.Context, args []string) error {
		fields := given(cmd, map[string]string{"comment": records.FieldComment})
		fields.Record = append(fields.Record, codecs.Field{Name: records.FieldStatus, Value: codecs.TextValue(args[1])})
		change, _, err := records.BindStatusChange(fields, records.Rules{})
		if err != nil {
			return err
		}
		return p.withStore(ctx, func(store parley.Store) error {
			outcome, err := store.ChangeStatus(ctx, parley.ChangeRequest{
				Caller: operator(), Ref: args[0], Change: change, RequestID: uuid.NewString(),
			})
			if err != nil {
				return err
			}
			return p.printUser(format, outcome.User)
		})
	})
	return cmd
}
