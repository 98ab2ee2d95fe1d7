package handlers

import (
	"strconv"
	"strings"
)

// entityTag names a version of a user in the format of the answer: "3-json".
// The format is part of it because two representations must not share a strong
// tag (RFC 9110 section 8.8.1); the version is what If-Match goes by.
func (x *exchange) entityTag(version int64) string {
	tag := make([]byte, 0, 24)
	tag = append(tag, '"')
	tag = strconv.AppendInt(tag, version, 10)
	tag = append(tag, '-')
	tag = append(tag, x.format().Format.Name()...)
	return string(append(tag, '"'))
}

// taggedVersion is the version that a strong entity tag of ours names.
func taggedVersion(tag string) (int64, bool) {
	digits, _, ok := strings.Cut(strings.TrimPrefix(tag, `"`), "-")
	if !ok || tag[0] != '"' || digits == "" || digits[0] < '1' || digits[0] > '9' {
		return 0, false
	}
	v, err := strconv.ParseInt(digits, 10, 64)
	return v, err == nil
}

// parseEntityTags reads * or a list of entity tags (RFC 9110 section 8.8.3),
// and reports false for anything else.
func parseEntityTags(s string) ([]string, bool) {
	s = strings.Trim(s, " \t")
	if s == "*" {
		return []string{"*"}, true
	}
	var tags []string
	for s != "" {
		if s[0] == ',' {
			s = strings.TrimLeft(s[1:], " \t")
			continue
		}
		end := entityTagEnd(s)
		if end < 0 {
			return nil, false
		}
		tags = append(tags, s[:end])
		s = strings.TrimLeft(s[end:], " \t")
		if s != "" && s[0] != ',' {
			return nil, false
		}
	}
	return tags, len(tags) > 0
}

// entityTagEnd finds the end of the entity tag that s begins with, or -1.
func entityTagEnd(s string) int {
	start := len(s) - len(strings.TrimPrefix(s, "W/"))
	if start == len(s) || s[start] != '"' {
		return -1
	}
	for i := start + 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return i + 1
		case c < 0x21 || c == 0x7f:
			return -1
		}
	}
	return -1
}

// isCurrent reports whether one of the tags is the present one, by the weak
// comparison of If-None-Match (RFC 9110 section 13.1.2).
func isCurrent(tags []string, present string) bool {
	for _, tag := range tags {
		if tag == "*" || strings.TrimPrefix(tag, "W/") == present {
			return true
		}
	}
	return false
}
