package pdf_test

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/pdf"
)

// TestStructure reads a page as those do who do not see it.
func TestStructure(t *testing.T) {
	short := codecs.Record{text("status", "active"), text("name", "ben")}
	doc := withForm(user("Ben", ""))
	doc.Record, doc.Page.Text = short, "Look."
	list, err := pdf.New().EncodeList(nil, codecs.Listing{Name: "users", Records: []codecs.Record{short}})
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		file []byte
		want string
	}{
		"a form": {encode(t, doc), `Document P "User" H1 "Ben" P "Look." Table TR TH /Scope /Row "Status" TD "active" TR TH /Scope /Row "Name" TD "ben" ` +
			`H2 "Change status" P "Status" Form Object P "Review comment" Form Object P "Fill in, save, and send this file back: PATCH /users/ben ` +
			`with Content-Type: application/pdf, or by email to whoever sent it to you."`},
		"fields": {encode(t, codecs.Document{Record: short}), `Document H1 "Parley" Table TR TH /Scope /Row "Status" TD Form Object TR TH /Scope /Row "Name" TD Form Object`},
		"a list": {list, `Document H1 "Users" Table TR TH /Scope /Column "Status" TH /Scope /Column "Name" TR TD "active" TD "ben"`},
	} {
		path := filepath.Join(t.TempDir(), "page.pdf")
		if err := os.WriteFile(path, tt.file, 0o600); err != nil {
			t.Fatal(err)
		}
		shown := regexp.MustCompile(`:?\n| \(block\)|Object \d+ 0`).ReplaceAllStringFunc(string(run(t, "pdfinfo", "-struct-text", path)), func(s string) string {
			if strings.HasPrefix(s, "Object") {
				return "Object"
			}
			return " "
		})
		if got := strings.Join(strings.Fields(shown), " "); got != tt.want {
			t.Errorf("%s: the page is read as\n%s\nwant\n%s", name, got, tt.want)
		}
	}
}

// TestMetadata reads the metadata as XML, and finds what it claims.
func TestMetadata(t *testing.T) {
	doc := user("Ben", "")
	doc.Page.Title = "a <b> & \x00 ]]> c"
	packet := regexp.MustCompile(`(?s)<\?xpacket begin.*<\?xpacket end="r"\?>`).Find(encode(t, doc))
	found := map[string]string{}
	d := xml.NewDecoder(strings.NewReader(string(packet)))
	for element := ""; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			element = token.Name.Space + token.Name.Local
		case xml.CharData:
			found[element] += strings.TrimSpace(string(token))
		}
	}
	for element, want := range map[string]string{
		"http://www.aiim.org/pdfa/ns/id/part":           "2",
		"http://www.aiim.org/pdfa/ns/id/conformance":    "U",
		"http://www.aiim.org/pdfua/ns/id/part":          "1",
		"http://ns.adobe.com/xap/1.0/CreateDate":        "2026-11-23T23:13:51Z",
		"http://ns.adobe.com/pdf/1.3/Producer":          "Parley",
		"http://www.w3.org/1999/02/22-rdf-syntax-ns#li": "a <b> & \ufffd ]]> cParley",
	} {
		if found[element] != want {
			t.Errorf("%s is %q; want %q", element, found[element], want)
		}
	}
}
