package repository

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/parley-gateway/parley"
)

// userOrder is the order of a list of users: by a column, and where that is
// equal by identifier, so that each user has one place whatever is added.
type userOrder struct {
	field      parley.UserField
	column     string
	descending bool
}

// sortColumns are the columns of the fields, and nothing else gets into a query.
var sortColumns = map[parley.UserField]string{
	parley.UserFieldIdentifier: "u.identifier",
	parley.UserFieldName:       "u.name",
	parley.UserFieldEmail:      "u.email",
	parley.UserFieldType:       "u.user_type",
	parley.UserFieldStatus:     "u.status",
	parley.UserFieldCreatedAt:  "u.created_at",
	parley.UserFieldUpdatedAt:  "u.updated_at",
}

func orderBy(sort parley.UserSort) userOrder {
	field := cmp.Or(sort.Field, parley.UserFieldIdentifier)
	return userOrder{field, sortColumns[field], sort.Descending}
}

// clause orders both columns the same way: an index can be walked backwards.
func (o userOrder) clause() string {
	direction := ""
	if o.descending {
		direction = " DESC"
	}
	if o.field == parley.UserFieldIdentifier {
		return " ORDER BY u.identifier" + direction
	}
	return " ORDER BY " + o.column + direction + ", u.identifier" + direction
}

// after is the condition for what stands after a position.
func (o userOrder) after() string {
	comparison := " > "
	if o.descending {
		comparison = " < "
	}
	if o.field == parley.UserFieldIdentifier {
		return "u.identifier" + comparison + "?"
	}
	return "(" + o.column + ", u.identifier)" + comparison + "(?, ?)"
}

// encode makes the cursor of what follows a row: the length of the value that
// is sorted by, the value, and the identifier.
func (o userOrder) encode(row userRow) string {
	if o.field == parley.UserFieldIdentifier {
		return encodeCursor(o.cursor(), row.Identifier)
	}
	value := o.value(row)
	return encodeCursor(o.cursor(), strconv.Itoa(len(value))+":"+value+row.Identifier)
}

func (o userOrder) value(row userRow) string {
	switch o.field {
	case parley.UserFieldName:
		return row.Name
	case parley.UserFieldEmail:
		return row.Email
	case parley.UserFieldType:
		return string(row.Type)
	case parley.UserFieldStatus:
		return string(row.Status)
	case parley.UserFieldCreatedAt:
		return strconv.FormatInt(int64(row.CreatedAt), 10)
	}
	return strconv.FormatInt(int64(row.UpdatedAt), 10)
}

// decode reads a cursor as the values of after.
func (o userOrder) decode(cursor string) ([]any, error) {
	position, err := decodeCursor(o.cursor(), cursor)
	if err != nil {
		return nil, err
	}
	if o.field == parley.UserFieldIdentifier {
		return []any{position}, nil
	}
	digits, rest, _ := strings.Cut(position, ":")
	length, err := strconv.Atoi(digits)
	if err != nil || length < 0 || length > len(rest) {
		return nil, invalidCursor()
	}
	return o.position(rest[:length], rest[length:])
}

func (o userOrder) position(value, identifier string) ([]any, error) {
	if o.field != parley.UserFieldCreatedAt && o.field != parley.UserFieldUpdatedAt {
		return []any{value, identifier}, nil
	}
	micros, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return nil, invalidCursor()
	}
	return []any{stamp(micros), identifier}, nil
}

// cursor is the kind of the cursors of a list in this order. One of another
// order is none.
func (o userOrder) cursor() string {
	switch {
	case o.descending:
		return sortedCursor + "-" + string(o.field) + ":"
	case o.field == parley.UserFieldIdentifier:
		return usersCursor
	}
	return sortedCursor + string(o.field) + ":"
}
