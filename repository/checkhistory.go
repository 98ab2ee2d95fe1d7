package repository

import (
	"cmp"
	"database/sql"
	"fmt"
)

const (
	checkedUsers   = 200    // whose chains are read by one statement
	checkedChanges = 10_000 // that are looked up by one
)

// link is a user together with one change in the user's chain: all that the
// chain holds comes in rows of the same user, the newest first. Without a
// change, Link is NULL.
type link struct {
	PK         int64           `db:"pk"`
	Identifier string          `db:"identifier"`
	Status     string          `db:"status"`
	Version    int64           `db:"version"`
	UpdatedAt  stamp           `db:"updated_at"`
	UpdatedBy  string          `db:"updated_by"`
	Link       sql.Null[int64] `db:"link"`
	Owner      sql.Null[int64] `db:"owner"` // NULL where there is no such change
	Previous   sql.Null[int64] `db:"previous"`
	At         int64           `db:"change_version"`
	From       string          `db:"from_status"`
	To         string          `db:"to_status"`
	ChangedAt  sql.Null[stamp] `db:"changed_at"`
	ChangedBy  string          `db:"changed_by"`
}

// selectChains walks the chains of some users by themselves, in one statement,
// so that a user and what is on record of them are of one moment. A chain that
// leads to another user's change ends there.
const selectChains = `
	WITH RECURSIVE
	first (pk, last_change) AS MATERIALIZED (SELECT pk, last_change FROM users WHERE pk > ? ORDER BY pk LIMIT ?),
	chain (pk, link) AS (
		SELECT pk, last_change FROM first
		UNION ALL
		SELECT chain.pk, c.previous FROM chain JOIN status_changes c ON c.seq = chain.link
		WHERE c.user_pk = chain.pk AND c.previous < c.seq
	)
	SELECT chain.pk, u.identifier, u.status, u.version, u.updated_at,
		coalesce(cast(u.updated_by AS TEXT), '') AS updated_by,
		chain.link, c.user_pk AS owner, c.previous, coalesce(c.version, 0) AS change_version,
		coalesce(c.from_status, '') AS from_status, coalesce(c.to_status, '') AS to_status,
		c.changed_at, coalesce(cast(b.id AS TEXT), '') AS changed_by
	FROM chain LEFT JOIN users u ON u.pk = chain.pk
		LEFT JOIN status_changes c ON c.seq = chain.link LEFT JOIN users b ON b.pk = c.changed_by
	ORDER BY chain.pk, chain.link DESC`

// checkHistory follows the chain of each user, and then looks for changes that
// are in none. Those that are made meanwhile are in the chain of a user who has
// been checked already, or will be: only up to the newest of now can be said.
func (c *checker) checkHistory() error {
	var newest int64
	if err := each(c, "SELECT coalesce(max(seq), 0) AS newest FROM status_changes", func(row struct{ Newest int64 }) {
		newest = row.Newest
	}); err != nil {
		return err
	}
	reached := numbers{}
	for last, more := int64(0), true; more; {
		var before link
		more = false
		if err := each(c, selectChains, func(l link) {
			if l.PK != before.PK {
				more = true
				c.checkEnd(before)
				before = c.checkNewest(l)
			} else {
				before = c.checkLink(before, l)
			}
			last = l.PK
			if l.Owner.V == l.PK {
				reached.add(l.Link.V)
			}
		}, last, checkedUsers); err != nil {
			return err
		}
		c.checkEnd(before)
	}
	return c.checkStrays(newest, reached)
}

func (c *checker) faultOf(l link, format string, args ...any) {
	c.fault("users: "+l.Identifier, format, args...)
}

// checkNewest holds the user against the last change.
func (c *checker) checkNewest(l link) link {
	c.Users++
	if !l.Link.Valid {
		if l.Version != 1 {
			c.faultOf(l, "version is %d, but no change is on record", l.Version)
		}
		return l
	}
	if !c.isOwn(l) {
		return l
	}
	c.compare(l, "status", l.Status, l.To)
	c.compare(l, "version", l.Version, l.At)
	c.compare(l, "updated_at", l.UpdatedAt, l.ChangedAt.V)
	c.compare(l, "updated_by", cmp.Or(l.UpdatedBy, "nobody"), cmp.Or(l.ChangedBy, "nobody"))
	return l
}

func (c *checker) compare(l link, column string, have, want any) {
	if have != want {
		c.faultOf(l, "%s is %v, the last change (%d) says %v", column, have, l.Link.V, want)
	}
}

// isOwn reports whether the change is there and the user's.
func (c *checker) isOwn(l link) bool {
	if !l.Owner.Valid {
		c.faultOf(l, "change %d is not there", l.Link.V)
		return false
	}
	if l.Owner.V != l.PK {
		c.faultOf(l, "change %d is in the chain of this user, but the user's with pk %d", l.Link.V, l.Owner.V)
		return false
	}
	c.Changes++
	return true
}

// checkLink holds a change against the one before it.
func (c *checker) checkLink(newer, l link) link {
	if !c.isOwn(l) {
		return l
	}
	if newer.From != l.To {
		c.faultOf(l, "change %d is from %s, the one before it (%d) to %s", newer.Link.V, newer.From, l.Link.V, l.To)
	}
	if newer.At != l.At+1 {
		c.faultOf(l, "change %d makes version %d, the one before it (%d) version %d", newer.Link.V, newer.At, l.Link.V, l.At)
	}
	if newer.ChangedAt.V < l.ChangedAt.V {
		c.faultOf(l, "change %d is of %s, the one before it (%d) of %s",
			newer.Link.V, timeText(newer.ChangedAt.V), l.Link.V, timeText(l.ChangedAt.V))
	}
	return l
}

// checkEnd looks at the first change of a user, where the chain ended.
func (c *checker) checkEnd(l link) {
	if l.Owner.V != l.PK || l.PK == 0 {
		return // what is wrong with it has been told
	}
	if l.Previous.Valid {
		c.faultOf(l, "change %d follows change %d, which is no older", l.Link.V, l.Previous.V)
	} else if l.At != 2 {
		c.faultOf(l, "the first change (%d) makes version %d, and should make 2", l.Link.V, l.At)
	}
}

// checkStrays finds the changes that no user's chain leads to.
func (c *checker) checkStrays(newest int64, reached numbers) error {
	for from, more := int64(0), true; more; {
		more = false
		if err := each(c, "SELECT seq, user_pk FROM status_changes WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?", func(row struct {
			Seq  int64 `db:"seq"`
			User int64 `db:"user_pk"`
		}) {
			from, more = row.Seq, true
			if !reached.has(row.Seq) {
				c.fault(fmt.Sprintf("status_changes: %d", row.Seq), "no chain leads to it; it is of the user with pk %d", row.User)
			}
		}, from, newest, checkedChanges); err != nil {
			return err
		}
	}
	return nil
}

func timeText(s stamp) string {
	return s.time().Format("2006-01-02T15:04:05.999999Z07:00")
}

// numbers is a set of numbers that lie close to each other, for which it takes a
// bit each.
type numbers map[int64]*[512]uint64

func (n numbers) add(i int64) {
	page := n[i>>15]
	if page == nil {
		page = new([512]uint64)
		n[i>>15] = page
	}
	page[i>>6&511] |= 1 << (i & 63)
}

func (n numbers) has(i int64) bool {
	page := n[i>>15]
	return page != nil && page[i>>6&511]&(1<<(i&63)) != 0
}
