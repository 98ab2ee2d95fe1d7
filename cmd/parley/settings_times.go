package main

import (
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/parley-gateway/parley/handlers"
)

// maxStreams is how many requests an HTTP/2 connection may have open, as few as
// RFC 9113 section 6.5.2 recommends.
const maxStreams = 100

// times bound how long things may take.
type times struct {
	request time.Duration
	header  time.Duration
	read    time.Duration
	write   time.Duration
	idle    time.Duration
	grace   time.Duration
	session time.Duration
}

func (t *times) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.DurationVar(&t.request, "request-timeout", 10*time.Second, "longest work on one request, once it has been read")
	f.DurationVar(&t.header, "header-timeout", 10*time.Second, "longest time to send the head of a request")
	f.DurationVar(&t.read, "read-timeout", 30*time.Second, "longest time to send a request, head and body")
	f.DurationVar(&t.write, "write-timeout", 30*time.Second, "longest time to take an answer")
	f.DurationVar(&t.idle, "idle-timeout", 2*time.Minute, "how long a connection may wait for its next request")
	f.DurationVar(&t.grace, "grace", 15*time.Second, "how long accepted requests may take after a signal to stop")
	f.DurationVar(&t.session, "session-lifetime", 12*time.Hour, "how long a browser stays signed in, in whole seconds")
}

func (t *times) check() error {
	for _, limit := range []struct {
		flag  string
		value time.Duration
	}{
		{"request-timeout", t.request},
		{"header-timeout", t.header},
		{"read-timeout", t.read},
		{"write-timeout", t.write},
		{"idle-timeout", t.idle},
		{"grace", t.grace},
	} {
		if limit.value <= 0 {
			return misuse("--%s: %s is too little", limit.flag, limit.value)
		}
	}
	if t.session < time.Second || t.session%time.Second != 0 {
		return misuse("--session-lifetime: %s is no number of whole seconds", t.session)
	}
	return nil
}

func (t *times) apply(config *handlers.Config) {
	config.Timeout = t.request
	config.WriteTimeout = t.write
	config.SessionLifetime = t.session
}

// bound gives net/http the times of a connection. The time for an answer begins
// when there is one, which only the handlers know; from the head on, net/http can
// grant it no earlier than this. Over HTTP/2, a head that does not end is cut by
// the idle time, and a client that takes nothing by WriteByteTimeout.
func (t *times) bound(server *http.Server) {
	server.ReadHeaderTimeout = min(t.header, t.read)
	server.ReadTimeout = t.read
	server.WriteTimeout = t.read + t.request + t.write
	server.IdleTimeout = t.idle
	server.HTTP2 = &http.HTTP2Config{MaxConcurrentStreams: maxStreams, WriteByteTimeout: t.write}
}
