package repository

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3"
)

func sqliteMigrations() fs.FS { return migrationsOf("sqlite") }

// applicationID marks a file as Parley's ("Prly"), so that one of another
// program is never taken for it
// (https://www.sqlite.org/pragma.html#pragma_application_id).
const applicationID = 0x50726c79

const (
	migrationPatience = 30 * time.Second       // with other processes that start or migrate
	migrationTurn     = 500 * time.Millisecond // of which is waited in one piece
)

// migrateFile is Migrate for a file.
func migrateFile(ctx context.Context, path string) (from, to int64, err error) {
	path, err = absolute(path)
	if err != nil {
		return 0, 0, err
	}
	if err := refuseSpoiled(path); err != nil {
		return 0, 0, err
	}
	defer noteOpened(path)()
	return migrate(ctx, path, sqliteMigrations(), migrationPatience)
}

// migrate tries until it has the file for itself or finds that another
// process has done the work.
func migrate(ctx context.Context, path string, steps fs.FS, patience time.Duration) (from, to int64, err error) {
	end := time.Now().Add(patience)
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		from, to, err = tryMigrating(ctx, path, steps)
		if !hasCode(err, sqlite3.ErrBusy) {
			return from, to, err
		}
		if time.Now().After(end) {
			return from, to, inUse(path, from, to, err)
		}
		// Processes that came together shall not come back together.
		select {
		case <-ctx.Done():
			return from, to, ctx.Err()
		case <-time.After(rand.N(pause)):
		}
	}
}

// inUse tells what cannot be done; which versions there are is not known of a file
// that could not even be read.
func inUse(path string, from, to int64, cause error) error {
	if to == 0 {
		return fmt.Errorf("%s is in use: another process has locked it: %w", path, cause)
	}
	return fmt.Errorf("%s is in use: its schema cannot be migrated from version %d to %d before every other process has closed it: %w", path, from, to, cause)
}

func tryMigrating(ctx context.Context, path string, steps fs.FS) (from, to int64, err error) {
	_, err = os.Stat(path)
	exists := !errors.Is(err, fs.ErrNotExist)
	if err != nil && exists {
		return 0, 0, err
	}
	if exists {
		from, to, err = inspect(ctx, path, steps)
		if err != nil || from == to {
			return from, to, err
		}
	}
	return migrateAlone(ctx, path, steps, !exists)
}

// inspect finds the version of the schema in the file and the newest one,
// and changes nothing. Hence it sets query_only instead of opening the file
// read-only: that would leave a log beside a file that has one.
func inspect(ctx context.Context, path string, steps fs.FS) (from, to int64, err error) {
	db := openHandle(path, "rw", "deferred", migrationTurn)
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, "PRAGMA query_only = ON"); err != nil {
		return 0, 0, openError(path, err)
	}
	provider, err := newProvider(db, steps)
	if err != nil {
		return 0, 0, err
	}
	return versions(db, path, provider)
}

func newProvider(db *sqlx.DB, steps fs.FS) (*goose.Provider, error) {
	return goose.NewProvider(goose.DialectSQLite3, db.DB, steps, goose.WithDisableGlobalRegistry(true))
}

// versions refuses a file that is not Parley's or that is too new. It asks
// goose only for the newest version, since goose would create its table to
// find out the present one.
func versions(q queryer, path string, provider *goose.Provider) (from, to int64, err error) {
	to = newestVersion(provider)
	from, err = schemaVersion(q)
	if err != nil {
		return 0, 0, openError(path, err)
	}
	return from, to, refuseNewer(path, from, to)
}

var errForeign = errors.New("another program's data is in it")

func openError(path string, err error) error {
	if errors.Is(err, errForeign) || hasCode(err, sqlite3.ErrNotADB) {
		return fmt.Errorf("%s is no Parley database: %w", path, err)
	}
	return fmt.Errorf("%s cannot be opened: %w", path, err)
}

// schemaVersion is 0 for a file without a schema.
func schemaVersion(q queryer) (int64, error) {
	var file struct {
		Application int64 `db:"application_id"`
		Tables      int64 `db:"tables"`
		Versioned   bool  `db:"versioned"`
	}
	err := q.Get(&file, `
		SELECT (SELECT application_id FROM pragma_application_id) AS application_id,
			count(*) AS tables, count(*) FILTER (WHERE name = 'goose_db_version') > 0 AS versioned
		FROM sqlite_schema`)
	if err != nil {
		return 0, err
	}
	if file.Application != applicationID && (file.Application != 0 || file.Tables > 0) {
		return 0, fmt.Errorf("%w (application id %d, %d schema objects)", errForeign, file.Application, file.Tables)
	}
	if !file.Versioned {
		return 0, nil
	}
	var version int64
	return version, q.Get(&version, "SELECT coalesce(max(version_id), 0) FROM goose_db_version")
}

// migrateAlone applies what is pending while nobody else has the file.
func migrateAlone(ctx context.Context, path string, steps fs.FS, create bool) (from, to int64, err error) {
	db := openHandle(path, "rwc", "exclusive", migrationTurn)
	defer db.Close()
	db.SetMaxOpenConns(1) // the lock is this connection's
	provider, err := newProvider(db, steps)
	if err != nil {
		return 0, 0, err
	}
	from, to, err = lockFile(ctx, db, path, provider, create)
	if err != nil || from == to {
		return from, to, err
	}
	if _, err := provider.Up(ctx); err != nil {
		return from, to, fmt.Errorf("%s: migration of the schema from version %d to %d: %w", path, from, to, err)
	}
	// While it is locked, so that no two processes switch it at once.
	if _, err := db.ExecContext(ctx, "PRAGMA journal_mode = WAL"); err != nil {
		return from, to, fmt.Errorf("%s: write-ahead log: %w", path, err)
	}
	return from, to, nil
}

// lockFile takes the file until its connection is closed. The locking mode is
// set inside the transaction: set before, two processes would each keep a
// shared lock and wait for the other's. A file with a log is locked only by
// the next transaction, and anyone who waits keeps the others from locking it:
// so from here on nobody waits, but gives up and comes back.
func lockFile(ctx context.Context, db *sqlx.DB, path string, provider *goose.Provider, create bool) (from, to int64, err error) {
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return 0, 0, fmt.Errorf("%s cannot be written: %w", path, err)
	}
	defer func() { _ = tx.Rollback() }() // of what was committed nothing is left to roll back
	from, to, err = versions(tx, path, provider)
	if err != nil || from == to {
		return from, to, err
	}
	if create {
		// It will hold people's data and hashes of tokens.
		if err := os.Chmod(path, 0o600); err != nil {
			return from, to, err
		}
	}
	if from == 0 {
		marks := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, rand.Int32())
		if _, err := tx.ExecContext(ctx, marks); err != nil {
			return from, to, fmt.Errorf("%s cannot be written: %w", path, err)
		}
	}
	if _, err := tx.ExecContext(ctx, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA busy_timeout = 0"); err != nil {
		return from, to, err
	}
	return from, to, tx.Commit()
}
