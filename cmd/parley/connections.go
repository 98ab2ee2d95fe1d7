package main

import (
	"container/list"
	"crypto/tls"
	"log/slog"
	"math"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"syscall"

	"github.com/parley-gateway/parley/handlers"
)

// connections is a listener that holds at most so many connections open. One
// more takes the place of the connection that has waited longest for a whole
// head of a request. Where none waits, whoever holds more than half of all gets no
// more, and gives way to others. Where nobody does, one more stays with those
// behind it in the queue of the kernel until one ends: each has its time.
type connections struct {
	*net.TCPListener
	limit   int
	proxies []netip.Prefix // speak for many

	mu      sync.Mutex
	room    sync.Cond  // there may be some
	waiting *list.List // of *connection; the one that has waited longest first
	working *list.List // likewise
	held    map[netip.Addr]int
	closed  bool
}

// connection embeds the type of net, so that net/http finds CloseWrite.
type connection struct {
	*net.TCPConn
	client netip.Addr // zero for a proxy
	of     *connections
	in     *list.List // waiting or working, or nil once it has ended
	place  *list.Element
}

func limitConnections(listener *net.TCPListener, limit int, proxies []netip.Prefix) *connections {
	l := &connections{
		TCPListener: listener, limit: limit, proxies: proxies,
		waiting: list.New(), working: list.New(), held: map[netip.Addr]int{},
	}
	l.room.L = &l.mu
	return l
}

func (l *connections) Accept() (net.Conn, error) {
	for {
		conn, err := l.AcceptTCP()
		if err != nil {
			return nil, err
		}
		c := &connection{TCPConn: conn, client: l.clientOf(conn), of: l}
		if l.admit(c) {
			return c, nil
		}
		_ = conn.Close() // nothing was sent
	}
}

// clientOf is who may hold too many connections, the zero address for a proxy.
func (l *connections) clientOf(conn *net.TCPConn) netip.Addr {
	addr := conn.RemoteAddr().(*net.TCPAddr).AddrPort().Addr().Unmap().WithZone("")
	if slices.ContainsFunc(l.proxies, func(network netip.Prefix) bool { return network.Contains(addr) }) {
		return netip.Addr{}
	}
	return handlers.NetworkOf(addr)
}

// admit waits until there is room for a connection, and reports whether there is
// for this one.
func (l *connections) admit(c *connection) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for !l.closed && l.waiting.Len()+l.working.Len() >= l.limit {
		switch other := l.dispensable(c); other {
		case nil:
			l.room.Wait()
		case c:
			return false
		default:
			l.cut(other)
		}
	}
	if l.closed {
		return false
	}
	l.held[c.client]++
	l.enter(l.waiting, c)
	return true
}

// dispensable is the connection that gives way to a new one, or the new one
// itself, or nil where none is.
func (l *connections) dispensable(c *connection) *connection {
	if first := l.waiting.Front(); first != nil {
		return first.Value.(*connection)
	}
	if l.holdsMost(c.client) {
		return c
	}
	for e := l.working.Front(); e != nil; e = e.Next() {
		if other := e.Value.(*connection); l.holdsMost(other.client) {
			return other
		}
	}
	return nil
}

func (l *connections) holdsMost(client netip.Addr) bool {
	return client.IsValid() && 2*l.held[client] > l.limit
}

// cut ends a connection from this side. Its server learns it by a failed read.
func (l *connections) cut(c *connection) {
	l.forget(c)
	_ = c.TCPConn.Close() // its client is told nothing either way
}

// forget may be called twice for a connection.
func (l *connections) forget(c *connection) {
	if c.in == nil {
		return
	}
	c.in.Remove(c.place)
	c.in = nil
	if l.held[c.client]--; l.held[c.client] == 0 {
		delete(l.held, c.client)
	}
	l.room.Signal()
}

func (l *connections) enter(in *list.List, c *connection) {
	c.in, c.place = in, in.PushBack(c)
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
	switch state {
	case http.StateActive:
		l.move(conn.(*connection), l.working)
	case http.StateIdle:
		l.move(conn.(*connection), l.waiting)
	}
}

func (l *connections) move(c *connection, to *list.List) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.in == nil {
		return
	}
	c.in.Remove(c.place)
	l.enter(to, c)
	l.room.Signal()
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
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil || files.Cur > math.MaxInt32 {
		return limit
	}
	fewer := max(1, int(files.Cur)-otherFiles())
	if fewer >= limit {
		return limit
	}
	log.Warn("the process may not open as many files as --max-connections asks for",
		"files", files.Cur, "asked", limit, "connections", fewer)
	return fewer
}
