package repository

import (
	"flag"
	"fmt"
	"os"

	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/repository/postgrestest"
)

var update = flag.Bool("update", false, "rewrite migrations/postgres/schema.txt")

// TestSchemaListing compares what a check expects with what the migrations make.
func TestSchemaListing(t *testing.T) {
	url := postgrestest.Database(t)
	closeStore(t, openStore(t, url, Options{}))
	var made strings.Builder
	for _, o := range objectsOf(t, url) {
		fmt.Fprintf(&made, "%s: %s\n", o.Object, o.Text)
	}
	if *update {
		if err := os.WriteFile("migrations/postgres/schema.txt", []byte(made.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if made.String() != freshListing {
		t.Errorf("the migrations make\n%sschema.txt says\n%s", made.String(), freshListing)
	}
}

func objectsOf(t *testing.T, url string) (objects []schemaObject) {
	t.Helper()
	if err := connect(t, url).SelectContext(t.Context(), &objects, listSchema); err != nil {
		t.Fatal(err)
	}
	return objects
}

func connect(t *testing.T, url string) *sqlx.DB {
	t.Helper()
	db, err := sqlx.Connect("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// newChangedURL is a database whose users ben and ann have three changes: the first and
// the third are Ben's, who has the key 1. Nobody has it open.
func newChangedURL(t *testing.T) string {
	t.Helper()
	url := postgrestest.Database(t)
	s := openStore(t, url, Options{})
	defer closeStore(t, s)
	if err := s.Load(t.Context(), workspaces(), users()); err != nil {
		t.Fatal(err)
	}
	w := &world{Store: s}
	w.mustChange(t, change("ben", parley.StatusRisky))
	w.mustChange(t, change("ann", parley.StatusRisky))
	keyed := change("ben", parley.StatusActive)
	keyed.IdempotencyKey = "key"
	w.mustChange(t, keyed)
	return url
}

// faultsAfter are what a statement makes of a database, which stays as it is: the
// statement does what Parley never does, past triggers and references.
func faultsAfter(t *testing.T, db *sqlx.DB, statement string) (faults []string) {
	t.Helper()
	tx, err := db.Beginx()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.Exec("SET LOCAL session_replication_role = replica; " + statement); err != nil {
		t.Fatal(err)
	}
	c := &checker{ctx: t.Context(), examined: examinedDatabase{tx}, report: func(f Fault) { faults = append(faults, f.String()) }}
	if err := c.checkAll(); err != nil {
		t.Fatal(err)
	}
	return faults
}

func checkedFaults(t *testing.T, url string) (faults []string, checked Checked) {
	t.Helper()
	checked, err := Check(t.Context(), url, func(f Fault) { faults = append(faults, f.String()) })
	if err != nil {
		t.Fatal(err)
	}
	return faults, checked
}

func wantFaults(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("faults:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestCheckURL(t *testing.T) {
	url := newChangedURL(t)
	faults, checked := checkedFaults(t, url)
	if len(faults) > 0 || checked != (Checked{Users: 4, Changes: 3}) {
		t.Errorf("%q, %+v", faults, checked)
	}
	postgrestest.Exec(t, url, "CREATE EXTENSION amcheck")
	faults, _ = checkedFaults(t, url+"&default_transaction_read_only=on") // as on a standby
	wantFaults(t, faults, nil)
}

// gone is the fault of what reads the table idempotency_keys where there is none.
func gone(place string) string {
	return place + `: it cannot be read to the end: ERROR: relation \"idempotency_keys\" does not exist (SQLSTATE 42P01)`
}

func TestCheckURLFindsFaults(t *testing.T) {
	const ben, ann = "users: ben: ", "users: ann: "
	db := connect(t, newChangedURL(t))
	for _, test := range []struct {
		statement string
		faults    []string
	}{
		{"UPDATE users SET status = 'inactive' WHERE pk = 1", []string{ben + "status is inactive, the last change (3) says active"}},
		{"UPDATE users SET version = 7 WHERE pk = 2", []string{ann + "version is 7, the last change (2) says 2"}},
		{"UPDATE users SET updated_by = NULL WHERE pk = 2", []string{ann + "updated_by is nobody, the last change (2) says " + benID}},
		{"UPDATE users SET updated_at = to_timestamp(5) WHERE pk = 2; UPDATE status_changes SET changed_at = to_timestamp(6) WHERE seq = 2",
			[]string{ann + "updated_at is 5000000, the last change (2) says 6000000"}},
		{"UPDATE users SET last_change = NULL WHERE pk = 2", []string{
			ann + "version is 2, but no change is on record",
			"status_changes: 2: no chain leads to it; it is of the user with pk 2"}},
		{"UPDATE users SET last_change = 2 WHERE pk = 1", []string{
			ben + "change 2 is in the chain of this user, but the user's with pk 2",
			"status_changes: 1: no chain leads to it; it is of the user with pk 1",
			"status_changes: 3: no chain leads to it; it is of the user with pk 1"}},
		{"DELETE FROM status_changes WHERE seq = 1", []string{
			"status_changes: row 3: previous refers to a row of status_changes that is not there",
			ben + "change 1 is not there"}},
		{"DELETE FROM status_changes WHERE seq = 3", []string{
			"users: row 1: last_change refers to a row of status_changes that is not there",
			"idempotency_keys: change refers to a row of status_changes that is not there",
			ben + "change 3 is not there",
			"status_changes: 1: no chain leads to it; it is of the user with pk 1"}},
		{"UPDATE status_changes SET user_pk = 77 WHERE seq = 2", []string{
			"status_changes: row 2: user_pk refers to a row of users that is not there",
			ann + "change 2 is in the chain of this user, but the user's with pk 77",
			"status_changes: 2: no chain leads to it; it is of the user with pk 77"}},
		{"UPDATE status_changes SET changed_by = 77 WHERE seq = 2", []string{
			"status_changes: row 2: changed_by refers to a row of users that is not there",
			ann + "updated_by is " + benID + ", the last change (2) says nobody"}},
		{"UPDATE status_changes SET previous = NULL WHERE seq = 3", []string{
			ben + "the first change (3) makes version 3, and should make 2",
			"status_changes: 1: no chain leads to it; it is of the user with pk 1"}},
		{"ALTER TABLE status_changes DROP CONSTRAINT status_changes_previous; UPDATE status_changes SET previous = 3 WHERE seq = 1", []string{
			"schema: constraint status_changes.status_changes_previous: it is missing",
			ben + "change 1 follows change 3, which is no older"}},
		{"UPDATE status_changes SET from_status = 'inactive' WHERE seq = 3", []string{ben + "change 3 is from inactive, the one before it (1) to risky"}},
		{"UPDATE status_changes SET version = 5 WHERE seq = 1", []string{
			ben + "change 3 makes version 3, the one before it (1) version 5",
			ben + "the first change (1) makes version 5, and should make 2"}},
		{"UPDATE status_changes SET changed_at = '2096-10-02T07:06:40Z' WHERE seq = 1; UPDATE status_changes SET changed_at = to_timestamp(0.000005) WHERE seq = 3; UPDATE users SET updated_at = to_timestamp(0.000005) WHERE pk = 1",
			[]string{ben + "change 3 is of 1970-01-01T00:00:00.000005Z, the one before it (1) of 2096-10-02T07:06:40Z"}},
		{"INSERT INTO status_changes SELECT nextval('status_changes_seq_seq'), user_pk, 3, 4, from_status, to_status, NULL, NULL, '', '', now() FROM status_changes WHERE seq = 3",
			[]string{"status_changes: 4: no chain leads to it; it is of the user with pk 1"}},
		{"UPDATE users SET workspace = 8 WHERE pk = 2", []string{"users: row 2: workspace refers to a row of workspaces that is not there"}},
		{"UPDATE workspaces SET owner_id = '" + nobodyID + "' WHERE pk = 1", []string{"workspaces: row 1: owner_id refers to a row of users that is not there"}},
		{"ALTER SEQUENCE status_changes_seq_seq RESTART 2", []string{"numbers: status_changes: they were given out up to 0, and 3 is taken"}},
		{"ALTER SEQUENCE status_changes_seq_seq INCREMENT 2", []string{"schema: sequence status_changes_seq_seq: it is not as Parley makes it"}},
		{"ALTER TABLE status_changes DISABLE TRIGGER USER", []string{
			"schema: trigger status_changes.status_changes_never_altered: it is not as Parley makes it",
			"schema: trigger status_changes.status_changes_never_truncated: it is not as Parley makes it"}},
		{"DROP TRIGGER status_changes_never_altered ON status_changes", []string{
			"schema: trigger status_changes.status_changes_never_altered: it is missing"}},
		{"CREATE OR REPLACE FUNCTION parley_refuse_alteration() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'", []string{
			"schema: function parley_refuse_alteration(): it is not as Parley makes it"}},
		{"ALTER TABLE tokens DISABLE TRIGGER ALL", []string{
			"schema: constraint sessions.sessions_token_known: it is not as Parley makes it",
			"schema: constraint tokens.tokens_acts_as_known: it is not as Parley makes it",
			"schema: constraint tokens.tokens_workspace_known: it is not as Parley makes it"}},
		{"ALTER TABLE users DROP CONSTRAINT name, ADD CONSTRAINT name CHECK (char_length(name) BETWEEN 1 AND 255) NOT VALID", []string{
			"schema: constraint users.name: it is not as Parley makes it"}},
		{"UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'users_name'::regclass", []string{
			"schema: index users_name: it is not as Parley makes it"}},
		{"DROP INDEX users_created; ALTER TABLE users ALTER name TYPE varchar(255); CREATE TABLE notes (text text); CREATE RULE none AS ON DELETE TO users DO INSTEAD NOTHING", []string{
			"schema: column users.name: it is not as Parley makes it",
			"schema: constraint users.name: it is not as Parley makes it",
			"schema: index users_search_name: it is not as Parley makes it",
			"schema: rule users.none: it is no part of Parley's schema",
			"schema: table notes: it is no part of Parley's schema",
			"schema: index users_created: it is missing"}},
		{"CREATE EXTENSION amcheck; UPDATE pg_index SET indisready = false WHERE indexrelid = 'idempotency_keys_age'::regclass; " +
			"UPDATE idempotency_keys SET created_at = now(); UPDATE pg_index SET indisready = true WHERE indexrelid = 'idempotency_keys_age'::regclass",
			[]string{`index idempotency_keys_age: it cannot be read to the end: ERROR: heap tuple (0,2) from table \"idempotency_keys\" ` +
				`lacks matching index tuple within index \"idempotency_keys_age\" (SQLSTATE XX001)`}},
		{"DROP TRIGGER status_changes_never_altered ON status_changes; DROP INDEX idempotency_keys_age; ALTER TABLE idempotency_keys RENAME TO keys", []string{
			gone("table idempotency_keys"), gone("references"),
			"schema: table keys: it is no part of Parley's schema",
			"schema: column idempotency_keys.caller: it is missing",
			"schema: column idempotency_keys.change: it is missing",
			"schema: column idempotency_keys.created_at: it is missing",
			"schema: column idempotency_keys.fingerprint: it is missing",
			"schema: column idempotency_keys.key: it is missing",
			"schema: constraint idempotency_keys.idempotency_keys_fingerprint: it is missing",
			"schema: constraint idempotency_keys.idempotency_keys_key: it is missing",
			"schema: constraint idempotency_keys.idempotency_keys_pkey: it is missing",
			"schema: index idempotency_keys_age: it is missing",
			"schema: index idempotency_keys_pkey: it is missing",
			"schema: table idempotency_keys: it is missing",
			"schema: trigger status_changes.status_changes_never_altered: it is missing"}},
		{"ANALYZE; ALTER TABLE users SET (autovacuum_enabled = off); CREATE EXTENSION pg_stat_statements", nil},
	} {
		t.Run(test.statement, func(t *testing.T) {
			wantFaults(t, faultsAfter(t, db, test.statement), test.faults)
		})
	}
}

// TestCheckURLBesideWriters checks while two gateways change users without a pause:
// what is under way is no fault.
func TestCheckURLBesideWriters(t *testing.T) {
	url := newChangedURL(t)
	var all sync.WaitGroup
	var over atomic.Bool
	var made atomic.Int64
	const writers = 2 * 4
	for _, ref := range []string{"ben", "ann"} {
		w := &world{Store: openStore(t, url, Options{})}
		t.Cleanup(func() { closeStore(t, w) })
		for range writers / 2 {
			all.Go(func() {
				for !over.Load() {
					w.mustChange(t, change(ref, parley.StatusRisky))
					made.Add(1)
				}
			})
		}
	}
	defer all.Wait()
	defer over.Store(true)
	var last int64
	for range 10 {
		counted := made.Load()
		// Each writer may have made one that is not counted yet.
		eventually(t, "another change", func() bool { return made.Load() > counted+writers })
		faults, checked := checkedFaults(t, url)
		wantFaults(t, faults, nil)
		if checked.Changes <= last {
			t.Errorf("%d changes after %d", checked.Changes, last)
		}
		last = checked.Changes
	}
}

func TestCheckURLRefused(t *testing.T) {
	empty := postgrestest.Database(t)
	newer := newChangedURL(t)
	postgrestest.Exec(t, newer, "INSERT INTO parley_migrations (version_id, is_applied) VALUES (1000, true)")
	foreign := postgrestest.Database(t)
	postgrestest.Exec(t, foreign, "CREATE TABLE users (name text)")
	for url, want := range map[string]string{
		empty:   "there is no Parley database at postgres://127.0.0.1",
		newer:   "was written by a newer Parley",
		foreign: "another program's data is in it",
		"postgres://somebody:secret@127.0.0.1:1/none": "connection refused",
	} {
		_, err := Check(t.Context(), url, func(f Fault) { t.Errorf("a fault: %s", f) })
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want %s", url, err, want)
		}
	}
}
