package repository

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/jmoiron/sqlx"
)

// schemaObjects are tables, indexes and triggers, with the text that made them;
// of goose's own table, which versions of goose make differently, without. What
// PRAGMA optimize keeps is nobody's.
const schemaObjects = `
	SELECT type || ' ' || name AS object, iif(name = 'goose_db_version', '', coalesce(sql, '')) AS text
	FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'`

type schemaObject struct {
	Object string `db:"object"`
	Text   string `db:"text"`
}

// checkSchema compares the schema with that of a new store. Without a trigger or
// an index all goes on as before, but rules are no longer kept.
func (c *checker) checkSchema() error {
	want, err := freshSchema(c.ctx)
	if err != nil {
		return err
	}
	var present []schemaObject
	if err := c.db.SelectContext(c.ctx, &present, schemaObjects); err != nil {
		return err
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

// freshSchema is the schema of a store that has just been made, in memory.
func freshSchema(ctx context.Context) (schema map[string]string, err error) {
	db := openHandle("/fresh", "memory", "deferred", 0)
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1) // each has a memory of its own
	provider, err := newProvider(db, sqliteMigrations())
	if err != nil {
		return nil, err
	}
	if _, err := provider.Up(ctx); err != nil {
		return nil, err
	}
	return schemaOf(ctx, db)
}

func schemaOf(ctx context.Context, db *sqlx.DB) (map[string]string, error) {
	var objects []schemaObject
	if err := db.SelectContext(ctx, &objects, schemaObjects); err != nil {
		return nil, err
	}
	schema := make(map[string]string, len(objects))
	for _, o := range objects {
		schema[o.Object] = o.Text
	}
	return schema, nil
}
