package parley

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"slices"
	"time"
)

// StatusChange is the command that every format is decoded into: what a
// user's status shall become, and why.
type StatusChange struct {
	Status  Status
	Comment string // at most MaxComment code points; lines end in LF
	Tests   []Test // what must hold for the change to be made
}

// MaxComment is the longest review comment, in code points.
const MaxComment = 4096

// Test is an expectation that a JSON Patch states (RFC 6902 section 4.6).
type Test struct {
	Field string  // "status" or "review_comment"
	Want  *string // nil when the patch names a value that is no text, which nothing equals
	Have  *string // the value that the patch itself set before; nil to compare with what is stored
}

// Holds reports whether the test succeeds where stored is the field's
// present value, nil if it has none.
func (t Test) Holds(stored *string) bool {
	have := t.Have
	if have == nil {
		have = stored
	}
	return have != nil && t.Want != nil && *have == *t.Want
}

// Change is one row of a user's history. Rows are written once and never
// altered.
type Change struct {
	Seq       int64 // ascending in the order in which changes were made
	UserID    string
	From      Status
	To        Status
	Comment   string // empty when none was given
	ChangedBy string // a user id
	RequestID string // of the request that made the change
	MediaType string // the format that the command was read from
	ChangedAt time.Time
}

// ChangePage is one page of a history, newest first.
type ChangePage struct {
	Changes []Change
	Next    string // the cursor of the next page; empty on the last
}

// ChangeRequest is a StatusChange with everything that decides whether it is
// carried out.
type ChangeRequest struct {
	Caller         Caller
	Ref            string // id or identifier of the user
	Change         StatusChange
	IfMatch        Match
	IdempotencyKey string // empty for none
	RequestID      string
	MediaType      string
}

// Outcome is what a ChangeRequest came to.
type Outcome struct {
	User     User // as it was right after the change
	Change   Change
	Replayed bool // the change was made by an earlier request with the same key
}

// Match is the If-Match precondition (RFC 9110 section 13.1.1), in terms of
// versions. The zero value is no precondition.
type Match struct {
	Given    bool
	Any      bool    // "*"
	Versions []int64 // ascending
	Required bool    // a request without a precondition is refused
}

// Allows reports whether a user of this version may be changed.
func (m Match) Allows(version int64) bool {
	return !m.Given || m.Any || slices.Contains(m.Versions, version)
}

// Fingerprint tells requests with one idempotency key apart: it is the same
// for two requests that mean the same, whatever format they came in.
func (r ChangeRequest) Fingerprint(userID string) [sha256.Size]byte {
	h := sha256.New()
	hashText(h, userID)
	hashText(h, string(r.Change.Status))
	hashText(h, r.Change.Comment)
	hashNumber(h, int64(len(r.Change.Tests)))
	for _, t := range r.Change.Tests {
		hashText(h, t.Field)
		hashOptional(h, t.Want)
		hashOptional(h, t.Have)
	}
	hashFlag(h, r.IfMatch.Given)
	hashFlag(h, r.IfMatch.Any)
	for _, v := range r.IfMatch.Versions {
		hashNumber(h, v)
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// hashText writes the length first, so that no two sequences of texts hash
// the same bytes.
func hashText(h hash.Hash, s string) {
	hashNumber(h, int64(len(s)))
	h.Write([]byte(s))
}

func hashOptional(h hash.Hash, s *string) {
	hashFlag(h, s != nil)
	if s != nil {
		hashText(h, *s)
	}
}

func hashFlag(h hash.Hash, b bool) {
	if b {
		hashNumber(h, 1)
	} else {
		hashNumber(h, 0)
	}
}

func hashNumber(h hash.Hash, n int64) {
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(n)))
}
