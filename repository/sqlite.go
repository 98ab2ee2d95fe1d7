package repository

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/mattn/go-sqlite3"

	"github.com/parley-gateway/parley"
)

// Options are what may be chosen about a store. The zero value is ready for
// use.
type Options struct {
	Now             func() time.Time // time.Now; times are kept in microseconds
	NewID           func() string    // a random UUID (RFC 9562 version 4) in lower case
	ReadConnections int              // how many reads run at once: one for each processor, at least 4
	BusyTimeout     time.Duration    // how long to wait for another process that writes: 5 s
	KeyLifetime     time.Duration    // how long an idempotency key counts: 24 h
	Existing        bool             // fail where there is no store yet, instead of making one
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.NewID == nil {
		o.NewID = uuid.NewString
	}
	o.ReadConnections = cmp.Or(o.ReadConnections, max(runtime.NumCPU(), 4))
	o.BusyTimeout = cmp.Or(o.BusyTimeout, defaultBusyTimeout)
	o.KeyLifetime = cmp.Or(o.KeyLifetime, 24*time.Hour)
	return o
}

const defaultBusyTimeout = 5 * time.Second

// Open opens the store that name stands for: a file of SQLite's. A
// postgres:// URL is refused.
func Open(ctx context.Context, name string, opts Options) (parley.Store, error) {
	if strings.HasPrefix(name, "postgres://") || strings.HasPrefix(name, "postgresql://") {
		return nil, errors.New("PostgreSQL databases are not supported by this version of Parley")
	}
	return OpenSQLite(ctx, name, opts)
}

// SQLite is a parley.Store in one file, with a write-ahead log beside it.
type SQLite struct {
	writer *sqlx.DB // one connection: SQLite has one writer at a time
	reader *sqlx.DB
	opts   Options
}

var _ parley.Store = (*SQLite)(nil)

// OpenSQLite opens the store in the file at path, making or migrating it
// first where that is needed. It fails for a file that is not Parley's, that
// a newer Parley wrote, or that cannot be written; such a file is left as it
// is.
func OpenSQLite(ctx context.Context, path string, opts Options) (*SQLite, error) {
	path, err := absolute(path)
	if err != nil {
		return nil, err
	}
	if opts.Existing {
		if _, err := os.Stat(path); err != nil {
			return nil, fmt.Errorf("there is no database: %w", err)
		}
	}
	if _, _, err := migrate(ctx, path, sqliteMigrations(), migrationPatience); err != nil {
		return nil, err
	}
	opts = opts.withDefaults()
	s := &SQLite{
		writer: openHandle(path, "rw", "immediate", opts.BusyTimeout),
		reader: openHandle(path, "ro", "deferred", opts.BusyTimeout),
		opts:   opts,
	}
	s.writer.SetMaxOpenConns(1)
	s.reader.SetMaxOpenConns(opts.ReadConnections)
	s.reader.SetMaxIdleConns(opts.ReadConnections)
	if err := s.tryWriting(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%s cannot be written: %w", path, err), s.Close())
	}
	return s, nil
}

func absolute(path string) (string, error) {
	if path == "" {
		return "", errors.New("the database has no name")
	}
	return filepath.Abs(path)
}

// tryWriting makes a file that cannot be written known at the start rather
// than with the first change.
func (s *SQLite) tryWriting(ctx context.Context) error {
	var mode string
	if err := s.writer.GetContext(ctx, &mode, "PRAGMA journal_mode = WAL"); err != nil {
		return err
	}
	if mode != "wal" {
		return fmt.Errorf("no write-ahead log is possible there: the journal mode is %s", mode)
	}
	tx, err := s.writer.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	return tx.Rollback()
}

// Close waits for the work under way and closes the file.
func (s *SQLite) Close() error {
	// The writer last: whoever closes last copies the log into the file,
	// which a read-only connection cannot.
	return errors.Join(s.reader.Close(), s.writer.Close())
}

// now is the present in what the store can keep.
func (s *SQLite) now() time.Time { return s.opts.Now().UTC().Truncate(time.Microsecond) }

// write carries out one command in a transaction of its own: all of it is on
// disk when write returns nil, and nothing of it otherwise. ctx limits the
// wait for the turn; a command that has begun is finished.
func (s *SQLite) write(ctx context.Context, command func(tx *sqlx.Tx) error) error {
	conn, err := s.writer.Connx(ctx)
	if err != nil {
		return storeError(err)
	}
	defer conn.Close()
	tx, err := conn.BeginTxx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return storeError(err)
	}
	defer rollback(tx)
	if err := command(tx); err != nil {
		return storeError(err)
	}
	return storeError(tx.Commit())
}

// rollback ends a transaction that was not committed; of one that was, or that
// SQLite has rolled back by itself, nothing is left to end.
func rollback(tx *sqlx.Tx) { _ = tx.Rollback() }

// run carries out one statement of a command. The context is not the
// request's, since a command that has begun is finished.
func run(tx *sqlx.Tx, query string, args ...any) (sql.Result, error) {
	return tx.ExecContext(context.Background(), query, args...)
}

// written is write for a command with a result.
func written[T any](ctx context.Context, s *SQLite, command func(tx *sqlx.Tx) (T, error)) (T, error) {
	var result T
	err := s.write(ctx, func(tx *sqlx.Tx) (err error) {
		result, err = command(tx)
		return err
	})
	if err != nil {
		var none T
		return none, err
	}
	return result, nil
}

// queryer is where rows are read: a transaction, or the read connections.
type queryer interface {
	Get(dest any, query string, args ...any) error
	Select(dest any, query string, args ...any) error
}

// reading is a queryer on the read connections for one call.
type reading struct {
	ctx context.Context
	db  *sqlx.DB
}

func (s *SQLite) read(ctx context.Context) queryer { return reading{ctx, s.reader} }

func (r reading) Get(dest any, query string, args ...any) error {
	return storeError(r.db.GetContext(r.ctx, dest, query, args...))
}

func (r reading) Select(dest any, query string, args ...any) error {
	return storeError(r.db.SelectContext(r.ctx, dest, query, args...))
}

// openHandle prepares connections to the file at an absolute path; the first
// use opens one. Mode is SQLite's (https://www.sqlite.org/uri.html): ro, rw,
// or rwc to create the file. Lock is how transactions begin.
func openHandle(path, mode, lock string, busy time.Duration) *sqlx.DB {
	path = "/" + strings.TrimPrefix(filepath.ToSlash(path), "/")
	params := url.Values{
		"mode":             {mode},
		"_txlock":          {lock},
		"_query_only":      {strconv.FormatBool(mode == "ro")},
		"_busy_timeout":    {strconv.FormatInt(busy.Milliseconds(), 10)},
		"_foreign_keys":    {"true"},
		"_synchronous":     {"FULL"},
		"_mutex":           {"no"}, // database/sql gives a connection to one goroutine at a time
		"_stmt_cache_size": {"64"}, // more than there are queries: each is prepared once for a connection
	}
	return sqlx.NewDb(sql.OpenDB(connector{
		dsn:    "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + params.Encode(),
		driver: &sqlite3.SQLiteDriver{ConnectHook: setPragmas},
	}), "sqlite3")
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
	PRAGMA trusted_schema = OFF;           -- a file from elsewhere may hold functions in its schema
	PRAGMA cell_size_check = ON;           -- a damaged page is an error, not an answer
	PRAGMA wal_autocheckpoint = 16000;     -- pages: fewer copies of the same page than with the default
	PRAGMA journal_size_limit = 67108864;  -- bytes: what the log shrinks back to
`

func setPragmas(conn *sqlite3.SQLiteConn) error {
	_, err := conn.Exec(pragmas, nil)
	return err
}
