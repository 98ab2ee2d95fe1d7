package repository

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/jmoiron/sqlx"
	"github.com/mattn/go-sqlite3"
)

// BackupOptions are what may be chosen about a backup. Report is needed.
type BackupOptions struct {
	Force  bool        // replace a file that is there
	Report func(Fault) // is told what is wrong with the copy, for which there is no backup then
}

// Backup copies the store that name stands for into a file, as it is at one
// moment after the call: all that was acknowledged before is in it. The file gets
// its name when it is on disk and checked, and is for its owner alone. A backup
// that fails leaves everything as it was.
func Backup(ctx context.Context, name, file string, opts BackupOptions) error {
	if isURL(name) {
		return errors.New("backup copies a file; of a PostgreSQL database pg_basebackup and pg_dump make backups: docs/operations.md")
	}
	source, err := absolute(name)
	if err != nil {
		return err
	}
	target, err := absolute(file)
	if err != nil {
		return err
	}
	if err := refuseTarget(source, target, opts.Force); err != nil {
		return err
	}
	return backUp(ctx, source, target, opts)
}

// refuseTarget comes before the work. Without force, place decides again.
func refuseTarget(source, target string, force bool) error {
	if err := refuseUnlessFile(source); err != nil {
		return err
	}
	from, err := os.Stat(source)
	if err != nil {
		return err
	}
	to, err := os.Stat(target)
	switch {
	case err == nil && os.SameFile(from, to):
		return fmt.Errorf("%s is the database itself", target)
	case err == nil && !to.Mode().IsRegular():
		return fmt.Errorf("%s is no file", target)
	case err == nil && !force:
		return targetExists(target)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	// SQLite would take them for the new file's, and spoil it.
	return refuseBeside(target)
}

func targetExists(target string) error {
	return fmt.Errorf("%s is there already; --force replaces it", target)
}

// backUp makes the copy under another name in the same folder.
func backUp(ctx context.Context, source, target string, opts BackupOptions) (err error) {
	temporary, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".*") // for its owner alone
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, temporary.Close(), removeCopy(temporary.Name())) }()
	if err := copyStore(ctx, source, temporary.Name()); err != nil {
		return err
	}
	checked, err := checkFile(ctx, temporary.Name(), opts.Report)
	if err != nil {
		return err
	}
	if checked.Faults > 0 {
		return fmt.Errorf("%s is damaged, and there is no backup of it", source)
	}
	return place(ctx, temporary.Name(), target, opts.Force)
}

// removeCopy removes a copy that did not become a backup, with what SQLite had
// beside it.
func removeCopy(name string) error {
	var failures []error
	for _, end := range append([]string{""}, besides...) {
		if err := os.Remove(name + end); !errors.Is(err, fs.ErrNotExist) {
			failures = append(failures, err)
		}
	}
	return errors.Join(failures...)
}

// place gives a copy its name, in one step.
func place(ctx context.Context, temporary, target string, force bool) error {
	if err := errors.Join(ctx.Err(), refuseBeside(target)); err != nil {
		return err
	}
	if force {
		if err := os.Rename(temporary, target); err != nil {
			return err
		}
		return syncFolder(target)
	}
	err := os.Link(temporary, target)
	if errors.Is(err, fs.ErrExist) {
		return targetExists(target)
	}
	if err := errors.Join(err, os.Remove(temporary)); err != nil {
		return err
	}
	return syncFolder(target)
}

func syncFolder(of string) error {
	folder, err := os.Open(filepath.Dir(of))
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}

// copyStore copies page by page, by SQLite's own means, and returns after the copy
// is on disk. VACUUM INTO would make indexes anew, and so hide what is wrong with
// them.
func copyStore(ctx context.Context, source, target string) error {
	if err := refuseDamagedLog(source); err != nil {
		return err
	}
	defer noteOpened(source)()
	from, unsure, err := openToRead(ctx, source)
	if err != nil {
		return err
	}
	defer from.Close()
	to := openHandle(target, "rw", "deferred", 0)
	defer to.Close()
	to.SetMaxOpenConns(1)
	if err := copyPages(ctx, from, to); err != nil {
		return fmt.Errorf("%s could not be copied: %w", source, err)
	}
	return errors.Join(unsure(), endLog(ctx, to))
}

// copyPages holds one state of the source for as long as it takes. Without, each
// change by another process would make the copy begin anew
// (https://www.sqlite.org/backup.html).
func copyPages(ctx context.Context, from, to *sqlx.DB) error {
	source, err := from.Connx(ctx)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := to.Connx(ctx)
	if err != nil {
		return err
	}
	defer target.Close()
	if _, err := source.ExecContext(ctx, "BEGIN; SELECT count(*) FROM sqlite_schema"); err != nil {
		return err
	}
	return source.Raw(func(source any) error {
		return target.Raw(func(target any) error {
			return stepThrough(ctx, source.(*sqlite3.SQLiteConn), target.(*sqlite3.SQLiteConn))
		})
	})
}

const copiedPages = 1024 // at once, after which it can be stopped

func stepThrough(ctx context.Context, source, target *sqlite3.SQLiteConn) error {
	backup, err := target.Backup("main", source, "main")
	if err != nil {
		return err
	}
	defer func() { _ = backup.Finish() }() // which says what the last step has said
	for done := false; !done && err == nil; err = cmp.Or(err, ctx.Err()) {
		done, err = backup.Step(copiedPages)
	}
	return err
}

// endLog makes a file that stands alone: one that is read leaves nothing beside it.
func endLog(ctx context.Context, db *sqlx.DB) error {
	var mode string
	if err := db.GetContext(ctx, &mode, "PRAGMA journal_mode = DELETE"); err != nil {
		return err
	}
	if mode != "delete" {
		return fmt.Errorf("the copy still has a log: its journal mode is %s", mode)
	}
	return nil
}
