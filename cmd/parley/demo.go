package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/fixtures"
)

// demoToken is the name of the token of the demo, and demoUser whose name it
// acts in.
const (
	demoToken = "demo"
	demoUser  = "ben"
)

// startDemo loads the demo data into an empty database, or finds it there
// from an earlier start, and prints what to try.
func (p *program) startDemo(ctx context.Context, store parley.Store, url string) error {
	if err := loadDemo(ctx, store); err != nil {
		return err
	}
	if err := store.RevokeToken(ctx, demoToken); err != nil && !parley.HasCode(err, parley.CodeNotFound) {
		return err
	}
	token, err := issueToken(ctx, store, parley.NewToken{
		Name: demoToken, ActsAs: demoUser, Permissions: parley.Permissions,
	})
	if err != nil {
		return err
	}
	return p.printCurlLines(url, token)
}

func loadDemo(ctx context.Context, store parley.Store) error {
	workspaces, users := fixtures.Demo()
	err := store.Load(ctx, workspaces, users)
	if !parley.HasCode(err, parley.CodeTaken) {
		return err
	}
	ben := slices.IndexFunc(users, func(u parley.User) bool { return u.Identifier == demoUser })
	if found, err := store.User(ctx, parley.Everywhere, demoUser); err != nil || found.ID != users[ben].ID {
		return errors.New("the database holds other data: --demo needs an empty one")
	}
	return nil
}

func (p *program) printCurlLines(url, token string) error {
	fmt.Fprintln(p.err, "Try these in another terminal:")
	_, err := fmt.Fprintf(p.out, `
curl --request PATCH --url %[1]s/users/ben --header 'Authorization: Bearer %[2]s' --header 'Content-Type: application/json' --data '{"status": "inactive", "review_comment": "User is suspended due to abuse of the system."}'

curl --request PATCH --url %[1]s/users/ben --header 'Authorization: Bearer %[2]s' --header 'Content-Type: application/xml' --data '<user><status>active</status><review_comment>It was a mistake.</review_comment></user>'

curl --url %[1]s/users/ben/status-changes --header 'Authorization: Bearer %[2]s' --header 'Accept: text/plain'

`, url, token)
	return err
}
