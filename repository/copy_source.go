package repository

import (
	"context"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// copySource is a file that is copied. Each statement sees one state of it, which may be
// another than that of the statement before: a reader that stayed would keep the log of a
// server from being copied.
type copySource struct {
	path   string
	id     int64 // of the database, wherever its file is
	conn   *sqlx.Conn
	unsure func() error // as openToRead has it
	close  func()
}

func openCopySource(ctx context.Context, file string) (*copySource, error) {
	path, err := absolute(file)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(refuseUnlessFile(path), refuseDamagedLog(path)); err != nil {
		return nil, err
	}
	closed := noteOpened(path)
	db, unsure, err := openToRead(ctx, path)
	if err != nil {
		closed()
		return nil, err
	}
	s := &copySource{path: path, unsure: unsure, close: func() {
		_ = db.Close() // nothing was written
		closed()
	}}
	if err := s.connect(ctx, db); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *copySource) connect(ctx context.Context, db *sqlx.DB) (err error) {
	if s.conn, err = db.Connx(ctx); err != nil {
		return err
	}
	return s.conn.GetContext(ctx, &s.id, "PRAGMA user_version")
}

// newestRows are the keys of the last rows of the tables that number theirs. Read at one
// moment, they bound a set of rows in which each that is referred to is, too: a row
// refers to older ones, and none is given to another later.
func newestRows(ctx context.Context, on *sqlx.Conn) (map[string]int64, error) {
	newest := map[string]int64{}
	query := ""
	for _, t := range numberedTables {
		query += fmt.Sprintf(" UNION ALL SELECT '%[1]s' AS name, coalesce(max(%[2]s), 0) AS newest FROM %[1]s", t[0], t[1])
	}
	var rows []struct {
		Name   string
		Newest int64
	}
	err := on.SelectContext(ctx, &rows, query[len(" UNION ALL "):])
	for _, row := range rows {
		newest[row.Name] = row.Newest
	}
	return newest, err
}
