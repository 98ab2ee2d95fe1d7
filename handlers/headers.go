package handlers

import (
	"slices"
	"strings"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers/records"
)

// headers are the request headers that decide what is done, once they are
// known to be well-formed.
type headers struct {
	ifMatch        parley.Match
	ifNoneMatch    []string // entity tags as they were sent; "*" for any
	idempotencyKey string
	minimal        bool // Prefer: return=minimal
}

// readHeaders checks the syntax of the headers that take one value. A header
// that comes twice is refused: two readers could take either.
func (x *exchange) readHeaders() (err error) {
	if _, err = x.oneHeader("Content-Type"); err != nil {
		return err
	}
	if x.headers.ifMatch, err = x.readIfMatch(); err != nil {
		return err
	}
	if x.headers.idempotencyKey, err = x.readIdempotencyKey(); err != nil {
		return err
	}
	if lines := x.sent("If-None-Match"); len(lines) > 0 {
		tags, ok := parseEntityTags(strings.Join(lines, ","))
		if !ok {
			return invalidHeader("If-None-Match", "must be * or entity tags in quotes")
		}
		x.headers.ifNoneMatch = tags
	}
	x.headers.minimal = prefersMinimal(x.sent("Prefer"))
	return nil
}

// oneHeader is the value of a header that comes at most once.
func (x *exchange) oneHeader(name string) (string, error) {
	lines := x.sent(name)
	if len(lines) > 1 {
		return "", invalidHeader(name, "must not come more than once")
	}
	if len(lines) == 0 {
		return "", nil
	}
	return lines[0], nil
}

func invalidHeader(name, must string) error {
	return parley.NewError(parley.CodeInvalidHeader, "The header "+name+" "+must+".")
}

func (x *exchange) readIfMatch() (parley.Match, error) {
	none := parley.Match{Required: x.MatchRequired}
	value, err := x.oneHeader("If-Match")
	if err != nil || x.sent("If-Match") == nil {
		return none, err
	}
	return parseIfMatch("If-Match", value, x.MatchRequired)
}

// parseIfMatch reads a precondition into the versions that it names. A tag
// that is not ours, or a weak one (RFC 9110 section 13.1.1), names none.
func parseIfMatch(name, value string, required bool) (parley.Match, error) {
	tags, ok := parseEntityTags(value)
	if !ok {
		return parley.Match{}, invalidHeader(name, "must be * or entity tags in quotes")
	}
	m := parley.Match{Given: true, Required: required, Any: slices.Contains(tags, "*")}
	for _, tag := range tags {
		if v, ok := taggedVersion(tag); ok {
			m.Versions = append(m.Versions, v)
		}
	}
	slices.Sort(m.Versions)
	m.Versions = slices.Compact(m.Versions)
	return m, nil
}

// steer lets fields stand for headers that were not sent.
func (h *headers) steer(s records.Steering) (err error) {
	if s.IfMatch != nil && !h.ifMatch.Given {
		if h.ifMatch, err = parseIfMatch(codecs.IfMatchField, *s.IfMatch, h.ifMatch.Required); err != nil {
			return err
		}
	}
	if s.IdempotencyKey != nil && h.idempotencyKey == "" {
		h.idempotencyKey = *s.IdempotencyKey
		return checkIdempotencyKey(codecs.IdempotencyKeyField, *s.IdempotencyKey)
	}
	return nil
}

func (x *exchange) readIdempotencyKey() (string, error) {
	value, err := x.oneHeader("Idempotency-Key")
	if err != nil || x.sent("Idempotency-Key") == nil {
		return "", err
	}
	return value, checkIdempotencyKey("Idempotency-Key", value)
}

func checkIdempotencyKey(name, value string) error {
	if !isVisible(value, 255) {
		return invalidHeader(name, "must be 1 to 255 visible characters of ASCII")
	}
	return nil
}

// isVisible reports whether s is 1 to most visible characters of ASCII.
func isVisible(s string, most int) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return s != "" && len(s) <= most
}

// prefersMinimal reports whether return=minimal stands among the preferences
// (RFC 7240 section 4.2). Where return is named twice, the first counts.
func prefersMinimal(lines []string) bool {
	for _, line := range lines {
		for member := range strings.SplitSeq(line, ",") {
			preference, _, _ := strings.Cut(member, ";")
			name, value, _ := strings.Cut(preference, "=")
			if strings.EqualFold(strings.Trim(name, " \t"), "return") {
				return strings.Trim(value, " \t\"") == "minimal"
			}
		}
	}
	return false
}
