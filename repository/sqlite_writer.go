package repository

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/mattn/go-sqlite3"
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

	queue     *queue[command]
	committed chan struct{} // has an element after a commit, or when the log has reached its limit
	turn      sync.Mutex    // to write: held for each transaction, and for the end of a checkpoint

	failOnce sync.Once
	broken   chan struct{} // closed when what is on disk is not known any more
	failed   chan error    // and has the reason then
}

// command is one change of the store.
type command func(tx transaction) error

func newWriter(conn *sqlx.Conn, path string, files files, opts Options, cache *cache) *writer {
	return &writer{
		conn: conn, files: files, logFile: path + "-wal", logLimit: opts.LogLimit, patience: opts.BusyTimeout, cache: cache,
		queue:     newQueue[command](),
		committed: make(chan struct{}, 1),
		broken:    make(chan struct{}),
		failed:    make(chan error, 1),
	}
}

// write carries out one command: all of it is on disk when write returns nil.
// After an error nothing of it is, unless ctx ended while the command was under
// way, which then comes to an end without its caller: an error says which.
func (w *writer) write(ctx context.Context, do command) error { return storeError(w.queue.do(ctx, do)) }

// serve carries out all the commands that wait once it is the store's turn to
// write.
func (w *writer) serve(first *queued[command]) {
	w.turn.Lock()
	defer w.turn.Unlock()
	w.cache.hold()
	defer w.cache.release()
	err := w.begin()
	batch := w.queue.take(first)
	if err == nil {
		err = w.transact(&sqliteTransaction{conn: w.conn}, batch)
	}
	answerAll(batch, err)
	if err == nil {
		w.cache.note(w.conn)
		w.wakeCheckpointer()
	}
}

// transact carries out commands in the transaction that has begun, and commits
// it. An error is about all of them; what was wrong with one alone is in its
// err.
func (w *writer) transact(tx *sqliteTransaction, batch []*queued[command]) error {
	for _, c := range batch {
		if c.err = tx.attempt(c.work); tx.lost != nil {
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

// sqliteTransaction is a transaction on the writer's connection. Its statements take
// no context, since a command that has begun is finished.
type sqliteTransaction struct {
	conn   *sqlx.Conn
	marked bool  // the command has a savepoint
	lost   error // why the transaction cannot go on
}

// attempt carries out one command. What a command that fails has written is
// undone.
func (tx *sqliteTransaction) attempt(do command) error {
	tx.marked = false
	err := protected(func() error { return do(tx) })
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

// ended reports whether SQLite has rolled the transaction back by itself, as it
// does when the disk fails a statement, one that reads too. Whatever came next would
// be a transaction of its own
// (https://www.sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction).
func (tx *sqliteTransaction) ended() (ended bool) {
	err := tx.conn.Raw(func(conn any) error {
		ended = conn.(*sqlite3.SQLiteConn).AutoCommit()
		return nil
	})
	return ended || err != nil
}

func (tx *sqliteTransaction) mark(statement string) {
	if tx.lost == nil {
		_, tx.lost = tx.conn.ExecContext(context.Background(), statement)
	}
}

// run carries out one statement that writes.
func (tx *sqliteTransaction) run(query string, args ...any) error {
	if err := tx.beforeWriting(); err != nil {
		return err
	}
	_, err := tx.conn.ExecContext(context.Background(), query, args...)
	return err
}

func (tx *sqliteTransaction) runAll(query string, rows [][]any) (done int, err error) {
	for n, args := range rows {
		if err := tx.run(query, args...); err != nil {
			return n, err
		}
	}
	return len(rows), nil
}

// insert carries out one that returns a key.
func (tx *sqliteTransaction) insert(query string, args ...any) (key int64, err error) {
	if err := tx.beforeWriting(); err != nil {
		return 0, err
	}
	return key, tx.Get(&key, query, args...)
}

// beforeWriting sets the savepoint with the first statement that writes: many a
// command is refused before.
func (tx *sqliteTransaction) beforeWriting() error {
	if !tx.marked {
		tx.mark("SAVEPOINT command")
		tx.marked = true
	}
	return tx.lost
}

// Get and Select make a transaction a queryer.
func (tx *sqliteTransaction) Get(dest any, query string, args ...any) error {
	return tx.conn.GetContext(context.Background(), dest, query, args...)
}

func (tx *sqliteTransaction) Select(dest any, query string, args ...any) error {
	return tx.conn.SelectContext(context.Background(), dest, query, args...)
}
