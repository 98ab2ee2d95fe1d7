package main_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parley-gateway/parley/bench/report"
)

// build builds the benchmark.
func build(t *testing.T) (binary string) {
	t.Helper()
	binary = filepath.Join(t.TempDir(), "bench")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return binary
}

// folder is one that the server of PostgreSQL can get at, which is another user's where
// root runs the tests. What is in t.TempDir is for its owner alone.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "parley-bench-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// measure lets it measure a little, with what else is said, and wants nothing of it to
// stay in dir but what was asked for.
func measure(t *testing.T, dir string, args ...string) (results report.Results, printed string) {
	t.Helper()
	raw := filepath.Join(dir, "results.json")
	cmd := exec.Command(build(t), append([]string{"http", "-short", "-dir", dir, "-json", raw}, args...)...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("bench http: %v\n%s", err, stderr.String())
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "run*")); len(left) > 0 {
		t.Errorf("databases stay behind: %v", left)
	}
	return readResults(t, raw), string(out)
}

// TestShortRun measures a little of everything: the real binary, every peer, every format,
// a server of PostgreSQL's.
func TestShortRun(t *testing.T) {
	dir := folder(t)
	results, out := measure(t, dir, "-out", dir)
	for _, f := range results.Figures() {
		if f.Measured == 0 {
			t.Errorf("%s was not measured", f.Name)
		}
		if !strings.Contains(out, f.Name) {
			t.Errorf("%s is not in the table", f.Name)
		}
	}
	for _, name := range []string{"connections", "latency", "users"} {
		checkPlot(t, filepath.Join(dir, "performance-"+name+".svg"))
	}
	for _, peer := range []string{report.TwoGateways, report.Transactions, report.Pipeline} {
		if !strings.Contains(out, peer) {
			t.Errorf("%s is not in the table", peer)
		}
	}
}

// TestCurve wants processor times of all three who work on a change.
func TestCurve(t *testing.T) {
	results, out := measure(t, folder(t), "-only", report.Curve)
	for _, peer := range []string{report.Parley, report.TwoGateways} {
		points := results.OnCurve(peer, http.MethodPatch)
		if len(points) == 0 || !strings.Contains(out, peer) {
			t.Errorf("%s was not measured", peer)
		}
		for _, p := range points {
			if p.PerSecond == 0 || p.ServerCPU == 0 || p.DatabaseCPU == 0 || p.LoadCPU == 0 {
				t.Errorf("%s over %d connections: %+v", peer, p.Connections, p.Sample)
			}
		}
	}
}

// TestSimulate holds the simulation against the curve that docs/scale.md is about, and
// wants it to fail where it must agree with every point exactly.
func TestSimulate(t *testing.T) {
	binary := build(t)
	if out, err := exec.Command(binary, "simulate").CombinedOutput(); err != nil {
		t.Errorf("bench simulate: %v\n%s", err, out)
	}
	out, err := exec.Command(binary, "simulate", "-bound", "0.00001").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "bench: the simulation is off by more than") {
		t.Errorf("it agrees exactly: %v\n%s", err, out)
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
