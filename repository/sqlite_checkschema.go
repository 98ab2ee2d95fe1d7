package repository

import (
	"context"
	"errors"
)

// schemaObjects are tables, indexes and triggers, with the text that made them;
// of goose's own table, which versions of goose make differently, without. What
// PRAGMA optimize keeps is nobody's.
const schemaObjects = `
	SELECT type || ' ' || name AS object, iif(name = 'goose_db_version', '', coalesce(sql, '')) AS text
	FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'`

func (e examinedFile) schemas(ctx context.Context) (present, fresh []schemaObject, err error) {
	if fresh, err = freshSchema(ctx); err != nil {
		return nil, nil, err
	}
	err = e.db.SelectContext(ctx, &present, schemaObjects)
	return present, fresh, err
}

// freshSchema is the schema of a store that has just been made, in memory.
func freshSchema(ctx context.Context) (schema []schemaObject, err error) {
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
	err = db.SelectContext(ctx, &schema, schemaObjects)
	return schema, err
}
