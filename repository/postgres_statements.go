package repository

import (
	"context"
	"database/sql"
	"net/url"
	"reflect"
	"regexp"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jmoiron/sqlx"
)

// onPostgres is a queryer on a pool or a connection of PostgreSQL's.
type onPostgres struct {
	ctx context.Context
	on  sqlx.QueryerContext
}

func (q onPostgres) Get(dest any, query string, args ...any) error {
	return sqlx.GetContext(q.ctx, q.on, dest, numbered(query), values(args)...)
}

func (q onPostgres) Select(dest any, query string, args ...any) error {
	return sqlx.SelectContext(q.ctx, q.on, dest, numbered(query), values(args)...)
}

// postgresTransaction is a transaction that has begun on a connection.
type postgresTransaction struct {
	onPostgres
	conn *sqlx.Conn
}

func (tx postgresTransaction) run(query string, args ...any) error {
	_, err := tx.conn.ExecContext(tx.ctx, numbered(query), values(args)...)
	return err
}

func (tx postgresTransaction) insert(query string, args ...any) (key int64, err error) {
	return key, tx.Get(&key, query, args...)
}

// runAll sends the statements in one round trip.
func (tx postgresTransaction) runAll(query string, rows [][]any) (done int, err error) {
	statements := &pgx.Batch{}
	for _, args := range rows {
		statements.Queue(numbered(query), values(args)...).Exec(func(pgconn.CommandTag) error {
			done++
			return nil
		})
	}
	return done, together(tx.ctx, tx.conn, statements)
}

// typed is a parameter that says its type, as SQLite has it said: see sqlite.read.
// PostgreSQL takes it from what the parameter is compared with.
var typed = regexp.MustCompile(`cast\(\? AS [A-Z]+\)`)

// numberedStatements remembers what numbered returns. There are only so many.
var numberedStatements sync.Map

// numbered is a statement that both engines understand as PostgreSQL has it: with $1
// for its first parameter.
func numbered(query string) string {
	if known, ok := numberedStatements.Load(query); ok {
		return known.(string)
	}
	statement := sqlx.Rebind(sqlx.DOLLAR, typed.ReplaceAllString(query, "?"))
	numberedStatements.Store(query, statement)
	return statement
}

// values are parameters in types that pgx knows what to do with, wherever they stand.
func values(args []any) []any {
	known := make([]any, len(args))
	for i, arg := range args {
		known[i] = valueOf(arg)
	}
	return known
}

func valueOf(arg any) any {
	switch arg := arg.(type) {
	case stamp:
		return arg.time()
	case sql.Null[stamp]:
		if !arg.Valid {
			return (*time.Time)(nil)
		}
		return arg.V.time()
	}
	if v := reflect.ValueOf(arg); v.Kind() == reflect.String {
		return v.String()
	}
	return arg
}

// hasParameter reports whether a URL sets a parameter.
func hasParameter(name, parameter string) bool {
	parsed, err := url.Parse(name)
	return err == nil && parsed.Query().Has(parameter)
}
