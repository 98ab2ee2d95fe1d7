package repository

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"
)

// isURL reports whether a name is that of a PostgreSQL database, and not a file's.
func isURL(name string) bool {
	return strings.HasPrefix(name, "postgres://") || strings.HasPrefix(name, "postgresql://")
}

// CheckName says what is wrong with a name that can be no database's. It opens
// nothing.
func CheckName(name string) error {
	if name == "" {
		return errors.New("the database has no name")
	}
	if isURL(name) {
		_, err := parseURL(name)
		return err
	}
	if scheme, _, found := strings.Cut(name, "://"); found {
		return fmt.Errorf("%s:// is no kind of database: it is a file, or a postgres:// URL", scheme)
	}
	return nil
}

// parseURL keeps what the URL holds out of the error, a password above all.
func parseURL(name string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(name)
	if err != nil {
		return nil, fmt.Errorf("%s is no URL of a PostgreSQL database: %w", DisplayName(name), withoutURL(err))
	}
	return config, nil
}

// withoutURL is what was wrong with a URL: pgx tells the URL as well.
func withoutURL(err error) error {
	if cause := errors.Unwrap(err); cause != nil {
		var parsing *url.Error
		if errors.As(cause, &parsing) {
			return parsing.Err
		}
		return cause
	}
	return errors.New("it cannot be read")
}

// DisplayName is the name of a database for people and logs: a URL without its user
// and parameters, either of which may hold a password.
func DisplayName(name string) string {
	if !isURL(name) {
		return name
	}
	scheme, rest, _ := strings.Cut(name, "://")
	rest, _, _ = strings.Cut(rest, "?")
	authority, database, _ := strings.Cut(rest, "/")
	hosts := authority[strings.LastIndex(authority, "@")+1:]
	return scheme + "://" + hosts + "/" + database
}
