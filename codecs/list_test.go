package codecs_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/yaml"
)

// readList reads a list of users as lines: a record in the notation of the
// tests, or what is wrong in its place.
func readList(format codecs.ListDecoder, body io.Reader) string {
	var list strings.Builder
	for item, err := range format.DecodeList(codecs.ListInput{Body: body, Name: "users", Item: "user"}) {
		if err != nil {
			fmt.Fprintf(&list, "! %v\n", err)
			continue
		}
		if item.Line > 0 {
			fmt.Fprintf(&list, "%d: ", item.Line)
		}
		fmt.Fprintln(&list, notation(codecs.MapValue(item.Record)))
	}
	return list.String()
}

func TestLists(t *testing.T) {
	for _, c := range []struct {
		name   string
		format codecs.ListDecoder
		body   string
		want   string
	}{
		{"an array", codecs.NewJSON(), `[{"a":"1"},{"a":2}]`, "{a: \"1\"}\n{a: 2}\n"},
		{"the array of a page", codecs.NewJSON(), `{"users":[{"a":"1"}]}`, "{a: \"1\"}\n"},
		{"one object", codecs.NewJSON(), "\ufeff{\"a\":\"1\"}\n", "{a: \"1\"}\n"},
		{"a field twice", codecs.NewJSON(), `[{"a":"1","a":"2"}]`, "{a: \"1\", a: \"2\"}\n"},
		{"no record", codecs.NewJSON(), `{"users":[]}`, ""},
		{"not all are records", codecs.NewJSON(), `[{"a":"1"},7,{"a":"2"}]`, "{a: \"1\"}\n! the body holds a number where fields belong\n{a: \"2\"}\n"},
		{"a page of more", codecs.NewJSON(), `{"users":[{}],"next_cursor":"x"}`, "! this is one page of the users: next_cursor leads to more of them\n"},
		{"something beside the list", codecs.NewJSON(), `{"users":[{}],"total":1}`, "! something stands beside the list of users\n"},
		{"the list twice", codecs.NewJSON(), `{"users":[{}],"users":[]}`, "! something stands beside the list of users\n"},
		{"no list under its name", codecs.NewJSON(), `{"users":{}}`, "! the body holds a map where fields belong\n"},
		{"text", codecs.NewJSON(), `"users"`, "! the body holds text where fields belong\n"},
		{"something after the end", codecs.NewJSON(), `[] []`, "! line 1, column 4: invalid character '[' after top-level value\n"},
		{"nothing", codecs.NewJSON(), ``, "! the body is empty\n"},

		{"a line each", codecs.NewNDJSON(), "{\"a\":\"1\"}\r\n\n{\"a\":\"2\"}", "1: {a: \"1\"}\n3: {a: \"2\"}\n"},
		{"a mark at the beginning", codecs.NewNDJSON(), "\ufeff{}\n", "1: {}\n"},
		{"lines that are none", codecs.NewNDJSON(), "{\"a\":}\n[]\n{\"a\":\"\xff\"}\n{} {}\n{\"a\":\"2\"}\n",
			"! line 1, column 6: invalid character '}' looking for beginning of value\n! line 2, column 1: the body holds a list where fields belong\n! line 3, column 7: the byte 0xff is not valid in UTF-8\n! line 4, column 4: invalid character '{' after top-level value\n5: {a: \"2\"}\n"},
		{"the line of a page", codecs.NewNDJSON(), `{"users":[]}`, "1: {users: []}\n"},
		{"nothing", codecs.NewNDJSON(), "", ""},

		{"rows", codecs.NewCSV(), "b,a\r\n1,2\r\n,3\n4,", "2: {b: \"1\", a: \"2\"}\n3: {a: \"3\"}\n4: {b: \"4\"}\n"},
		{"a mark at the beginning", codecs.NewCSV(), "\ufeffa\r\n1\r\n", "2: {a: \"1\"}\n"},
		{"cells in quotation marks", codecs.NewCSV(), "a,b\n\"1,\"\"2\"\"\r\n\n3\",\"\"\n4,5\n", "2: {a: \"1,\\\"2\\\"\\r\\n\\n3\"}\n5: {a: \"4\", b: \"5\"}\n"},
		{"lines in which there is nothing", codecs.NewCSV(), "\n\na\n\n1\n\"\"\n2\n\n", "5: {a: \"1\"}\n6: {}\n7: {a: \"2\"}\n"},
		{"formulas", codecs.NewCSV(), "a\n'=1+1\n''=1\n'-5\n-5\n'x\n=2\n", "2: {a: \"=1+1\"}\n3: {a: \"'=1\"}\n4: {a: \"'-5\"}\n5: {a: \"-5\"}\n6: {a: \"'x\"}\n7: {a: \"=2\"}\n"},
		{"other numbers of cells", codecs.NewCSV(), "a,b\n1\n1,2,3\n1,2\n", "! line 2, column 1: the number of cells is 1, that of columns 2\n! line 3, column 1: the number of cells is 3, that of columns 2\n4: {a: \"1\", b: \"2\"}\n"},
		{"a column twice", codecs.NewCSV(), "a,b,a\n1,2,3\n", "! line 1, column 1: two columns are named \"a\"\n"},
		{"a column without a name", codecs.NewCSV(), "a,\n1,2\n", "! line 1, column 1: the column 2 has no name\n"},
		{"too many columns", codecs.NewCSV(), strings.Repeat("a,", 64) + "a\n", "! line 1, column 1: there are more than 64 fields\n"},
		{"a mark within a cell", codecs.NewCSV(), "a,b\n1,é2\"3\n4,5\n", "! line 2, column 5: a quotation mark stands in a cell that does not begin with one\n"},
		{"something after a mark", codecs.NewCSV(), "a\n\"1\"2\n", "! line 2, column 4: something stands after the quotation mark that ends the cell\n"},
		{"an open end", codecs.NewCSV(), "a,b\n1,\"2\n3,4\n", "! line 2, column 3: the cell that begins with a quotation mark is not ended\n"},
		{"a carriage return alone", codecs.NewCSV(), "a\r1\r", "! line 1, column 2: a carriage return stands in a cell without quotation marks\n"},
		{"no UTF-8", codecs.NewCSV(), "a\n\"Andr\xe9\"\n", "! line 2, column 1: the cell is not valid in UTF-8\n"},
		{"nothing", codecs.NewCSV(), "", ""},

		{"elements", codecs.NewXML(), "<users><user><a>1</a></user><!-- --><user/>\n<user><a/></user></users>", "{a: \"1\"}\n{}\n{a: \"\"}\n"},
		{"a namespace and a schema", codecs.NewXML(), `<p:users xmlns:p="urn:x" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="y"><p:user><p:a>1</p:a></p:user></p:users>`, "{a: \"1\"}\n"},
		{"one element", codecs.NewXML(), "<?xml version='1.0'?><user><a> 1</a></user>", "{a: \" 1\"}\n"},
		{"no record", codecs.NewXML(), "<users/>", ""},
		{"another root", codecs.NewXML(), "<people/>", "! line 1, column 1: the root element is <people>, neither <users> nor <user>\n"},
		{"a page of more", codecs.NewXML(), "<users next_cursor='x'><user/></users>", "! this is one page of the users: next_cursor leads to more of them\n"},
		{"an attribute of the list", codecs.NewXML(), "<users total='1'><user/></users>", "! line 1, column 8: the element <users> has attributes\n"},
		{"not all are records", codecs.NewXML(), "<users><user>x</user><person/><user a='1'/><user><i/></user><user><a>1</a></user></users>",
			"! the body holds text where fields belong\n! line 1, column 22: the element is <person>, not <user>\n! the body holds an element with attributes where fields belong\n! the body holds a list where fields belong\n{a: \"1\"}\n"},
		{"text beside records", codecs.NewXML(), "<users><user/>x</users>", "{}\n! line 1, column 15: text stands beside the records\n"},
		{"a document type", codecs.NewXML(), "<!DOCTYPE users><users/>", "! line 1, column 1: a document type declaration is not accepted\n"},
		{"an open end", codecs.NewXML(), "<users><user><a>1</a></user>", "{a: \"1\"}\n! line 1, column 29: the document ends inside the element <users>\n"},
		{"something after the end", codecs.NewXML(), "<users/><users/>", "! line 1, column 9: the document goes on after its root element\n"},

		{"a sequence", yaml.New(), "- a: '1'\n- {a: 2}\n", "{a: \"1\"}\n{a: 2}\n"},
		{"the sequence of a page", yaml.New(), "users:\n- a: '1'\n", "{a: \"1\"}\n"},
		{"one mapping", yaml.New(), "a: '1'\n", "{a: \"1\"}\n"},
		{"not all are records", yaml.New(), "- a: '1'\n- x\n- *y\n- a: '2'\n", "! line 3, column 3: unknown anchor 'y' referenced\n"},
		{"an anchor in a record", yaml.New(), "- a: '1'\n- a: &x y\n- a: '2'\n", "{a: \"1\"}\n! line 2, column 6: anchors are refused\n{a: \"2\"}\n"},
		{"an anchor on the list", yaml.New(), "users: &x\n- a: '1'\n", "! line 1, column 8: anchors are refused\n"},
		{"a page of more", yaml.New(), "users:\n- a: '1'\nnext_cursor: x\n", "! this is one page of the users: next_cursor leads to more of them\n"},
		{"text", yaml.New(), "users\n", "! the body holds text where fields belong\n"},
	} {
		t.Run(c.format.Name()+"/"+c.name, func(t *testing.T) {
			if got := readList(c.format, strings.NewReader(c.body)); got != c.want {
				t.Errorf("%q is read as\n%swant\n%s", c.body, got, c.want)
			}
		})
	}
}

func TestListsAreBounded(t *testing.T) {
	blank := strings.Repeat(" ", 1<<10)
	endless := func() io.Reader { return io.MultiReader(strings.NewReader("a\n\""), &repeated{text: blank}) }
	for _, c := range []struct {
		format codecs.ListDecoder
		want   string
	}{
		{codecs.NewNDJSON(), "! line 1, column 1: invalid character 'a' looking for beginning of value\n! line 2, column 1: the line has more than 1048576 bytes\n"},
		{codecs.NewCSV(), "! line 2, column 1: the row has more than 1048576 bytes\n"},
		{codecs.NewJSON(), "! the list has more than 67108864 bytes, which is all that can be read at once\n"},
		{codecs.NewXML(), "! the list has more than 67108864 bytes, which is all that can be read at once\n"},
		{yaml.New(), "! the list has more than 16777216 bytes, which is all that can be read at once\n"},
	} {
		if got := readList(c.format, endless()); got != c.want {
			t.Errorf("%s: an endless list is read as\n%swant\n%s", c.format.Name(), got, c.want)
		}
	}
}

// repeated is a text without an end.
type repeated struct{ text string }

func (r *repeated) Read(p []byte) (int, error) { return copy(p, r.text), nil }

func TestListOfAFailingReader(t *testing.T) {
	broken := errors.New("the disk is gone")
	for _, format := range listFormats() {
		body := io.MultiReader(strings.NewReader("a\n1\n"), iotest.ErrReader(broken))
		var last error
		for _, err := range format.DecodeList(codecs.ListInput{Body: body, Name: "users", Item: "user"}) {
			last = err
		}
		if !errors.Is(last, broken) {
			t.Errorf("%s ends with %v", format.Name(), last)
		}
	}
}

func TestListIsReadNoFurtherThanAsked(t *testing.T) {
	for _, format := range listFormats() {
		records := []codecs.Record{{textField("a", "1")}, {textField("a", "2")}}
		body, err := format.(codecs.ListEncoder).EncodeList(nil, codecs.Listing{Name: "users", Item: "user", Records: records})
		if err != nil {
			t.Fatal(err)
		}
		var read int
		for range format.DecodeList(codecs.ListInput{Body: strings.NewReader(string(body)), Name: "users", Item: "user"}) {
			read++
			break
		}
		if read != 1 {
			t.Errorf("%s: %d records were read", format.Name(), read)
		}
	}
}

func listFormats() []codecs.ListDecoder {
	return []codecs.ListDecoder{codecs.NewJSON(), codecs.NewNDJSON(), codecs.NewCSV(), codecs.NewXML(), yaml.New()}
}

func TestCSVStreamNeedsTheColumnsOfItsFirstRecord(t *testing.T) {
	for _, records := range [][]codecs.Record{
		{{}},
		{{textField("a", "1")}, {textField("b", "1")}},
		{{textField("a", "1"), textField("a", "2")}},
	} {
		stream := codecs.NewCSV().StreamList("users", "user")
		var err error
		for _, r := range records {
			_, err = stream.Append(nil, r)
		}
		if !codecs.IsKind(err, codecs.Unencodable) {
			t.Errorf("%v: %v", records, err)
		}
	}
}

// readWholeList reports false for a list with anything wrong in it.
func readWholeList(format codecs.ListDecoder, body []byte) (records []codecs.Record, ok bool) {
	for item, err := range format.DecodeList(codecs.ListInput{Body: bytes.NewReader(body), Name: "users", Item: "user"}) {
		if err != nil {
			return nil, false
		}
		records = append(records, item.Record)
	}
	return records, true
}

// fuzzList demands that what was read is written, and read again as the same but
// for the order of columns.
func fuzzList(t *testing.T, format codecs.ListEncoder, read []codecs.Record) {
	written, err := format.EncodeList(nil, codecs.Listing{Name: "users", Item: "user", Records: read})
	if err != nil {
		t.Fatalf("%v is not written: %v", read, err)
	}
	again, ok := readWholeList(format.(codecs.ListDecoder), written)
	if !ok || !slices.EqualFunc(read, again, sameFields) {
		t.Fatalf("%v is written as %q and read as %v", read, written, again)
	}
}

func sameFields(r, s codecs.Record) bool { return sorted(r).Equal(sorted(s)) }

func sorted(r codecs.Record) codecs.Record {
	return slices.SortedStableFunc(slices.Values(r), func(f, g codecs.Field) int { return strings.Compare(f.Name, g.Name) })
}
