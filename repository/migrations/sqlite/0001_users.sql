-- Times are microseconds since 1970-01-01T00:00:00Z; length counts code points,
-- octet_length bytes. A CHECK that is named after a field is reported to the
-- caller as a fault of that field.

-- +goose Up

CREATE TABLE workspaces (
    pk             INTEGER PRIMARY KEY,
    id             TEXT    NOT NULL UNIQUE CHECK (octet_length(id) = 36),
    identifier     TEXT    NOT NULL UNIQUE CONSTRAINT identifier CHECK (length(identifier) BETWEEN 1 AND 255),
    name           TEXT    NOT NULL CONSTRAINT name CHECK (length(name) BETWEEN 1 AND 255),
    workspace_type TEXT    NOT NULL CONSTRAINT workspace_type CHECK (workspace_type IN ('single_user', 'multi_user')),
    -- Deferred, since the owner of a first workspace has nowhere to live before it.
    owner_id       TEXT    REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
    domain_name    TEXT    CONSTRAINT domain_name CHECK (length(domain_name) BETWEEN 1 AND 253),
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    created_by     TEXT    CHECK (octet_length(created_by) = 36),
    updated_by     TEXT    CHECK (octet_length(updated_by) = 36)
) STRICT;

-- created_by and updated_by hold ids without a reference: records that are
-- loaded may name somebody this store has never known.
CREATE TABLE users (
    pk          INTEGER PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE CHECK (octet_length(id) = 36),
    identifier  TEXT    NOT NULL UNIQUE CONSTRAINT identifier CHECK (length(identifier) BETWEEN 1 AND 255),
    name        TEXT    NOT NULL CONSTRAINT name CHECK (length(name) BETWEEN 1 AND 255),
    email       TEXT    NOT NULL UNIQUE CONSTRAINT email CHECK (length(email) BETWEEN 3 AND 254),
    user_type   TEXT    NOT NULL CONSTRAINT user_type CHECK (user_type IN ('saas_admin', 'saas_user', 'saas_user_client')),
    status      TEXT    NOT NULL CONSTRAINT status CHECK (status IN ('active', 'onboarding', 'inactive', 'suspended', 'risky')),
    version     INTEGER NOT NULL CHECK (version >= 1),
    workspace   INTEGER NOT NULL REFERENCES workspaces (pk),
    last_change INTEGER REFERENCES status_changes (seq),
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    created_by  TEXT    CHECK (octet_length(created_by) = 36),
    updated_by  TEXT    CHECK (octet_length(updated_by) = 36)
) STRICT;

CREATE INDEX users_workspace ON users (workspace, identifier);
CREATE INDEX users_type ON users (user_type, identifier);

-- Most users are active, and are found quickly without an index; with them in
-- it, each change would write two pages of it instead of one.
CREATE INDEX users_not_active ON users (status, identifier) WHERE status <> 'active';

-- Each row points to the one before it of the same user, and the user to the
-- last: a history is walked along this chain, because an index on it would
-- cost one more page for every change. Without AUTOINCREMENT seq ascends all
-- the same, since no row is ever deleted.
CREATE TABLE status_changes (
    seq            INTEGER PRIMARY KEY,
    user_pk        INTEGER NOT NULL REFERENCES users (pk),
    previous       INTEGER REFERENCES status_changes (seq) CHECK (previous < seq),
    version        INTEGER NOT NULL CHECK (version >= 2),
    from_status    TEXT    NOT NULL CHECK (from_status IN ('active', 'onboarding', 'inactive', 'suspended', 'risky')),
    to_status      TEXT    NOT NULL CONSTRAINT status CHECK (to_status IN ('active', 'onboarding', 'inactive', 'suspended', 'risky')),
    review_comment TEXT    CONSTRAINT review_comment CHECK (length(review_comment) BETWEEN 1 AND 4096),
    changed_by     INTEGER REFERENCES users (pk), -- NULL for the command line
    request_id     TEXT    NOT NULL CHECK (octet_length(request_id) <= 255),
    media_type     TEXT    NOT NULL CHECK (octet_length(media_type) <= 255),
    changed_at     INTEGER NOT NULL
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER status_changes_never_updated BEFORE UPDATE ON status_changes
BEGIN
    SELECT RAISE(ABORT, 'status_changes: rows are never altered');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER status_changes_never_deleted BEFORE DELETE ON status_changes
BEGIN
    SELECT RAISE(ABORT, 'status_changes: rows are never deleted');
END;
-- +goose StatementEnd

CREATE TABLE idempotency_keys (
    caller      TEXT    NOT NULL, -- a user id; empty for the command line
    key         TEXT    NOT NULL CHECK (octet_length(key) BETWEEN 1 AND 255),
    fingerprint BLOB    NOT NULL CHECK (octet_length(fingerprint) = 32),
    change      INTEGER NOT NULL REFERENCES status_changes (seq),
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (caller, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

CREATE TABLE tokens (
    pk          INTEGER PRIMARY KEY,
    name        TEXT    NOT NULL CONSTRAINT name CHECK (length(name) BETWEEN 1 AND 255),
    hash        BLOB    NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
    permissions TEXT    NOT NULL, -- separated by spaces
    acts_as     INTEGER NOT NULL REFERENCES users (pk),
    workspace   INTEGER REFERENCES workspaces (pk),
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER,
    revoked_at  INTEGER
) STRICT;

-- A revoked token gives its name free and stays on record.
CREATE UNIQUE INDEX tokens_name ON tokens (name) WHERE revoked_at IS NULL;
