package main

import (
	"github.com/spf13/cobra"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/handlers"
)

// rules is what is asked of a change beyond the contract.
type rules struct {
	commentRequired []string
	requireIfMatch  bool

	statuses []parley.Status // that commentRequired names
}

func (r *rules) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringSliceVar(&r.commentRequired, "comment-required", nil, "statuses for which a comment is required")
	f.BoolVar(&r.requireIfMatch, "require-if-match", false, "refuse changes without If-Match")
}

func (r *rules) check() (err error) {
	r.statuses, err = valuesOf("comment-required", r.commentRequired, parley.Statuses)
	return err
}

func (r *rules) apply(config *handlers.Config) {
	config.Rules.CommentRequired = r.statuses
	config.MatchRequired = r.requireIfMatch
}
