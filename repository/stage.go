package repository

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"

	"github.com/jmoiron/sqlx"
	"github.com/mattn/go-sqlite3"
)

// stage is a database for the time of one import or export. It lives in memory as far as that goes, and then in a
// temporary file without a name, which ends with the process however that ends
// (https://www.sqlite.org/inmemorydb.html#temp_db).
type stage struct {
	db   *sqlx.DB
	conn *sqlx.Conn
}

// stagePragmas make a database that nobody has to recover. The cache is
// counted in KiB.
const stagePragmas = `
	PRAGMA journal_mode = OFF;
	PRAGMA synchronous = OFF;
	PRAGMA cache_size = -32768;
	PRAGMA temp_store = FILE`

// newStage opens a database that holds what statements create.
func newStage(ctx context.Context, create string, args ...any) (*stage, error) {
	s := &stage{db: sqlx.NewDb(sql.OpenDB(connector{
		dsn:    "file:?_stmt_cache_size=8&_mutex=no",
		driver: &sqlite3.SQLiteDriver{ConnectHook: setPragmas},
	}), "sqlite3")}
	if err := s.begin(ctx, create, args); err != nil {
		return nil, errors.Join(storeError(err), s.close())
	}
	return s, nil
}

func (s *stage) begin(ctx context.Context, create string, args []any) (err error) {
	if s.conn, err = s.db.Connx(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	if err := s.run(ctx, stagePragmas); err != nil {
		return err
	}
	if err := s.run(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", defaultBusyTimeout.Milliseconds())); err != nil {
		return err
	}
	return s.run(ctx, create, args...)
}

func (s *stage) run(ctx context.Context, statement string, args ...any) error {
	_, err := s.conn.ExecContext(ctx, statement, args...)
	return storeError(err)
}

// textRows reads rows of so many texts. A row counts until the next.
func textRows(ctx context.Context, on sqlx.QueryerContext, columns int, query string, args ...any) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		rows, err := on.QueryContext(ctx, query, args...)
		if err != nil {
			yield(nil, storeError(err))
			return
		}
		defer rows.Close()
		row, into := make([]string, columns), make([]any, columns)
		for i := range row {
			into[i] = &row[i]
		}
		for rows.Next() {
			if err := storeError(rows.Scan(into...)); !yield(row, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, storeError(err))
		}
	}
}

func (s *stage) close() error {
	var err error
	if s.conn != nil {
		err = s.conn.Close()
	}
	return errors.Join(err, s.db.Close())
}
