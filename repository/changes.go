package repository

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"github.com/parley-gateway/parley"
)

type changeRow struct {
	Seq       int64           `db:"seq"`
	Previous  sql.Null[int64] `db:"previous"`
	Version   int64           `db:"version"`
	From      parley.Status   `db:"from_status"`
	To        parley.Status   `db:"to_status"`
	Comment   string          `db:"review_comment"`
	ChangedBy string          `db:"changed_by"`
	RequestID string          `db:"request_id"`
	MediaType string          `db:"media_type"`
	ChangedAt stamp           `db:"changed_at"`
}

const selectChange = `
	SELECT c.seq, c.previous, c.version, c.from_status, c.to_status,
		coalesce(c.review_comment, '') AS review_comment, coalesce(cast(b.id AS TEXT), '') AS changed_by,
		c.request_id, c.media_type, c.changed_at
	FROM status_changes c LEFT JOIN users b ON b.pk = c.changed_by`

func (r changeRow) change(userID string) parley.Change {
	return parley.Change{
		Seq: r.Seq, UserID: userID, From: r.From, To: r.To, Comment: r.Comment,
		ChangedBy: r.ChangedBy, RequestID: r.RequestID, MediaType: r.MediaType,
		ChangedAt: r.ChangedAt.time(),
	}
}

// ChangeStatus carries out one change. A caller without a user, which is the
// command line, leaves ChangedBy and UpdatedBy empty.
func (s *store) ChangeStatus(ctx context.Context, request parley.ChangeRequest) (parley.Outcome, error) {
	return s.change(ctx, request)
}

// ledger is where a change is decided: it tells what is there, and takes in what is
// decided. Each change sees what was taken in before it.
type ledger interface {
	queryer
	// findUser is findUser.
	findUser(scope parley.Scope, ref string) (userRow, error)
	// findKey finds what a caller has used a key for.
	findKey(caller, key string) (record keyRecord, found bool, err error)
	// take takes in a change of a user, which has no seq yet, and what the key of
	// the request is used for.
	take(user userRow, row changeRow, request parley.ChangeRequest) (seq int64, err error)
}

// decide decides one change, the same in every engine.
func decide(l ledger, opts Options, request parley.ChangeRequest) (parley.Outcome, error) {
	record, used, err := usedKey(l, opts, request)
	if err != nil {
		return parley.Outcome{}, err
	}
	user, err := l.findUser(request.Caller.Scope, request.Ref)
	if used {
		return sameAgain(l, request, record, user, err)
	}
	if err == nil {
		err = checkExpectations(l, request, user)
	}
	if err != nil {
		return parley.Outcome{}, veil(request, err)
	}
	return carryOut(l, opts, request, user)
}

// usedKey finds what the caller has used the request's key for, and nothing where
// there is no key or its record has outlived its time.
func usedKey(l ledger, opts Options, request parley.ChangeRequest) (record keyRecord, used bool, err error) {
	if request.IdempotencyKey == "" {
		return record, false, nil
	}
	record, found, err := l.findKey(request.Caller.UserID, request.IdempotencyKey)
	return record, found && record.CreatedAt > opts.keysExpireBefore(), err
}

func carryOut(l ledger, opts Options, request parley.ChangeRequest, user userRow) (parley.Outcome, error) {
	row := changeRow{
		Previous:  user.LastChange,
		Version:   user.Version + 1,
		From:      user.Status,
		To:        request.Change.Status,
		Comment:   request.Change.Comment,
		ChangedBy: request.Caller.UserID,
		RequestID: request.RequestID,
		MediaType: request.MediaType,
		// A clock that was set back does not turn the user's time back.
		ChangedAt: max(opts.present(), user.UpdatedAt),
	}
	var err error
	if row.Seq, err = l.take(user, row, request); err != nil {
		return parley.Outcome{}, err
	}
	return parley.Outcome{User: user.after(row).user(), Change: row.change(user.ID)}, nil
}

// after is the user as a change leaves it.
func (r userRow) after(row changeRow) userRow {
	r.Status, r.Version, r.LastChange = row.To, row.Version, sql.Null[int64]{V: row.Seq, Valid: true}
	r.UpdatedAt, r.UpdatedBy = row.ChangedAt, row.ChangedBy
	return r
}

func noCaller(id string) error { return fmt.Errorf("the caller acts as %s, who is no user", id) }

// Changes lists a user's history, newest first.
func (s *store) Changes(ctx context.Context, scope parley.Scope, ref string, page parley.Page) (parley.ChangePage, error) {
	q := s.read(ctx)
	user, err := findUser(q, scope, ref)
	if err != nil {
		return parley.ChangePage{}, err
	}
	rows, err := historyFrom(q, user, page)
	if err != nil {
		return parley.ChangePage{}, err
	}
	return changePage(rows, user.ID), nil
}

// walkHistory follows the chain for as many rows as a page holds, wherever in
// the history it begins.
const walkHistory = `
	WITH RECURSIVE chain (seq, previous, length) AS (
		SELECT seq, previous, 1 FROM status_changes WHERE seq = ? AND user_pk = ?
		UNION ALL
		SELECT c.seq, c.previous, chain.length + 1
		FROM chain JOIN status_changes c ON c.seq = chain.previous WHERE chain.length < ?
	)` + selectChange + ` WHERE c.seq IN (SELECT seq FROM chain) ORDER BY c.seq DESC`

func historyFrom(q queryer, user userRow, page parley.Page) ([]changeRow, error) {
	first := user.LastChange.V
	if page.Cursor != "" {
		var err error
		if first, err = decodeSeq(page.Cursor); err != nil {
			return nil, err
		}
	}
	var rows []changeRow
	if err := q.Select(&rows, walkHistory, first, user.PK, pageLimit(page)); err != nil {
		return nil, err
	}
	if len(rows) == 0 && page.Cursor != "" {
		return nil, invalidCursor()
	}
	return rows, nil
}

func changePage(rows []changeRow, userID string) parley.ChangePage {
	page := parley.ChangePage{Changes: make([]parley.Change, len(rows))}
	for i, row := range rows {
		page.Changes[i] = row.change(userID)
		page.Next = ""
		if row.Previous.Valid {
			page.Next = encodeCursor(changesCursor, strconv.FormatInt(row.Previous.V, 10))
		}
	}
	return page
}

// Change finds one entry of a user's history.
func (s *store) Change(ctx context.Context, scope parley.Scope, ref string, seq int64) (parley.Change, error) {
	q := s.read(ctx)
	user, err := findUser(q, scope, ref)
	if err != nil {
		return parley.Change{}, err
	}
	row, err := findChange(q, user, seq)
	if err != nil {
		return parley.Change{}, err
	}
	return row.change(user.ID), nil
}

func findChange(q queryer, user userRow, seq int64) (changeRow, error) {
	var row changeRow
	err := q.Get(&row, selectChange+" WHERE c.seq = cast(? AS INTEGER) AND c.user_pk = cast(? AS INTEGER)", seq, user.PK)
	if errors.Is(err, sql.ErrNoRows) {
		return row, notFound("change of this user's status")
	}
	return row, err
}
