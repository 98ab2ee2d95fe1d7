package repository

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/parley-gateway/parley"
)

// postgresWriter carries out changes of users' statuses, all that wait in one
// transaction of two round trips: the first locks the users and reads what decides, the
// second writes what was decided and commits. Other gateways do the same at the same
// time; the locks are taken in the order of the users' keys, so that no two wait for
// each other.
type postgresWriter struct {
	p          *postgres
	queue      *queue[*pendingChange]
	hurryUntil time.Time // since somebody holds on to a user
}

// pendingChange is a change that waits, and what it came to.
type pendingChange struct {
	request parley.ChangeRequest
	outcome parley.Outcome
}

type pendingChanges []*queued[*pendingChange]

func newPostgresWriter(p *postgres) *postgresWriter {
	return &postgresWriter{p: p, queue: newQueue[*pendingChange]()}
}

func (p *postgres) change(ctx context.Context, request parley.ChangeRequest) (parley.Outcome, error) {
	pending := &pendingChange{request: request}
	if err := p.writer.queue.do(ctx, pending); err != nil {
		return parley.Outcome{}, storeError(err)
	}
	return pending.outcome, nil
}

func (w *postgresWriter) serve(first *queued[*pendingChange]) {
	batch := w.queue.take(first)
	if len(batch) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), w.p.opts.BusyTimeout)
	defer cancel()
	answerAll(batch, w.carryOut(ctx, batch, waitForLocks))
}

// carryOut tries until a transaction has kept what was decided. A failure that time
// does not heal may be that of one change alone: then each goes alone. An error is
// about all of them.
func (w *postgresWriter) carryOut(ctx context.Context, batch pendingChanges, locking string) error {
	for {
		err := w.attempt(ctx, batch, locking)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, errUnanswered):
			return undecided(err)
		case hasState(err, codeLockTimeout):
			locking, w.hurryUntil = skipLocked, time.Now().Add(hurry)
		case !w.mayPass(err) && len(batch) > 1:
			return w.eachAlone(ctx, batch, locking)
		case !w.mayPass(err):
			return storeError(err)
		}
		if !pause(ctx) {
			return unavailable(err)
		}
	}
}

// mayPass reports whether another try may succeed. A value that is taken is a key that
// another gateway has used at this moment: the next try finds it.
func (w *postgresWriter) mayPass(err error) bool {
	return isLost(err) || isConflict(err) || hasState(err, codeUnique) || errors.Is(err, errNotMade)
}

func (w *postgresWriter) eachAlone(ctx context.Context, batch pendingChanges, locking string) error {
	for i, item := range batch {
		if err := w.carryOut(ctx, batch[i:i+1], locking); err != nil {
			item.err = err
		}
	}
	return nil
}

// attempt is one transaction for all. After errUnanswered nobody knows what became of
// it; after any other error nothing of it is kept.
func (w *postgresWriter) attempt(ctx context.Context, batch pendingChanges, locking string) error {
	conn, err := w.p.db.Connx(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	l, err := w.openLedger(ctx, conn, batch, locking)
	if err == nil {
		decideAll(l, w.p.opts, batch)
		err = commit(ctx, conn, l.writes())
	}
	if err != nil {
		w.p.giveUp(conn, err)
	}
	if errors.Is(err, errUnanswered) {
		return w.settle(l.written, err)
	}
	return err
}

// decideAll decides one change after the other.
func decideAll(l *postgresLedger, opts Options, batch pendingChanges) {
	for _, item := range batch {
		item.err = protected(func() (err error) {
			item.work.outcome, err = decide(l, opts, item.work.request)
			return storeError(err)
		})
	}
}

// errNotMade is that of a commit which was not answered, and has left nothing.
var errNotMade = errors.New("the commit was not made")

// settle finds out what became of a commit that was not answered. Its changes have
// numbers that no other change has, and its users are locked by it for as long as it is
// under way.
func (w *postgresWriter) settle(written []writtenChange, unanswered error) error {
	if len(written) == 0 {
		return errNotMade
	}
	ctx, cancel := context.WithTimeout(context.Background(), w.p.opts.BusyTimeout)
	defer cancel()
	for {
		made, err := w.look(ctx, written)
		switch {
		case err == nil && made:
			return nil
		case err == nil:
			return errNotMade
		case !pause(ctx):
			return unanswered
		}
	}
}

// look waits for the end of the transaction that wrote changes, and reports whether
// they are there. It commits, since a standby that has this commit has that of before,
// which may have been made without waiting for the standby.
func (w *postgresWriter) look(ctx context.Context, written []writtenChange) (made bool, err error) {
	conn, err := w.p.db.Connx(ctx)
	if err != nil {
		return false, err
	}
	defer conn.Close()
	c := columnsOf(written)
	statements := &pgx.Batch{}
	statements.Queue(begin)
	statements.Queue("SELECT pk FROM users WHERE pk = ANY($1) ORDER BY pk FOR NO KEY UPDATE", c.users)
	statements.Queue(`
		SELECT count(*) FROM status_changes c JOIN unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[])
			AS w (seq, user_pk, version, request_id) USING (seq, user_pk, version, request_id)`,
		c.seqs, c.users, c.versions, c.requests).QueryRow(func(row pgx.Row) error {
		var found int
		err := row.Scan(&found)
		made = found == len(written)
		return err
	})
	if err := commit(ctx, conn, statements); err != nil {
		w.p.giveUp(conn, err)
		return false, err
	}
	return made, nil
}
