package repository

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/jmoiron/sqlx"
)

// watch tells versions of the file by a connection that never writes: the
// number changes with every commit of any other connection
// (https://www.sqlite.org/pragma.html#pragma_data_version). It ascends.
type watch struct {
	conn  *sqlx.Conn
	begun atomic.Int64 // how often the file was asked

	mu   sync.Mutex
	last int64
	err  error
}

// version is the file's of a moment after the call. One question is the answer
// for all who came before it was asked.
func (w *watch) version() (int64, error) {
	before := w.begun.Load()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.begun.Load() == before {
		w.begun.Add(1)
		w.last, w.err = dataVersion(w.conn)
	}
	return w.last, w.err
}

func dataVersion(conn *sqlx.Conn) (version int64, err error) {
	err = conn.QueryRowContext(context.Background(), "PRAGMA data_version").Scan(&version)
	return version, err
}
