package suites

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// yamlCase is one document of yaml-test-suite: the events of its parse, and what
// it means in JSON, where that can hold it.
type yamlCase struct {
	Fail             bool
	YAML, Tree, JSON string
}

// TestYAMLTestSuite sends every document of yaml-test-suite. What is no YAML is
// refused, and so is what Parley refuses in it by rule; all else is read, with
// the values that the suite gives.
func TestYAMLTestSuite(t *testing.T) {
	var suite []struct {
		ID    string
		Cases []yamlCase
	}
	suiteData(t, "yaml-test-suite/index.js", &suite)
	s := newServer(t)
	d := readDifferences(t, "yaml")
	for _, entry := range suite {
		var tree string
		for i, c := range entry.Cases {
			if c.Tree == "" {
				c.Tree = tree // the case is the one before it, written otherwise
			}
			tree = c.Tree
			name := fmt.Sprintf("%s/%d", entry.ID, i)
			got := s.verdictOn("application/yaml", c.YAML)
			if got == read {
				got = c.compare(t)
			}
			d.check(name, got, c.want())
		}
	}
	d.end(402)
}

// byRule are the signs of what Parley refuses in well-formed YAML: anchors and
// aliases, tags, keys that are no scalars.
var byRule = regexp.MustCompile(`(?m)^\s*(=ALI|(\+MAP|\+SEQ|=VAL)( \{\}| \[\])?( &| <))`)

func (c yamlCase) want() verdict {
	documents := strings.Count(c.Tree, "+DOC")
	if c.Fail || documents != 1 || byRule.MatchString(c.Tree) {
		return refused
	}
	return read
}

// compare demands of a mapping that its values are those of the suite.
func (c yamlCase) compare(t *testing.T) verdict {
	if !strings.HasPrefix(strings.TrimSpace(c.JSON), "{") {
		return read
	}
	got := byParley(false)(t, []document{{[]byte(c.YAML), "application/yaml"}})[0]
	want, err := encodingJSON(document{Body: []byte(c.JSON)})
	if err != nil {
		t.Fatal(err)
	}
	if !got.equal(reading{value: want}) {
		return verdict("otherwise: " + got.String())
	}
	return read
}
