-- What users are sorted by, beside what is unique or indexed already. A change of
-- status touches none of these: who sorts by status or updated_at waits for it.

-- +goose Up

CREATE INDEX users_name ON users (name, identifier);
CREATE INDEX users_created ON users (created_at, identifier);
