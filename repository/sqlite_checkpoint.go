package repository

import (
	"context"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
)

// Of what the log may hold at most, a part is what it holds in the usual course
// of things. Much is well: the same pages are copied less often, and while the
// database is synced, so that changes wait longer for their own syncs, less.
const (
	checkpointShare = 3 // to begin with
	usualShare      = 2 // that the file keeps for the next round
)

const (
	frameSize       = 4096 + 24 // bytes: a page and its header (https://www.sqlite.org/walformat.html)
	checkpointRest  = 500       // frames that may be copied while changes wait
	checkpointPause = 50 * time.Millisecond
	restartPatience = 10 * time.Millisecond // with readers that are about to end
)

// checkpointer copies the write-ahead log into the database on a connection of
// its own, so that no change waits for it but for the last few pages.
type checkpointer struct {
	conn      *sqlx.Conn
	alone     sync.Mutex      // with conn, for each checkpoint
	limit     int             // frames
	room      func() int64    // bytes that are left on the disk
	turn      sync.Locker     // to write
	committed <-chan struct{} // has an element when there may be something to do
	fail      func(error)     // is told of each error
	closing   chan struct{}
	ended     chan struct{}
}

func newCheckpointer(conn *sqlx.Conn, w *writer, room func() int64) *checkpointer {
	return &checkpointer{
		conn: conn, limit: int(w.logLimit / frameSize), room: room, turn: &w.turn, committed: w.committed, fail: w.failAfterSync,
		closing: make(chan struct{}), ended: make(chan struct{}),
	}
}

func (c *checkpointer) run() {
	defer close(c.ended)
	for {
		select {
		case <-c.committed:
		case <-c.closing:
			return
		}
		if err := c.checkpoint(); err != nil {
			c.fail(err)
		}
		select {
		case <-time.After(checkpointPause):
		case <-c.closing:
			return
		}
	}
}

// checkpoint copies the log once it is long, or longer than what is left on the
// disk: a log that begins anew needs no more room, and one that filled the disk
// could not be copied into a database that grows by it.
func (c *checkpointer) checkpoint() error {
	c.alone.Lock()
	defer c.alone.Unlock()
	state, err := c.pragma("NOOP")
	if err != nil || state.Frames < c.limit/checkpointShare && int64(state.Frames)*frameSize < c.room() {
		return err
	}
	return c.empty(state, c.limit/usualShare)
}

// truncate copies the log, however short it is, and makes its file an empty one.
func (c *checkpointer) truncate() error {
	c.alone.Lock()
	defer c.alone.Unlock()
	state, err := c.pragma("NOOP")
	if err != nil {
		return err
	}
	return c.empty(state, -1)
}

// empty copies until little is left, then the rest while nobody writes, so that
// the log begins anew; its file keeps so many frames at most. A reader that
// stays with an older state of the database stops it; then the next checkpoint
// goes on.
func (c *checkpointer) empty(state logState, keep int) (err error) {
	for before := -1; state.Copied > before && state.rest() > checkpointRest; {
		before = state.Copied
		if state, err = c.pragma("PASSIVE"); err != nil {
			return err
		}
	}
	if state.rest() > checkpointRest {
		return nil
	}
	return c.restart(keep)
}

func (c *checkpointer) restart(keep int) error {
	c.turn.Lock()
	defer c.turn.Unlock()
	state, err := c.pragma("PASSIVE")
	if err != nil || state.rest() > 0 {
		return err
	}
	mode := "RESTART"
	if state.Frames > keep {
		mode = "TRUNCATE"
	}
	_, err = c.pragma(mode)
	return err
}

// logState is what a checkpoint says
// (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint).
type logState struct {
	Busy   int `db:"busy"`
	Frames int `db:"log"`
	Copied int `db:"checkpointed"`
}

func (s logState) rest() int { return s.Frames - s.Copied }

func (c *checkpointer) pragma(mode string) (state logState, err error) {
	err = c.conn.GetContext(context.Background(), &state, "PRAGMA wal_checkpoint("+mode+")")
	return state, err
}

func (c *checkpointer) close() {
	close(c.closing)
	<-c.ended
}
