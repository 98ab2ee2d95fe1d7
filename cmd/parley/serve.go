package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/handlers"
)

// serving is the settings of the server.
type serving struct {
	addr            string
	demo            bool
	commentRequired []string
	requireIfMatch  bool
	corsOrigins     []string
	maxBody         int64
	maxDepth        int
	maxFields       int
	requestTimeout  time.Duration
	readTimeout     time.Duration
	writeTimeout    time.Duration
	idleTimeout     time.Duration
	grace           time.Duration
	sessionLifetime time.Duration
	logFormat       string
	logLevel        slog.Level
}

// maxHeader bounds what net/http reads of headers. It reads 4 KiB more than
// it is told, which makes 64 KiB in all.
const maxHeader = 60 << 10

func (p *program) serveCommand() *cobra.Command {
	var s serving
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the API over HTTP",
		Example: `  parley serve --db parley.db --addr 127.0.0.1:8080
  parley serve --demo
  PARLEY_COMMENT_REQUIRED=suspended,risky parley serve`,
		Args: cobra.NoArgs,
		RunE: action(func(ctx context.Context, _ []string) error { return p.serve(ctx, s) }),
	}
	f := cmd.Flags()
	f.StringVar(&s.addr, "addr", "127.0.0.1:8080", "where to listen")
	f.BoolVar(&s.demo, "demo", false, "load demo data into an empty database and print curl lines to try")
	f.StringSliceVar(&s.commentRequired, "comment-required", nil, "statuses for which a comment is required")
	f.BoolVar(&s.requireIfMatch, "require-if-match", false, "refuse changes without If-Match")
	f.StringSliceVar(&s.corsOrigins, "cors-origins", nil, "origins whose pages may call from a browser")
	f.Int64Var(&s.maxBody, "max-body", 1<<20, "largest body in bytes, before and after decompression")
	f.IntVar(&s.maxDepth, "max-depth", 32, "how deep a body may be nested")
	f.IntVar(&s.maxFields, "max-fields", 64, "how many fields a body may have")
	f.DurationVar(&s.requestTimeout, "request-timeout", 10*time.Second, "longest work on one request")
	f.DurationVar(&s.readTimeout, "read-timeout", 30*time.Second, "longest time to send a request")
	f.DurationVar(&s.writeTimeout, "write-timeout", 30*time.Second, "longest time to take an answer, from the end of the request's headers")
	f.DurationVar(&s.idleTimeout, "idle-timeout", 2*time.Minute, "how long a connection may wait for its next request")
	f.DurationVar(&s.grace, "grace", 15*time.Second, "how long accepted requests may take after a signal to stop")
	f.DurationVar(&s.sessionLifetime, "session-lifetime", 12*time.Hour, "how long a browser stays signed in, in whole seconds")
	oneOfFlag(cmd, &s.logFormat, "log-format", "text", "the `format` of the log", []string{"text", "json"})
	f.TextVar(&s.logLevel, "log-level", slog.LevelInfo, "the least `level` to log: debug, info, warn or error")
	return cmd
}

func (p *program) serve(ctx context.Context, s serving) error {
	if err := s.check(); err != nil {
		return err
	}
	log := p.logger(s)
	statuses, err := valuesOf("comment-required", s.commentRequired, parley.Statuses)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", s.addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	return p.withNewStore(ctx, func(store parley.Store) error {
		if s.demo {
			if err := p.startDemo(ctx, store, listener.Addr()); err != nil {
				return err
			}
		}
		log.Info("serving", "addr", listener.Addr().String(), "db", p.db)
		server := s.server(handlers.New(s.config(store, log, statuses)), log)
		return serveUntil(ctx, store.Failed(), server, listener, s.grace)
	})
}

func (p *program) logger(s serving) *slog.Logger {
	options := &slog.HandlerOptions{Level: s.logLevel}
	if s.logFormat == "json" {
		return slog.New(slog.NewJSONHandler(p.err, options))
	}
	return slog.New(slog.NewTextHandler(p.err, options))
}

func (s serving) server(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: min(s.readTimeout, 10*time.Second),
		ReadTimeout:       s.readTimeout,
		WriteTimeout:      s.writeTimeout,
		IdleTimeout:       s.idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// serveUntil serves until the context ends or the store fails, and then
// finishes what was accepted.
func serveUntil(ctx context.Context, failed <-chan error, server *http.Server, listener net.Listener, grace time.Duration) error {
	ended := make(chan error, 1)
	go func() { ended <- serveAll(server, listener) }()
	var failure error
	select {
	case err := <-ended:
		return err
	case failure = <-failed:
	case <-ctx.Done():
	}
	return errors.Join(failure, shutDown(ctx, server, grace), <-ended)
}

// serveAll serves until the server is shut down.
func serveAll(server *http.Server, listener net.Listener) error {
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func shutDown(ctx context.Context, server *http.Server, grace time.Duration) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return fmt.Errorf("requests were still at work after %s: %w", grace, err)
	}
	return nil
}
