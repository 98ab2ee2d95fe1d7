package repository

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/repository/postgrestest"
)

// TestOrderInOtherLanguages has databases with the order of a language.
func TestOrderInOtherLanguages(t *testing.T) {
	for _, options := range []string{
		"LOCALE_PROVIDER icu ICU_LOCALE 'en' TEMPLATE template0", "LOCALE_PROVIDER icu ICU_LOCALE 'sv' TEMPLATE template0",
	} {
		w := openPeople(t, postgrestest.Database(t, options), Options{})
		testOrder(t, w)
	}
}

// TestNoTextIsKept writes what PostgreSQL takes for no text, beside what it takes.
func TestNoTextIsKept(t *testing.T) {
	w := openPeople(t, postgrestest.Database(t), Options{})
	for _, text := range []string{"ben\x00", "ben\xc3"} {
		user, token := newUser("new"), newToken(text)
		user.Name = text
		_, err := w.CreateUser(t.Context(), benCaller, user)
		wantCode(t, err, parley.CodeInvalid)
		_, err = w.CreateToken(t.Context(), token)
		wantCode(t, err, parley.CodeInvalid)
		commented := change("ben", parley.StatusRisky)
		commented.Change.Comment = text
		_, failures := w.together(t, change("ann", parley.StatusActive), commented, keyed(strayID, parley.StatusActive, text))
		wantCode(t, failures[1], parley.CodeInvalid)
		wantCode(t, failures[2], parley.CodeInvalid)
		if failures[0] != nil || w.mustUser(t, "ben").Version != 1 || w.mustUser(t, strayID).Version != 1 {
			t.Errorf("errors = %v", failures)
		}
	}
}

func TestPostgresHistoryIsAppendOnly(t *testing.T) {
	w := openPeople(t, postgrestest.Database(t), Options{})
	made := w.mustChange(t, change("ben", parley.StatusInactive))
	conn, err := pgx.Connect(t.Context(), w.name)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, statement := range []string{
		"UPDATE status_changes SET review_comment = 'x'", "DELETE FROM status_changes", "TRUNCATE status_changes",
		"INSERT INTO status_changes SELECT * FROM status_changes ON CONFLICT (seq) DO UPDATE SET review_comment = 'x'",
	} {
		_, err := conn.Exec(t.Context(), statement)
		var failure *pgconn.PgError
		if !errors.As(err, &failure) || failure.Code != "23001" {
			t.Errorf("%s: %v, want a refusal", statement, err)
		}
	}
	if history := w.history(t, "ben"); len(history) != 1 || history[0] != made.Change {
		t.Errorf("history = %+v, want only %+v", history, made.Change)
	}
}
