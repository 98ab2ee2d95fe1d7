package codecs

import "strings"

// mediaRange is one member of an Accept field.
type mediaRange struct {
	name        string // as the client wrote it
	specificity uint8
	quality     int // in thousandths
}

const (
	anything uint8 = iota // */*
	anyOf                 // type/*
	exact                 // type/subtype
)

// matches reports whether the range stands for an answer. A format that is
// answered only when it is named is not named by */* or application/*.
func (m mediaRange) matches(a answer) bool {
	switch m.specificity {
	case exact:
		return strings.EqualFold(m.name, a.name)
	case anyOf:
		return len(m.name) == a.slash+2 && strings.EqualFold(m.name[:a.slash], a.name[:a.slash]) &&
			!(a.shy && a.name[:a.slash] == "application")
	}
	return !a.shy
}

// parseAccept appends the well-formed members of the lines of an Accept
// field. Malformed and empty members are skipped. Where nothing is left, or
// the header is the one that Java's HttpURLConnection sends by itself,
// everything is accepted.
func parseAccept(ranges []mediaRange, lines []string) []mediaRange {
	var java javaDefault
	for _, line := range lines {
		for line != "" {
			var member string
			member, line = cutMember(line)
			if member == "" {
				continue
			}
			java.see(member)
			if m, ok := parseRange(member); ok {
				ranges = append(ranges, m)
			}
		}
	}
	if java.sent() {
		ranges = ranges[:0]
	}
	if len(ranges) == 0 {
		ranges = append(ranges, mediaRange{name: "*/*", specificity: anything, quality: 1000})
	}
	return ranges
}

// cutMember cuts one member off the front of a list (RFC 9110 section 5.6.1).
// A comma inside a quoted string separates nothing; a quote that is never
// closed spoils its own member only. Quoted strings follow an equals sign;
// to look for the end of any other quote would cost quadratic time.
func cutMember(s string) (member, rest string) {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == ',':
			return trimOWS(s[:i]), s[i+1:]
		case s[i] == '"' && i > 0 && s[i-1] == '=':
			if end := quotedEnd(s[i:]); end > 0 {
				i += end - 1
			}
		}
	}
	return trimOWS(s), ""
}

// parseRange reads one member of an Accept field. A range for another
// character encoding than UTF-8 is well-formed and matches nothing.
func parseRange(member string) (mediaRange, bool) {
	name, rest, ok := cutMediaType(member)
	if !ok {
		return mediaRange{}, false
	}
	m := mediaRange{name: name, quality: 1000}
	if m.specificity, ok = specificityOf(name); !ok {
		return m, false
	}
	weighed := false
	for rest != "" {
		var p Param
		if p, rest, ok = cutParam(rest); !ok {
			return m, false
		}
		switch {
		case p.Name == "q":
			if m.quality, ok = parseQuality(p.Value); !ok || weighed {
				return m, false
			}
			weighed = true
		case p.Name == "charset" && !isUTF8(p.Value):
			m.name, m.specificity = "", exact
		}
	}
	return m, true
}

// specificityOf tells the kinds of range apart. A star stands alone, at the
// end or before a suffix: */html is no range.
func specificityOf(name string) (uint8, bool) {
	switch {
	case name == "*/*":
		return anything, true
	case strings.HasPrefix(name, "*/") && !strings.HasPrefix(name, "*/*+"):
		return 0, false
	case strings.HasSuffix(name, "/*"):
		return anyOf, true
	}
	return exact, true
}

// parseQuality reads a weight (RFC 9110 section 12.4.2) in thousandths: 0 to
// 1 with at most three decimals.
func parseQuality(s string) (int, bool) {
	if len(s) == 0 || len(s) > 5 || s[0] != '0' && s[0] != '1' || len(s) > 1 && s[1] != '.' {
		return 0, false
	}
	quality, unit := int(s[0]-'0')*1000, 100
	for i := 2; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		quality += int(s[i]-'0') * unit
		unit /= 10
	}
	return quality, quality <= 1000
}

// javaDefault recognises the header that Java's HttpURLConnection sends where
// its program set none: text/html, image/gif, image/jpeg and wildcards,
// nothing else. It says nothing of what that program reads.
type javaDefault struct {
	html, gif, jpeg, wildcard, other bool
}

func (j *javaDefault) see(member string) {
	name, _, _ := strings.Cut(member, ";")
	switch trimOWS(name) {
	case "*", "*/*":
		j.wildcard = true
		return
	}
	switch member {
	case "text/html":
		j.html = true
	case "image/gif":
		j.gif = true
	case "image/jpeg":
		j.jpeg = true
	default:
		j.other = true
	}
}

func (j *javaDefault) sent() bool {
	return j.html && j.gif && j.jpeg && j.wildcard && !j.other
}
