package repository

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
)

// migrationsTable is where a database says which schema it has. The name is Parley's
// own, so that the migrations of another program are never taken for it.
const migrationsTable = "parley_migrations"

func postgresMigrations() fs.FS { return migrationsOf("postgres") }

// migrateURL is Migrate for a PostgreSQL database.
func migrateURL(ctx context.Context, name string) (from, to int64, err error) {
	db, err := openPool(name)
	if err != nil {
		return 0, 0, err
	}
	defer db.Close()
	return migratePostgres(ctx, db, name, false)
}

// migratePostgres brings the schema up to this program's. Of many programs that start at
// once one does the work, and the others wait for it.
func migratePostgres(ctx context.Context, db *sqlx.DB, name string, existing bool) (from, to int64, err error) {
	provider, err := postgresProvider(db)
	if err != nil {
		return 0, 0, err
	}
	from, to, err = postgresVersions(ctx, db, name, provider)
	if err != nil || from == to {
		return from, to, err
	}
	if existing && from == 0 {
		return from, to, notYetThere(name)
	}
	done, err := provider.Up(ctx)
	if err != nil {
		return from, to, fmt.Errorf("%s: migration of the schema from version %d to %d: %w", DisplayName(name), from, to, err)
	}
	if len(done) == 0 {
		from = to // by somebody else, meanwhile
	}
	return from, to, nil
}

func notYetThere(name string) error {
	return fmt.Errorf("there is no Parley database at %s yet", DisplayName(name))
}

func postgresProvider(db *sqlx.DB) (*goose.Provider, error) {
	return goose.NewProvider(goose.DialectPostgres, db.DB, postgresMigrations(), goose.WithDisableGlobalRegistry(true),
		goose.WithTableName(migrationsTable), goose.WithSessionLocker(migrationLock{}))
}

// postgresVersions refuses what Parley cannot work with, and changes nothing.
func postgresVersions(ctx context.Context, db *sqlx.DB, name string, provider *goose.Provider) (from, to int64, err error) {
	if err := refuseServer(ctx, db); err != nil {
		return 0, 0, fmt.Errorf("%s cannot be opened: %w", DisplayName(name), err)
	}
	return postgresSchema(ctx, db, name, provider)
}

// postgresSchema is the version of the schema that is there, and the newest one.
func postgresSchema(ctx context.Context, db *sqlx.DB, name string, provider *goose.Provider) (from, to int64, err error) {
	to = newestVersion(provider)
	from, err = postgresVersion(ctx, db)
	if err != nil {
		return 0, 0, fmt.Errorf("%s cannot be opened: %w", DisplayName(name), err)
	}
	return from, to, refuseNewer(DisplayName(name), from, to)
}

// oldestServer is the oldest PostgreSQL that is still mended, as its
// server_version_num.
const oldestServer = 140000

// refuseServer says why nothing could be written.
func refuseServer(ctx context.Context, db *sqlx.DB) error {
	var server struct {
		Version  int    `db:"version"`
		Encoding string `db:"encoding"`
		ReadOnly bool   `db:"read_only"`
	}
	err := db.GetContext(ctx, &server, `
		SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding,
			current_setting('transaction_read_only')::bool AS read_only`)
	switch {
	case err != nil:
		return err
	case server.Version < oldestServer:
		return fmt.Errorf("the server is older than PostgreSQL %d", oldestServer/10000)
	case server.Encoding != "UTF8":
		return fmt.Errorf("its encoding is %s, and must be UTF8", server.Encoding)
	case server.ReadOnly:
		return errors.New("the server only reads, as a standby does; with target_session_attrs=read-write in its URL the one that writes is found among several")
	}
	return nil
}

// postgresVersion is 0 for a database without a schema of Parley's. Whoever makes one
// makes the table of versions before the others.
func postgresVersion(ctx context.Context, db *sqlx.DB) (version int64, err error) {
	var taken, versioned bool
	err = db.QueryRowxContext(ctx, `
		SELECT count(to_regclass(name)) > 0, to_regclass('`+migrationsTable+`') IS NOT NULL
		FROM unnest($1::text[]) AS t (name)`, postgresTables).Scan(&taken, &versioned)
	if err == nil && versioned {
		err = db.GetContext(ctx, &version, "SELECT coalesce(max(version_id), 0) FROM "+migrationsTable)
	}
	if err == nil && taken && version == 0 {
		err = errForeign
	}
	return version, err
}

// postgresTables are what a schema of Parley's makes.
var postgresTables = []string{"workspaces", "users", "status_changes", "idempotency_keys", "tokens", "sessions"}

// migrationLock is a lock.SessionLocker of goose's that waits instead of asking again
// and again.
type migrationLock struct{}

// migrationLockID is any number that other programs do not use: applicationID.
const migrationLockID = applicationID

// SessionLock waits for as long as others migrate.
func (migrationLock) SessionLock(ctx context.Context, conn *sql.Conn) error {
	if _, err := conn.ExecContext(ctx, "SET lock_timeout = 0"); err != nil {
		return err
	}
	_, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", migrationLockID)
	return err
}

// SessionUnlock lets the next one look.
func (migrationLock) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", migrationLockID)
	return errors.Join(err, resetLockTimeout(ctx, conn))
}

func resetLockTimeout(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "RESET lock_timeout")
	return err
}
