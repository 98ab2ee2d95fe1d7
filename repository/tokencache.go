package repository

import (
	"context"
	"database/sql"
	"sync"
	"sync/atomic"

	"github.com/jmoiron/sqlx"

	"github.com/parley-gateway/parley"
)

// maxTokens bounds the memory of a tokenCache: to about 4 MiB.
const maxTokens = 10_000

// tokenCache remembers who tokens stand for, so that they are not looked up
// again for each request. It counts for one version of the file: a commit of
// any process makes another version, and what it remembers then counts again
// only if that commit was this process's own and altered no token.
type tokenCache struct {
	watch watch

	mu       sync.RWMutex
	version  int64 // of the watch
	held     bool  // a transaction of this process is under way: a version may be its own
	tokens   map[parley.TokenHash]knownToken
	writerAt int64 // the version of the writer's connection, which its own commits do not alter
}

// knownToken is a token that was not revoked. Expires is in microseconds.
type knownToken struct {
	caller  parley.Caller
	expires sql.Null[int64]
}

// find returns what is known of a token in the present version of the file,
// and that version for keep.
func (c *tokenCache) find(hash parley.TokenHash) (token knownToken, known bool, version int64, err error) {
	version, err = c.watch.version()
	if err != nil {
		return token, false, 0, err
	}
	c.mu.RLock()
	token, known = c.tokens[hash]
	current := c.version == version
	c.mu.RUnlock()
	return token, known && current, version, nil
}

// keep remembers a token that was read after find returned version.
func (c *tokenCache) keep(hash parley.TokenHash, token knownToken, version int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if version > c.version && !c.held {
		c.reset(version) // another process has committed
	}
	if version != c.version {
		return
	}
	if len(c.tokens) >= maxTokens {
		c.reset(version)
	}
	c.tokens[hash] = token
}

func (c *tokenCache) reset(version int64) {
	c.version, c.tokens = version, make(map[parley.TokenHash]knownToken)
}

// hold says that a transaction of this process begins, release that it is noted
// or was none.
func (c *tokenCache) hold()    { c.setHeld(true) }
func (c *tokenCache) release() { c.setHeld(false) }

func (c *tokenCache) setHeld(held bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = held
}

// note takes over the version that a commit of this process has made. The
// writer's connection is asked last: while its version stays what it was,
// nobody else has committed since the commit that was noted before.
func (c *tokenCache) note(writer *sqlx.Conn, tokensChanged bool) {
	version, err := c.watch.version()
	if err != nil {
		version = 0 // which no later one is equal to
	}
	at, err := dataVersion(writer)
	alone := err == nil && at == c.writerAt
	c.writerAt = at
	c.mu.Lock()
	defer c.mu.Unlock()
	if tokensChanged || !alone {
		c.reset(version)
	}
	c.version = version
}

// watch tells versions of the file by a connection that never writes: the
// number changes with every commit of any other connection
// (https://www.sqlite.org/pragma.html#pragma_data_version). It ascends.
type watch struct {
	conn  *sqlx.Conn
	begun atomic.Int64 // how often the file was asked

	mu   sync.Mutex
	last int64
	err  error
}

// version is the file's of a moment after the call. One question is the answer
// for all who came before it was asked.
func (w *watch) version() (int64, error) {
	before := w.begun.Load()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.begun.Load() == before {
		w.begun.Add(1)
		w.last, w.err = dataVersion(w.conn)
	}
	return w.last, w.err
}

func dataVersion(conn *sqlx.Conn) (version int64, err error) {
	err = conn.QueryRowContext(context.Background(), "PRAGMA data_version").Scan(&version)
	return version, err
}
