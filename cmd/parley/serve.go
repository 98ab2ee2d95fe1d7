package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/handlers"
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
	log := s.logger(lines)
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
		server := s.server(handlers.New(s.config(store, log)), log)
		return serveUntil(ctx, store.Failed(), server, listener, s.grace)
	})
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
