package repository

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"syscall"
	"time"

	"github.com/parley-gateway/parley"
)

// breath is how long other processes have to begin a transaction of theirs
// between two of an import: they ask every lastPause.
const breath = 2 * lastPause

// writeUsers is not left by its caller, who so knows what became of it.
func (s *sqlite) writeUsers(ctx context.Context, users, bytes int64, do func(tx transaction) error) error {
	need, err := s.logBytes(ctx, users, bytes)
	if err != nil {
		return err
	}
	if err := s.makeRoom(ctx, need); err != nil {
		return err
	}
	defer time.Sleep(breath)
	return s.write(context.WithoutCancel(ctx), func(tx transaction) (err error) {
		if err := tx.(*sqliteTransaction).setCache(importCache); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, tx.(*sqliteTransaction).setCache(usualCache)) }()
		return do(tx)
	})
}

// The pages that the writer keeps in memory, in KiB. An import touches the same
// ones again and again, in an order that is not theirs.
const (
	usualCache  = 2000 // SQLite's own choice
	importCache = 64 << 10
)

func (tx *sqliteTransaction) setCache(size int) error {
	_, err := tx.conn.ExecContext(context.Background(), fmt.Sprintf("PRAGMA cache_size = -%d", size))
	return err
}

const (
	pageSize     = 4096
	treesOfUsers = 10 // the table and its indexes: each user may touch another page in all of them
	halfFull     = 2  // pages that are split stay half empty
)

// logBytes is how long the log may become while so many users are written: once
// for each page that there will be, or that may be touched. A transaction writes
// no page twice.
func (s *sqlite) logBytes(ctx context.Context, users, bytes int64) (int64, error) {
	var pages int64
	if err := s.read(ctx).Get(&pages, "PRAGMA page_count"); err != nil {
		return 0, err
	}
	touched := min(pages, users*treesOfUsers)
	added := halfFull * bytes / pageSize
	return (touched + added) * frameSize, nil
}

// makeRoom sees to it that the log can take so many bytes more: CodeTooLarge
// where it never can.
func (s *sqlite) makeRoom(ctx context.Context, bytes int64) error {
	if bytes > s.opts.LogLimit {
		return parley.NewError(parley.CodeTooLarge, fmt.Sprintf(
			"So many users are too much for one transaction: the write-ahead log could grow by %d MiB, and may have %d MiB.",
			bytes>>20, s.opts.LogLimit>>20))
	}
	end := time.Now().Add(s.opts.BusyTimeout)
	for {
		info, err := os.Stat(s.writer.logFile)
		if err != nil || info.Size()+bytes <= s.opts.LogLimit {
			return err
		}
		if ctx.Err() != nil {
			return storeError(ctx.Err())
		}
		if time.Now().After(end) {
			return unavailable(fmt.Errorf("%s has %d bytes: a reader does not let it be copied", s.writer.logFile, info.Size()))
		}
		if err := s.checkpointer.truncate(); err != nil {
			return storeError(err)
		}
		time.Sleep(restartPatience)
	}
}

// roomBeside is how many bytes are left on the disk of a file; without end where
// the system does not say.
func roomBeside(path string) int64 {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(path, &disk); err != nil {
		return math.MaxInt64
	}
	return int64(disk.Bavail) * int64(disk.Bsize) //nolint:gosec,unconvert // no disk has 2^63 blocks, and other systems have other types
}
