package repository

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jmoiron/sqlx"
)

// checkURL is Check for a PostgreSQL database. Its server may be a standby.
func checkURL(ctx context.Context, name string, report func(Fault)) (Checked, error) {
	db, err := openPool(name)
	if err != nil {
		return Checked{}, err
	}
	defer db.Close()
	if err := refuseOtherPostgresSchema(ctx, db, name); err != nil {
		return Checked{}, err
	}
	if err := refuseUnfinished(ctx, db, name); err != nil {
		return Checked{}, err
	}
	return checkDatabase(ctx, db, name, report)
}

func refuseOtherPostgresSchema(ctx context.Context, db *sqlx.DB, name string) error {
	provider, err := postgresProvider(db)
	if err != nil {
		return err
	}
	from, to, err := postgresSchema(ctx, db, name, provider)
	if err != nil {
		return err
	}
	if from == 0 {
		return notYetThere(name)
	}
	return refuseOlder(DisplayName(name), from, to)
}

// checkDatabase sees one state of the database from beginning to end. With several
// gateways changes do not become visible in the order of their numbers, so that more
// statements than one could not tell a change that is late from one that is astray.
func checkDatabase(ctx context.Context, db *sqlx.DB, name string, report func(Fault)) (checked Checked, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s could not be checked to the end: %w", DisplayName(name), err)
		}
	}()
	tx, err := db.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return checked, err
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	if _, err := tx.ExecContext(ctx, checkSettings); err != nil {
		return checked, err
	}
	c := &checker{ctx: ctx, report: report, examined: examinedDatabase{tx}}
	err = c.checkAll()
	return c.Checked, err
}

// checkSettings are those of a check. Whoever reads the faults may take their time. Chains
// are followed by indexes: what PostgreSQL expects of them it cannot know, and the other
// ways to join may read all of the history for each few users.
const checkSettings = `
	SET LOCAL idle_in_transaction_session_timeout = 0;
	SET LOCAL enable_hashjoin = off;
	SET LOCAL enable_mergejoin = off`

// examinedDatabase is a PostgreSQL database at one moment.
type examinedDatabase struct{ tx *sqlx.Tx }

func (e examinedDatabase) rows(ctx context.Context, query string, args ...any) (*sqlx.Rows, error) {
	return e.tx.QueryxContext(ctx, numbered(query), values(args)...)
}

// attempt goes back to before a part that failed, after which PostgreSQL would answer
// nothing more.
func (e examinedDatabase) attempt(ctx context.Context, part func() error) error {
	if _, err := e.tx.ExecContext(ctx, "SAVEPOINT part"); err != nil {
		return err
	}
	err := part()
	if err != nil {
		_, back := e.tx.ExecContext(ctx, "ROLLBACK TO part")
		err = errors.Join(err, back)
	}
	return err
}

// isPassing takes what a server says of itself, of resources and of rights for no fault
// of the data.
func (e examinedDatabase) isPassing(err error) bool {
	var failure *pgconn.PgError
	if isLost(err) || isConflict(err) || !errors.As(err, &failure) {
		return true
	}
	return failure.Code == codeNotAllowed || slices.Contains([]string{"53", "54", "55", "57"}, failure.Code[:2])
}

func (e examinedDatabase) parts(c *checker) []part {
	return []part{
		{"integrity", func() error { return checkTables(c) }},
		{"integrity", func() error { return checkIndexes(c) }},
		{"references", func() error { return checkPointers(c) }},
		{"numbers", func() error { return checkNumbers(c) }},
	}
}

// checkTables has every value of every row read. What is in pages that nobody needs for
// a chain would go unnoticed otherwise.
func checkTables(c *checker) error {
	for _, table := range postgresTables {
		read := func() error {
			return each(c, "SELECT count(t::text) AS number FROM "+table+" t", func(struct{ Number int64 }) {})
		}
		if err := c.checkPart(part{"table " + table, read}); err != nil {
			return err
		}
	}
	return nil
}

// findIndexes finds what there is to check by, where the extension amcheck is installed and
// its use allowed (https://www.postgresql.org/docs/current/amcheck.html).
const findIndexes = `
	SELECT format('%I.bt_index_check', n.nspname) AS check, i.indexrelid::regclass::text AS index
	FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
		JOIN pg_proc p ON p.pronamespace = n.oid AND p.proname = 'bt_index_check' AND p.pronargs = 2,
		pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
	WHERE e.extname = 'amcheck' AND has_schema_privilege(n.oid, 'USAGE') AND has_function_privilege(p.oid, 'EXECUTE')
		AND a.amname = 'btree' AND i.indisvalid AND i.indisready AND c.relnamespace = ` + parleySchema + `
	ORDER BY 2`

// checkIndexes looks at each index, and for each row in it.
func checkIndexes(c *checker) error {
	var found []indexCheck
	if err := each(c, findIndexes, func(index indexCheck) { found = append(found, index) }); err != nil {
		return err
	}
	for _, index := range found {
		look := func() error {
			return each(c, "SELECT "+index.Check+"(cast(? AS text)::regclass, true)::text AS nothing",
				func(struct{ Nothing string }) {}, index.Index)
		}
		if err := c.checkPart(part{"index " + index.Index, look}); err != nil {
			return err
		}
	}
	return nil
}

type indexCheck struct{ Check, Index string }

// pointers are the columns that refer to other rows, whether or not there is a
// constraint that looks after them.
var pointers = []struct{ table, number, column, parent, key string }{
	{"workspaces", "pk", "owner_id", "users", "id"},
	{"users", "pk", "workspace", "workspaces", "pk"},
	{"users", "pk", "last_change", "status_changes", "seq"},
	{"status_changes", "seq", "user_pk", "users", "pk"},
	{"status_changes", "seq", "previous", "status_changes", "seq"},
	{"status_changes", "seq", "changed_by", "users", "pk"},
	{"idempotency_keys", "0", "change", "status_changes", "seq"},
	{"tokens", "pk", "acts_as", "users", "pk"},
	{"tokens", "pk", "workspace", "workspaces", "pk"},
	{"sessions", "pk", "token", "tokens", "pk"},
}

func checkPointers(c *checker) error {
	for _, p := range pointers {
		query := fmt.Sprintf(`
			SELECT '%[1]s' AS of, %[2]s AS number, '%[3]s' AS by, '%[4]s' AS parent
			FROM %[1]s a WHERE %[3]s IS NOT NULL AND NOT EXISTS (SELECT FROM %[4]s p WHERE p.%[5]s = a.%[3]s)
			ORDER BY number`, p.table, p.number, p.column, p.parent, p.key)
		if err := each(c, query, c.faultOfStray); err != nil {
			return err
		}
	}
	return nil
}

// numberedTables are those whose rows PostgreSQL numbers, and by which column.
var numberedTables = [][2]string{{"workspaces", "pk"}, {"users", "pk"}, {"status_changes", "seq"}, {"tokens", "pk"}, {"sessions", "pk"}}

// checkNumbers finds where the next row would get a number that is taken.
func checkNumbers(c *checker) error {
	for _, t := range numberedTables {
		query := fmt.Sprintf(`
			SELECT coalesce(max(%[2]s), 0) AS newest,
				coalesce(pg_sequence_last_value(pg_get_serial_sequence('%[1]s', '%[2]s')::regclass), 0) AS given
			FROM %[1]s`, t[0], t[1])
		if err := each(c, query, func(row struct{ Newest, Given int64 }) {
			if row.Given < row.Newest {
				c.fault("numbers: "+t[0], "they were given out up to %d, and %d is taken", row.Given, row.Newest)
			}
		}); err != nil {
			return err
		}
	}
	return nil
}
