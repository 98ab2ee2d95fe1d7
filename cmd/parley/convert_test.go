package main_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers"
)

// changeRecord is a change that is awkward in most formats.
const changeRecord = `{"status":"risky","review_comment":" Größe: <5 €> & \"x\"\n\nstatus: active\n=2,\tz"}`

// TestConvertEveryPair writes a change in each format that is read and takes
// it on to each that is written.
func TestConvertEveryPair(t *testing.T) {
	var pairs int
	for from, body := range changeInEveryFormat(t) {
		for _, to := range writable(codecs.Single) {
			s := newShell(t)
			there := s.reading(body).data("convert", "--from", from, "--to", to)
			back := s.reading(there).data("convert", "--from", to, "--to", "json")
			if strings.TrimSpace(back) != changeRecord {
				t.Errorf("%s to %s: %s, want %s", from, to, back, changeRecord)
			}
			pairs++
		}
	}
	if pairs < 100 {
		t.Errorf("only %d pairs of formats were tried", pairs)
	}
}

func changeInEveryFormat(t *testing.T) map[string]string {
	t.Helper()
	comment := strings.TrimSuffix(strings.SplitN(changeRecord, `"review_comment":`, 2)[1], "}")
	bodies := map[string]string{
		"json-patch": `[{"op":"replace","path":"/status","value":"risky"},{"op":"add","path":"/review_comment","value":` + comment + `}]`,
	}
	for _, to := range writable(codecs.Single) {
		bodies[to] = newShell(t).reading(changeRecord).data("convert", "--from", "json", "--to", to)
	}
	for _, f := range handlers.Formats().Formats() {
		if _, reads := f.(codecs.Codec); reads && bodies[f.Name()] == "" {
			t.Errorf("no body to convert from %s", f.Name())
		}
	}
	return bodies
}

// writable lists the formats that hold an answer of this shape.
func writable(shape codecs.Shape) []string {
	formats := handlers.Formats()
	var names []string
	for _, f := range formats.Formats() {
		if _, ok := formats.Named(f.Name(), shape); ok {
			names = append(names, f.Name())
		}
	}
	return names
}

func TestConvertReadsFiles(t *testing.T) {
	s := newShell(t)
	latin1 := "<?xml version='1.0' encoding='ISO-8859-1'?><c><status>risky</status><review_comment>Gr\xf6\xdfe</review_comment></c>"
	if err := os.WriteFile(s.path("change.xml"), []byte(latin1), 0o600); err != nil {
		t.Fatal(err)
	}
	want := `{"status":"risky","review_comment":"Größe"}`
	if got := s.data("convert", "--from", "xml", "--to", "json", "change.xml"); strings.TrimSpace(got) != want {
		t.Errorf("from a file: %s, want %s", got, want)
	}
	if got := s.reading(latin1).data("convert", "--from", "xml", "--to", "json", "-"); strings.TrimSpace(got) != want {
		t.Errorf("from -: %s, want %s", got, want)
	}
}

func TestConvertRefusals(t *testing.T) {
	s := newShell(t)
	for _, r := range []refusal{
		{"nothing to convert", "convert", 2, []string{"from", "to"}},
		{"unknown source", "convert --from x --to json", 2, []string{"--from", "json-patch"}},
		{"source only written", "convert --from csv --to json", 2, []string{"csv"}},
		{"unknown target", "convert --from json --to x", 2, []string{"--to", "msgpack"}},
		{"target only read", "convert --from json --to json-patch", 2, []string{"json-patch"}},
		{"no such file", "convert --from json --to xml missing.json", 1, []string{"missing.json"}},
		{"two files", "convert --from json --to xml a b", 2, []string{"1 arg"}},
		{"malformed", "convert --from json --to xml", 1, []string{"line 2, column 1"}},
		{"no fields", "convert --from yaml --to json", 1, []string{"list"}},
	} {
		t.Run(r.name, func(t *testing.T) {
			body := "{\n]"
			if r.name == "no fields" {
				body = "- risky\n"
			}
			in := shell{t: t, dir: s.dir, stdin: body}
			in.refused(r.exit, r.message, strings.Fields(r.args)...)
		})
	}
	in := s.reading("")
	in.refused(1, []string{"empty"}, "convert", "--from", "json", "--to", "xml")
}

func TestNegotiate(t *testing.T) {
	s := newShell(t)
	for _, test := range []struct {
		name   string
		args   []string
		winner []string // format, media type, range, quality
	}{
		{"anything", []string{"*/*"}, []string{"json", "application/json", "*/*", "1"}},
		{"quality", []string{"text/html;q=0.8, application/*;q=0.9"}, []string{"json", "application/json", "application/*", "0.9"}},
		{"exact beats wildcard", []string{"*/*, text/html"}, []string{"html", "text/html", "text/html", "1"}},
		{"first of equals", []string{"application/cbor, application/xml"}, []string{"cbor", "application/cbor", "application/cbor", "1"}},
		{"excluded", []string{"application/*, application/json;q=0"}, []string{"xml", "application/xml", "application/*", "1"}},
		{"alias", []string{"text/yaml"}, []string{"yaml", "text/yaml", "text/yaml", "1"}},
		{"language of the request", []string{"*/*", "--content-type", "application/xml"}, []string{"xml", "application/xml", "*/*", "1"}},
		{"its alias", []string{"*/*;q=0.5", "--content-type", "text/xml; charset=utf-8"}, []string{"xml", "text/xml", "*/*", "0.5"}},
		{"form is nobody's language", []string{"*/*", "--content-type", "application/x-www-form-urlencoded"}, []string{"json", "application/json", "*/*", "1"}},
		{"list", []string{"text/csv, */*;q=0.1", "--list"}, []string{"csv", "text/csv", "text/csv", "1"}},
		{"list, not for one", []string{"text/csv, */*;q=0.1"}, []string{"json", "application/json", "*/*", "0.1"}},
		{"empty", []string{""}, []string{"json", "application/json", "*/*", "1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := s.within(t)
			table := rows(in.data(append([]string{"negotiate"}, test.args...)...))
			if got := winners(table); len(got) != 1 || !slices.Equal(got[0], append(test.winner, "wins")) {
				t.Errorf("the winner is %q, want %q", got, test.winner)
			}
		})
	}
}

func winners(table [][]string) [][]string {
	return slices.DeleteFunc(slices.Clone(table), func(row []string) bool { return row[4] != "wins" })
}

func TestNegotiateNothing(t *testing.T) {
	s := newShell(t)
	r := s.run("negotiate", "image/png, text/csv, */*;q=0")
	if r.exit != 1 || !strings.Contains(r.err, "406") {
		t.Errorf("exit %d with %q, want 1 and 406", r.exit, r.err)
	}
	if table := rows(r.out); len(table) != len(writable(codecs.Single)) || len(winners(table)) > 0 {
		t.Errorf("the table is %q", table)
	}
	s.refused(2, []string{"1 arg"}, "negotiate")
	s.refused(1, []string{"image/png"}, "negotiate", "*/*", "--content-type", "image/png")
	s.refused(1, []string{"no media type"}, "negotiate", "*/*", "--content-type", "xml")
}
