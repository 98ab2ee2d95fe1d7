package main

import (
	"cmp"
	"log/slog"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/handlers"
)

// settings is what can be set of a server. Each part knows its flags, and which
// values cannot be meant.
type settings struct {
	network
	rules
	limits
	rates
	times
	logging
	demo bool
}

func (s *settings) flags(cmd *cobra.Command) {
	s.network.flags(cmd)
	s.rules.flags(cmd)
	s.limits.flags(cmd)
	s.rates.flags(cmd)
	s.times.flags(cmd)
	s.logging.flags(cmd)
	cmd.Flags().BoolVar(&s.demo, "demo", false, "load demo data into an empty database and print curl lines to try")
}

func (s *settings) check() error {
	return cmp.Or(s.network.check(), s.rules.check(), s.limits.check(), s.times.check())
}

// config is the settings in the terms of the handlers.
func (s *settings) config(store parley.Store, log *slog.Logger) handlers.Config {
	config := handlers.Config{Store: store, Log: log}
	s.network.apply(&config)
	s.rules.apply(&config)
	s.limits.apply(&config)
	s.rates.apply(&config)
	s.times.apply(&config)
	if s.demo {
		config.DemoUser = demoUser
	}
	return config
}

func (s *settings) server(handler http.Handler, log *slog.Logger) *http.Server {
	server := &http.Server{
		Handler:        handler,
		MaxHeaderBytes: s.maxHeaderBytes(),
		ErrorLog:       slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	s.bound(server)
	return server
}
