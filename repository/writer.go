package repository

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/mattn/go-sqlite3"
)

const (
	queueLength = 1024 // commands that may wait: about a tenth of a second of work
	batchLength = 256  // commands in one transaction, so that the first of them need not wait long
)

// writer carries out the commands of a store one after the other, all that
// wait in one transaction: a disk syncs many of them in the time that it takes
// for one. There is no timer. A command that comes alone goes at once, and
// those that come while it is synced go together.
type writer struct {
	conn     *sqlx.Conn // the only one of this process that writes
	files    files
	logFile  string // the write-ahead log
	logLimit int64  // bytes
	patience time.Duration
	cache    *cache

	queue     chan *command
	committed chan struct{} // has an element after a commit, or when the log has reached its limit
	turn      sync.Mutex    // to write: held for each transaction, and for the end of a checkpoint

	failOnce sync.Once
	broken   chan struct{} // closed when what is on disk is not known any more
	failed   chan error    // and has the reason then

	closing chan struct{}
	ended   chan struct{}
}

// command is one change of the store, and what it came to.
type command struct {
	ctx     context.Context
	do      func(tx *transaction) error
	decided atomic.Bool // whether it is carried out or dropped
	err     error
	answer  chan error
}

// decide reports whether it was the first to decide what becomes of the
// command: the writer, to carry it out, or its caller, to leave.
func (c *command) decide() bool { return c.decided.CompareAndSwap(false, true) }

func newWriter(conn *sqlx.Conn, path string, files files, opts Options, cache *cache) *writer {
	return &writer{
		conn: conn, files: files, logFile: path + "-wal", logLimit: opts.LogLimit, patience: opts.BusyTimeout, cache: cache,
		queue:     make(chan *command, queueLength),
		committed: make(chan struct{}, 1),
		broken:    make(chan struct{}),
		failed:    make(chan error, 1),
		closing:   make(chan struct{}),
		ended:     make(chan struct{}),
	}
}

// write carries out one command: all of it is on disk when write returns nil.
// After an error nothing of it is, unless ctx ended while the command was under
// way, which then comes to an end without its caller: an error says which.
func (w *writer) write(ctx context.Context, do func(tx *transaction) error) error {
	c := &command{ctx: ctx, do: do, answer: make(chan error, 1)}
	select {
	case w.queue <- c:
	default:
		return unavailable(errors.New("too many changes wait for their turn"))
	}
	select {
	case err := <-c.answer:
		return storeError(err)
	case <-ctx.Done():
		if c.decide() {
			return storeError(ctx.Err())
		}
		return undecided(ctx.Err())
	case <-w.ended:
		return unavailable(errors.New("the store is closed"))
	}
}

// run is the life of the writer.
func (w *writer) run() {
	defer close(w.ended)
	for {
		select {
		case first := <-w.queue:
			w.serve(first)
		case <-w.closing:
			w.serveRest()
			return
		}
	}
}

func (w *writer) serveRest() {
	for {
		select {
		case first := <-w.queue:
			w.serve(first)
		default:
			return
		}
	}
}

// serve carries out all the commands that wait once it is the store's turn to
// write.
func (w *writer) serve(first *command) {
	w.turn.Lock()
	defer w.turn.Unlock()
	w.cache.hold()
	defer w.cache.release()
	err := w.begin()
	batch := w.take(first)
	if err == nil {
		err = w.transact(&transaction{conn: w.conn}, batch)
	}
	for _, c := range batch {
		if c.err == nil {
			c.err = err
		}
		c.answer <- c.err
	}
	if err == nil {
		w.cache.note(w.conn)
		w.wakeCheckpointer()
	}
}

// take takes the commands that wait. Those whose callers have gone are dropped.
func (w *writer) take(first *command) []*command {
	batch := make([]*command, 0, 1+min(len(w.queue), batchLength))
	for c := first; ; {
		if c.ctx.Err() == nil && c.decide() {
			batch = append(batch, c)
		}
		if len(batch) == batchLength {
			return batch
		}
		select {
		case c = <-w.queue:
		default:
			return batch
		}
	}
}

// transact carries out commands in the transaction that has begun, and commits
// it. An error is about all of them; what was wrong with one alone is in its
// err.
func (w *writer) transact(tx *transaction, batch []*command) error {
	for _, c := range batch {
		if c.err = tx.attempt(c.do); tx.lost != nil {
			break
		}
	}
	w.failAfterSync(tx.lost)
	err := tx.lost
	if err == nil {
		err = w.commit()
	}
	if err != nil {
		w.rollback()
	}
	return err
}

// commit says that a transaction is on disk where it can be found there.
func (w *writer) commit() error {
	if err := w.exec("COMMIT"); err != nil {
		w.failAfterSync(err)
		return commitError(err)
	}
	if err := w.files.check(); err != nil {
		w.fail(err)
		return undecided(err)
	}
	return nil
}

// commitError is what a commit that fails comes to. When the log holds all of the
// transaction SQLite may still fail, to enter it into the index of the log, say:
// the transaction is rolled back then, and yet a start after a crash finds it.
func commitError(err error) error {
	if hasCode(err, sqlite3.ErrFull) || hasExtendedCode(err, sqlite3.ErrIoErrWrite) {
		return err
	}
	return undecided(err)
}

// Other processes that write have their turns between the transactions of this
// one, for which they must ask at the right moment. SQLite's own way of waiting
// asks every tenth of a second in the end.
const (
	firstPause = 200 * time.Microsecond
	lastPause  = time.Millisecond
)

// begin waits for the turn of this process.
func (w *writer) begin() error {
	if err := w.mayWrite(); err != nil {
		return err
	}
	end := time.Now().Add(w.patience)
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		err := w.exec("BEGIN IMMEDIATE")
		if !hasCode(err, sqlite3.ErrBusy) || time.Now().After(end) {
			return err
		}
		time.Sleep(pause)
	}
}

func (w *writer) mayWrite() error {
	select {
	case <-w.broken:
		return unavailable(errors.New("what is on disk is not known"))
	default:
	}
	if err := w.files.check(); err != nil {
		w.fail(err)
		return unavailable(err)
	}
	if log, err := os.Stat(w.logFile); err == nil && log.Size() >= w.logLimit {
		w.wakeCheckpointer()
		return unavailable(fmt.Errorf("%s has reached %d bytes: a reader does not let it be copied", w.logFile, log.Size()))
	}
	return nil
}

func (w *writer) wakeCheckpointer() {
	select {
	case w.committed <- struct{}{}:
	default:
	}
}

// failAfterSync ends all writing when err is a sync that failed: the kernel may
// have dropped what it could not write, and says so once, so that a second sync
// proves nothing (https://wiki.postgresql.org/wiki/Fsync_Errors).
func (w *writer) failAfterSync(err error) {
	if isSyncFailure(err) {
		w.fail(fmt.Errorf("a sync has failed, and what is on disk is not known: %w", err))
	}
}

func (w *writer) fail(reason error) {
	w.failOnce.Do(func() {
		w.failed <- reason
		close(w.broken)
	})
}

// rollback ends a transaction that was not committed. Of one that SQLite has
// rolled back by itself nothing is left to end.
func (w *writer) rollback() { _ = w.exec("ROLLBACK") }

func (w *writer) exec(statement string) error {
	_, err := w.conn.ExecContext(context.Background(), statement)
	return err
}

// close lets the commands that wait be carried out.
func (w *writer) close() {
	close(w.closing)
	<-w.ended
}

// transaction is what a command reads and writes with. Its statements take no
// context, since a command that has begun is finished.
type transaction struct {
	conn   *sqlx.Conn
	marked bool  // the command has a savepoint
	lost   error // why the transaction cannot go on
}

// attempt carries out one command. What a command that fails has written is
// undone.
func (tx *transaction) attempt(do func(tx *transaction) error) error {
	tx.marked = false
	err := tx.protect(do)
	if err != nil && tx.ended() {
		tx.lost = err
	}
	if !tx.marked || tx.lost != nil {
		return err
	}
	if err != nil {
		tx.mark("ROLLBACK TO command")
	}
	tx.mark("RELEASE command")
	return err
}

// protect makes a panic the failure of its own command: the writer is
// everybody's.
func (tx *transaction) protect(do func(tx *transaction) error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	return do(tx)
}

// ended reports whether SQLite has rolled the transaction back by itself, as it
// does when the disk fails a statement, one that reads too. Whatever came next would
// be a transaction of its own
// (https://www.sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction).
func (tx *transaction) ended() (ended bool) {
	err := tx.conn.Raw(func(conn any) error {
		ended = conn.(*sqlite3.SQLiteConn).AutoCommit()
		return nil
	})
	return ended || err != nil
}

func (tx *transaction) mark(statement string) {
	if tx.lost == nil {
		_, tx.lost = tx.conn.ExecContext(context.Background(), statement)
	}
}

// run carries out one statement that writes. The savepoint is set with the
// first of them: many a command is refused before.
func (tx *transaction) run(query string, args ...any) (sql.Result, error) {
	if !tx.marked {
		tx.mark("SAVEPOINT command")
		tx.marked = true
	}
	if tx.lost != nil {
		return nil, tx.lost
	}
	return tx.conn.ExecContext(context.Background(), query, args...)
}

// Get and Select make a transaction a queryer.
func (tx *transaction) Get(dest any, query string, args ...any) error {
	return tx.conn.GetContext(context.Background(), dest, query, args...)
}

func (tx *transaction) Select(dest any, query string, args ...any) error {
	return tx.conn.SelectContext(context.Background(), dest, query, args...)
}

// written is write for a command with a result.
func written[T any](ctx context.Context, s *SQLite, do func(tx *transaction) (T, error)) (T, error) {
	var result T
	err := s.writer.write(ctx, func(tx *transaction) (err error) {
		result, err = do(tx)
		return err
	})
	if err != nil {
		var none T
		return none, err // and not result, which the writer may be about to set
	}
	return result, nil
}
