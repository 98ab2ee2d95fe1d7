package suites

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"
)

// modules is where `make suites` puts what it fetches.
var modules, _ = filepath.Abs("../build/suites/node_modules")

// node runs a script of readers/, which gets input as JSON and answers with
// JSON.
func node(t *testing.T, script, argument string, input, output any) {
	t.Helper()
	given, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	var complaints bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "node", filepath.Join("readers", script), modules, argument)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(given), &complaints
	answered, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v (make suites fetches what it needs)\n%s", script, argument, err, &complaints)
	}
	if err := json.Unmarshal(answered, output); err != nil {
		t.Fatalf("%s %s: %v", script, argument, err)
	}
}

// suiteData is the data that a package of npm exports, as JSON.
func suiteData(t *testing.T, name string, into any) {
	t.Helper()
	node(t, "data.mjs", name, nil, into)
}
