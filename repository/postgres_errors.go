package repository

import (
	"cmp"
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/parley-gateway/parley"
)

// Codes of PostgreSQL's (https://www.postgresql.org/docs/current/errcodes-appendix.html).
const (
	codeNotNull       = "23502"
	codeForeignKey    = "23503"
	codeUnique        = "23505"
	codeCheck         = "23514"
	codeSerialization = "40001"
	codeUnknown       = "40003" // the server does not know what became of a statement
	codeDeadlock      = "40P01"
	codeLockTimeout   = "55P03"
	codeReadOnly      = "25006"
	codeNotAllowed    = "42501"
	codeStandby       = "0A000" // nothing is written while the server recovers
	codeCanceled      = "57014"
	codeCharacter     = "22021" // no text has it: U+0000
)

// postgresError is storeError for a failure of PostgreSQL's, or of the way there.
func postgresError(err error) error {
	if err == nil {
		return nil
	}
	if isLost(err) || isConflict(err) {
		return unavailable(err)
	}
	var failure *pgconn.PgError
	if !errors.As(err, &failure) {
		return err
	}
	switch failure.Code {
	case codeUnique:
		return taken(strings.TrimPrefix(failure.ConstraintName, failure.TableName+"_"))
	case codeCheck:
		return invalidValue(failure.ConstraintName, failure)
	case codeForeignKey:
		return unknownReference()
	case codeCharacter:
		return parley.NewError(parley.CodeInvalid, "A text has a character that cannot be kept.")
	case codeLockTimeout, codeCanceled:
		return unavailable(err)
	}
	switch failure.Code[:2] {
	case "53", "54", "58": // resources, limits, the system
		return unavailable(err)
	}
	return err
}

// isLost reports whether the connection, or the server behind it, is none to go on
// with. Nothing that was not committed is kept then.
func isLost(err error) bool {
	var failure *pgconn.PgError
	if errors.As(err, &failure) {
		severity := cmp.Or(failure.SeverityUnlocalized, failure.Severity) // which not every server sends both
		return severity != "ERROR" ||                                     // the server ends the connection
			failure.Code == codeReadOnly || failure.Code == codeStandby || strings.HasPrefix(failure.Code, "08")
	}
	var network net.Error
	var connecting *pgconn.ConnectError
	return errors.As(err, &network) || errors.As(err, &connecting) || pgconn.SafeToRetry(err) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, pgconn.ErrConnClosed)
}

// isConflict reports whether PostgreSQL gave one of two transactions up, which may
// succeed when it is tried again
// (https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html).
func isConflict(err error) bool {
	return hasState(err, codeSerialization) || hasState(err, codeDeadlock)
}

func hasState(err error, code string) bool {
	var failure *pgconn.PgError
	return errors.As(err, &failure) && failure.Code == code
}

// isAnswer reports whether an error of a commit is PostgreSQL's word that it was not
// made. A server that ends says something else than what became of it.
func isAnswer(err error) bool {
	var failure *pgconn.PgError
	return errors.Is(err, errRolledBack) ||
		errors.As(err, &failure) && !isLost(err) && failure.Code != codeCanceled && failure.Code != codeUnknown
}

// isOver reports whether err is about a time that has ended.
func isOver(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}
