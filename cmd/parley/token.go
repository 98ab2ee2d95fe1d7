package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers"
	"github.com/parley-gateway/parley/handlers/records"
)

func (p *program) tokenCommand() *cobra.Command {
	return group("token", "Make, show, list and revoke tokens", "  parley token list",
		p.tokenCreateCommand(), p.tokenShowCommand(), p.tokenListCommand(), p.tokenRevokeCommand())
}

func (p *program) tokenCreateCommand() *cobra.Command {
	var token parley.NewToken
	var permissions []string
	var expires time.Duration
	var file string
	cmd := &cobra.Command{
		Use:   "create",
		Short: "Make a token and print it, once",
		Example: `  parley token create --name support --acts-as ben --permissions users:read,users:write
  parley token create --name desk --acts-as ben --permissions users:read --token-file desk.token
  parley token create --name import --acts-as ben --permissions users:admin --expires 720h --workspace delay`,
		Args: cobra.NoArgs,
		RunE: action(func(ctx context.Context, _ []string) (err error) {
			if strings.ContainsFunc(token.Name, unicode.IsControl) {
				return misuse("--name: %q holds a control character", token.Name)
			}
			if token.Permissions, err = permissionsOf(permissions); err != nil {
				return err
			}
			if token.ExpiresAt, err = expiryOf(expires); err != nil {
				return err
			}
			return p.withStore(ctx, func(store parley.Store) error {
				return p.createToken(ctx, store, token, file)
			})
		}),
	}
	f := cmd.Flags()
	f.StringVar(&token.Name, "name", "", "what the token is called")
	f.StringVar(&token.ActsAs, "acts-as", "", "the user, by id or identifier, in whose name it changes things")
	f.StringSliceVar(&permissions, "permissions", nil, strings.Join(parley.Names(parley.Permissions), ", "))
	f.DurationVar(&expires, "expires", 0, "how long it is valid; 0 for ever")
	f.StringVar(&token.Workspace, "workspace", "", "the one workspace it is limited to; none for all")
	f.StringVar(&file, "token-file", "", "a new `file` for the token, which its owner alone may read, instead of standard output")
	requireFlags(cmd, "name", "acts-as", "permissions")
	return cmd
}

func permissionsOf(names []string) ([]parley.Permission, error) {
	if len(names) == 0 {
		return nil, misuse("--permissions: a token without any is good for nothing")
	}
	return valuesOf("permissions", names, parley.Permissions)
}

func expiryOf(expires time.Duration) (time.Time, error) {
	switch {
	case expires < 0:
		return time.Time{}, misuse("--expires: %s is in the past", expires)
	case expires == 0:
		return time.Time{}, nil
	}
	return time.Now().Add(expires), nil
}

func (p *program) createToken(ctx context.Context, store parley.Store, token parley.NewToken, file string) error {
	if file != "" {
		return createTokenFile(ctx, store, token, file)
	}
	text, err := issueToken(ctx, store, token)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(p.out, text); err != nil {
		// Half of it may be somewhere, and nobody can use it.
		return errors.Join(err, store.RevokeToken(ctx, token.Name))
	}
	return nil
}

// issueToken keeps a new token and returns its text, which is kept nowhere.
func issueToken(ctx context.Context, store parley.Store, token parley.NewToken) (string, error) {
	text := parley.GenerateToken()
	return text, keepToken(ctx, store, token, text)
}

func keepToken(ctx context.Context, store parley.Store, token parley.NewToken, text string) error {
	token.Hash, _ = parley.HashToken(text)
	_, err := store.CreateToken(ctx, token)
	return err
}

func (p *program) tokenListCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the tokens",
		Example: "  parley token list --format json",
		Args:    cobra.NoArgs,
		RunE: action(func(ctx context.Context, _ []string) error {
			return p.withStore(ctx, func(store parley.Store) error {
				tokens, err := store.Tokens(ctx)
				if err != nil {
					return err
				}
				list := codecs.Listing{Name: "tokens", Item: "token"}
				for _, t := range tokens {
					list.Records = append(list.Records, records.Token(t))
				}
				return p.printListing(handlers.Formats(), format, list,
					"name", "acts_as", "permissions", "workspace", "created_at", "expires_at", "revoked_at")
			})
		}),
	}
	formatFlag(cmd, &format, "", codecs.Many)
	return cmd
}

func (p *program) tokenRevokeCommand() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "revoke NAME",
		Short: "End a token at once",
		Example: `  parley token revoke support
  parley token revoke --token-file found.token`,
		Args: func(cmd *cobra.Command, args []string) error {
			if file != "" {
				return cobra.NoArgs(cmd, args)
			}
			return cobra.ExactArgs(1)(cmd, args)
		},
		RunE: action(func(ctx context.Context, args []string) error {
			if file != "" {
				return p.withTokenFrom(ctx, file, func(store parley.Store, hash parley.TokenHash) error {
					return store.RevokeLeaked(ctx, hash)
				})
			}
			return p.withStore(ctx, func(store parley.Store) error {
				return store.RevokeToken(ctx, args[0])
			})
		}),
	}
	tokenFileFlag(cmd, &file)
	return cmd
}
