package repository

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
)

// copiedTable is a table that both engines have, with the same columns in the same order
// in each.
type copiedTable struct {
	name    string
	columns []string
	kinds   []string // types, as PostgreSQL names them
	keys    []string // by which rows are in one order
}

// findCopiedTables reads from the target what the columns are.
func findCopiedTables(ctx context.Context, conn *sqlx.Conn) ([]copiedTable, error) {
	tables := make([]copiedTable, len(postgresTables))
	for i, name := range postgresTables {
		table := copiedTable{name: name}
		var columns []struct {
			Name, Kind string
			Key        bool
		}
		if err := conn.SelectContext(ctx, &columns, `
			SELECT a.attname AS name, format_type(a.atttypid, NULL) AS kind, a.attnum = ANY(i.indkey) AS key
			FROM pg_attribute a JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
			WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped
			ORDER BY a.attnum`, name); err != nil {
			return nil, err
		}
		for _, c := range columns {
			table.columns, table.kinds = append(table.columns, c.Name), append(table.kinds, c.Kind)
			if c.Key {
				table.keys = append(table.keys, c.Name)
			}
		}
		tables[i] = table
	}
	return tables, nil
}

func (t copiedTable) selectRows(where string) string {
	return fmt.Sprintf("SELECT %s FROM %s %s ORDER BY %s", strings.Join(t.columns, ", "), t.name, where, strings.Join(t.keys, ", "))
}

// place names a row by its key.
func (t copiedTable) place(row []any) string {
	key := make([]string, len(t.keys))
	for i, name := range t.keys {
		key[i] = fmt.Sprint(row[slices.Index(t.columns, name)])
	}
	return fmt.Sprintf("%s: row %s", t.name, strings.Join(key, ", "))
}

// converted is a row of SQLite's in PostgreSQL's types.
func (t copiedTable) converted(row []any) ([]any, error) {
	values := make([]any, len(row))
	for i, value := range row {
		var err error
		if values[i], err = convert(value, t.kinds[i]); err != nil {
			return nil, fmt.Errorf("%s: %s %w", t.place(row), t.columns[i], err)
		}
	}
	return values, nil
}

func convert(value any, kind string) (any, error) {
	switch value := value.(type) {
	case int64:
		if kind == "timestamp with time zone" {
			return stamp(value).time(), nil
		}
	case string:
		return value, refuseText(value, kind)
	}
	return value, nil
}

// refuseText says why PostgreSQL cannot hold a text of SQLite's, which holds any bytes.
func refuseText(text, kind string) error {
	switch {
	case !utf8.ValidString(text):
		return fmt.Errorf("holds %q, which is not valid UTF-8", text)
	case strings.ContainsRune(text, 0):
		return fmt.Errorf("holds %q, and PostgreSQL keeps no U+0000 in a text", text)
	case kind != "uuid":
		return nil
	}
	id, err := uuid.Parse(text)
	if err != nil || id.String() != text {
		return fmt.Errorf("is %q, which is no UUID in lower case", text)
	}
	return nil
}

// feed is a pgx.CopyFromSource.
type feed struct {
	table copiedTable
	rows  *sqlx.Rows
	late  string // a column that is left NULL for now
	count int64
	last  []any // row
}

func (f *feed) Next() bool { return f.rows.Next() }

func (f *feed) Values() (values []any, err error) {
	if f.last, err = f.rows.SliceScan(); err != nil {
		return nil, err
	}
	f.count++
	values, err = f.table.converted(f.last)
	if i := slices.Index(f.table.columns, f.late); i >= 0 && err == nil {
		values[i] = nil
	}
	return values, err
}

func (f *feed) Err() error { return f.rows.Err() }

// compared is a value of PostgreSQL's as SQLite has it.
func compared(value any) any {
	if t, ok := value.(time.Time); ok {
		return int64(stampOf(t))
	}
	return value
}
