// Package schema holds all that the benchmark knows of Parley's tables
// (repository/migrations/sqlite): how to fill them, and the statements of one
// change for those peers that work on the same tables.
package schema

import (
	"database/sql"
	"net/url"

	"github.com/jmoiron/sqlx"
	_ "github.com/mattn/go-sqlite3" // the driver that Parley uses

	"github.com/parley-gateway/parley/bench/load"
)

// Caller is the identifier of the user whose token the benchmark uses. It is
// there before any other, so its key is CallerPK.
const (
	Caller   = "bench"
	CallerPK = 1
)

// MediaType and Comment are what the rows of the history hold.
const (
	MediaType = "application/json"
	Comment   = "User is suspended due to abuse of the system."
)

// Open opens a file of Parley's with parameters of the driver
// (https://github.com/mattn/go-sqlite3#connection-string).
func Open(path string, params url.Values) (*sqlx.DB, error) {
	return sqlx.Open("sqlite3", "file:"+path+"?"+params.Encode())
}

// Seed adds users 1..n to the only workspace of a file that Parley has made.
func Seed(path string, n int) error {
	// What is lost with the power is seeded again.
	db, err := Open(path, url.Values{"_synchronous": {"OFF"}, "_cache_size": {"-262144"}})
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec(seed, n)
	return err
}

const seed = `
	WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
	INSERT INTO users (id, identifier, name, email, user_type, status, version, workspace,
		created_at, updated_at, created_by, updated_by)
	SELECT ` + load.UUIDsSQL + `, printf('user-%07d', n), printf('Benjamin Zhang the %dth', n),
		printf('user-%07d@delay.example', n), 'saas_user', 'active', 1, w.pk,
		w.created_at, w.created_at, c.id, c.id
	FROM numbers, (SELECT pk, created_at FROM workspaces) w, (SELECT id FROM users WHERE pk = 1) c`

// User is a row of SelectUser.
type User struct {
	PK            int64           `db:"pk"`
	ID            string          `db:"id"`
	Identifier    string          `db:"identifier"`
	Name          string          `db:"name"`
	Email         string          `db:"email"`
	Type          string          `db:"user_type"`
	Status        string          `db:"status"`
	Version       int64           `db:"version"`
	LastChange    sql.Null[int64] `db:"last_change"`
	CreatedAt     int64           `db:"created_at"`
	UpdatedAt     int64           `db:"updated_at"`
	CreatedBy     string          `db:"created_by"`
	UpdatedBy     string          `db:"updated_by"`
	WorkspaceID   string          `db:"workspace_id"`
	WorkspaceType string          `db:"workspace_type"`
	OwnerID       string          `db:"owner_id"`
	DomainName    string          `db:"domain_name"`
}

// SelectUser reads the user with an id, as one writes it.
const SelectUser = selectUser + "?"

// SelectUserOnce is SelectUser in the way of Parley's, which SQLite plans once
// instead of for each value.
const SelectUserOnce = selectUser + "cast(? AS TEXT)"

const selectUser = `
	SELECT u.pk, u.id, u.identifier, u.name, u.email, u.user_type, u.status, u.version, u.last_change,
		u.created_at, u.updated_at, coalesce(u.created_by, '') AS created_by, coalesce(u.updated_by, '') AS updated_by,
		w.id AS workspace_id, w.workspace_type, coalesce(w.owner_id, '') AS owner_id,
		coalesce(w.domain_name, '') AS domain_name
	FROM users u JOIN workspaces w ON w.pk = u.workspace
	WHERE u.id = `

// InsertChange adds a row to the history: of which user, the row before it,
// version, status before and after, comment, by whom (key), request id, media
// type, when.
const InsertChange = insertChange + "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

// InsertChangeBy is InsertChange with the id of who makes the change, as
// Parley knows it.
const InsertChangeBy = insertChange + "(?, ?, ?, ?, ?, ?, (SELECT pk FROM users WHERE id = ?), ?, ?, ?)"

const insertChange = `
	INSERT INTO status_changes (user_pk, previous, version, from_status, to_status, review_comment,
		changed_by, request_id, media_type, changed_at)
	VALUES `

// UpdateUser sets status, version, last change, when and by whom (id) of the
// user with a key.
const UpdateUser = `
	UPDATE users SET status = ?, version = ?, last_change = ?, updated_at = ?, updated_by = ?
	WHERE pk = ?`

// Token is a row of SelectToken.
type Token struct {
	Permissions string          `db:"permissions"`
	ActsAs      int64           `db:"acts_as"`
	ActsAsID    string          `db:"acts_as_id"`
	ExpiresAt   sql.Null[int64] `db:"expires_at"`
	RevokedAt   sql.Null[int64] `db:"revoked_at"`
}

// SelectToken finds a token by its hash.
const SelectToken = `
	SELECT t.permissions, t.acts_as, u.id AS acts_as_id, t.expires_at, t.revoked_at
	FROM tokens t JOIN users u ON u.pk = t.acts_as
	WHERE t.hash = ?`

// WriterParams are those of the one connection that Parley writes with.
func WriterParams() url.Values {
	return url.Values{
		"_foreign_keys":    {"true"},
		"_synchronous":     {"FULL"},
		"_mutex":           {"no"},
		"_stmt_cache_size": {"64"},
	}
}

// WriterPragmas are those that Parley sets beside them, with a checkpoint as
// often as its checkpointer makes one.
const WriterPragmas = `
	PRAGMA trusted_schema = OFF;
	PRAGMA cell_size_check = ON;
	PRAGMA wal_autocheckpoint = 65000;
`
