package repository

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
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

func newestVersion(provider *goose.Provider) int64 {
	sources := provider.ListSources()
	return sources[len(sources)-1].Version
}

// refuseNewer is for everybody: what a later schema means is not known.
func refuseNewer(name string, from, to int64) error {
	if from <= to {
		return nil
	}
	return fmt.Errorf("%s was written by a newer Parley: its schema has version %d, this program knows %d", name, from, to)
}

// refuseOlder is for those who only look, and those who need a store as it is.
func refuseOlder(name string, from, to int64) error {
	if from == to {
		return nil
	}
	return fmt.Errorf("%s was written by an older Parley: its schema has version %d, this program's is %d; parley migrate brings it there", name, from, to)
}
