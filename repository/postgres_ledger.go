package repository

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jmoiron/sqlx"

	"github.com/parley-gateway/parley"
)

// postgresLedger is the ledger of all changes that go together. It holds what decides
// them, and what is taken in until it is written.
type postgresLedger struct {
	onPostgres
	conn    *sqlx.Conn
	opts    Options
	users   foundUsers
	locked  map[int64]bool
	callers map[string]int64 // keys of the users who make changes, by their ids
	keys    map[keyName]keyRecord
	seqs    []int64 // numbers for changes, in ascending order

	unwritten []writtenChange
	unkept    []keptKey
	outlived  []keptKey       // that these take the place of
	written   []writtenChange // or on the way
}

type keyName struct{ caller, key string }

// writtenChange is a change with what its row refers to.
type writtenChange struct {
	changeRow
	user   int64
	caller *int64
}

// keptKey is what a key is used for from now on.
type keptKey struct {
	keyName
	keyRecord
}

// How rows are locked: by waiting for whoever has locked them, or leaving those out.
const (
	waitForLocks = ""
	skipLocked   = " SKIP LOCKED"
)

// Who holds on to a user for long would hold up everybody's changes again and again, each
// time somebody asks for that user. After the first time locks are waited for only as long
// as other gateways may hold them.
const (
	hurry       = 10 * time.Second
	waitShortly = "SET LOCAL lock_timeout = '50ms'"
)

// lockUsers names users alone, and another statement reads them after it: PostgreSQL 15
// loses rows of a statement that reads more where it had to wait for a lock.
const lockUsers = "SELECT pk FROM users WHERE id = ANY($1) OR identifier = ANY($2) ORDER BY pk FOR NO KEY UPDATE"

const usedKeys = `
	SELECT k.caller, k.key, k.fingerprint, k.change, k.created_at
	FROM unnest($1::text[], $2::text[]) AS w (caller, key) JOIN idempotency_keys k USING (caller, key)`

// openLedger begins a transaction and reads all that decides the changes, in one round
// trip. The numbers for changes are taken after the users are locked, so that those of
// one user ascend in the order in which they are made.
func (w *postgresWriter) openLedger(ctx context.Context, conn *sqlx.Conn, batch pendingChanges, locking string) (*postgresLedger, error) {
	l := &postgresLedger{
		onPostgres: onPostgres{ctx, conn}, conn: conn, opts: w.p.opts,
		locked: map[int64]bool{}, callers: map[string]int64{}, keys: map[keyName]keyRecord{},
	}
	wants := wantsOf(batch)
	statements := &pgx.Batch{}
	statements.Queue(begin)
	if time.Now().Before(w.hurryUntil) {
		statements.Queue(waitShortly)
	}
	queueRows(statements, func(pk int64) { l.locked[pk] = true }, pgx.RowTo[int64], lockUsers+locking, wants.ids, wants.identifiers)
	var rows []userRow
	queueRows(statements, func(row userRow) { rows = append(rows, row) }, pgx.RowToStructByName[userRow],
		numbered(usersByRefs), wants.ids, wants.identifiers)
	queueRows(statements, func(row idRow) { l.callers[row.ID] = row.PK }, pgx.RowToStructByName[idRow],
		"SELECT id, pk FROM users WHERE id = ANY($1)", wants.callers)
	if len(wants.keys) > 0 {
		queueRows(statements, func(row keyRow) { l.keys[row.keyName()] = row.keyRecord }, pgx.RowToStructByName[keyRow],
			usedKeys, wants.keyCallers, wants.keys)
	}
	queueRows(statements, func(seq int64) { l.seqs = append(l.seqs, seq) }, pgx.RowTo[int64],
		"SELECT nextval('status_changes_seq_seq') FROM generate_series(1, $1)", len(batch))
	err := together(ctx, conn, statements)
	l.users = indexUsers(rows)
	return l, err
}

type idRow struct {
	ID string `db:"id"`
	PK int64  `db:"pk"`
}

type keyRow struct {
	Caller string `db:"caller"`
	Key    string `db:"key"`
	keyRecord
}

func (r keyRow) keyName() keyName { return keyName{r.Caller, r.Key} }

// queueRows queues a statement and what is done with each of its rows.
func queueRows[R any](statements *pgx.Batch, do func(R), read pgx.RowToFunc[R], query string, args ...any) {
	statements.Queue(query, args...).Query(func(rows pgx.Rows) error {
		all, err := pgx.CollectRows(rows, read)
		for _, row := range all {
			do(row)
		}
		return err
	})
}

// wants are what the changes of a batch ask for.
type wants struct {
	ids, identifiers, callers []string
	keyCallers, keys          []string // of one key each at the same place
}

func wantsOf(batch pendingChanges) wants {
	var w wants
	refs := make([]string, len(batch))
	w.callers = []string{}
	for i, item := range batch {
		request := item.work.request
		refs[i] = request.Ref
		if isID(request.Caller.UserID) && !slices.Contains(w.callers, request.Caller.UserID) {
			w.callers = append(w.callers, request.Caller.UserID)
		}
		if request.IdempotencyKey != "" {
			w.keyCallers, w.keys = append(w.keyCallers, request.Caller.UserID), append(w.keys, request.IdempotencyKey)
		}
	}
	w.ids, w.identifiers = splitRefs(refs)
	return w
}

// findUser finds only whom no other gateway has locked.
func (l *postgresLedger) findUser(scope parley.Scope, ref string) (userRow, error) {
	row, err := l.users.find(scope, ref)
	if err != nil {
		return userRow{}, err
	}
	if !l.locked[row.PK] {
		return userRow{}, unavailable(errors.New("somebody else has locked the user"))
	}
	return *row, nil
}

func (l *postgresLedger) findKey(caller, key string) (record keyRecord, found bool, err error) {
	record, found = l.keys[keyName{caller, key}]
	return record, found, nil
}

func (l *postgresLedger) take(user userRow, row changeRow, request parley.ChangeRequest) (seq int64, err error) {
	caller, err := l.caller(row.ChangedBy)
	if err != nil {
		return 0, err
	}
	row.Seq, l.seqs = l.seqs[0], l.seqs[1:]
	*l.users.byID[user.ID] = user.after(row)
	l.unwritten = append(l.unwritten, writtenChange{row, user.PK, caller})
	if request.IdempotencyKey != "" {
		l.keepKey(request, user.ID, row.Seq)
	}
	return row.Seq, nil
}

// caller is the key of who makes a change, nil for the command line.
func (l *postgresLedger) caller(id string) (*int64, error) {
	if id == "" {
		return nil, nil //nolint:nilnil // NULL is what the command line is
	}
	pk, known := l.callers[id]
	if !known {
		return nil, noCaller(id)
	}
	return &pk, nil
}

func (l *postgresLedger) keepKey(request parley.ChangeRequest, userID string, change int64) {
	fingerprint := request.Fingerprint(userID)
	kept := keptKey{
		keyName{request.Caller.UserID, request.IdempotencyKey},
		keyRecord{fingerprint[:], change, l.opts.present()},
	}
	if old, known := l.keys[kept.keyName]; known {
		l.outlived = append(l.outlived, keptKey{kept.keyName, old})
	}
	l.keys[kept.keyName] = kept.keyRecord
	l.unkept = append(l.unkept, kept)
}

// Get and Select write first what was taken in: a change may ask what one before it in
// the same transaction has made of a history.
func (l *postgresLedger) Get(dest any, query string, args ...any) error {
	if err := l.flush(); err != nil {
		return err
	}
	return l.onPostgres.Get(dest, query, args...)
}

func (l *postgresLedger) Select(dest any, query string, args ...any) error {
	if err := l.flush(); err != nil {
		return err
	}
	return l.onPostgres.Select(dest, query, args...)
}

func (l *postgresLedger) flush() error {
	if len(l.unwritten) == 0 {
		return nil
	}
	return together(l.ctx, l.conn, l.writes())
}
