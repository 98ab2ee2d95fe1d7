package repository

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"

	"github.com/jmoiron/sqlx"
	"github.com/mattn/go-sqlite3"
)

// besides are the ends of the names of the files that SQLite keeps beside a
// database while it is open, or after a process was killed
// (https://www.sqlite.org/tempfiles.html).
var besides = []string{"-wal", "-shm", "-journal"}

// openToRead opens a file of this program's schema for somebody who only looks:
// neither the file nor what is beside it is changed. What it returns has one
// connection; unsure, to be asked in the end, fails where another process may have
// written meanwhile and nothing was noticed of it.
func openToRead(ctx context.Context, path string) (db *sqlx.DB, unsure func() error, err error) {
	db, unsure, err = connectToRead(ctx, path)
	if err == nil {
		err = refuseOtherSchema(db, path)
	}
	if err != nil && db != nil {
		err = errors.Join(err, db.Close())
	}
	return db, unsure, err
}

// refuseSpoiled comes before a file is opened to be written. One that is not there
// yet can be made.
func refuseSpoiled(path string) error {
	if err := refuseUnlessFile(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return refuseDamagedLog(path)
}

func refuseUnlessFile(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no database: %w", err)
	}
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no Parley database: it is no file", path)
	}
	return nil
}

// connectToRead opens a file without a log for writing, all the same, and writes
// nothing: whoever opens it read-only leaves an empty log behind. Of one that
// has a log, whoever closes it last empties the log, unless it is read-only. And
// where neither can be made there is no log to wait for.
func connectToRead(ctx context.Context, path string) (*sqlx.DB, func() error, error) {
	never := func() error { return nil }
	if hasBeside(path) {
		db, err := connectOnly(ctx, path, url.Values{"mode": {"ro"}})
		return db, never, err
	}
	db, err := connectOnly(ctx, path, url.Values{"mode": {"rw"}})
	if !hasCode(err, sqlite3.ErrCantOpen) && !hasCode(err, sqlite3.ErrReadonly) {
		return db, never, err
	}
	db, err = connectOnly(ctx, path, url.Values{"mode": {"ro"}, "immutable": {"1"}})
	return db, func() error { return refuseBeside(path) }, err
}

func hasBeside(path string) bool { return refuseBeside(path) != nil }

// refuseBeside is for files that nobody may have open.
func refuseBeside(path string) error {
	for _, end := range besides {
		if _, err := os.Lstat(path + end); err == nil {
			return fmt.Errorf("%s is in use, or was when a process ended: there is %s", path, path+end)
		}
	}
	return nil
}

func connectOnly(ctx context.Context, path string, mode url.Values) (*sqlx.DB, error) {
	mode.Set("_query_only", "true")
	db := openWith(path, "deferred", defaultBusyTimeout, mode)
	db.SetMaxOpenConns(1)
	var schema int64
	if err := db.GetContext(ctx, &schema, "SELECT count(*) FROM sqlite_schema"); err != nil {
		return nil, errors.Join(openError(path, err), db.Close())
	}
	return db, nil
}

func refuseOtherSchema(db *sqlx.DB, path string) error {
	provider, err := newProvider(db, sqliteMigrations())
	if err != nil {
		return err
	}
	from, to, err := versions(db, path, provider)
	if err != nil {
		return err
	}
	if from == 0 {
		return fmt.Errorf("%s is no Parley database yet: it is empty", path)
	}
	return refuseOlder(path, from, to)
}
