package main

import (
	"fmt"
	"log/slog"
	"slices"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers"
	"github.com/parley-gateway/parley/handlers/records"
)

// config is the settings in the terms of the handlers.
func (s serving) config(store parley.Store, log *slog.Logger, commentRequired []parley.Status) handlers.Config {
	return handlers.Config{
		Store:         store,
		Log:           log,
		Rules:         records.Rules{CommentRequired: commentRequired},
		MatchRequired: s.requireIfMatch,
		Limits:        codecs.Limits{Depth: s.maxDepth, Fields: s.maxFields},
		MaxBody:       s.maxBody,
		Timeout:       s.requestTimeout,
		Origins:       s.corsOrigins,
	}
}

func statusesOf(names []string) ([]parley.Status, error) {
	statuses := make([]parley.Status, len(names))
	for i, name := range names {
		if statuses[i] = parley.Status(name); !slices.Contains(parley.Statuses, statuses[i]) {
			return nil, fmt.Errorf("--comment-required: %q is no status", name)
		}
	}
	return statuses, nil
}
