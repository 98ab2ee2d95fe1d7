package repository

import (
	"context"
	"errors"
	"fmt"

	"github.com/parley-gateway/parley"
)

// CopyOptions are what is to be chosen about a copy. Both are needed.
type CopyOptions struct {
	Report   func(Fault)                          // is told what is wrong with either database, which ends the copying
	Progress func(what string, done, total int64) // is told how many rows are done
}

// Copy copies the store in a file into an empty PostgreSQL database: every row, with the
// numbers it has. The file is only read, by short statements, and others may read and
// write it meanwhile: what they have written is copied too, until nothing was written
// since the copying began anew. Where that does not come about, Copy fails and says so.
//
// A call that failed, or whose process was killed, leaves what it has copied; the next
// one goes on from there, and nobody can open the database before. At the end every row
// of the two is compared, and the copy is checked as Check does.
func Copy(ctx context.Context, file, url string, opts CopyOptions) (Checked, error) {
	if isURL(file) || !isURL(url) {
		return Checked{}, parley.NewError(parley.CodeInvalid, "A database is copied from a file to a postgres:// URL, and no other way.")
	}
	source, err := openCopySource(ctx, file)
	if err != nil {
		return Checked{}, err
	}
	defer source.close()
	target, err := openCopyTarget(ctx, url)
	if err != nil {
		return Checked{}, err
	}
	defer target.close()
	c := &copying{source: source, target: target, opts: opts}
	if err := c.begin(ctx); err != nil {
		return Checked{}, err
	}
	if err := c.untilUnchanged(ctx); err != nil {
		return Checked{}, err
	}
	return c.end(ctx)
}

// copying is a copy in the making.
type copying struct {
	source *copySource
	target *copyTarget
	opts   CopyOptions
	done   int64 // rows
	total  int64
}

// begin refuses what cannot be copied, and else leaves a mark in the target that says
// what is copied there. A file of which something is there already was checked then.
func (c *copying) begin(ctx context.Context) error {
	known, err := c.target.knows(ctx, c.source)
	if err != nil || known {
		return err
	}
	checked, err := checkFile(ctx, c.source.path, c.opts.Report)
	if err != nil {
		return err
	}
	if checked.Faults > 0 {
		return fmt.Errorf("%s is damaged, and is not copied", c.source.path)
	}
	return c.target.mark(ctx, c.source)
}

// copyRounds is how often what was written meanwhile is copied, too. Each time takes as
// long as the changes since the time before, so that more than a few mean a load.
const copyRounds = 5

func (c *copying) untilUnchanged(ctx context.Context) error {
	for range copyRounds {
		before, err := dataVersion(c.source.conn)
		if err != nil {
			return err
		}
		if err := c.round(ctx); err != nil {
			return fmt.Errorf("%w; what is copied stays, and the same call goes on from there", err)
		}
		if changed, err := c.isWritten(before); err != nil {
			return err
		} else if changed {
			continue
		}
		if err := c.compare(ctx); err != nil {
			return err
		}
		if changed, err := c.isWritten(before); err != nil || !changed {
			return err
		}
	}
	return fmt.Errorf("%s is still written to, and the newest of it is not in the copy; "+
		"stop what writes to it and call this again, which copies the rest", c.source.path)
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
	return checked, c.target.unmark(ctx)
}

func (c *copying) advance(what string, rows int64) {
	c.done += rows
	c.opts.Progress(what, c.done, c.total)
}
