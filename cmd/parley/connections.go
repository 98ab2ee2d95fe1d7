package main

import (
	"container/list"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"sync"
	"syscall"
)

// connections is a listener that holds at most so many connections open. One
// more takes the place of the connection that has waited longest for a whole
// head of a request. Where none waits, it stays with those behind it in the
// queue of the kernel until one ends: each has its time.
type connections struct {
	*net.TCPListener
	limit int

	mu      sync.Mutex
	room    sync.Cond // there may be some
	open    int
	waiting list.List // of *connection; the one that waits longest first
	closed  bool
}

// connection embeds the type of net, so that net/http finds CloseWrite.
type connection struct {
	*net.TCPConn
	of    *connections
	place *list.Element // in waiting, or nil
	gone  bool
}

func limitConnections(listener *net.TCPListener, limit int) *connections {
	l := &connections{TCPListener: listener, limit: limit}
	l.room.L = &l.mu
	return l
}

func (l *connections) Accept() (net.Conn, error) {
	conn, err := l.AcceptTCP()
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.open >= l.limit && !l.closed {
		if first := l.waiting.Front(); first != nil {
			l.cut(first.Value.(*connection))
		} else {
			l.room.Wait()
		}
	}
	if l.closed {
		_ = conn.Close() // nothing was sent
		return nil, net.ErrClosed
	}
	c := &connection{TCPConn: conn, of: l}
	l.open++
	l.enterQueue(c)
	return c, nil
}

// cut ends a connection from this side. Its server learns it by a failed read.
func (l *connections) cut(c *connection) {
	l.forget(c)
	_ = c.TCPConn.Close() // its client is told nothing either way
}

// forget may be called twice for a connection.
func (l *connections) forget(c *connection) {
	if c.gone {
		return
	}
	c.gone = true
	l.leaveQueue(c)
	l.open--
	l.room.Signal()
}

func (l *connections) leaveQueue(c *connection) {
	if c.place != nil {
		l.waiting.Remove(c.place)
		c.place = nil
	}
}

func (l *connections) enterQueue(c *connection) {
	if c.gone || c.place != nil {
		return
	}
	c.place = l.waiting.PushBack(c)
	l.room.Signal()
}

func (c *connection) Close() error {
	c.of.mu.Lock()
	c.of.forget(c)
	c.of.mu.Unlock()
	return c.TCPConn.Close()
}

// note is the http.Server's ConnState. A new connection waits already.
func (l *connections) note(conn net.Conn, state http.ConnState) {
	if t, ok := conn.(*tls.Conn); ok {
		conn = t.NetConn()
	}
	c := conn.(*connection)
	l.mu.Lock()
	defer l.mu.Unlock()
	switch state {
	case http.StateActive:
		l.leaveQueue(c)
	case http.StateIdle:
		l.enterQueue(c)
	}
}

// closeWaiting ends the connections that have sent no whole head of a request.
func (l *connections) closeWaiting() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for first := l.waiting.Front(); first != nil; first = l.waiting.Front() {
		l.cut(first.Value.(*connection))
	}
}

// Close accepts nothing more, and leaves the connections that there are.
func (l *connections) Close() error {
	l.mu.Lock()
	l.closed = true
	l.room.Signal()
	l.mu.Unlock()
	return l.TCPListener.Close()
}

// otherFiles is how many files a server needs beside its connections: those of
// the database grow with the processors.
func otherFiles() int { return 64 + 4*runtime.NumCPU() }

// affordable is as many connections as the process may hold, at most limit.
func affordable(limit int, log *slog.Logger) int {
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil || files.Cur >= uint64(limit+otherFiles()) {
		return limit
	}
	fewer := max(1, int(files.Cur)-otherFiles())
	log.Warn("the process may not open as many files as --max-connections asks for",
		"files", files.Cur, "asked", limit, "connections", fewer)
	return fewer
}
