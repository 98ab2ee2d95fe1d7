package repository

import (
	"bytes"

	"github.com/parley-gateway/parley"
)

// keyRecord is what an idempotency key was used for.
type keyRecord struct {
	Fingerprint []byte `db:"fingerprint"`
	Change      int64  `db:"change"`
	CreatedAt   stamp  `db:"created_at"`
}

// sameAgain answers a request whose key was used before. A key that was used
// for a user is another request's when this one is for nobody.
func sameAgain(l ledger, request parley.ChangeRequest, record keyRecord, user userRow, err error) (parley.Outcome, error) {
	nobody := parley.HasCode(err, parley.CodeNotFound)
	if err != nil && !nobody {
		return parley.Outcome{}, err
	}
	fingerprint := request.Fingerprint(user.ID)
	if nobody || !bytes.Equal(record.Fingerprint, fingerprint[:]) {
		return parley.Outcome{}, parley.NewError(parley.CodeKeyReused, "This idempotency key was used for another request.")
	}
	return replay(l, user, record)
}

// replay tells the outcome of the change again. The user as it was then is
// rebuilt from the history, since nothing but a change of status alters a
// user.
func replay(l ledger, user userRow, record keyRecord) (parley.Outcome, error) {
	row, err := findChange(l, user, record.Change)
	if err != nil {
		return parley.Outcome{}, err
	}
	return parley.Outcome{User: user.after(row).user(), Change: row.change(user.ID), Replayed: true}, nil
}

// purgeBatch is how many old records go for a new one: enough to catch up,
// and few enough that no change has to wait for it.
const purgeBatch = 8
