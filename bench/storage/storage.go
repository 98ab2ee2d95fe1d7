// Package storage measures what the file itself allows: the statements of
// Parley's changes, many of them in one transaction, without HTTP, formats and
// callers. It works with one connection and statements that are prepared once.
package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"github.com/parley-gateway/parley/bench/load"
	"github.com/parley-gateway/parley/bench/schema"
)

// Job is one measurement.
type Job struct {
	DB       string // a file of Parley's with users in it
	Users    int
	Batch    int // changes in one transaction
	Warmup   time.Duration
	Duration time.Duration
}

// Result is what it found.
type Result struct {
	Changes   int64
	PerSecond float64
}

// Run carries out changes of users chosen at random.
func Run(job Job) (Result, error) {
	ctx := context.Background()
	db, err := schema.Open(job.DB, schema.WriterParams())
	if err != nil {
		return Result{}, err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return Result{}, err
	}
	defer conn.Close()
	w, err := prepare(ctx, conn)
	if err != nil {
		return Result{}, err
	}
	if _, err := w.runFor(job, job.Warmup); err != nil {
		return Result{}, err
	}
	return w.runFor(job, job.Duration)
}

// writer holds the statements of a change.
type writer struct {
	begin, find, insert, update, commit *sql.Stmt

	caller string // the id of the user who makes the changes
}

func prepare(ctx context.Context, conn *sql.Conn) (*writer, error) {
	if _, err := conn.ExecContext(ctx, schema.WriterPragmas); err != nil {
		return nil, err
	}
	var failures []error
	stmt := func(query string) *sql.Stmt {
		s, err := conn.PrepareContext(ctx, query)
		failures = append(failures, err)
		return s
	}
	w := &writer{
		begin:  stmt("BEGIN IMMEDIATE"),
		find:   stmt(schema.SelectUserOnce),
		insert: stmt(schema.InsertChangeBy),
		update: stmt(schema.UpdateUser),
		commit: stmt("COMMIT"),
	}
	caller := conn.QueryRowContext(ctx, "SELECT id FROM users WHERE pk = ?", schema.CallerPK)
	return w, errors.Join(append(failures, caller.Scan(&w.caller))...)
}

// runFor carries out whole transactions until the time is over, and counts by
// the time that they took.
func (w *writer) runFor(job Job, span time.Duration) (Result, error) {
	var result Result
	start := time.Now()
	for time.Since(start) < span {
		if err := w.transaction(job); err != nil {
			return result, err
		}
		result.Changes += int64(job.Batch)
	}
	result.PerSecond = float64(result.Changes) / time.Since(start).Seconds()
	return result, nil
}

func (w *writer) transaction(job Job) error {
	if _, err := w.begin.Exec(); err != nil {
		return err
	}
	for range job.Batch {
		id := load.UUIDs.String(1 + rand.Uint32N(uint32(job.Users)))
		if err := w.change(id); err != nil {
			return fmt.Errorf("user %s: %w", id, err)
		}
	}
	_, err := w.commit.Exec()
	return err
}

func (w *writer) change(id string) error {
	var u schema.User
	err := w.find.QueryRow(id).Scan(&u.PK, &u.ID, &u.Identifier, &u.Name, &u.Email, &u.Type, &u.Status, &u.Version, &u.LastChange,
		&u.CreatedAt, &u.UpdatedAt, &u.CreatedBy, &u.UpdatedBy, &u.WorkspaceID, &u.WorkspaceType, &u.OwnerID, &u.DomainName)
	if err != nil {
		return err
	}
	status := "inactive"
	if u.Status == status {
		status = "suspended"
	}
	now := time.Now().UnixMicro()
	inserted, err := w.insert.Exec(u.PK, u.LastChange, u.Version+1, u.Status, status, schema.Comment,
		w.caller, uuid.NewString(), schema.MediaType, now)
	if err != nil {
		return err
	}
	seq, err := inserted.LastInsertId()
	if err != nil {
		return err
	}
	_, err = w.update.Exec(status, u.Version+1, seq, now, w.caller, u.PK)
	return err
}
