package main

import (
	"log/slog"

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
