package repository

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/parley-gateway/parley"
)

// CopyOptions are what is to be chosen about a copy. Both are needed.
type CopyOptions struct {
	Report   func(Fault)                          // is told what is wrong with either database, which ends the copying
	Progress func(what string, done, total int64) // is told how many rows are done
}

// Copied is what a copy holds: all that was acknowledged before the moment Until.
type Copied struct {
	Checked
	Until time.Time
}

// Copy copies the store in a file into an empty PostgreSQL database: every row, with the
// numbers it has. The file is only read, by short statements, and others may read and
// write it meanwhile: what they have written is copied too, until nothing was written
// since the copying began anew. Where that does not come about, Copy fails and says so.
//
// A call that failed, or whose process was killed, leaves what it has copied; the next
// one goes on from there, and nobody can open the database before. At the end every row
// of the two is compared, and the copy is checked as Check does. Until somebody opens it,
// another call adds what was written since.
func Copy(ctx context.Context, file, url string, opts CopyOptions) (Copied, error) {
	if isURL(file) || !isURL(url) {
		return Copied{}, parley.NewError(parley.CodeInvalid, "A database is copied from a file to a postgres:// URL, and no other way.")
	}
	source, err := openCopySource(ctx, file)
	if err != nil {
		return Copied{}, err
	}
	defer source.close()
	target, err := openCopyTarget(ctx, url)
	if err != nil {
		return Copied{}, err
	}
	defer target.close()
	c := &copying{source: source, target: target, opts: opts}
	if err := c.begin(ctx); err != nil {
		return Copied{}, err
	}
	until, err := c.untilUnchanged(ctx)
	if err != nil {
		return Copied{}, err
	}
	checked, err := c.end(ctx)
	return Copied{checked, until}, err
}

// copying is a copy in the making.
type copying struct {
	source *copySource
	target *copyTarget
	opts   CopyOptions
	done   int64 // rows
	total  int64
}

// begin refuses what cannot be copied, and else has the target say what is copied there.
// A file of which something is there already was checked then.
func (c *copying) begin(ctx context.Context) error {
	resumed, err := c.target.resume(ctx, c.source)
	if err != nil || resumed {
		return err
	}
	checked, err := checkFile(ctx, c.source.path, c.opts.Report)
	if err != nil {
		return err
	}
	if checked.Faults > 0 {
		return fmt.Errorf("%s is damaged, and is not copied", c.source.path)
	}
	return c.target.begin(ctx, c.source)
}

// copyRounds is how often what was written meanwhile is copied, too. Each time takes as
// long as the changes since the time before, so that more than a few mean a load.
const copyRounds = 5

// untilUnchanged copies and compares until nothing was written meanwhile, and returns the
// moment at which that was so.
func (c *copying) untilUnchanged(ctx context.Context) (time.Time, error) {
	for range copyRounds {
		until, changed, err := c.attempt(ctx)
		if err != nil || !changed {
			return until, err
		}
	}
	return time.Time{}, fmt.Errorf("%s is still written to, and the newest of it is not in the copy; "+
		"stop what writes to it and call this again, which copies the rest", c.source.path)
}

func (c *copying) attempt(ctx context.Context) (until time.Time, changed bool, err error) {
	before, err := dataVersion(c.source.conn)
	if err != nil {
		return until, false, err
	}
	if err := c.round(ctx); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err() // which is the reason, whatever came of it
		}
		return until, false, fmt.Errorf("%w; what is copied stays, and the same call goes on from there", err)
	}
	if changed, err := c.isWritten(before); err != nil || changed {
		return until, changed, err
	}
	difference, err := c.compare(ctx)
	if err != nil {
		return until, false, err
	}
	until = time.Now()
	changed, err = c.isWritten(before)
	if err == nil && !changed && difference != "" {
		err = fmt.Errorf("%s; empty the database and copy again", difference)
	}
	return until, changed, err
}

// isWritten reports whether somebody has written to the file since it had a version.
func (c *copying) isWritten(version int64) (bool, error) {
	now, err := dataVersion(c.source.conn)
	return now != version, err
}

// end gives the copy free to be used.
func (c *copying) end(ctx context.Context) (Checked, error) {
	if err := errors.Join(c.source.unsure(), c.target.number(ctx)); err != nil {
		return Checked{}, err
	}
	checked, err := checkDatabase(ctx, c.target.db, c.target.name, c.opts.Report)
	if err != nil {
		return checked, err
	}
	if checked.Faults > 0 {
		return checked, fmt.Errorf("the copy at %s is damaged", DisplayName(c.target.name))
	}
	return checked, c.target.turn(ctx, copyBegun, copyMade)
}

func (c *copying) advance(what string, rows int64) {
	c.done += rows
	c.opts.Progress(what, c.done, c.total)
}
