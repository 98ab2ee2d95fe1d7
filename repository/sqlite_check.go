package repository

import (
	"context"
	"fmt"
	"math"

	"github.com/jmoiron/sqlx"
	"github.com/mattn/go-sqlite3"
)

func checkFile(ctx context.Context, path string, report func(Fault)) (Checked, error) {
	c := &checker{ctx: ctx, report: report}
	if err := refuseUnlessFile(path); err != nil {
		return c.Checked, err
	}
	if damage := logDamage(path); damage != "" {
		// To open the file would make what is left of the log valid.
		c.fault("log: "+path+"-wal", "%s", damage)
		return c.Checked, nil
	}
	defer noteOpened(path)()
	db, unsure, err := openToRead(ctx, path)
	if err != nil {
		return c.Checked, err
	}
	defer db.Close()
	c.examined = examinedFile{db}
	if err := c.checkAll(); err != nil {
		return c.Checked, fmt.Errorf("%s could not be checked to the end: %w", path, err)
	}
	return c.Checked, unsure()
}

// examinedFile is one file. Each statement sees one state of it, which may be
// another than that of the statement before: a reader that stayed would keep the log
// of a server from being copied.
type examinedFile struct{ db *sqlx.DB }

func (e examinedFile) rows(ctx context.Context, query string, args ...any) (*sqlx.Rows, error) {
	return e.db.QueryxContext(ctx, query, args...)
}

func (e examinedFile) attempt(_ context.Context, part func() error) error { return part() }

func (e examinedFile) isPassing(err error) bool {
	for _, passing := range []sqlite3.ErrNo{sqlite3.ErrBusy, sqlite3.ErrCantOpen, sqlite3.ErrNomem, sqlite3.ErrFull} {
		if hasCode(err, passing) {
			return true
		}
	}
	return false
}

func (e examinedFile) parts(c *checker) []part {
	return []part{
		{"integrity", func() error { return checkIntegrity(c) }},
		{"references", func() error { return checkForeignKeys(c) }},
	}
}

// checkIntegrity lets SQLite look at each page, row and index entry
// (https://www.sqlite.org/pragma.html#pragma_integrity_check).
func checkIntegrity(c *checker) error {
	return each(c, fmt.Sprintf("PRAGMA integrity_check(%d)", math.MaxInt32), func(row struct {
		Message string `db:"integrity_check"`
	}) {
		if row.Message != "ok" {
			c.fault("integrity", "%s", row.Message)
		}
	})
}

// checkForeignKeys finds the rows that refer to others which are not there. A
// table without row ids has no number to name a row by.
func checkForeignKeys(c *checker) error {
	return each(c, `
		SELECT f."table" AS of, coalesce(f.rowid, 0) AS number, f.parent, r."from" AS by
		FROM pragma_foreign_key_check f JOIN pragma_foreign_key_list(f."table") r ON r.id = f.fkid`,
		c.faultOfStray)
}
