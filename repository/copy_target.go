package repository

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jmoiron/sqlx"
)

// copyTable is in a database that is, or was, copied from a file. In a table of Parley's
// are the rows of the source up to the last that is there; users who were there before are
// as they were after the change users_of, or newer.
const copyTable = "parley_copy"

const createCopyTable = "CREATE TABLE IF NOT EXISTS " + copyTable +
	" (source bigint NOT NULL, users_of bigint NOT NULL, state text NOT NULL)"

// The states of a copy. One that is made can be brought up to date until somebody opens it.
const (
	copyBegun = "begun"
	copyMade  = "made"
	copyUsed  = "used"
)

// copyState is empty for a database that was not copied.
func copyState(ctx context.Context, on sqlx.QueryerContext) (state string, err error) {
	var known bool
	if err := sqlx.GetContext(ctx, on, &known, "SELECT to_regclass('"+copyTable+"') IS NOT NULL"); err != nil || !known {
		return "", err
	}
	err = sqlx.GetContext(ctx, on, &state, "SELECT state FROM "+copyTable)
	return state, err
}

func refuseUnfinished(ctx context.Context, db *sqlx.DB, name string) error {
	state, err := copyState(ctx, db)
	if err == nil && state == copyBegun {
		err = fmt.Errorf("%s holds an unfinished copy; the parley migrate --from that makes it goes on when it is called again", DisplayName(name))
	}
	return err
}

// useCopy comes before a database is used: from then on it is no copy any more.
func useCopy(ctx context.Context, db *sqlx.DB, name string) error {
	state, err := copyState(ctx, db)
	if err == nil && state == copyMade {
		_, err = db.ExecContext(ctx, "UPDATE "+copyTable+" SET state = $1 WHERE state = $2", copyUsed, copyMade)
	}
	if err != nil {
		return err
	}
	return refuseUnfinished(ctx, db, name)
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

// close gives the lock back. What was written is committed or is not.
func (t *copyTarget) close() {
	if t.conn != nil {
		_ = t.conn.Close()
	}
	_ = t.db.Close()
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

// resume reports whether a part of the source is there already, and goes on with it then.
// It refuses a database that holds anything else.
func (t *copyTarget) resume(ctx context.Context, source *copySource) (bool, error) {
	state, err := copyState(ctx, t.conn)
	if err != nil {
		return false, err
	}
	if state == "" || state == copyUsed {
		return false, t.refuseUnlessEmpty(ctx)
	}
	var id int64
	if err := t.conn.GetContext(ctx, &id, "SELECT source FROM "+copyTable); err != nil {
		return false, err
	}
	if id != source.id {
		return false, fmt.Errorf("%s holds a copy of another database than %s", DisplayName(t.name), source.path)
	}
	return true, t.turn(ctx, state, copyBegun)
}

// turn fails where the copy was used meanwhile.
func (t *copyTarget) turn(ctx context.Context, from, to string) error {
	result, err := t.conn.ExecContext(ctx, "UPDATE "+copyTable+" SET state = $1 WHERE state = $2", to, from)
	if err != nil {
		return err
	}
	if turned, err := result.RowsAffected(); err != nil || turned == 1 {
		return err
	}
	return fmt.Errorf("%s is in use", DisplayName(t.name))
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

func (t *copyTarget) begin(ctx context.Context, source *copySource) error {
	_, err := t.conn.ExecContext(ctx, fmt.Sprintf("%s; TRUNCATE %s; INSERT INTO %[2]s VALUES (%d, 0, '%s')",
		createCopyTable, copyTable, source.id, copyBegun))
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
