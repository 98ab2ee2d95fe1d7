package repository

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// proxy stands between a store and its server, and cuts connections at a chosen moment
// of a transaction. It knows where messages begin and end
// (https://www.postgresql.org/docs/current/protocol-message-formats.html).
type proxy struct {
	listener net.Listener
	server   string

	mu    sync.Mutex
	at    moment
	times int // how often it still cuts
	after func()
	away  bool
	open  map[net.Conn]bool
	trips int // how often a client waited for the server
}

// moment is when a connection is cut.
type moment string

const (
	beginUnanswered  moment = "the answer to BEGIN is lost"
	readsAnswered    moment = "the reads have been answered"
	commitLost       moment = "the commit does not arrive"
	commitUnanswered moment = "the answer to the commit is lost"
)

var moments = []moment{beginUnanswered, readsAnswered, commitLost, commitUnanswered}

// newProxy stands before the server of a URL, and returns the URL that leads there by
// way of it.
func newProxy(t *testing.T, serverURL string) (p *proxy, proxyURL string) {
	t.Helper()
	parsed, err := url.Parse(serverURL)
	if err != nil {
		t.Fatal(err)
	}
	p = &proxy{server: parsed.Host, open: map[net.Conn]bool{}, after: func() {}}
	if p.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	go p.serve()
	t.Cleanup(func() {
		p.listener.Close()
		p.goAway()
	})
	parsed.Host = p.listener.Addr().String()
	return p, parsed.String()
}

// cut has so many connections cut, and something done after each. It returns how many
// cuts of before were never made.
func (p *proxy) cut(at moment, times int, after func()) (left int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	left = p.times
	p.at, p.times, p.after = at, times, after
	return left
}

// goAway cuts all connections, and those that come until comeBack.
func (p *proxy) goAway() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.away = true
	for conn := range p.open {
		conn.Close()
	}
}

func (p *proxy) comeBack() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.away = false
}

// tripsDuring counts round trips.
func (p *proxy) tripsDuring(do func()) int {
	p.mu.Lock()
	before := p.trips
	p.mu.Unlock()
	do()
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.trips - before
}

func (p *proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		go p.connect(client)
	}
}

func (p *proxy) connect(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.server)
	if err != nil || !p.note(client) {
		return
	}
	defer p.forget(client)
	defer server.Close()
	l := &proxied{p: p, client: client, server: server}
	go func() {
		l.toServer()
		server.Close()
	}()
	l.toClient()
}

func (p *proxy) note(client net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open[client] = !p.away
	return !p.away
}

func (p *proxy) forget(client net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, client)
}

// cuts reports whether this is where a connection is cut now.
func (p *proxy) cuts(at moment) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.at != at || p.times == 0 {
		return false
	}
	p.times--
	go p.after()
	return true
}

// proxied is a connection by way of a proxy.
type proxied struct {
	p              *proxy
	client, server net.Conn
	mu             sync.Mutex
	inTransaction  bool
}

var errCut = errors.New("cut")

func (l *proxied) toServer() {
	if forward(l.server, l.client, 0) != nil { // what a connection begins with has no type
		return
	}
	_ = eachMessage(l.client, func(kind byte, message []byte) error {
		l.mu.Lock()
		inTransaction := l.inTransaction
		l.mu.Unlock()
		if inTransaction && l.p.cuts(commitLost) {
			return errCut
		}
		if kind == 'S' || kind == 'Q' { // Sync, Query
			l.p.mu.Lock()
			l.p.trips++
			l.p.mu.Unlock()
		}
		_, err := l.server.Write(message)
		return err
	})
}

func (l *proxied) toClient() {
	_ = eachMessage(l.server, func(kind byte, message []byte) error {
		body := string(message[5:])
		switch {
		case kind == 'C' && body == "BEGIN\x00" && l.p.cuts(beginUnanswered),
			kind == 'C' && body == "COMMIT\x00" && l.p.cuts(commitUnanswered):
			return errCut
		}
		if _, err := l.client.Write(message); err != nil {
			return err
		}
		if kind != 'Z' { // ReadyForQuery
			return nil
		}
		l.mu.Lock()
		l.inTransaction = body == "T"
		l.mu.Unlock()
		if body == "T" && l.p.cuts(readsAnswered) {
			return errCut
		}
		return nil
	})
}

// eachMessage reads messages with their types and lengths.
func eachMessage(from io.Reader, do func(kind byte, message []byte) error) error {
	for {
		message, err := readMessage(from, 1)
		if err != nil {
			return err
		}
		if err := do(message[0], message); err != nil {
			return err
		}
	}
}

// readMessage reads a message with so many bytes before its length.
func readMessage(from io.Reader, before int) ([]byte, error) {
	head := make([]byte, before+4)
	if _, err := io.ReadFull(from, head); err != nil {
		return nil, err
	}
	rest := make([]byte, binary.BigEndian.Uint32(head[before:])-4)
	_, err := io.ReadFull(from, rest)
	return append(head, rest...), err
}

func forward(to io.Writer, from io.Reader, before int) error {
	message, err := readMessage(from, before)
	if err == nil {
		_, err = to.Write(message)
	}
	return err
}
