package repository

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// copyBatch is how many rows are copied, and kept, at once.
const copyBatch = 10_000

// round copies what is in the source and not in the target. History is only added to. Of
// users only changes of their status alter one, so that the history tells which are to be
// brought up to date. The rest is little, and is copied anew.
func (c *copying) round(ctx context.Context) error {
	bounds, err := newestRows(ctx, c.source.conn)
	if err != nil {
		return err
	}
	have, err := newestRows(ctx, c.target.conn)
	if err != nil {
		return err
	}
	c.done, c.total = 0, 0
	for _, name := range []string{"workspaces", "status_changes", "users"} {
		if have[name] > bounds[name] {
			return fmt.Errorf("the copy has rows of %s that %s has not: it is of another state of this database", name, c.source.path)
		}
		c.total += bounds[name] - have[name]
	}
	if err := c.copyNew(ctx, "workspaces", have, bounds); err != nil {
		return err
	}
	if err := c.copyNew(ctx, "status_changes", have, bounds); err != nil {
		return err
	}
	if err := c.refreshUsers(ctx, have["users"], bounds["status_changes"]); err != nil {
		return err
	}
	if err := c.copyNew(ctx, "users", have, bounds); err != nil {
		return err
	}
	return c.target.together(ctx, func() error { return c.replaceRest(ctx, bounds) })
}

func (c *copying) table(name string) copiedTable {
	return c.target.tables[slices.Index(postgresTables, name)]
}

// copyNew copies the rows of a table after the last that is there. The owners of
// workspaces come later, since a user needs a workspace first.
func (c *copying) copyNew(ctx context.Context, name string, have, bounds map[string]int64) error {
	table := c.table(name)
	key := table.keys[0]
	query := table.selectRows(fmt.Sprintf("WHERE %[1]s > ? AND %[1]s <= ?", key)) + " LIMIT ?"
	last, more := have[name], true
	for more {
		fed, err := c.copyRows(ctx, table, "owner_id", query, last, bounds[name], copyBatch)
		if err != nil {
			return err
		}
		c.advance("copying", fed.count)
		if more = fed.count == copyBatch; more {
			last = fed.last[slices.Index(table.columns, key)].(int64)
		}
	}
	return nil
}

func (c *copying) copyRows(ctx context.Context, table copiedTable, late, query string, args ...any) (*feed, error) {
	rows, err := c.source.conn.QueryxContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	fed := &feed{table: table, rows: rows, late: late}
	return fed, c.target.append(ctx, table, fed)
}

// staleUser is what a change has made of a user.
type staleUser struct {
	PK         int64   `db:"pk"`
	Status     string  `db:"status"`
	Version    int64   `db:"version"`
	LastChange int64   `db:"last_change"`
	UpdatedAt  stamp   `db:"updated_at"`
	UpdatedBy  *string `db:"updated_by"`
}

// refreshUsers brings users up to date who are in the target already, and notes up to
// which change they are then. Whoever is copied from here on is no older.
func (c *copying) refreshUsers(ctx context.Context, through, newest int64) error {
	var of int64
	if err := c.target.conn.GetContext(ctx, &of, "SELECT users_of FROM "+copyTable); err != nil {
		return err
	}
	for last, more := int64(0), true; more; {
		var stale []staleUser
		if err := c.source.conn.SelectContext(ctx, &stale, `
			SELECT pk, status, version, last_change, updated_at, updated_by FROM users
			WHERE last_change > ? AND pk > ? AND pk <= ? ORDER BY pk LIMIT ?`, of, last, through, copyBatch); err != nil {
			return err
		}
		if more = len(stale) > 0; more {
			last = stale[len(stale)-1].PK
			statements := &pgx.Batch{}
			queueUsers(statements, columnsOfUsers(stale))
			if err := together(ctx, c.target.conn, statements); err != nil {
				return err
			}
		}
	}
	_, err := c.target.conn.ExecContext(ctx, "UPDATE "+copyTable+" SET users_of = $1", newest)
	return err
}

func columnsOfUsers(users []staleUser) (columns changeColumns) {
	for _, u := range users {
		columns.users, columns.to = append(columns.users, u.PK), append(columns.to, u.Status)
		columns.versions, columns.seqs = append(columns.versions, u.Version), append(columns.seqs, u.LastChange)
		columns.times, columns.callerIDs = append(columns.times, u.UpdatedAt.time()), append(columns.callerIDs, u.UpdatedBy)
	}
	return columns
}

// replaceRest copies what is altered and deleted in the source as well as added.
func (c *copying) replaceRest(ctx context.Context, bounds map[string]int64) error {
	if _, err := c.target.conn.ExecContext(ctx, "TRUNCATE idempotency_keys, sessions, tokens"); err != nil {
		return err
	}
	for _, name := range []string{"tokens", "sessions"} {
		table := c.table(name)
		if _, err := c.copyRows(ctx, table, "", table.selectRows("WHERE pk <= ?"), bounds[name]); err != nil {
			return err
		}
	}
	keys := c.table("idempotency_keys")
	if _, err := c.copyRows(ctx, keys, "", keys.selectRows("")); err != nil {
		return err
	}
	return c.setOwners(ctx, bounds["workspaces"])
}

func (c *copying) setOwners(ctx context.Context, through int64) error {
	var owned []struct {
		PK    int64  `db:"pk"`
		Owner string `db:"owner_id"`
	}
	if err := c.source.conn.SelectContext(ctx, &owned,
		"SELECT pk, owner_id FROM workspaces WHERE owner_id IS NOT NULL AND pk <= ?", through); err != nil {
		return err
	}
	workspaces, owners := make([]int64, len(owned)), make([]string, len(owned))
	for i, row := range owned {
		workspaces[i], owners[i] = row.PK, row.Owner
	}
	_, err := c.target.conn.ExecContext(ctx, `
		UPDATE workspaces SET owner_id = o.owner FROM unnest($1::bigint[], $2::uuid[]) AS o (pk, owner)
		WHERE workspaces.pk = o.pk AND workspaces.owner_id IS NULL`, workspaces, owners)
	return err
}
