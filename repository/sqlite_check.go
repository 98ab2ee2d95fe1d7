package repository

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/jmoiron/sqlx"
	"github.com/mattn/go-sqlite3"
)

// Fault is something in a store that cannot have come about by itself.
type Fault struct {
	Place  string // "users: ben", "schema: status_changes_never_deleted"
	Detail string // what is there, and what should be
}

// String is one line, whatever a damaged store holds.
func (f Fault) String() string {
	quoted := strconv.Quote(f.Place + ": " + f.Detail)
	return quoted[1 : len(quoted)-1]
}

// Checked counts what a check has looked at.
type Checked struct {
	Users, Changes, Faults int64
}

// Check reads all of the store that name stands for, and tells of each fault
// as it is found. It changes nothing, and may run beside whoever writes. An
// error means that it could not be looked at to the end, and is none of its
// faults.
func Check(ctx context.Context, name string, report func(Fault)) (Checked, error) {
	if isURL(name) {
		return Checked{}, errors.New("only a file can be looked at by this version of Parley")
	}
	path, err := absolute(name)
	if err != nil {
		return Checked{}, err
	}
	return checkFile(ctx, path, report)
}

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
	c.db = db
	if err := c.checkAll(); err != nil {
		return c.Checked, fmt.Errorf("%s could not be checked to the end: %w", path, err)
	}
	return c.Checked, unsure()
}

// checker looks at one file. Each of its statements sees one state of it, which
// may be another than that of the statement before: a reader that stayed would
// keep the log of a server from being copied.
type checker struct {
	Checked
	ctx    context.Context
	db     *sqlx.DB
	report func(Fault)
}

func (c *checker) checkAll() error {
	for _, check := range []struct {
		place string
		run   func() error
	}{
		{"integrity", c.checkIntegrity},
		{"references", c.checkReferences},
		{"schema", c.checkSchema},
		{"history", c.checkHistory},
	} {
		if err := c.faultUnlessStopped(check.place, check.run()); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) fault(place, format string, args ...any) {
	c.Faults++
	c.report(Fault{place, fmt.Sprintf(format, args...)})
}

// faultUnlessStopped makes a fault of a query that did not come to its end, unless
// the reason is not in the file.
func (c *checker) faultUnlessStopped(place string, err error) error {
	if err == nil {
		return nil
	}
	if c.ctx.Err() != nil {
		return c.ctx.Err()
	}
	for _, passing := range []sqlite3.ErrNo{sqlite3.ErrBusy, sqlite3.ErrCantOpen, sqlite3.ErrNomem, sqlite3.ErrFull} {
		if hasCode(err, passing) {
			return err
		}
	}
	c.fault(place, "it cannot be read to the end: %s", err)
	return nil
}

// checkIntegrity lets SQLite look at each page, row and index entry
// (https://www.sqlite.org/pragma.html#pragma_integrity_check).
func (c *checker) checkIntegrity() error {
	return each(c, fmt.Sprintf("PRAGMA integrity_check(%d)", math.MaxInt32), func(row struct {
		Message string `db:"integrity_check"`
	}) {
		if row.Message != "ok" {
			c.fault("integrity", "%s", row.Message)
		}
	})
}

// checkReferences finds the rows that refer to others which are not there. A
// table without row ids has no number to name a row by.
func (c *checker) checkReferences() error {
	return each(c, `
		SELECT f."table" AS of, coalesce(f.rowid, 0) AS number, f.parent, r."from" AS by
		FROM pragma_foreign_key_check f JOIN pragma_foreign_key_list(f."table") r ON r.id = f.fkid`,
		func(row struct {
			Of     string `db:"of"`
			Number int64  `db:"number"`
			Parent string `db:"parent"`
			By     string `db:"by"`
		}) {
			place := row.Of
			if row.Number != 0 {
				place = fmt.Sprintf("%s: row %d", row.Of, row.Number)
			}
			c.fault(place, "%s refers to a row of %s that is not there", row.By, row.Parent)
		})
}

// each reads the rows of a query one by one.
func each[R any](c *checker, query string, do func(R), args ...any) error {
	rows, err := c.db.QueryxContext(c.ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var row R
		if err := rows.StructScan(&row); err != nil {
			return err
		}
		do(row)
	}
	return rows.Err()
}
