package repository

import (
	"context"
	"database/sql"
	"errors"

	"github.com/mattn/go-sqlite3"

	"github.com/parley-gateway/parley"
)

func (s *sqlite) write(ctx context.Context, do func(tx transaction) error) error {
	return s.writer.write(ctx, do)
}

func (s *sqlite) change(ctx context.Context, request parley.ChangeRequest) (outcome parley.Outcome, err error) {
	var decided parley.Outcome
	err = s.writer.write(ctx, func(tx transaction) (err error) {
		decided, err = decide(sqliteLedger{tx, s.opts}, s.opts, request)
		return err
	})
	if err == nil {
		outcome = decided // which the writer may be about to set otherwise
	}
	return outcome, err
}

// sqliteLedger is the ledger of one command: what it takes in is written at once.
type sqliteLedger struct {
	transaction
	opts Options
}

func (l sqliteLedger) findUser(scope parley.Scope, ref string) (userRow, error) {
	return findUser(l, scope, ref)
}

func (l sqliteLedger) findKey(caller, key string) (record keyRecord, found bool, err error) {
	err = l.Get(&record,
		"SELECT fingerprint, change, created_at FROM idempotency_keys WHERE caller = ? AND key = ?", caller, key)
	if errors.Is(err, sql.ErrNoRows) {
		return record, false, nil
	}
	return record, err == nil, err
}

func (l sqliteLedger) take(user userRow, row changeRow, request parley.ChangeRequest) (seq int64, err error) {
	if seq, err = l.insertChange(user, row); err != nil {
		return 0, err
	}
	if err := l.updateUser(user, row, seq); err != nil {
		return 0, err
	}
	return seq, l.keepKey(request, user.ID, seq)
}

// insertChange finds the key of who makes the change on the way: 0, which is
// nobody's, where there is no such user.
func (l sqliteLedger) insertChange(user userRow, row changeRow) (seq int64, err error) {
	seq, err = l.insert(`
		INSERT INTO status_changes (user_pk, previous, version, from_status, to_status, review_comment,
			changed_by, request_id, media_type, changed_at)
		VALUES (?, ?, ?, ?, ?, ?,
			iif(? = '', NULL, coalesce((SELECT pk FROM users WHERE id = ?), 0)), ?, ?, ?)
		RETURNING seq`,
		user.PK, row.Previous, row.Version, row.From, row.To, orNull(row.Comment),
		row.ChangedBy, row.ChangedBy, row.RequestID, row.MediaType, row.ChangedAt)
	if hasExtendedCode(err, sqlite3.ErrConstraintForeignKey) {
		return 0, noCaller(row.ChangedBy)
	}
	return seq, err
}

func (l sqliteLedger) updateUser(user userRow, row changeRow, seq int64) error {
	return l.run("UPDATE users SET status = ?, version = ?, last_change = ?, updated_at = ?, updated_by = ? WHERE pk = ?",
		row.To, row.Version, seq, row.ChangedAt, orNull(row.ChangedBy), user.PK)
}

// keepKey records what the request's key was used for, in place of a record
// that has outlived its time.
func (l sqliteLedger) keepKey(request parley.ChangeRequest, userID string, change int64) error {
	if request.IdempotencyKey == "" {
		return nil
	}
	if err := l.purgeKeys(); err != nil {
		return err
	}
	fingerprint := request.Fingerprint(userID)
	return l.run(
		"INSERT OR REPLACE INTO idempotency_keys (caller, key, fingerprint, change, created_at) VALUES (?, ?, ?, ?, ?)",
		request.Caller.UserID, request.IdempotencyKey, fingerprint[:], change, l.opts.present())
}

func (l sqliteLedger) purgeKeys() error {
	return l.run(`
		DELETE FROM idempotency_keys WHERE (caller, key) IN (
			SELECT caller, key FROM idempotency_keys WHERE created_at <= ? ORDER BY created_at LIMIT ?)`,
		l.opts.keysExpireBefore(), purgeBatch)
}
