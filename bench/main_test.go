package main_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parley-gateway/parley/bench/report"
)

// TestShortRun builds the benchmark and lets it measure a little of
// everything: the real binary, every peer, every format.
func TestShortRun(t *testing.T) {
	dir := t.TempDir()
	binary := filepath.Join(dir, "bench")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	raw := filepath.Join(dir, "results.json")
	out, err := exec.Command(binary, "http", "-short", "-dir", dir, "-out", dir, "-json", raw).Output()
	if err != nil {
		t.Fatalf("bench http: %v", err)
	}
	results := readResults(t, raw)
	for _, f := range results.Figures() {
		if f.Measured == 0 {
			t.Errorf("%s was not measured", f.Name)
		}
		if !strings.Contains(string(out), f.Name) {
			t.Errorf("%s is not in the table", f.Name)
		}
	}
	for _, name := range []string{"connections", "latency", "users"} {
		checkPlot(t, filepath.Join(dir, "performance-"+name+".svg"))
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "run*")); len(left) > 0 {
		t.Errorf("databases stay behind: %v", left)
	}
}

func readResults(t *testing.T, path string) report.Results {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var results report.Results
	if err := json.Unmarshal(text, &results); err != nil {
		t.Fatal(err)
	}
	return results
}

// checkPlot wants well-formed XML that begins with svg and names Parley or
// what is drawn of it.
func checkPlot(t *testing.T, path string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	elements := map[string]int{}
	for d := xml.NewDecoder(file); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if start, ok := token.(xml.StartElement); ok {
			elements[start.Name.Local]++
		}
	}
	if elements["svg"] != 1 || elements["path"] == 0 || elements["text"] == 0 {
		t.Errorf("%s holds %v", path, elements)
	}
}
