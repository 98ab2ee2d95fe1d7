-- What users are searched for by: how their identifiers, names and emails begin,
-- in any case of ASCII. A change of status touches none of these.

-- +goose Up

CREATE INDEX users_search_identifier ON users (lower(identifier), identifier);
CREATE INDEX users_search_name ON users (lower(name), identifier);
CREATE INDEX users_search_email ON users (lower(email), identifier);
