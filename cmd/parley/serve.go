package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/handlers"
	"github.com/parley-gateway/parley/repository"
)

func (p *program) serveCommand() *cobra.Command {
	var s settings
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the API over HTTP",
		Example: `  parley serve --db parley.db --addr 127.0.0.1:8080
  parley serve --demo
  PARLEY_COMMENT_REQUIRED=suspended,risky parley serve`,
		Args: cobra.NoArgs,
		RunE: action(func(ctx context.Context, _ []string) error { return p.serve(ctx, s) }),
	}
	s.flags(cmd)
	return cmd
}

func (p *program) serve(ctx context.Context, s settings) error {
	if err := s.check(); err != nil {
		return err
	}
	// To write to a pipe that nobody reads is an error, and no reason to die.
	signal.Ignore(syscall.SIGPIPE)
	lines := newLogQueue(p.err, s.logger(p.err))
	defer p.endLog(lines)
	return p.serveAt(ctx, s, s.logger(lines))
}

// serveAt opens the port before the store: a port that is taken leaves no database.
func (p *program) serveAt(ctx context.Context, s settings, log *slog.Logger) error {
	pair, err := s.keyPair(log)
	if err != nil {
		return err
	}
	port, err := s.listen()
	if err != nil {
		return err
	}
	listener := limitConnections(port, affordable(s.connections, log), s.trusted)
	defer listener.Close()
	return p.withNewStore(ctx, func(store parley.Store) error {
		if s.demo {
			if err := p.startDemo(ctx, store, s.url(listener.Addr())); err != nil {
				return err
			}
		}
		log.Info("serving", "addr", listener.Addr().String(), "db", repository.DisplayName(p.db), "tls", pair != nil)
		server := s.server(handlers.New(s.config(store, log)), log)
		server.ConnState = listener.note
		if pair != nil {
			server.TLSConfig = pair.config()
			go pair.follow(ctx)
		}
		return serveUntil(ctx, store.Failed(), server, listener, s.grace)
	})
}

// serveUntil serves until the context ends or the store fails, and then
// finishes what was accepted.
func serveUntil(ctx context.Context, failed <-chan error, server *http.Server, listener *connections, grace time.Duration) error {
	ended := make(chan error, 1)
	go func() { ended <- serveAll(server, listener) }()
	var failure error
	select {
	case err := <-ended:
		return err
	case failure = <-failed:
	case <-ctx.Done():
	}
	return errors.Join(failure, shutDown(ctx, server, listener, grace), <-ended)
}

// serveAll serves until the server is shut down.
func serveAll(server *http.Server, listener net.Listener) error {
	serve := server.Serve
	if server.TLSConfig != nil {
		serve = func(l net.Listener) error { return server.ServeTLS(l, "", "") }
	}
	if err := serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// lastCall is how long connections that have sent no whole head of a request may
// go on with it after a signal to stop. net/http would wait for new ones longer.
const lastCall = time.Second

func shutDown(ctx context.Context, server *http.Server, listener *connections, grace time.Duration) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	defer time.AfterFunc(min(lastCall, grace/2), listener.closeWaiting).Stop()
	if err := server.Shutdown(ctx); err != nil {
		return fmt.Errorf("requests were still at work after %s: %w", grace, err)
	}
	return nil
}
