package repository

import (
	"context"
	"embed"
	"io/fs"
)

//go:embed migrations/sqlite/*.sql migrations/postgres/*.sql
var embedded embed.FS

func migrationsOf(engine string) fs.FS {
	steps, err := fs.Sub(embedded, "migrations/"+engine)
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return steps
}

// Migrate brings the schema of the store that name stands for up to this program's and
// says from which version to which; they are equal when there was nothing to do, and
// from is 0 for a new one. A file it needs for itself alone, and fails while a server
// has it open. It refuses what Open refuses.
func Migrate(ctx context.Context, name string) (from, to int64, err error) {
	if isURL(name) {
		return migrateURL(ctx, name)
	}
	return migrateFile(ctx, name)
}
