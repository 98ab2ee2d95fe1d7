package repository

import (
	"database/sql"
	"fmt"
	"time"
)

// stamp is a moment in microseconds since 1970-01-01T00:00:00Z, as finely as both
// engines keep it: SQLite as that number, PostgreSQL as a timestamptz.
type stamp int64

func stampOf(t time.Time) stamp { return stamp(t.UnixMicro()) }

func (s stamp) time() time.Time { return time.UnixMicro(int64(s)).UTC() }

// Scan makes a stamp a sql.Scanner.
func (s *stamp) Scan(value any) error {
	switch value := value.(type) {
	case int64:
		*s = stamp(value)
	case time.Time:
		*s = stampOf(value)
	default:
		return fmt.Errorf("a %T is no time", value)
	}
	return nil
}

// optionalTime is zero for NULL.
func optionalTime(s sql.Null[stamp]) time.Time {
	if !s.Valid {
		return time.Time{}
	}
	return s.V.time()
}

func optionalStamp(t time.Time) sql.Null[stamp] {
	return sql.Null[stamp]{V: stampOf(t), Valid: !t.IsZero()}
}

// orNull is NULL for an empty text.
func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}
