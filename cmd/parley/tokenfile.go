package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers"
	"github.com/parley-gateway/parley/handlers/records"
)

// tokenFileFlag takes a token that exists from a file: on the command line
// everybody on the machine could read it.
func tokenFileFlag(cmd *cobra.Command, file *string) {
	cmd.Flags().StringVar(file, "token-file", "", "the `file` that holds the token; - for standard input")
}

// createTokenFile makes a token whose text stands in a new file of its owner's
// alone. The file is there before the token counts: one that cannot be written
// leaves no token, and one that cannot be kept leaves no file.
func createTokenFile(ctx context.Context, store parley.Store, token parley.NewToken, path string) error {
	text := parley.GenerateToken()
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(file, text)
	err = errors.Join(err, file.Close())
	if err == nil {
		err = keepToken(ctx, store, token, text)
	}
	if err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// withTokenFrom is withStore for what is done about a token whose text is known.
func (p *program) withTokenFrom(ctx context.Context, file string, do func(parley.Store, parley.TokenHash) error) error {
	hash, err := p.readToken(file)
	if err != nil {
		return err
	}
	return p.withStore(ctx, func(store parley.Store) error { return do(store, hash) })
}

// maxTokenFile is more than a token and the white space around it need, in bytes.
const maxTokenFile = 4 << 10

func (p *program) readToken(path string) (parley.TokenHash, error) {
	in := p.in
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return parley.TokenHash{}, err
		}
		defer file.Close()
		in = file
	}
	text, err := io.ReadAll(io.LimitReader(in, maxTokenFile))
	if err != nil {
		return parley.TokenHash{}, err
	}
	hash, ok := parley.HashToken(strings.TrimSpace(string(text)))
	if !ok {
		return hash, errors.New("this is no token of Parley's, or it was not copied whole: its checksum is wrong")
	}
	return hash, nil
}

func (p *program) tokenShowCommand() *cobra.Command {
	var file, format string
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Tell whose token this is and whether it is valid",
		Example: `  parley token show --token-file found.token
  parley token show --token-file - --format json`,
		Args: cobra.NoArgs,
		RunE: action(func(ctx context.Context, _ []string) error {
			return p.withTokenFrom(ctx, file, func(store parley.Store, hash parley.TokenHash) error {
				token, err := store.Token(ctx, hash)
				if err != nil {
					return err
				}
				record := append(records.Token(token), codecs.Field{Name: "state", Value: codecs.TextValue(stateOf(token, time.Now()))})
				return p.printDocument(handlers.Formats(), format, codecs.Document{Name: "token", Record: record})
			})
		}),
	}
	tokenFileFlag(cmd, &file)
	requireFlags(cmd, "token-file")
	formatFlag(cmd, &format, "text", codecs.Single)
	return cmd
}

// stateOf says whether a token counts.
func stateOf(t parley.Token, now time.Time) string {
	switch {
	case !t.RevokedAt.IsZero():
		return "revoked"
	case !t.ExpiresAt.IsZero() && !now.Before(t.ExpiresAt):
		return "expired"
	}
	return "valid"
}
