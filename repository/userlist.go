package repository

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/parley-gateway/parley"
)

// Users lists users.
func (s *store) Users(ctx context.Context, scope parley.Scope, filter parley.UserFilter) (parley.UserPage, error) {
	q := s.read(ctx)
	scope, err := narrow(q, scope, filter.Workspace)
	if err != nil {
		return parley.UserPage{}, err
	}
	limit := pageLimit(filter.Page)
	query, args, err := usersQuery(scope, filter, limit)
	if err != nil {
		return parley.UserPage{}, err
	}
	var rows []userRow
	if err := q.Select(&rows, query, args...); err != nil {
		return parley.UserPage{}, err
	}
	return userPage(rows, filter.Sort, limit), nil
}

// CountUsers counts users by status.
func (s *store) CountUsers(ctx context.Context, scope parley.Scope, filter parley.UserFilter) (map[parley.Status]int64, error) {
	q := s.read(ctx)
	scope, err := narrow(q, scope, filter.Workspace)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Status parley.Status `db:"status"`
		Number int64         `db:"number"`
	}
	query, args := countQuery(scope, filter)
	if err := q.Select(&rows, query, args...); err != nil {
		return nil, err
	}
	counts := make(map[parley.Status]int64, len(rows))
	for _, row := range rows {
		counts[row.Status] = row.Number
	}
	return counts, nil
}

// narrow limits a scope to the workspace that a filter names.
func narrow(q queryer, scope parley.Scope, ref string) (parley.Scope, error) {
	if ref == "" {
		return scope, nil
	}
	row, err := findWorkspace(q, scope, ref)
	if parley.HasCode(err, parley.CodeNotFound) {
		return scope, &parley.Error{
			Code:   parley.CodeInvalidQuery,
			Detail: "The query cannot be answered as it stands.",
			Faults: []parley.Fault{{Field: "workspace", Code: "unknown", Detail: "There is no such workspace."}},
		}
	}
	return parley.Scope(row.ID), err
}

// usersQuery asks for one user more than the page holds, to know whether
// another page follows.
func usersQuery(scope parley.Scope, filter parley.UserFilter, limit int) (string, []any, error) {
	order := orderBy(filter.Sort)
	c := chooseUsers(scope, filter)
	if filter.Status != "" {
		c.where("u.status = ?", filter.Status)
		if filter.Status != parley.StatusActive {
			c.where("u.status <> 'active'") // which the index of the others asks for
		}
	}
	if filter.Page.Cursor != "" {
		position, err := order.decode(filter.Page.Cursor)
		if err != nil {
			return "", nil, err
		}
		c.where(order.after(), position...)
	}
	return selectUser + c.text() + order.clause() + " LIMIT ?", append(c.values, limit+1), nil
}

func countQuery(scope parley.Scope, filter parley.UserFilter) (string, []any) {
	c := chooseUsers(scope, filter)
	return "SELECT u.status, count(*) AS number FROM users u" + c.text() + " GROUP BY u.status", c.values
}

// conditions are what a query chooses rows by. They are added only where they
// choose something, so that each combination gets its own plan.
type conditions struct {
	texts  []string
	values []any
}

func (c *conditions) where(text string, values ...any) {
	c.texts = append(c.texts, text)
	c.values = append(c.values, values...)
}

func (c *conditions) text() string {
	if len(c.texts) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.texts, " AND ")
}

// chooseUsers is what a list and its counts have in common.
func chooseUsers(scope parley.Scope, filter parley.UserFilter) (c conditions) {
	if scope != parley.Everywhere {
		c.where("u.workspace = (SELECT pk FROM workspaces WHERE id = ?)", scope)
	}
	if filter.Type != "" {
		c.where("u.user_type = ?", filter.Type)
	}
	if !isText(filter.Prefix) {
		c.where("false") // nobody has it
	} else if filter.Prefix != "" {
		c.where(prefixCondition, prefixArgs(filter.Prefix)...)
	}
	return c
}

// prefixCondition finds the identifiers of all who match before it walks along
// them: those between a prefix and what comes after all that begin with it.
const prefixCondition = `u.identifier IN (
	SELECT identifier FROM users WHERE lower(identifier) >= ? AND lower(identifier) < ? UNION ALL
	SELECT identifier FROM users WHERE lower(name) >= ? AND lower(name) < ? UNION ALL
	SELECT identifier FROM users WHERE lower(email) >= ? AND lower(email) < ?)`

func prefixArgs(prefix string) []any {
	from := lowerASCII(prefix)
	to := afterAll(from)
	return []any{from, to, from, to, from, to}
}

// afterAll is the first text after all that begin with a prefix, in the order of
// code points, which is that of bytes. No text ends in the last code point.
func afterAll(prefix string) string {
	last, size := utf8.DecodeLastRuneInString(prefix)
	next := last + 1
	if next == surrogates {
		next = afterSurrogates
	}
	if size == 0 || next > utf8.MaxRune {
		return prefix + string(utf8.MaxRune)
	}
	return prefix[:len(prefix)-size] + string(next)
}

// Between these there are no code points of texts (Unicode section 3.9, D92).
const (
	surrogates      = 0xd800
	afterSurrogates = 0xe000
)

// lowerASCII is lower of SQLite, and of PostgreSQL in the collation "C".
func lowerASCII(s string) string {
	lower := []byte(s)
	for i, c := range lower {
		if 'A' <= c && c <= 'Z' {
			lower[i] = c + 'a' - 'A'
		}
	}
	return string(lower)
}

func userPage(rows []userRow, sort parley.UserSort, limit int) parley.UserPage {
	var page parley.UserPage
	if len(rows) > limit {
		rows = rows[:limit]
		page.Next = orderBy(sort).encode(rows[limit-1])
	}
	page.Users = make([]parley.User, len(rows))
	for i, row := range rows {
		page.Users[i] = row.user()
	}
	return page
}
