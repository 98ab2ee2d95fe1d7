package repository

import (
	"database/sql"
	"errors"
	"time"

	"github.com/parley-gateway/parley"
)

// keyRecord is what an idempotency key was used for.
type keyRecord struct {
	Fingerprint []byte `db:"fingerprint"`
	Change      int64  `db:"change"`
}

// findKey finds what the caller has used the request's key for, and nothing
// where there is no key or its record has outlived its time.
func (s *SQLite) findKey(tx *transaction, request parley.ChangeRequest) (record keyRecord, found bool, err error) {
	if request.IdempotencyKey == "" {
		return record, false, nil
	}
	err = tx.Get(&record,
		"SELECT fingerprint, change FROM idempotency_keys WHERE caller = ? AND key = ? AND created_at > ?",
		request.Caller.UserID, request.IdempotencyKey, s.keysExpireBefore(s.now()))
	if errors.Is(err, sql.ErrNoRows) {
		return record, false, nil
	}
	return record, err == nil, err
}

func (s *SQLite) keysExpireBefore(now time.Time) int64 {
	return now.Add(-s.opts.KeyLifetime).UnixMicro()
}

// replay tells the outcome of the change again. The user as it was then is
// rebuilt from the history, since nothing but a change of status alters a
// user.
func replay(tx *transaction, user userRow, record keyRecord) (parley.Outcome, error) {
	row, err := findChange(tx, user, record.Change)
	if err != nil {
		return parley.Outcome{}, err
	}
	user.Status, user.Version = row.To, row.Version
	user.UpdatedAt, user.UpdatedBy = row.ChangedAt, row.ChangedBy
	return parley.Outcome{User: user.user(), Change: row.change(user.ID), Replayed: true}, nil
}

// keepKey records what the request's key was used for, in place of a record
// that has outlived its time.
func (s *SQLite) keepKey(tx *transaction, request parley.ChangeRequest, userID string, change int64) error {
	if request.IdempotencyKey == "" {
		return nil
	}
	now := s.now()
	if err := purgeKeys(tx, s.keysExpireBefore(now)); err != nil {
		return err
	}
	fingerprint := request.Fingerprint(userID)
	_, err := tx.run(
		"INSERT OR REPLACE INTO idempotency_keys (caller, key, fingerprint, change, created_at) VALUES (?, ?, ?, ?, ?)",
		request.Caller.UserID, request.IdempotencyKey, fingerprint[:], change, now.UnixMicro())
	return err
}

// purgeBatch is how many old records go for a new one: enough to catch up,
// and few enough that no change has to wait for it.
const purgeBatch = 8

func purgeKeys(tx *transaction, before int64) error {
	_, err := tx.run(`
		DELETE FROM idempotency_keys WHERE (caller, key) IN (
			SELECT caller, key FROM idempotency_keys WHERE created_at <= ? ORDER BY created_at LIMIT ?)`,
		before, purgeBatch)
	return err
}
