package html_test

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/html"
)

const hostile = "\n</textarea><script>alert(1)</script>\r\nif (a && b) \u202egnp\t'\"+ javascript:x \n"

// user is a page with a record of all kinds and a form.
func user() codecs.Document {
	return codecs.Document{
		Name: "user",
		Record: codecs.Record{
			text("id", "d4add56e"), text("status", "active"), text("review_comment", hostile),
			{Name: "created_at", Value: codecs.TimeValue(time.Date(2023, 5, 6, 1, 2, 3, 4e8, time.UTC))},
			{Name: "errors", Value: codecs.ListValue(codecs.MapValue(codecs.Record{text("field", "status"),
				{Name: "allowed", Value: codecs.TextsValue([]string{"active", "risky"})}}))},
		},
		Page: codecs.Page{
			Title: "Ben <Zhang>", Text: "Somebody & nobody",
			Form: &codecs.Form{
				Action: "/users/ben?a=1&b=2", Submit: "Change",
				Hidden: codecs.Record{text("_method", "PATCH"), text("_if_match", "\"a\n\tb\""), text("_idempotency_key", "k")},
				Controls: []codecs.Control{
					{Name: "status", Label: "Status", Value: "risky", Options: []string{"active", "risky"}},
					{Name: "review_comment", Label: "Comment", Value: hostile, MaxLength: 4096},
				},
			},
			Links: []codecs.Link{{URL: "/users?cursor=a&limit=1", Label: "Users", Rel: "up"}, {URL: "javascript:alert(1)", Label: "Bad"}},
		},
	}
}

func encode(t *testing.T, doc codecs.Document) string {
	t.Helper()
	page, err := html.New("status").Encode(nil, doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// TestTurningIsShown has an override in a value: it turns nothing around, and is
// read back.
func TestTurningIsShown(t *testing.T) {
	record := codecs.Record{text("review_comment", "user \u202egnp.exe\u202c \u2067x")}
	page, err := html.New("status").Encode(nil, codecs.Document{Record: record})
	if err != nil || !strings.Contains(string(page), "user <bdi class=\"direction\" title=\"U+202E\">\u202e</bdi>gnp.exe<bdi") {
		t.Errorf("%v\n%s", err, page)
	}
	if got, err := decode(string(page)); err != nil || !got.Equal(record) {
		t.Errorf("read back as %v, %v", got, err)
	}
}

func TestSavedPage(t *testing.T) {
	doc := user()
	got, err := decode(encode(t, doc))
	want := append(slices.Clone(doc.Page.Form.Hidden), text("status", "risky"), text("review_comment", hostile))
	if err != nil || !got.Equal(want) {
		t.Errorf("with a form: decoded as %v, %v; want %v", got, err, want)
	}
	doc.Page.Form = nil
	got, err = decode(encode(t, doc))
	want = codecs.Record{text("id", "d4add56e"), text("status", "active"), text("review_comment", hostile), text("created_at", "2023-05-06T01:02:03.4Z"),
		text("errors.0.field", "status"), text("errors.0.allowed.0", "active"), text("errors.0.allowed.1", "risky")}
	if err != nil || !got.Equal(want) {
		t.Errorf("without a form: decoded as %v, %v; want %v", got, err, want)
	}
}

// TestPageIsXML reads the pages as XML, and looks for what the browser of an
// application/xhtml+xml page would show.
func TestPageIsXML(t *testing.T) {
	elements, shown := readXML(t, encode(t, user()))
	if elements["script"] > 0 || elements["textarea"] != 1 || elements["option"] != 2 {
		t.Errorf("the page has the elements %v", elements)
	}
	// In XML the line break that HTML drops from a textarea stays.
	for _, s := range []string{hostile, "Ben <Zhang>", "Somebody & nobody", "Created at", "2023-05-06 01:02:03 UTC", "\n" + hostile} {
		if !strings.Contains(shown, s) {
			t.Errorf("the page does not show %q", s)
		}
	}
	page, err := html.New("status").EncodeList(nil, users())
	if err != nil {
		t.Fatal(err)
	}
	if elements, _ = readXML(t, string(page)); elements["tr"] != 3 || elements["td"] != 8 {
		t.Errorf("the page of a list has the elements %v", elements)
	}
}

func readXML(t *testing.T, page string) (elements map[string]int, shown string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	elements = map[string]int{}
	for {
		switch token, err := d.Token(); token := token.(type) {
		case xml.StartElement:
			elements[token.Name.Local]++
		case xml.CharData:
			shown += string(token)
		case nil:
			if !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
			return elements, shown
		}
	}
}

func TestPageShowsNoForeignURL(t *testing.T) {
	page := encode(t, user())
	if strings.Contains(page, `href="javascript:`) {
		t.Error("a link runs a script")
	}
	for _, s := range []string{`action="/users/ben?a=1&amp;b=2"`, `<a href="/users?cursor=a&amp;limit=1" rel="up">Users</a>`} {
		if !strings.Contains(page, s) {
			t.Errorf("the page lacks %s", s)
		}
	}
}

// TestSecretControl checks that a page asks for a secret and never holds one.
func TestSecretControl(t *testing.T) {
	page := encode(t, codecs.Document{Page: codecs.Page{Form: &codecs.Form{Controls: []codecs.Control{
		{Name: "token", Label: "Token", Value: "known", MaxLength: 64, Secret: true},
	}}}})
	readXML(t, page)
	want := `<input type="password" id="control-0" name="token" autocomplete="current-password" maxlength="64" />`
	if !strings.Contains(page, want) || strings.Contains(page, "known") || strings.Contains(page, "<textarea") {
		t.Errorf("the page lacks %s, or shows the secret:\n%s", want, page)
	}
}

func users() codecs.Listing {
	return codecs.Listing{
		Name: "users", Item: "user", Next: "x1",
		Records: []codecs.Record{
			{text("id", "a"), text("name", "one"), text("name", "two")},
			{text("id", "b"), text("email", "c")},
		},
		Page: codecs.Page{Links: []codecs.Link{{URL: "/users?cursor=x1", Label: "Next page", Rel: "next"}}},
	}
}

func TestEncodeList(t *testing.T) {
	page, err := html.New("status").EncodeList([]byte("before"), users())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{
		"before<!DOCTYPE html>", "<h1>Users</h1>", `<a href="/users?cursor=x1" rel="next">Next page</a>`,
		`<th scope="col">Id</th><th scope="col">Name</th><th scope="col">Name</th><th scope="col">Email</th>`,
		`<tr itemscope="itemscope"><td><span itemprop="id">b</span></td><td></td><td></td><td><span itemprop="email">c</span></td></tr>`,
	} {
		if !strings.Contains(string(page), s) {
			t.Errorf("the page lacks %s:\n%s", s, page)
		}
	}
	got, err := decode(string(page)[len("before"):])
	want := codecs.Record{text("id", "a"), text("name", "one"), text("name", "two"), text("id", "b"), text("email", "c"), text("next_cursor", "x1")}
	if err != nil || !got.Equal(want) {
		t.Errorf("decoded as %v, %v", got, err)
	}
	empty, err := html.New("status").EncodeList(nil, codecs.Listing{Name: "users"})
	if err != nil || !strings.Contains(string(empty), "There are none.") {
		t.Errorf("an empty list is encoded as %s, %v", empty, err)
	}
}

// TestCharactersOfNoPage checks that a record is shown whatever is stored.
func TestCharactersOfNoPage(t *testing.T) {
	got, err := decode(encode(t, codecs.Document{Record: codecs.Record{text("a", "x\x00y\uffff")}}))
	if want := (codecs.Record{text("a", "x\ufffdy\ufffd")}); err != nil || !got.Equal(want) {
		t.Errorf("decoded as %v, %v", got, err)
	}
}

func TestEncodeRefuses(t *testing.T) {
	for name, r := range map[string]codecs.Record{
		`html cannot hold the name "a\uffff"`: {text("a\uffff", "")},
		`html cannot hold the name "a b"`:     {text("a b", "")},
		`html cannot hold the name ""`:        {text("", "")},
		"html cannot hold a thing":            {{Name: "a", Value: codecs.UnfitValue("wrong-type", "a thing")}},
	} {
		if _, err := html.New("status").Encode(nil, codecs.Document{Record: r}); !codecs.IsKind(err, codecs.Unencodable) || err.Error() != name {
			t.Errorf("encoding %v fails with %v; want %s", r, err, name)
		}
	}
}
