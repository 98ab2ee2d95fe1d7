package repository

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/mattn/go-sqlite3"
)

// sqlite is the engine of a store in one file, with a write-ahead log beside it.
type sqlite struct {
	open         []io.Closer
	path         string // absolute
	reader       *sqlx.DB
	writer       *writer
	checkpointer *checkpointer
	cache        *cache
	opts         Options
	closed       func() // says so
}

func openSQLite(ctx context.Context, path string, opts Options) (*sqlite, error) {
	path, err := absolute(path)
	if err != nil {
		return nil, err
	}
	if opts.Existing {
		if err := refuseUnlessFile(path); err != nil {
			return nil, err
		}
	}
	if err := refuseSpoiled(path); err != nil {
		return nil, err
	}
	s := &sqlite{path: path, opts: opts, closed: noteOpened(path)}
	if _, _, err := migrate(ctx, path, sqliteMigrations(), migrationPatience); err != nil {
		return nil, errors.Join(err, s.closeAll())
	}
	if err := s.connect(ctx, path); err != nil {
		return nil, errors.Join(err, s.closeAll())
	}
	go s.writer.queue.run(1, s.writer.serve)
	go s.checkpointer.run()
	return s, nil
}

func absolute(path string) (string, error) {
	if path == "" {
		return "", errors.New("the database has no name")
	}
	return filepath.Abs(path)
}

// connect opens a connection for each of those who work alone, the writer
// first: whoever closes last copies the log into the file, which a read-only
// connection cannot. The connections for reads are opened when they are needed.
func (s *sqlite) connect(ctx context.Context, path string) error {
	writer, err := s.only(ctx, path, "rw", s.opts.BusyTimeout)
	if err != nil {
		return err
	}
	if err := tryWriting(ctx, writer); err != nil {
		return fmt.Errorf("%s cannot be written: %w", path, err)
	}
	checkpoints, err := s.only(ctx, path, "rw", restartPatience)
	if err != nil {
		return err
	}
	watcher, err := s.only(ctx, path, "ro", s.opts.BusyTimeout)
	if err != nil {
		return err
	}
	s.reader = s.handle(path, "ro", s.opts.BusyTimeout)
	s.reader.SetMaxOpenConns(s.opts.ReadConnections)
	s.reader.SetMaxIdleConns(s.opts.ReadConnections)
	s.cache = newCache(watcher)
	if err := tellAlterations(writer, s.cache.alters); err != nil {
		return err
	}
	files, err := findFiles(path)
	if err != nil {
		return err
	}
	s.writer = newWriter(writer, path, files, s.opts, s.cache)
	s.checkpointer = newCheckpointer(checkpoints, s.writer, func() int64 { return s.opts.Room(path) })
	return nil
}

// handle prepares connections that are closed with the store.
func (s *sqlite) handle(path, mode string, busy time.Duration) *sqlx.DB {
	db := openHandle(path, mode, "deferred", busy)
	s.open = append(s.open, db)
	return db
}

// only opens the one connection of a new handle.
func (s *sqlite) only(ctx context.Context, path, mode string, busy time.Duration) (*sqlx.Conn, error) {
	conn, err := s.handle(path, mode, busy).Connx(context.WithoutCancel(ctx))
	if err == nil {
		s.open = append(s.open, conn)
	}
	return conn, err
}

// tryWriting makes a file that cannot be written known at the start rather
// than with the first change. From then on the writer does the waiting.
func tryWriting(ctx context.Context, writer *sqlx.Conn) error {
	var mode string
	if err := writer.GetContext(ctx, &mode, "PRAGMA journal_mode = WAL"); err != nil {
		return err
	}
	if mode != "wal" {
		return fmt.Errorf("no write-ahead log is possible there: the journal mode is %s", mode)
	}
	_, err := writer.ExecContext(ctx, "BEGIN IMMEDIATE; ROLLBACK; PRAGMA busy_timeout = 0")
	return err
}

func tellAlterations(writer *sqlx.Conn, of func(op int, schema, table string, key int64)) error {
	return writer.Raw(func(conn any) error {
		conn.(*sqlite3.SQLiteConn).RegisterUpdateHook(of)
		return nil
	})
}

// Close waits for the work under way and closes the file. SQLite removes the log
// then, by its name: where that is another file's by now, nothing is closed.
func (s *sqlite) Close() error {
	s.writer.queue.close()
	s.checkpointer.close()
	if err := s.writer.files.check(); err != nil {
		return err
	}
	return s.closeAll()
}

func (s *sqlite) closeAll() error {
	var failures []error
	for _, c := range slices.Backward(s.open) {
		failures = append(failures, c.Close())
	}
	s.closed()
	return errors.Join(failures...)
}

// Failed has an element once a sync has failed, or a file was taken away.
func (s *sqlite) Failed() <-chan error { return s.writer.failed }

// reading is a queryer on the read connections for one call.
type reading struct {
	ctx context.Context
	db  *sqlx.DB
}

// read reads on the read connections. A statement that joins tables says
// cast(? AS TEXT) where it looks a row up by a text: SQLite would plan it again for
// each value, in four times the time that it takes to find the row
// (sqlite3VdbeReprepareOnBind in its source).
func (s *sqlite) read(ctx context.Context) queryer { return reading{ctx, s.reader} }

// Get reads one row, which takes less time than to make it stoppable: the
// context is for the wait for a connection.
func (r reading) Get(dest any, query string, args ...any) error {
	conn, err := r.db.Connx(r.ctx)
	if err != nil {
		return storeError(err)
	}
	defer conn.Close()
	return storeError(conn.GetContext(context.Background(), dest, query, args...))
}

func (r reading) Select(dest any, query string, args ...any) error {
	return storeError(r.db.SelectContext(r.ctx, dest, query, args...))
}

// openHandle prepares connections to the file at an absolute path; the first
// use opens one. Mode is SQLite's (https://www.sqlite.org/uri.html): ro, rw,
// rwc to create the file, or memory for none. Lock is how transactions begin.
func openHandle(path, mode, lock string, busy time.Duration) *sqlx.DB {
	return openWith(path, lock, busy, url.Values{"mode": {mode}, "_query_only": {strconv.FormatBool(mode == "ro")}})
}

func openWith(path, lock string, busy time.Duration, more url.Values) *sqlx.DB {
	params := url.Values{
		"_txlock":          {lock},
		"_busy_timeout":    {strconv.FormatInt(busy.Milliseconds(), 10)},
		"_foreign_keys":    {"true"},
		"_synchronous":     {"FULL"},
		"_mutex":           {"no"}, // database/sql gives a connection to one goroutine at a time
		"_stmt_cache_size": {"64"}, // more than there are queries: each is prepared once for a connection
	}
	maps.Copy(params, more)
	return sqlx.NewDb(sql.OpenDB(connector{
		dsn:    fileURI(path) + "?" + params.Encode(),
		driver: &sqlite3.SQLiteDriver{ConnectHook: setPragmas},
	}), "sqlite3")
}

// fileURI names a file at an absolute path (https://www.sqlite.org/uri.html).
func fileURI(path string) string {
	path = "/" + strings.TrimPrefix(filepath.ToSlash(path), "/")
	return "file:" + (&url.URL{Path: path}).EscapedPath()
}

// connector opens connections without a driver registered for the whole
// process.
type connector struct {
	dsn    string
	driver *sqlite3.SQLiteDriver
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }
func (c connector) Driver() driver.Driver                        { return c.driver }

// pragmas are those that the name of a connection cannot set
// (https://www.sqlite.org/pragma.html). None of them changes the file.
const pragmas = `
	PRAGMA trusted_schema = OFF;   -- a file from elsewhere may hold functions in its schema
	PRAGMA cell_size_check = ON;   -- a damaged page is an error, not an answer
	PRAGMA wal_autocheckpoint = 0; -- since a store has a checkpointer
`

func setPragmas(conn *sqlite3.SQLiteConn) error {
	_, err := conn.Exec(pragmas, nil)
	return err
}
