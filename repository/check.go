package repository

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/jmoiron/sqlx"
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
		return checkURL(ctx, name, report)
	}
	path, err := absolute(name)
	if err != nil {
		return Checked{}, err
	}
	return checkFile(ctx, path, report)
}

// checker looks at one store.
type checker struct {
	Checked
	examined
	ctx    context.Context
	report func(Fault)
}

// examined is a store that was opened to be looked at.
type examined interface {
	// rows reads with a statement that both engines understand.
	rows(ctx context.Context, query string, args ...any) (*sqlx.Rows, error)
	// parts are what is looked at in this engine alone.
	parts(c *checker) []part
	// schemas are the schema that is there, and that of a new store.
	schemas(ctx context.Context) (present, fresh []schemaObject, err error)
	// attempt makes a failure of one part leave the others possible.
	attempt(ctx context.Context, part func() error) error
	// isPassing reports whether the reason of an error is not in the data.
	isPassing(err error) bool
}

// part is something to be looked at, and where.
type part struct {
	place string
	run   func() error
}

func (c *checker) checkAll() error {
	for _, p := range append(c.parts(c), part{"schema", c.checkSchema}, part{"history", c.checkHistory}) {
		if err := c.checkPart(p); err != nil {
			return err
		}
	}
	return nil
}

// checkPart makes a fault of a part that did not come to its end, unless the reason
// is not in the data.
func (c *checker) checkPart(p part) error {
	err := c.attempt(c.ctx, p.run)
	if err == nil {
		return nil
	}
	if c.ctx.Err() != nil {
		return c.ctx.Err()
	}
	if c.isPassing(err) {
		return err
	}
	c.fault(p.place, "it cannot be read to the end: %s", err)
	return nil
}

func (c *checker) fault(place, format string, args ...any) {
	c.Faults++
	c.report(Fault{place, fmt.Sprintf(format, args...)})
}

// stray is a row that refers to another which is not there.
type stray struct {
	Of     string `db:"of"`
	Number int64  `db:"number"` // 0 in a table whose rows have none
	Parent string `db:"parent"`
	By     string `db:"by"`
}

func (c *checker) faultOfStray(row stray) {
	place := row.Of
	if row.Number != 0 {
		place = fmt.Sprintf("%s: row %d", row.Of, row.Number)
	}
	c.fault(place, "%s refers to a row of %s that is not there", row.By, row.Parent)
}

// schemaObject is a table, an index, or whatever else a schema is made of.
type schemaObject struct {
	Object string `db:"object"` // its kind and its name
	Text   string `db:"text"`   // all there is to say of it
}

// checkSchema compares the schema with that of a new store. Without a trigger or
// an index all goes on as before, but rules are no longer kept.
func (c *checker) checkSchema() error {
	present, fresh, err := c.schemas(c.ctx)
	if err != nil {
		return err
	}
	want := make(map[string]string, len(fresh))
	for _, o := range fresh {
		want[o.Object] = o.Text
	}
	for _, o := range present {
		text, known := want[o.Object]
		if !known {
			c.fault("schema: "+o.Object, "it is no part of Parley's schema")
		} else if text != o.Text {
			c.fault("schema: "+o.Object, "it is not as Parley makes it")
		}
		delete(want, o.Object)
	}
	for _, missing := range slices.Sorted(maps.Keys(want)) {
		c.fault("schema: "+missing, "it is missing")
	}
	return nil
}

// each reads the rows of a query one by one.
func each[R any](c *checker, query string, do func(R), args ...any) error {
	rows, err := c.rows(c.ctx, query, args...)
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
