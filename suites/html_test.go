package suites

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// html5lib is where golang.org/x/net carries html5lib-tests.
func html5lib(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "golang.org/x/net").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "html", "testdata", "html5lib-tests")
}

// aroundPage are the controls before and behind what a page holds.
const aroundPage = "<!DOCTYPE html><form><input name=status value=risky>%s<textarea name=review_comment>x</textarea></form>"

// TestHTML5LibTrees puts what is to be parsed in each test of html5lib-tests into a
// form: the fields that Parley reads are those of the tree that parse5 builds.
func TestHTML5LibTrees(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(html5lib(t), "tree-construction", "*.dat"))
	if err != nil {
		t.Fatal(err)
	}
	var documents []document
	for _, file := range files {
		for _, test := range strings.Split("\n\n"+readFile(t, file), "\n\n#data\n")[1:] {
			data, _, _ := strings.Cut(test, "\n#errors\n")
			documents = append(documents, document{fmt.Appendf(nil, aroundPage, data), "text/html; charset=utf-8"})
		}
	}
	taken, readings := takenBy(byParley(true), t, documents)
	if len(documents) != 1778 || len(taken) < 1200 {
		t.Errorf("%d pages, %d of them read", len(documents), len(taken))
	}
	for i, r := range byNode("parse5")(t, taken) {
		if !r.equal(readings[i]) {
			t.Errorf("%q is %s, want %s", taken[i].Body, readings[i], r)
		}
	}
}

// textTest is a test of how characters are read: from which states of the
// tokenizer, and as which tokens.
type textTest struct {
	Input         string
	Output        [][]any
	InitialStates []string
	DoubleEscaped bool // in JSON and once more
}

// TestHTML5LibTexts puts what is nothing but text into a textarea. The character
// U+0000 is refused.
func TestHTML5LibTexts(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(html5lib(t), "tokenizer", "*.test"))
	if err != nil {
		t.Fatal(err)
	}
	var documents []document
	var want []string
	for _, file := range files {
		var suite struct{ Tests []textTest }
		if err := json.Unmarshal([]byte(readFile(t, file)), &suite); err != nil {
			t.Fatal(err)
		}
		for _, test := range suite.Tests {
			if text, ok := test.text(); ok {
				page := "<form><input name=status value=risky><textarea name=review_comment>." + test.Input + "</textarea></form>"
				documents, want = append(documents, document{[]byte(page), "text/html; charset=utf-8"}), append(want, "."+text)
			}
		}
	}
	if len(documents) != 5041 {
		t.Errorf("%d texts", len(documents))
	}
	for i, r := range byParley(true)(t, documents) {
		isRefused := strings.Contains(want[i], "\x00")
		if isRefused && r.refusal == "" || !isRefused && !r.equal(reading{value: fields{{"status", "risky"}, {"review_comment", want[i]}}}) {
			t.Errorf("%q is %s, want %q", documents[i].Body, r, want[i])
		}
	}
}

// text is what a test reads, if it reads a text only, and would in a textarea.
func (test textTest) text() (text string, ok bool) {
	isText := test.InitialStates == nil || slices.Contains(test.InitialStates, "Data state") || slices.Contains(test.InitialStates, "RCDATA state")
	if !isText || test.DoubleEscaped || strings.Contains(test.Input, "<") {
		return "", false
	}
	for _, token := range test.Output {
		if token[0] != "Character" {
			return "", false
		}
		text += token[1].(string)
	}
	return text, true
}
