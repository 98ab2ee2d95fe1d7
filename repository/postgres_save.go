package repository

import (
	"cmp"
	"database/sql"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// writes are the statements that write what a ledger has taken in since it was asked
// before: one for each table, however many changes there are.
func (l *postgresLedger) writes() *pgx.Batch {
	statements := &pgx.Batch{}
	if len(l.unwritten) > 0 {
		queueChanges(statements, columnsOf(l.unwritten))
		queueUsers(statements, columnsOf(lastOfEach(l.unwritten)))
	}
	if len(l.unkept) > 0 {
		l.queueKeys(statements)
	}
	l.written = append(l.written, l.unwritten...)
	l.unwritten, l.unkept, l.outlived = nil, nil, nil
	return statements
}

// changeColumns are changes column by column, as unnest takes them.
type changeColumns struct {
	seqs, users, versions          []int64
	previous, callers              []*int64
	from, to, requests, mediaTypes []string
	comments, callerIDs            []*string
	times                          []time.Time
}

func columnsOf(changes []writtenChange) (c changeColumns) {
	for _, change := range changes {
		c.seqs, c.users, c.versions = append(c.seqs, change.Seq), append(c.users, change.user), append(c.versions, change.Version)
		c.previous, c.callers = append(c.previous, pointer(change.Previous)), append(c.callers, change.caller)
		c.from, c.to = append(c.from, string(change.From)), append(c.to, string(change.To))
		c.requests, c.mediaTypes = append(c.requests, change.RequestID), append(c.mediaTypes, change.MediaType)
		c.comments, c.callerIDs = append(c.comments, textOrNull(change.Comment)), append(c.callerIDs, textOrNull(change.ChangedBy))
		c.times = append(c.times, change.ChangedAt.time())
	}
	return c
}

func pointer(n sql.Null[int64]) *int64 {
	if !n.Valid {
		return nil
	}
	return &n.V
}

func textOrNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func queueChanges(statements *pgx.Batch, c changeColumns) {
	statements.Queue(`
		INSERT INTO status_changes (seq, user_pk, previous, version, from_status, to_status, review_comment,
			changed_by, request_id, media_type, changed_at)
		SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[],
			$8::bigint[], $9::text[], $10::text[], $11::timestamptz[])`,
		c.seqs, c.users, c.previous, c.versions, c.from, c.to, c.comments, c.callers, c.requests, c.mediaTypes, c.times)
}

// lastOfEach are the last changes of the users.
func lastOfEach(changes []writtenChange) (last []writtenChange) {
	seen := make(map[int64]bool, len(changes))
	for _, change := range slices.Backward(changes) {
		if !seen[change.user] {
			seen[change.user] = true
			last = append(last, change)
		}
	}
	return last
}

func queueUsers(statements *pgx.Batch, c changeColumns) {
	statements.Queue(`
		UPDATE users SET status = w.status, version = w.version, last_change = w.seq, updated_at = w.at, updated_by = w.by
		FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::uuid[])
			AS w (pk, status, version, seq, at, by)
		WHERE users.pk = w.pk`,
		c.users, c.to, c.versions, c.seqs, c.times, c.callerIDs)
}

// queueKeys records what keys were used for, in place of records that have outlived
// their time. They are written in one order by all gateways, so that no two wait for
// each other.
func (l *postgresLedger) queueKeys(statements *pgx.Batch) {
	statements.Queue(`
		DELETE FROM idempotency_keys WHERE (caller, key) IN (
			SELECT caller, key FROM idempotency_keys WHERE created_at <= $1
			ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
		l.opts.keysExpireBefore().time(), purgeBatch*len(l.unkept))
	if len(l.outlived) > 0 {
		k := columnsOfKeys(l.outlived)
		statements.Queue(`
			DELETE FROM idempotency_keys k USING unnest($1::text[], $2::text[]) AS w (caller, key)
			WHERE k.caller = w.caller AND k.key = w.key AND k.created_at <= $3`,
			k.callers, k.keys, l.opts.keysExpireBefore().time())
	}
	k := columnsOfKeys(l.unkept)
	statements.Queue(`
		INSERT INTO idempotency_keys (caller, key, fingerprint, change, created_at)
		SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::bigint[], $5::timestamptz[])`,
		k.callers, k.keys, k.fingerprints, k.changes, k.times)
}

// keyColumns are keys column by column.
type keyColumns struct {
	callers, keys []string
	fingerprints  [][]byte
	changes       []int64
	times         []time.Time
}

func columnsOfKeys(kept []keptKey) (k keyColumns) {
	slices.SortFunc(kept, func(a, b keptKey) int {
		return cmp.Or(cmp.Compare(a.caller, b.caller), cmp.Compare(a.key, b.key))
	})
	for _, key := range kept {
		k.callers, k.keys = append(k.callers, key.caller), append(k.keys, key.key)
		k.fingerprints, k.changes = append(k.fingerprints, key.Fingerprint), append(k.changes, key.Change)
		k.times = append(k.times, key.CreatedAt.time())
	}
	return k
}
