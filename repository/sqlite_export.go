package repository

import (
	"context"
	"iter"
)

// createExported reads the store in one statement, which is one state of it, and
// in as little time as that takes: whoever gets the users may be slow. An attached
// database is found by the names of its tables.
const createExported = "ATTACH ? AS store; CREATE TABLE exported AS" + selectExported

func (s *sqlite) exported(ctx context.Context) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		stage, err := newStage(ctx, createExported, fileURI(s.path)+"?mode=ro")
		if err != nil {
			yield(nil, err)
			return
		}
		defer func() { _ = stage.close() }() // nothing in it has to be kept
		for row, err := range textRows(ctx, stage.conn, exportedColumns, "SELECT * FROM exported ORDER BY rowid") {
			if !yield(row, err) {
				return
			}
		}
	}
}
