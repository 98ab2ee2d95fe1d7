package parley_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/parley-gateway/parley"
)

// TestSecurityNamesTests holds SECURITY.md to the tests that it names, at least one
// for each threat.
func TestSecurityNamesTests(t *testing.T) {
	tests := testNames(t)
	name := regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9]+)`")
	threats := 0
	for line := range strings.Lines(readSecurity(t)) {
		named := name.FindAllStringSubmatch(line, -1)
		if isThreat := strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| **") && !strings.HasPrefix(line, "| threat"); isThreat {
			threats++
			if len(named) == 0 {
				t.Errorf("no test is named by %s", line)
			}
		}
		for _, n := range named {
			if !tests[n[1]] {
				t.Errorf("there is no %s, which SECURITY.md names", n[1])
			}
		}
	}
	if threats < 30 {
		t.Errorf("only %d threats were seen", threats)
	}
}

func readSecurity(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// testNames are those of all tests and fuzz targets of the project.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Za-z0-9]+)\(`)
	names := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, d := range declared.FindAllSubmatch(text, -1) {
			names[string(d[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestScannersFindTokens reads the regular expression for secret scanners as one
// would, and finds tokens in texts and nothing else.
func TestScannersFindTokens(t *testing.T) {
	_, rest, ok := strings.Cut(readSecurity(t), "In regular expressions:\n\n    ")
	line, _, _ := strings.Cut(rest, "\n")
	scanner, err := regexp.Compile(line)
	if !ok || err != nil {
		t.Fatal("SECURITY.md has no regular expression", err)
	}
	for range 1000 {
		token := parley.GenerateToken()
		for _, text := range []string{token, "Bearer " + token + "\r\n", `{"token":"` + token + `"}`, "token=" + token + "&next=/", "https://x.example/?t=" + token} {
			if found := scanner.FindAllString(text, -1); len(found) != 1 || found[0] != token {
				t.Fatalf("in %q it finds %q", text, found)
			}
		}
		for _, text := range []string{token[:52], token + "0", "x" + token, strings.ToUpper(token[:3]) + token[3:], "prl_" + strings.Repeat("-", 49)} {
			if scanner.MatchString(text) {
				t.Fatalf("it takes %q for a token", text)
			}
		}
	}
}
