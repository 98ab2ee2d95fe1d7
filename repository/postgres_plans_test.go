package repository

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/repository/postgrestest"
)

// fill makes tables that are worth an index.
const fill = `
	INSERT INTO workspaces (id, identifier, name, workspace_type, created_at, updated_at)
	SELECT gen_random_uuid(), 'workspace-' || n, 'Name', 'multi_user', now(), now() FROM generate_series(1, 100) AS n;
	INSERT INTO users (id, identifier, name, email, user_type, status, version, workspace, created_at, updated_at)
	SELECT gen_random_uuid(), 'user-' || n, 'Name ' || n, 'mail' || n || '@delay.example', 'saas_user', 'active', 1, 1 + n % 100,
		now() + n * interval '1 second', now()
	FROM generate_series(1, 10000) AS n;
	INSERT INTO status_changes (user_pk, version, from_status, to_status, request_id, media_type, changed_at)
	SELECT pk, 2, 'active', 'risky', '', '', now() FROM users;
	INSERT INTO tokens (name, hash, permissions, acts_as, created_at)
	SELECT identifier, sha256(convert_to(identifier, 'UTF8')), '', pk, now() FROM users;
	INSERT INTO sessions (hash, token, created_at, expires_at) SELECT hash, pk, now(), now() FROM tokens;
	INSERT INTO idempotency_keys SELECT id::text, identifier, sha256(''), pk, now() FROM users;
	ANALYZE`

// TestPlansInPostgres keeps the cost of a page independent of how much there is.
func TestPlansInPostgres(t *testing.T) {
	w := openPeople(t, postgrestest.Database(t), Options{})
	w.mustChange(t, keyed("ben", parley.StatusRisky, "key"))
	w.execBeside(t, fill)
	for _, p := range append(plannedLists(t), []planned{
		{"", "history", walkHistory, []any{1, 1, 50}},
		{"users_identifier", "one user", selectUser + " WHERE u.identifier = cast(? AS TEXT)", []any{"ben"}},
		{"users_identifier", "users", usersByRefs, []any{[]string{benID}, []string{"ben", "ann"}}},
		{"users_identifier", "lock", lockUsers, []any{[]string{benID}, []string{"ben", "ann"}}},
		{"tokens_hash", "token", tokenByHash, []any{[]byte{}}},
		{"tokens_hash", "tokens", holdersByHashes, []any{[][]byte{{1}, {2}}}},
		{"sessions_hash", "sessions", sessionsByHashes, []any{[][]byte{{1}, {2}}}},
		{"idempotency_keys_pkey", "keys", usedKeys, []any{[]string{benID}, []string{"key"}}},
	}...) {
		plan := w.explain(t, p)
		if readsAll.MatchString(plan) || !strings.Contains(plan, p.index) {
			t.Errorf("%s does not use %s:\n%s", p.name, p.index, plan)
		}
	}
}

// readsAll is what a plan says that reads all of a table. Workspaces are few.
var readsAll = regexp.MustCompile(`Seq Scan on (users|status_changes|tokens|sessions|idempotency_keys)`)

func (w *world) explain(t *testing.T, p planned) string {
	t.Helper()
	var lines []string
	on := onPostgres{context.Background(), w.Store.(*store).engine.(*postgres).db}
	if err := on.Select(&lines, "EXPLAIN (COSTS OFF) "+p.query, p.args...); err != nil {
		t.Fatalf("%s: %v", p.name, err)
	}
	return strings.Join(lines, "\n")
}

// TestChangesAreHot has no index altered by a change.
func TestChangesAreHot(t *testing.T) {
	name := postgrestest.Database(t)
	store := openStore(t, name, Options{})
	if err := store.Load(t.Context(), workspaces(), users()); err != nil {
		t.Fatal(err)
	}
	w := &world{Store: store}
	const changes = 200
	for i := range changes {
		w.mustChange(t, keyed("ben", parley.Statuses[i%len(parley.Statuses)], fmt.Sprint(i)))
	}
	closeStore(t, store) // its connections tell what they have counted
	const counted = " FROM pg_stat_user_tables WHERE relname = 'users'"
	if made, hot := number(t, name, "SELECT n_tup_upd"+counted), number(t, name, "SELECT n_tup_hot_upd"+counted); made != changes || hot != changes {
		t.Errorf("%d of %d updates left the indexes alone", hot, made)
	}
}
