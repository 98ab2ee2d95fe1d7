package suites

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// differences are the cases of a suite in which Parley differs from it, each
// with its reason: differences/SUITE.txt holds lines of a case, Parley's
// verdict and the reason, divided by tabs.
type differences struct {
	t      *testing.T
	file   string
	listed map[string]verdict
	seen   map[string]bool
}

func readDifferences(t *testing.T, suite string) *differences {
	t.Helper()
	d := &differences{t, filepath.Join("differences", suite+".txt"), map[string]verdict{}, map[string]bool{}}
	for _, columns := range readTable(t, d.file, 3) {
		if _, twice := d.listed[columns[0]]; twice {
			t.Errorf("%s: %s is listed twice", d.file, columns[0])
		}
		d.listed[columns[0]] = verdict(columns[1])
	}
	return d
}

// readTable reads the lines of a file that are neither empty nor a comment.
func readTable(t *testing.T, file string, columns int) (rows [][]string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		row := strings.Split(line, "\t")
		if len(row) != columns {
			t.Fatalf("%s: %q has not %d columns", file, line, columns)
		}
		rows = append(rows, row)
	}
	return rows
}

// check demands that Parley's verdict on a case is the suite's, or the one
// that is listed.
func (d *differences) check(name string, got, want verdict) {
	d.t.Helper()
	listed, isListed := d.listed[name]
	d.seen[name] = true
	switch {
	case isListed && got == want:
		d.t.Errorf("%s: %s is listed, and does not differ", d.file, name)
	case isListed && got != listed:
		d.t.Errorf("%s: %s is %s, and listed as %s", d.file, name, got, listed)
	case !isListed && got != want:
		d.t.Errorf("%s: %s is %s, the suite wants %s", d.file, name, got, want)
	}
}

// end demands that every listed case was there, and as many as the suite has.
func (d *differences) end(cases int) {
	d.t.Helper()
	for name := range d.listed {
		if !d.seen[name] {
			d.t.Errorf("%s: there is no case %s", d.file, name)
		}
	}
	if len(d.seen) != cases {
		d.t.Errorf("%s: %d cases, want %d", d.file, len(d.seen), cases)
	}
}
