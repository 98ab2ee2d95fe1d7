package repository

import (
	"bytes"
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// compare reads every row of both databases and tells the first that is not the same.
func (c *copying) compare(ctx context.Context) error {
	bounds, err := newestRows(ctx, c.source.conn)
	if err != nil {
		return err
	}
	c.done, c.total = 0, 0
	for _, newest := range bounds {
		c.total += newest
	}
	for _, table := range c.target.tables {
		if err := c.compareTable(ctx, table); err != nil {
			return err
		}
	}
	return nil
}

func (c *copying) compareTable(ctx context.Context, table copiedTable) error {
	from, err := c.source.conn.QueryxContext(ctx, table.selectRows(""))
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := c.target.conn.QueryxContext(ctx, table.selectRows(""))
	if err != nil {
		return err
	}
	defer to.Close()
	for rows := int64(1); ; rows++ {
		want, err := nextRow(from)
		if err != nil {
			return err
		}
		got, err := nextRow(to)
		if err != nil {
			return err
		}
		if want == nil && got == nil {
			return nil
		}
		if difference := table.difference(want, got); difference != "" {
			return fmt.Errorf("%s; empty the database and copy again", difference)
		}
		if rows%copyBatch == 0 {
			c.advance("comparing", copyBatch)
		}
	}
}

// nextRow is nil after the last row.
func nextRow(rows *sqlx.Rows) ([]any, error) {
	if !rows.Next() {
		return nil, rows.Err()
	}
	return rows.SliceScan()
}

// difference says how a row of the copy differs from the one that it should be.
func (t copiedTable) difference(want, got []any) string {
	switch {
	case want == nil:
		return t.place(got) + " of the copy is not in the file"
	case got == nil:
		return t.place(want) + " is not in the copy"
	}
	for i, column := range t.columns {
		if !isEqual(want[i], compared(got[i])) {
			return fmt.Sprintf("%s: %s is another in the copy", t.place(want), column)
		}
	}
	return ""
}

func isEqual(a, b any) bool {
	blob, ok := a.([]byte)
	if !ok {
		return a == b
	}
	other, ok := b.([]byte)
	return ok && bytes.Equal(blob, other)
}
