package repository

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jmoiron/sqlx"
)

// copyTable is in a database for as long as a copy into it is not finished.
const copyTable = "parley_copy"

// createCopyTable makes it. In a table of Parley's are the rows of the source up to the
// last that is there; users who were there before are as they were after the change
// users_of, or newer.
const createCopyTable = "CREATE TABLE " + copyTable + " (source bigint NOT NULL, users_of bigint NOT NULL)"

// refuseUnfinished is for everybody but who copies.
func refuseUnfinished(ctx context.Context, db *sqlx.DB, name string) error {
	var unfinished bool
	if err := db.GetContext(ctx, &unfinished, "SELECT to_regclass('"+copyTable+"') IS NOT NULL"); err != nil {
		return err
	}
	if unfinished {
		return fmt.Errorf("%s holds an unfinished copy; the parley migrate --from that makes it goes on when it is called again", DisplayName(name))
	}
	return nil
}

// copyTarget is a PostgreSQL database that is copied into, by nobody else.
type copyTarget struct {
	name   string
	db     *sqlx.DB
	conn   *sqlx.Conn // which has the lock
	tables []copiedTable
}

func openCopyTarget(ctx context.Context, name string) (*copyTarget, error) {
	db, err := openPool(name)
	if err != nil {
		return nil, err
	}
	t := &copyTarget{name: name, db: db}
	if err := t.prepare(ctx); err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

func (t *copyTarget) close() {
	_ = t.db.Close() // what was written is committed or is not
}

// prepare locks the database and makes the schema where there is none.
func (t *copyTarget) prepare(ctx context.Context) error {
	provider, err := postgresProvider(t.db)
	if err != nil {
		return err
	}
	from, to, err := postgresVersions(ctx, t.db, t.name, provider)
	if err != nil {
		return err
	}
	if from != 0 {
		if err := refuseOlder(DisplayName(t.name), from, to); err != nil {
			return err
		}
	}
	if err := t.lock(ctx); err != nil {
		return err
	}
	if _, _, err := migratePostgres(ctx, t.db, t.name, false); err != nil {
		return err
	}
	t.tables, err = findCopiedTables(ctx, t.conn)
	return err
}

// copyLockID is a number beside that of migrations.
const copyLockID = migrationLockID + 1

// lock keeps others from copying into the database, until its connection ends. One that
// was killed is noticed by the server in less time than lock_timeout.
func (t *copyTarget) lock(ctx context.Context) (err error) {
	if t.conn, err = t.db.Connx(ctx); err != nil {
		return err
	}
	_, err = t.conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", copyLockID)
	if hasState(err, codeLockTimeout) {
		return fmt.Errorf("another process copies into %s", DisplayName(t.name))
	}
	return err
}

// knows reports whether a part of the source is there already. It refuses a database that
// holds anything else.
func (t *copyTarget) knows(ctx context.Context, source *copySource) (bool, error) {
	var marked bool
	if err := t.conn.GetContext(ctx, &marked, "SELECT to_regclass('"+copyTable+"') IS NOT NULL"); err != nil {
		return false, err
	}
	if !marked {
		return false, t.refuseUnlessEmpty(ctx)
	}
	var id int64
	if err := t.conn.GetContext(ctx, &id, "SELECT source FROM "+copyTable); err != nil {
		return false, err
	}
	if id != source.id {
		return false, fmt.Errorf("%s holds an unfinished copy of another database than %s", DisplayName(t.name), source.path)
	}
	return true, nil
}

func (t *copyTarget) refuseUnlessEmpty(ctx context.Context) error {
	for _, table := range postgresTables {
		var used bool
		if err := t.conn.GetContext(ctx, &used, "SELECT EXISTS (SELECT FROM "+table+")"); err != nil {
			return err
		}
		if used {
			return fmt.Errorf("%s is not empty: there are rows in %s", DisplayName(t.name), table)
		}
	}
	return nil
}

func (t *copyTarget) mark(ctx context.Context, source *copySource) error {
	_, err := t.conn.ExecContext(ctx, fmt.Sprintf("%s; INSERT INTO %s VALUES (%d, 0)", createCopyTable, copyTable, source.id))
	return err
}

func (t *copyTarget) unmark(ctx context.Context) error {
	_, err := t.conn.ExecContext(ctx, "DROP TABLE "+copyTable)
	return err
}

// number lets the next rows have numbers that are free.
func (t *copyTarget) number(ctx context.Context) error {
	for _, n := range numberedTables {
		if _, err := t.conn.ExecContext(ctx, fmt.Sprintf(
			"SELECT setval(pg_get_serial_sequence('%[1]s', '%[2]s'), max(%[2]s)) FROM %[1]s HAVING count(*) > 0", n[0], n[1])); err != nil {
			return err
		}
	}
	return nil
}

// append adds rows to a table.
func (t *copyTarget) append(ctx context.Context, table copiedTable, rows pgx.CopyFromSource) error {
	return onConnection(t.conn, func(conn *pgx.Conn) error {
		_, err := conn.CopyFrom(ctx, pgx.Identifier{table.name}, table.columns, rows)
		return err
	})
}

// together does all of it or nothing.
func (t *copyTarget) together(ctx context.Context, do func() error) error {
	if _, err := t.conn.ExecContext(ctx, begin); err != nil {
		return err
	}
	if err := do(); err != nil {
		_, back := t.conn.ExecContext(context.WithoutCancel(ctx), "rollback")
		if isLost(back) || errors.Is(back, sql.ErrConnDone) {
			back = nil // which is told by the first
		}
		return errors.Join(err, back)
	}
	return commit(ctx, t.conn, &pgx.Batch{})
}
