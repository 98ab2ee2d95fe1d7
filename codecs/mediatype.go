package codecs

import "strings"

// MediaType is a media type with its parameters (RFC 9110 section 8.3.1).
type MediaType struct {
	Name   string // type "/" subtype, in lower case
	Params []Param
}

// Param is one parameter. Its value is unquoted.
type Param struct {
	Name  string // in lower case
	Value string
}

// Param finds the value of a parameter by its name in lower case, or "".
func (m MediaType) Param(name string) string {
	for _, p := range m.Params {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// maxParams bounds the parameters of a media type: each is compared with all
// before it.
const maxParams = 16

// ParseMediaType reads the value of a Content-Type field. A parameter that
// stands in it twice makes it malformed: two readers could differ.
func ParseMediaType(s string) (MediaType, error) {
	name, rest, ok := cutMediaType(s)
	if !ok || strings.Contains(name, "*") {
		return MediaType{}, newError(BadMediaType, "%q is no media type", s)
	}
	m := MediaType{Name: strings.ToLower(name)}
	for rest != "" {
		var p Param
		p, rest, ok = cutParam(rest)
		if !ok {
			return MediaType{}, newError(BadMediaType, "a parameter of the media type %q is malformed", s)
		}
		if p.Name == "" {
			continue
		}
		if len(m.Params) == maxParams {
			return MediaType{}, newError(BadMediaType, "the media type has more than %d parameters", maxParams)
		}
		for _, q := range m.Params {
			if q.Name == p.Name {
				return MediaType{}, newError(BadMediaType, "the media type %q has the parameter %s twice", s, p.Name)
			}
		}
		m.Params = append(m.Params, p)
	}
	return m, nil
}

// cutMediaType cuts type "/" subtype off the front of a field value, and
// leaves the parameters, which begin with a semicolon.
func cutMediaType(s string) (name, rest string, ok bool) {
	s = trimOWS(s)
	end := strings.IndexByte(s, ';')
	if end < 0 {
		end = len(s)
	}
	name, rest = trimOWS(s[:end]), s[end:]
	slash := strings.IndexByte(name, '/')
	ok = slash > 0 && isToken(name[:slash]) && isToken(name[slash+1:])
	return name, rest, ok
}

// cutParam cuts one parameter off the front of s, which begins with a
// semicolon. An empty parameter, which the grammar allows, has no name.
func cutParam(s string) (p Param, rest string, ok bool) {
	s = strings.TrimLeft(s[1:], " \t")
	if s == "" || s[0] == ';' {
		return Param{}, s, true
	}
	eq := strings.IndexByte(s, '=')
	if eq < 1 || !isToken(s[:eq]) {
		return Param{}, "", false
	}
	value, rest, ok := cutParamValue(s[eq+1:])
	rest = strings.TrimLeft(rest, " \t")
	if !ok || rest != "" && rest[0] != ';' {
		return Param{}, "", false
	}
	return Param{Name: strings.ToLower(s[:eq]), Value: value}, rest, true
}

// cutParamValue cuts a token or a quoted string off the front of s.
func cutParamValue(s string) (value, rest string, ok bool) {
	if s == "" || s[0] != '"' {
		end := strings.IndexAny(s, "; \t")
		if end < 0 {
			end = len(s)
		}
		return s[:end], s[end:], isToken(s[:end])
	}
	end := quotedEnd(s)
	if end < 0 {
		return "", "", false
	}
	return unquote(s[1 : end-1]), s[end:], true
}

// quotedEnd finds the end of the quoted string that s begins with (RFC 9110
// section 5.6.4), or -1.
func quotedEnd(s string) int {
	for i := 1; i < len(s); i++ {
		if s[i] == '"' {
			return i + 1
		}
		if s[i] == '\\' {
			i++
		}
		if i < len(s) && (s[i] < ' ' && s[i] != '\t' || s[i] == 0x7f) {
			return -1
		}
	}
	return -1
}

func unquote(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func trimOWS(s string) string { return strings.Trim(s, " \t") }

// isToken reports whether s is a token (RFC 9110 section 5.6.2).
func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isTokenByte[s[i]] {
			return false
		}
	}
	return s != ""
}

var isTokenByte = func() (table [256]bool) {
	for _, c := range []byte("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
		table[c] = true
	}
	return table
}()
