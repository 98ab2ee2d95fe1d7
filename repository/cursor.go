package repository

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/parley-gateway/parley"
)

// The kinds of cursors. The digit is the version of what follows it: a cursor
// from before a change of its meaning is none, not a wrong one.
const (
	usersCursor   = "u1:" // the identifier after which the page begins
	sortedCursor  = "u2:" // the order, and the user after whom the page begins: see userOrder
	changesCursor = "c1:" // the seq with which the page begins
)

// maxCursor is more than the longest name and identifier need, in bytes.
const maxCursor = 3072

var cursorEncoding = base64.RawURLEncoding.Strict()

func encodeCursor(kind, position string) string {
	return cursorEncoding.EncodeToString([]byte(kind + position))
}

func decodeCursor(kind, cursor string) (string, error) {
	if len(cursor) > maxCursor {
		return "", invalidCursor()
	}
	text, err := cursorEncoding.DecodeString(cursor)
	if err != nil {
		return "", invalidCursor()
	}
	position, ok := strings.CutPrefix(string(text), kind)
	if !ok || !isText(position) {
		return "", invalidCursor()
	}
	return position, nil
}

func decodeSeq(cursor string) (int64, error) {
	position, err := decodeCursor(changesCursor, cursor)
	if err != nil {
		return 0, err
	}
	seq, err := strconv.ParseInt(position, 10, 64)
	if err != nil {
		return 0, invalidCursor()
	}
	return seq, nil
}

func invalidCursor() error {
	return &parley.Error{
		Code:   parley.CodeInvalidQuery,
		Detail: "The cursor is not one that this list has given.",
		Faults: []parley.Fault{{Field: "cursor", Code: "invalid-value", Detail: "Begin again without a cursor."}},
	}
}

const maxPage = 200

// pageLimit keeps a page within what parley.Page promises.
func pageLimit(page parley.Page) int { return min(max(page.Limit, 1), maxPage) }
