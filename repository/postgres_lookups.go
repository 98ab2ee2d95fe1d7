package repository

import (
	"context"
	"database/sql"
	"strings"

	"github.com/parley-gateway/parley"
)

// lookup finds what nearly every request asks for. Requests that wait at the same time
// are answered by one statement, which takes hardly longer than for one of them.
type lookup[K comparable, V any] struct {
	p     *postgres
	queue *queue[*wanted[K, V]]
	find  func(ctx context.Context, keys []K) (map[K]V, error)
}

// wanted is what one request asks for.
type wanted[K comparable, V any] struct {
	key   K
	value V
	found bool
}

// lookupServers is how many statements may be under way for one kind of thing: while one
// is answered, another gathers.
const lookupServers = 2

func newLookup[K comparable, V any](p *postgres, find func(context.Context, []K) (map[K]V, error)) *lookup[K, V] {
	l := &lookup[K, V]{p, newQueue[*wanted[K, V]](), find}
	go l.queue.run(lookupServers, l.serve)
	return l
}

func (l *lookup[K, V]) get(ctx context.Context, key K) (value V, found bool, err error) {
	want := &wanted[K, V]{key: key}
	if err := l.queue.do(ctx, want); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return value, false, storeError(err)
	}
	return want.value, want.found, nil
}

func (l *lookup[K, V]) serve(first *queued[*wanted[K, V]]) {
	batch := l.queue.take(first)
	if len(batch) == 0 {
		return
	}
	keys := make([]K, len(batch))
	for i, item := range batch {
		keys[i] = item.work.key
	}
	found, err := l.findAll(keys)
	for _, item := range batch {
		item.work.value, item.work.found = found[item.work.key], has(found, item.work.key)
	}
	answerAll(batch, err)
}

func (l *lookup[K, V]) findAll(keys []K) (found map[K]V, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), l.p.opts.BusyTimeout)
	defer cancel()
	err = l.p.again(func() (err error) {
		found, err = l.find(ctx, keys)
		return err
	})
	return found, err
}

func has[K comparable, V any](m map[K]V, key K) bool {
	_, ok := m[key]
	return ok
}

func (p *postgres) token(ctx context.Context, hash parley.TokenHash) (knownCaller, error) {
	return knownBy(ctx, p.tokens, hash)
}

func (p *postgres) session(ctx context.Context, hash parley.SessionHash) (knownCaller, error) {
	return knownBy(ctx, p.sessions, hash)
}

func knownBy[H comparable](ctx context.Context, l *lookup[H, knownCaller], hash H) (knownCaller, error) {
	known, found, err := l.get(ctx, hash)
	if err == nil && !found {
		err = unknownCaller()
	}
	return known, err
}

// hashedRow is who one of many hashes stands for.
type hashedRow struct {
	Hash []byte `db:"hash"`
	tokenRow
}

const holdersByHashes = `
	SELECT t.hash, t.name, t.permissions, u.id AS acts_as, coalesce(w.id::text, '') AS workspace, t.expires_at
	FROM tokens t JOIN users u ON u.pk = t.acts_as LEFT JOIN workspaces w ON w.pk = t.workspace
	WHERE t.hash = ANY(?) AND t.revoked_at IS NULL`

func (p *postgres) findTokens(ctx context.Context, hashes []parley.TokenHash) (map[parley.TokenHash]knownCaller, error) {
	return findHashes(ctx, p, hashes, holdersByHashes)
}

const sessionsByHashes = `
	SELECT s.hash, t.name, t.permissions, u.id AS acts_as, coalesce(w.id::text, '') AS workspace, s.expires_at
	FROM sessions s JOIN tokens t ON t.pk = s.token
		JOIN users u ON u.pk = t.acts_as LEFT JOIN workspaces w ON w.pk = t.workspace
	WHERE s.hash = ANY(?) AND t.revoked_at IS NULL`

func (p *postgres) findSessions(ctx context.Context, hashes []parley.SessionHash) (map[parley.SessionHash]knownCaller, error) {
	return findHashes(ctx, p, hashes, sessionsByHashes)
}

func findHashes[H parley.TokenHash | parley.SessionHash](
	ctx context.Context, p *postgres, hashes []H, query string,
) (map[H]knownCaller, error) {
	texts := make([][]byte, len(hashes))
	for i := range hashes {
		texts[i] = hashes[i][:]
	}
	var rows []hashedRow
	if err := (onPostgres{ctx, p.db}).Select(&rows, query, texts); err != nil {
		return nil, err
	}
	known := make(map[H]knownCaller, len(rows))
	for _, row := range rows {
		known[H(row.Hash)] = row.known()
	}
	return known, nil
}

func (p *postgres) user(ctx context.Context, scope parley.Scope, ref string) (parley.User, error) {
	row, found, err := p.users.get(ctx, ref)
	if err == nil && (!found || !scope.Includes(row.WorkspaceID)) {
		// In another scope a reference may be somebody else.
		row, err = findUser(p.read(ctx), scope, ref)
	}
	return row.user(), err
}

// usersByRefs finds users by ids and by identifiers.
const usersByRefs = selectUser + " WHERE u.id = ANY(?) OR u.identifier = ANY(?)"

func (p *postgres) findUsers(ctx context.Context, refs []string) (map[string]userRow, error) {
	ids, identifiers := splitRefs(refs)
	var rows []userRow
	if err := (onPostgres{ctx, p.db}).Select(&rows, usersByRefs, ids, identifiers); err != nil {
		return nil, err
	}
	all := indexUsers(rows)
	found := make(map[string]userRow, len(refs))
	for _, ref := range refs {
		if row, err := all.find(parley.Everywhere, ref); err == nil {
			found[ref] = *row
		}
	}
	return found, nil
}

// splitRefs are the ids that references may be, and the identifiers.
func splitRefs(refs []string) (ids, identifiers []string) {
	ids, identifiers = []string{}, []string{}
	for _, ref := range refs {
		if !isText(ref) {
			continue
		}
		if isID(ref) {
			ids = append(ids, strings.ToLower(ref))
		}
		identifiers = append(identifiers, ref)
	}
	return ids, identifiers
}

// foundUsers are users by id and by identifier.
type foundUsers struct{ byID, byIdentifier map[string]*userRow }

func indexUsers(rows []userRow) foundUsers {
	f := foundUsers{make(map[string]*userRow, len(rows)), make(map[string]*userRow, len(rows))}
	for i := range rows {
		f.byID[rows[i].ID], f.byIdentifier[rows[i].Identifier] = &rows[i], &rows[i]
	}
	return f
}

// find is findUser among those that were found.
func (f foundUsers) find(scope parley.Scope, ref string) (row *userRow, err error) {
	err = resolve(ref, func(column, value string) error {
		by := f.byID
		if column == "identifier" {
			by = f.byIdentifier
		}
		known, ok := by[value]
		if !ok {
			return sql.ErrNoRows
		}
		row = known
		return inScope(scope, row, nil)
	})
	return row, userError(err)
}
