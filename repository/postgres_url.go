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
	if hasStrayAt(name) {
		return nil, noURL(name, errUnreadable)
	}
	config, err := pgx.ParseConfig(name)
	if err != nil {
		return nil, noURL(name, withoutURL(err))
	}
	return config, nil
}

func noURL(name string, cause error) error {
	return fmt.Errorf("%s is no URL of a PostgreSQL database: %w", DisplayName(name), cause)
}

var errUnreadable = errors.New("it cannot be read; what is special in a user, password or parameter stands in it as %XX")

// withoutURL is what was wrong with a URL: pgx tells the URL as well, or the part of a
// password that was taken for something else.
func withoutURL(err error) error {
	cause := errors.Unwrap(err)
	var parsing *url.Error
	if cause == nil || errors.As(cause, &parsing) {
		return errUnreadable
	}
	return cause
}

// hasStrayAt reports whether a URL may have a password where its database or parameters
// should be, since the password has a /, ? or # in it.
func hasStrayAt(name string) bool {
	_, rest, _ := strings.Cut(name, "://")
	return strings.Contains(rest[strings.IndexAny(rest+"/", "/?#"):], "@")
}

// DisplayName is the name of a database for people and logs: a URL without its user
// and parameters, either of which may hold a password. Of one that cannot be read only
// the kind is shown.
func DisplayName(name string) string {
	if !isURL(name) {
		return name
	}
	parsed, err := url.Parse(name)
	if err != nil || hasStrayAt(name) {
		scheme, _, _ := strings.Cut(name, "://")
		return scheme + "://..."
	}
	return parsed.Scheme + "://" + parsed.Host + parsed.EscapedPath()
}
