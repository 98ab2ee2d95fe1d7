package main

import (
	"log/slog"
	"net/url"
	"time"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers"
	"github.com/parley-gateway/parley/handlers/records"
)

// config is the settings in the terms of the handlers.
func (s serving) config(store parley.Store, log *slog.Logger, commentRequired []parley.Status) handlers.Config {
	config := handlers.Config{
		Store:         store,
		Log:           log,
		Rules:         records.Rules{CommentRequired: commentRequired},
		MatchRequired: s.requireIfMatch,
		Limits:        codecs.Limits{Depth: s.maxDepth, Fields: s.maxFields},
		MaxBody:       s.maxBody,
		Timeout:       s.requestTimeout,
		Origins:       s.corsOrigins,

		SessionLifetime: s.sessionLifetime,
	}
	if s.demo {
		config.DemoUser = demoUser
	}
	return config
}

// check refuses settings that cannot be meant.
func (s serving) check() error {
	for _, origin := range s.corsOrigins {
		if !isOrigin(origin) {
			return misuse("--cors-origins: %q is no origin, such as https://desk.example", origin)
		}
	}
	for flag, n := range map[string]int64{
		"max-body": s.maxBody, "max-depth": int64(s.maxDepth), "max-fields": int64(s.maxFields),
	} {
		if n < 1 {
			return misuse("--%s: %d is too little", flag, n)
		}
	}
	for flag, d := range map[string]time.Duration{
		"request-timeout": s.requestTimeout, "read-timeout": s.readTimeout, "write-timeout": s.writeTimeout,
		"idle-timeout": s.idleTimeout, "grace": s.grace,
	} {
		if d <= 0 {
			return misuse("--%s: %s is too little", flag, d)
		}
	}
	if s.sessionLifetime < time.Second || s.sessionLifetime%time.Second != 0 {
		return misuse("--session-lifetime: %s is no number of whole seconds", s.sessionLifetime)
	}
	return nil
}

// isOrigin reports whether s is an origin as browsers send it (RFC 6454
// section 6.2), or the star that stands for all.
func isOrigin(s string) bool {
	u, err := url.Parse(s)
	return s == "*" || err == nil && (u.Scheme == "https" || u.Scheme == "http") && s == u.Scheme+"://"+u.Host && u.Host != ""
}
