package repository

import (
	"context"
	"fmt"
	"math"
	"os"
	"syscall"
	"time"

	"github.com/parley-gateway/parley"
)

// What a user takes in the file beside their texts, in bytes: the row, its
// entries in nine indexes, and the headers of all ten.
const bytesPerUser = 260

// bytesOf is about what a user takes in the table and its indexes: most of them
// hold the identifier.
func bytesOf(u parley.NewUser) int64 {
	return int64(9*len(u.Identifier) + 2*len(u.Name) + 3*len(u.Email) + bytesPerUser)
}

const (
	pageSize     = 4096
	treesOfUsers = 10 // the table and its indexes: each user may touch another page in all of them
	halfFull     = 2  // pages that are split stay half empty
)

// logBytes is how long the log may become while so many of all users are
// written: once for each page that there will be, or that may be touched. A
// transaction writes no page twice.
func (i *userImport) logBytes(ctx context.Context, count, all int64) (int64, error) {
	var pages int64
	if err := i.store.read(ctx).Get(&pages, "PRAGMA page_count"); err != nil {
		return 0, err
	}
	touched := min(pages, count*treesOfUsers)
	added := halfFull * int64(float64(i.bytes)*float64(count)/float64(all)) / pageSize
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
