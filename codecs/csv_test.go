package codecs_test

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"github.com/parley-gateway/parley/codecs"
)

func csvOf(records ...codecs.Record) (string, error) {
	body, err := codecs.NewCSV().EncodeList(nil, codecs.Listing{Name: "users", Item: "user", Records: records, Next: "abc"})
	return string(body), err
}

func TestCSV(t *testing.T) {
	nested := codecs.Record{
		textField("type", "x"),
		{Name: "errors", Value: codecs.ListValue(codecs.MapValue(codecs.Record{textField("field", "status")}))},
	}
	for name, c := range map[string]struct {
		records []codecs.Record
		want    string
	}{
		"no records":   {nil, ""},
		"no fields":    {[]codecs.Record{nil, {}}, ""},
		"one":          {[]codecs.Record{{textField("id", "1"), textField("name", "n")}}, "id,name\r\n1,n\r\n"},
		"other fields": {[]codecs.Record{{textField("b", "1")}, {textField("a", "2"), textField("b", "3")}, {}}, "b,a\r\n1,\r\n3,2\r\n,\r\n"},
		"one column":   {[]codecs.Record{{textField("a", "")}, {}, {textField("a", "x")}}, "a\r\n\"\"\r\n\"\"\r\nx\r\n"},
		"nested":       {[]codecs.Record{nested}, "type,errors.0.field\r\nx,status\r\n"},
		"quotes":       {[]codecs.Record{{textField("a,b", `say "x"`), textField("c", "1\r\n2\n"), textField("d", "é;\t ' ")}}, "\"a,b\",c,d\r\n\"say \"\"x\"\"\",\"1\r\n2\n\",é;\t ' \r\n"},
		"kinds": {[]codecs.Record{{
			{Name: "null", Value: codecs.NullValue()},
			{Name: "number", Value: codecs.NumberValue("-1.5e3")},
			{Name: "boolean", Value: codecs.BoolValue(false)},
			{Name: "bytes", Value: codecs.BytesValue("\xf8")},
		}}, "null,number,boolean,bytes\r\n,-1.5e3,false,\"'+A==\"\r\n"},
		"formula as a name": {[]codecs.Record{{textField("=a", "b")}}, "\"'=a\"\r\nb\r\n"},
	} {
		if got, err := csvOf(c.records...); err != nil || got != c.want {
			t.Errorf("%s: got %q, %v\nwant %q", name, got, err, c.want)
		}
	}
}

func TestCSVFormulas(t *testing.T) {
	for cell, want := range map[string]string{
		"=1+1":                "'=1+1",
		"=":                   "'=",
		"@SUM(A1)":            "'@SUM(A1)",
		"+cmd|' /C calc'!A0":  "'+cmd|' /C calc'!A0",
		"-2+3":                "'-2+3",
		"-":                   "'-",
		"+":                   "'+",
		"-Infinity":           "'-Infinity",
		"+inf":                "'+inf",
		"-0x1p4":              "'-0x1p4",
		"+31 20 1234":         "'+31 20 1234",
		"--1":                 "'--1",
		"\t=1":                "'\t=1",
		"\r=1":                "'\r=1",
		"=HYPERLINK(\"a\",b)": "'=HYPERLINK(\"a\",b)",
		"-1":                  "-1",
		"+1":                  "+1",
		"-1.5":                "-1.5",
		"-1e-5":               "-1e-5",
		"a=b":                 "a=b",
		"'=1":                 "''=1", // or it would be read as =1
		"''=1":                "'''=1",
		"'a":                  "'a",
		"'-1":                 "'-1",
		" =1":                 " =1",
		"":                    "",
	} {
		body, err := csvOf(codecs.Record{textField("a", cell), textField("b", "x")})
		if err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(strings.NewReader(body)).ReadAll()
		if err != nil || len(lines) != 2 || !slices.Equal(lines[1], []string{want, "x"}) {
			t.Errorf("%q is written as %q and read as %q, %v", cell, body, lines, err)
		}
	}
}

func TestCSVRefuses(t *testing.T) {
	for _, record := range []codecs.Record{
		{textField("a", "1"), textField("a", "2")},
		{unfitField("a", "a tag")},
		{{Name: "a", Value: codecs.ListValue(codecs.UnfitValue("wrong-type", "a tag"))}},
	} {
		if body, err := csvOf(record); !codecs.IsKind(err, codecs.Unencodable) {
			t.Errorf("%v is written as %q, %v", record, body, err)
		}
	}
}

func TestCSVFile(t *testing.T) {
	if got := codecs.NewCSV().Filename("users"); got != "users.csv" {
		t.Errorf("the file is named %q", got)
	}
}

// FuzzCSV demands that what is read can be written and read again as the same,
// and compares with encoding/csv.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{
		"a,b\r\n1,2\r\n", "a\n\"1\"\"\n,2\"\n", "\ufeffa\n'=1\n''=1\n'-1\n", "a,b\n1\n1,2,3\n", "a\n\n\"\"\n", "a\r", "a\n\"1\"x\n", "a,a\n", ",\n", "\xff\n", "a\n1",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		read, ok := readWholeList(codecs.NewCSV(), body)
		if !ok {
			return
		}
		if slices.ContainsFunc(read, hasFields) {
			fuzzList(t, codecs.NewCSV(), read)
		}
		if !bytes.ContainsAny(body, "'\r") && len(read) > 0 {
			compareWithStandardCSV(t, body, read)
		}
	})
}

// hasFields is true of a record that makes a column.
func hasFields(r codecs.Record) bool { return len(r) > 0 }

// compareWithStandardCSV is for a body without apostrophes, which are taken for
// those of formulas, and without carriage returns, of which encoding/csv drops
// some.
func compareWithStandardCSV(t *testing.T, body []byte, read []codecs.Record) {
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff")))).ReadAll()
	if err != nil || len(rows) != 1+len(read) {
		t.Fatalf("%q is %d records here, and with encoding/csv %q, %v", body, len(read), rows, err)
	}
	for i, row := range rows[1:] {
		for j, cell := range row {
			if got, _ := read[i].Get(rows[0][j]); got.Text() != cell {
				t.Errorf("%q holds %q here, and with encoding/csv %q", body, got.Text(), cell)
			}
		}
	}
}
