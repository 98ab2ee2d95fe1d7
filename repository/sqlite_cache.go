package repository

import (
	"sync"

	"github.com/jmoiron/sqlx"

	"github.com/parley-gateway/parley"
)

// What a cache remembers is bounded: to about 4 MiB of tokens, as much of
// sessions, and 16 MiB of users.
const (
	maxCallers = 10_000
	maxUsers   = 32_768
)

// cache remembers what was read, so that it is not read again for each request:
// who tokens and sessions stand for, and users. It counts for one version of the
// file: a commit of any process makes another version, and what is remembered
// then counts again only if that commit was this process's own, less the rows
// that it altered.
type cache struct {
	watch watch

	mu       sync.RWMutex
	version  int64                              // of the watch
	held     bool                               // a transaction of this process is under way: a version may be its own
	tokens   map[parley.TokenHash]knownCaller   // the same map for good
	sessions map[parley.SessionHash]knownCaller // the same
	users    cachedUsers
	writerAt int64 // the version of the writer's connection, which its own commits do not alter

	altered rows // by the transaction under way; the writer's alone
}

// rows are what a transaction has altered of what a cache remembers.
type rows struct {
	tokens, sessions, workspaces bool
	users                        []int64 // keys
}

// newCache makes an empty cache of version 0, which no version is.
func newCache(watcher *sqlx.Conn) *cache {
	return &cache{
		watch:    watch{conn: watcher},
		tokens:   make(map[parley.TokenHash]knownCaller),
		sessions: make(map[parley.SessionHash]knownCaller),
		users:    newCachedUsers(),
	}
}

// recall returns what is known of a hash, which is of a token or a session, in
// the present version of the file, and that version for remember.
func recall[H comparable](c *cache, callers map[H]knownCaller, hash H) (known knownCaller, ok bool, version int64, err error) {
	version, err = c.watch.version()
	if err != nil {
		return known, false, 0, err
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	known, ok = callers[hash]
	return known, ok && c.version == version, version, nil
}

// user is recall for users.
func (c *cache) user(ref string) (user parley.User, known bool, version int64, err error) {
	version, err = c.watch.version()
	if err != nil {
		return user, false, 0, err
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.version != version {
		return user, false, version, nil
	}
	user, known = c.users.find(ref)
	return user, known, version, nil
}

// remember keeps what was read after recall returned version.
func remember[H comparable](c *cache, callers map[H]knownCaller, hash H, known knownCaller, version int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.counts(version) {
		return
	}
	if len(callers) >= maxCallers {
		clear(callers)
	}
	callers[hash] = known
}

// keepUser remembers a user that was read after user returned version.
func (c *cache) keepUser(ref string, row userRow, version int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts(version) {
		c.users.keep(ref, row)
	}
}

// counts reports whether what was read in a version may be kept.
func (c *cache) counts(version int64) bool {
	if version > c.version && !c.held {
		c.reset(version) // another process has committed
	}
	return version == c.version
}

func (c *cache) reset(version int64) {
	clear(c.tokens)
	clear(c.sessions)
	c.version, c.users = version, newCachedUsers()
}

// hold says that a transaction of this process begins, release that it is noted
// or has changed nothing.
func (c *cache) hold() { c.setHeld(true) }

func (c *cache) release() {
	c.altered = rows{users: c.altered.users[:0]}
	c.setHeld(false)
}

func (c *cache) setHeld(held bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = held
}

// alters is told by SQLite of each row that the writer's connection inserts,
// updates or deletes (https://www.sqlite.org/c3ref/update_hook.html), so that no
// statement can be forgotten. What is rolled back again is told all the same.
func (c *cache) alters(_ int, _, table string, key int64) {
	switch table {
	case "tokens":
		c.altered.tokens = true
	case "sessions":
		c.altered.sessions = true
	case "workspaces":
		c.altered.workspaces = true
	case "users":
		c.altered.users = append(c.altered.users, key)
	}
}

// note takes over the version that a commit of this process has made. The
// writer's connection is asked last: while its version stays what it was,
// nobody else has committed since the commit that was noted before.
func (c *cache) note(writer *sqlx.Conn) {
	version, err := c.watch.version()
	if err != nil {
		version = 0
	}
	at, err := dataVersion(writer)
	alone := err == nil && at == c.writerAt
	c.writerAt = at
	c.mu.Lock()
	defer c.mu.Unlock()
	if !alone {
		c.reset(version)
	}
	c.version = version
	c.forgetAltered()
}

// forgetAltered forgets tokens, sessions and workspaces, which hardly ever
// change, all at once; with the tokens their sessions.
func (c *cache) forgetAltered() {
	if c.altered.tokens {
		clear(c.tokens)
	}
	if c.altered.tokens || c.altered.sessions {
		clear(c.sessions)
	}
	if c.altered.workspaces {
		c.users = newCachedUsers()
	}
	for _, key := range c.altered.users {
		c.users.forget(key)
	}
}
