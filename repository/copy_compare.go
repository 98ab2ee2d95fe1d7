package repository

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"
)

// compare reads every row of both databases and tells the first that is not the same;
// nothing where all are.
func (c *copying) compare(ctx context.Context) (difference string, err error) {
	bounds, err := newestRows(ctx, c.source.conn)
	if err != nil {
		return "", err
	}
	c.done, c.total = 0, 0
	for _, newest := range bounds {
		c.total += newest
	}
	for _, table := range c.target.tables {
		if difference, err = c.compareTable(ctx, table); err != nil || difference != "" {
			return difference, err
		}
	}
	return "", nil
}

func (c *copying) compareTable(ctx context.Context, table copiedTable) (difference string, err error) {
	next, stop := iter.Pull2(c.source.rows(ctx, table))
	defer stop()
	to, err := c.target.conn.QueryxContext(ctx, table.selectRows(""))
	if err != nil {
		return "", err
	}
	defer to.Close()
	for rows := int64(0); ; rows++ {
		want, err, more := next()
		if err != nil {
			return "", err
		}
		got, err := nextRow(to)
		if err != nil {
			return "", err
		}
		if !more && got == nil {
			c.advance("comparing", rows%copyBatch)
			return "", nil
		}
		if difference := table.difference(want, got); difference != "" {
			return difference, nil
		}
		if rows%copyBatch == copyBatch-1 {
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

// rows are those of a table, in the order of its key and in pieces.
func (s *copySource) rows(ctx context.Context, table copiedTable) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		var last []any
		for more := true; more; {
			piece, err := s.rowsAfter(ctx, table, last)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, row := range piece {
				if !yield(row, nil) {
					return
				}
				last = row
			}
			more = len(piece) == copyBatch
		}
	}
}

// rowsAfter are the next rows after one, or the first.
func (s *copySource) rowsAfter(ctx context.Context, table copiedTable, last []any) (piece [][]any, err error) {
	where, args := "", []any{}
	if last != nil {
		places := strings.TrimSuffix(strings.Repeat("?, ", len(table.keys)), ", ")
		where = fmt.Sprintf("WHERE (%s) > (%s)", strings.Join(table.keys, ", "), places)
		for _, key := range table.keys {
			args = append(args, last[slices.Index(table.columns, key)])
		}
	}
	rows, err := s.conn.QueryxContext(ctx, table.selectRows(where)+" LIMIT ?", append(args, copyBatch)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for {
		row, err := nextRow(rows)
		if err != nil || row == nil {
			return piece, err
		}
		piece = append(piece, row)
	}
}

// difference says how a row of the copy differs from the one that it should be.
func (t copiedTable) difference(want, got []any) string {
	switch {
	case want == nil:
		return t.place(got) + " of the copy is not in the file"
	case got == nil:
		return t.place(want) + " is not in the copy"
	}
	if t.place(want) != t.place(got) {
		return fmt.Sprintf("%s is in the file, where the copy has %s", t.place(want), t.place(got))
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
