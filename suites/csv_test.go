package suites

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/parley-gateway/parley/codecs"
)

// csvExamples are those of RFC 4180 section 2, by its rules, below a header line,
// and what breaks its grammar: the cells, or nothing for what is refused.
var csvExamples = []struct {
	rule, body string
	rows       [][]string
}{
	{"1", "a,b,c\r\naaa,bbb,ccc\r\nzzz,yyy,xxx\r\n", [][]string{{"aaa", "bbb", "ccc"}, {"zzz", "yyy", "xxx"}}},
	{"2", "a,b,c\r\naaa,bbb,ccc\r\nzzz,yyy,xxx", [][]string{{"aaa", "bbb", "ccc"}, {"zzz", "yyy", "xxx"}}},
	{"3", "field_name,field_name2,field_name3\r\naaa,bbb,ccc\r\n", [][]string{{"aaa", "bbb", "ccc"}}},
	{"4", "a,b,c\r\n aaa ,bbb,ccc\r\n", [][]string{{" aaa ", "bbb", "ccc"}}},
	{"4, another number of fields", "a,b,c\r\naaa,bbb\r\n", nil},
	{"4, a comma after the last field", "a,b,c\r\naaa,bbb,ccc,\r\n", nil},
	{"5", "a,b,c\r\n\"aaa\",\"bbb\",\"ccc\"\r\nzzz,yyy,xxx\r\n", [][]string{{"aaa", "bbb", "ccc"}, {"zzz", "yyy", "xxx"}}},
	{"5, a quotation mark in a field without", "a,b,c\r\naa\"a,bbb,ccc\r\n", nil},
	{"6", "a,b,c\r\n\"aaa\",\"b\r\nbb\",\"ccc\"\r\nzzz,yyy,xxx\r\n", [][]string{{"aaa", "b\r\nbb", "ccc"}, {"zzz", "yyy", "xxx"}}},
	{"6, a comma", "a,b\r\n\"a,a\",\"b\"\r\n", [][]string{{"a,a", "b"}}},
	{"7", "a,b,c\r\n\"aaa\",\"b\"\"bb\",\"ccc\"\r\n", [][]string{{"aaa", "b\"bb", "ccc"}}},
	{"7, one that is not doubled", "a,b,c\r\n\"aaa\",\"b\"bb\",\"ccc\"\r\n", nil},
	{"7, one that is not closed", "a,b,c\r\n\"aaa\",\"bbb\",\"ccc\r\n", nil},
}

// TestCSVExamples reads the examples of RFC 4180.
func TestCSVExamples(t *testing.T) {
	for _, example := range csvExamples {
		rows, err := readCSV(example.body)
		if (err != nil) != (example.rows == nil) {
			t.Errorf("rule %s: %v", example.rule, err)
		}
		if err != nil {
			continue
		}
		for i, row := range rows {
			var cells []string
			for _, f := range row {
				cells = append(cells, f[1])
			}
			if !slices.Equal(cells, example.rows[i]) {
				t.Errorf("rule %s: row %d is %q, want %q", example.rule, i, cells, example.rows[i])
			}
		}
		if len(rows) != len(example.rows) {
			t.Errorf("rule %s: %d rows", example.rule, len(rows))
		}
	}
}

// readCSV reads the cells of each row that are not empty, with their columns.
func readCSV(body string) (rows []fields, err error) {
	for item, err := range codecs.NewCSV().DecodeList(codecs.ListInput{Body: strings.NewReader(body), Name: "users", Item: "user"}) {
		if err != nil {
			return nil, err
		}
		row, err := fieldsOf(item.Record)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row.(fields))
	}
	return rows, nil
}

// TestCSVSpectrum reads the files of csv-spectrum as the JSON beside each.
func TestCSVSpectrum(t *testing.T) {
	folder := filepath.Join(modules, "csv-spectrum")
	files, err := filepath.Glob(filepath.Join(folder, "csvs", "*.csv"))
	if err != nil || len(files) != 12 {
		t.Fatalf("%d files, %v (make suites fetches them)", len(files), err)
	}
	d := readDifferences(t, "csv")
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".csv")
		rows, err := readCSV(readFile(t, file))
		if err != nil {
			d.check(name, refused, read)
			continue
		}
		d.check(name, read, read)
		var want []map[string]string
		if err := json.Unmarshal([]byte(readFile(t, filepath.Join(folder, "json", name+".json"))), &want); err != nil {
			t.Fatal(err)
		}
		if len(rows) != len(want) {
			t.Errorf("%s has %d rows, want %d", name, len(rows), len(want))
			continue
		}
		if got := withEmptyCells(rows, want); !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	d.end(12)
}

// withEmptyCells are rows by column, with those cells that are to be empty, which
// Parley reads as no fields: CSV has no null.
func withEmptyCells(rows []fields, want []map[string]string) []map[string]string {
	list := make([]map[string]string, len(rows))
	for i, row := range rows {
		list[i] = map[string]string{}
		for _, f := range row {
			list[i][f[0]] = f[1]
		}
		for column, cell := range want[i] {
			if cell == "" {
				list[i][column] = ""
			}
		}
	}
	return list
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// TestCSVImported has `parley import` read a file that encoding/csv wrote, with
// naughty strings for names. What `parley export` writes of it, encoding/csv reads
// with the same names, and import reads again.
func TestCSVImported(t *testing.T) {
	parley := build(t)
	rows := [][]string{{"identifier", "name", "email"}}
	for i, s := range naughtyStrings(t) {
		if name := strings.TrimSpace(s); name == s && name != "" && !isRefusedComment(s) {
			rows = append(rows, []string{fmt.Sprintf("u%03d", i), s, fmt.Sprintf("u%d@example.com", i)})
		}
	}
	if len(rows) < 400 {
		t.Fatalf("%d names", len(rows))
	}
	file, first, second := filepath.Join(t.TempDir(), "users.csv"), filepath.Join(t.TempDir(), "a.db"), filepath.Join(t.TempDir(), "b.db")
	writeCSV(t, file, rows)
	run(t, parley, "import", "--db", first, file)
	exported := run(t, parley, "export", "--db", first, "--format", "csv")
	checkExported(t, exported, rows)

	if err := os.WriteFile(file, []byte(exported), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, parley, "import", "--db", second, file)
	if again := run(t, parley, "export", "--db", second, "--format", "csv"); again != exported {
		t.Error("what was imported again is exported otherwise")
	}
}

// build makes the binary.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "parley")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./cmd/parley")
	cmd.Dir = ".."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return binary
}

func run(t *testing.T, program string, args ...string) string {
	t.Helper()
	var stdout, stderr strings.Builder
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%q: %v\n%s", args, err, stderr.String())
	}
	return stdout.String()
}

func writeCSV(t *testing.T, name string, rows [][]string) {
	t.Helper()
	var text strings.Builder
	w := csv.NewWriter(&text)
	w.UseCRLF = true
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// checkExported compares what was exported, in the order of the identifiers. A
// cell may have an apostrophe in front, so that no spreadsheet runs it.
func checkExported(t *testing.T, exported string, want [][]string) {
	t.Helper()
	got, err := csv.NewReader(strings.NewReader(exported)).ReadAll()
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d rows, want %d: %v", len(got), len(want), err)
	}
	for i, row := range got {
		if row[0] != want[i][0] || row[1] != want[i][1] && row[1] != "'"+want[i][1] {
			t.Errorf("row %d is %q, want %q", i, row, want[i])
		}
	}
}
