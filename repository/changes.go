package repository

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"github.com/mattn/go-sqlite3"

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
	ChangedAt int64           `db:"changed_at"`
}

const selectChange = `
	SELECT c.seq, c.previous, c.version, c.from_status, c.to_status,
		coalesce(c.review_comment, '') AS review_comment, coalesce(b.id, '') AS changed_by,
		c.request_id, c.media_type, c.changed_at
	FROM status_changes c LEFT JOIN users b ON b.pk = c.changed_by`

func (r changeRow) change(userID string) parley.Change {
	return parley.Change{
		Seq: r.Seq, UserID: userID, From: r.From, To: r.To, Comment: r.Comment,
		ChangedBy: r.ChangedBy, RequestID: r.RequestID, MediaType: r.MediaType,
		ChangedAt: fromMicros(r.ChangedAt),
	}
}

// ChangeStatus carries out one change. A caller without a user, which is the
// command line, leaves ChangedBy and UpdatedBy empty.
func (s *SQLite) ChangeStatus(ctx context.Context, request parley.ChangeRequest) (parley.Outcome, error) {
	return written(ctx, s, func(tx *transaction) (parley.Outcome, error) {
		return s.changeStatus(tx, request)
	})
}

func (s *SQLite) changeStatus(tx *transaction, request parley.ChangeRequest) (parley.Outcome, error) {
	record, used, err := s.findKey(tx, request)
	if err != nil {
		return parley.Outcome{}, err
	}
	user, err := findUser(tx, request.Caller.Scope, request.Ref)
	if used {
		return sameAgain(tx, request, record, user, err)
	}
	if err == nil {
		err = checkExpectations(tx, request, user)
	}
	if err != nil {
		return parley.Outcome{}, veil(request, err)
	}
	return s.carryOut(tx, request, user)
}

// sameAgain answers a request whose key was used before. A key that was used
// for a user is another request's when this one is for nobody.
func sameAgain(tx *transaction, request parley.ChangeRequest, record keyRecord, user userRow, err error) (parley.Outcome, error) {
	nobody := parley.HasCode(err, parley.CodeNotFound)
	if err != nil && !nobody {
		return parley.Outcome{}, err
	}
	fingerprint := request.Fingerprint(user.ID)
	if nobody || !bytes.Equal(record.Fingerprint, fingerprint[:]) {
		return parley.Outcome{}, parley.NewError(parley.CodeKeyReused, "This idempotency key was used for another request.")
	}
	return replay(tx, user, record)
}

func (s *SQLite) carryOut(tx *transaction, request parley.ChangeRequest, user userRow) (parley.Outcome, error) {
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
		ChangedAt: max(s.now().UnixMicro(), user.UpdatedAt),
	}
	var err error
	if row.Seq, err = insertChange(tx, user, row); err != nil {
		return parley.Outcome{}, err
	}
	if err := updateUser(tx, user, row); err != nil {
		return parley.Outcome{}, err
	}
	if err := s.keepKey(tx, request, user.ID, row.Seq); err != nil {
		return parley.Outcome{}, err
	}
	user.Status, user.Version = row.To, row.Version
	user.UpdatedAt, user.UpdatedBy = row.ChangedAt, row.ChangedBy
	return parley.Outcome{User: user.user(), Change: row.change(user.ID)}, nil
}

// insertChange finds the key of who makes the change on the way: 0, which is
// nobody's, where there is no such user.
func insertChange(tx *transaction, user userRow, row changeRow) (seq int64, err error) {
	result, err := tx.run(`
		INSERT INTO status_changes (user_pk, previous, version, from_status, to_status, review_comment,
			changed_by, request_id, media_type, changed_at)
		VALUES (?, ?, ?, ?, ?, nullif(?, ''),
			iif(? = '', NULL, coalesce((SELECT pk FROM users WHERE id = ?), 0)), ?, ?, ?)`,
		user.PK, row.Previous, row.Version, row.From, row.To, row.Comment,
		row.ChangedBy, row.ChangedBy, row.RequestID, row.MediaType, row.ChangedAt)
	if hasExtendedCode(err, sqlite3.ErrConstraintForeignKey) {
		return 0, fmt.Errorf("the caller acts as %s, who is no user", row.ChangedBy)
	}
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

func updateUser(tx *transaction, user userRow, row changeRow) error {
	_, err := tx.run(`
		UPDATE users SET status = ?, version = ?, last_change = ?, updated_at = ?, updated_by = nullif(?, '')
		WHERE pk = ?`,
		row.To, row.Version, row.Seq, row.ChangedAt, row.ChangedBy, user.PK)
	return err
}

// Changes lists a user's history, newest first.
func (s *SQLite) Changes(ctx context.Context, scope parley.Scope, ref string, page parley.Page) (parley.ChangePage, error) {
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
	WITH RECURSIVE chain (seq, previous) AS (
		SELECT seq, previous FROM status_changes WHERE seq = ? AND user_pk = ?
		UNION ALL
		SELECT c.seq, c.previous FROM chain JOIN status_changes c ON c.seq = chain.previous
		LIMIT ?
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
func (s *SQLite) Change(ctx context.Context, scope parley.Scope, ref string, seq int64) (parley.Change, error) {
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
