package yaml

import (
	"strconv"
	"strings"

	"github.com/parley-gateway/parley/codecs"
)

// resolve gives a plain scalar its kind by the core schema (YAML 1.2.2 section
// 10.3.2). What YAML 1.1 had more, yes and no, times, 1_000, is text.
func resolve(s string) codecs.Value {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return codecs.NullValue()
	case "true", "True", "TRUE":
		return codecs.BoolValue(true)
	case "false", "False", "FALSE":
		return codecs.BoolValue(false)
	case ".nan", ".NaN", ".NAN":
		return codecs.NumberValue("NaN")
	case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF":
		return codecs.NumberValue("Infinity")
	case "-.inf", "-.Inf", "-.INF":
		return codecs.NumberValue("-Infinity")
	}
	if strings.HasPrefix(s, "0o") && isDigits(s[2:], "01234567") {
		return based(s[2:], 8)
	}
	if strings.HasPrefix(s, "0x") && isDigits(s[2:], "0123456789abcdefABCDEF") {
		return based(s[2:], 16)
	}
	if literal, ok := decimal(s); ok {
		return codecs.NumberValue(literal)
	}
	return codecs.TextValue(s)
}

func isDigits(s, digits string) bool { return s != "" && strings.Trim(s, digits) == "" }

// based reads octal and hexadecimal digits, up to 64 bits: more has no use,
// and turning it into decimal digits costs more than linear time.
func based(digits string, base int) codecs.Value {
	n, err := strconv.ParseUint(digits, base, 64)
	if err != nil {
		return codecs.UnfitValue("wrong-type", "a number of more than 64 bits")
	}
	return codecs.NumberValue(strconv.FormatUint(n, 10))
}

// decimal writes an integer or a float of the core schema by the grammar of
// JSON, which has no plus sign, no leading zeros and no bare dot.
func decimal(s string) (literal string, ok bool) {
	sign, rest := "", s
	if strings.HasPrefix(s, "+") || strings.HasPrefix(s, "-") {
		sign, rest = strings.TrimPrefix(s[:1], "+"), s[1:]
	}
	whole, rest := cutDigits(rest)
	fraction := ""
	if strings.HasPrefix(rest, ".") {
		fraction, rest = cutDigits(rest[1:])
	}
	if whole+fraction == "" || !isExponent(rest) {
		return "", false
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if fraction != "" {
		fraction = "." + fraction
	}
	return sign + whole + fraction + rest, true
}

func cutDigits(s string) (digits, rest string) {
	rest = strings.TrimLeft(s, "0123456789")
	return s[:len(s)-len(rest)], rest
}

// isExponent reports whether s is an exponent or nothing.
func isExponent(s string) bool {
	if s == "" {
		return true
	}
	if s[0] != 'e' && s[0] != 'E' {
		return false
	}
	s = s[1:]
	if strings.HasPrefix(s, "+") || strings.HasPrefix(s, "-") {
		s = s[1:]
	}
	return isDigits(s, "0123456789")
}
