-- A session is what a browser holds instead of a token, in a cookie. It ends when
-- it expires, when somebody signs out, which deletes its row, and with its token.
-- The table has row ids: SQLite's update hook is not told of any other.

-- +goose Up

CREATE TABLE sessions (
    pk         INTEGER PRIMARY KEY,
    hash       BLOB    NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
    token      INTEGER NOT NULL REFERENCES tokens (pk),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX sessions_age ON sessions (expires_at);
