package suites

import (
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// complaint is what xmllint says of a file that it refuses.
var complaint = regexp.MustCompile(`(?m)^(\d+)\.xml:\d+: (.* error : .*)$`)

// byXMLLint reads with libxml2. What it does not complain about it writes again,
// one document after the other.
func byXMLLint(t *testing.T, documents []document) []reading {
	t.Helper()
	dir := t.TempDir()
	names := make([]string, len(documents))
	for i, d := range documents {
		names[i] = strconv.Itoa(i) + ".xml"
		if err := os.WriteFile(filepath.Join(dir, names[i]), d.Body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	readings := make([]reading, len(documents))
	_, complaints := xmllint(t, dir, "--noout", names)
	for _, found := range complaint.FindAllStringSubmatch(complaints, -1) {
		i, _ := strconv.Atoi(found[1])
		readings[i].refusal = found[2]
	}
	var taken []string
	for i, r := range readings {
		if r.refusal == "" {
			taken = append(taken, names[i])
		}
	}
	written, _ := xmllint(t, dir, "--encode=UTF-8", taken)
	takeWritten(t, written, readings)
	return readings
}

// xmllint runs over files, and complains about some with its exit status.
func xmllint(t *testing.T, dir, option string, files []string) (written, complaints string) {
	t.Helper()
	var stdout, stderr strings.Builder
	cmd := exec.CommandContext(t.Context(), "xmllint", append(strings.Split(option, "="), files...)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatalf("xmllint: %v (Debian: apt-get install libxml2-utils)", err)
	}
	return stdout.String(), stderr.String()
}

// declaration is what every document begins with that xmllint writes.
var declaration = regexp.MustCompile(`\x{feff}?<\?xml version=.*\?>\n`)

// takeWritten reads what xmllint wrote of the readings that are no refusals.
func takeWritten(t *testing.T, written string, readings []reading) {
	t.Helper()
	documents := declaration.Split(written, -1)[1:]
	for i := range readings {
		if readings[i].refusal != "" {
			continue
		}
		if len(documents) == 0 {
			t.Fatalf("xmllint wrote nothing of document %d", i)
		}
		var root element
		err := xml.Unmarshal([]byte(documents[0]), &root)
		if err == nil {
			readings[i].value, err = root.fields()
		}
		if err != nil {
			readings[i] = reading{refusal: err.Error()}
		}
		documents = documents[1:]
	}
	if len(documents) > 0 {
		t.Errorf("xmllint wrote %d more", len(documents))
	}
}

// element is an element of XML as libxml2 sees it.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []element  `xml:",any"`
}

// fields are the attributes and elements of the root, as Parley reads them.
func (e element) fields() (any, error) {
	values := map[string]any{}
	add := func(name string, value any) error {
		if _, twice := values[name]; twice {
			return fmt.Errorf("the field %q comes twice", name)
		}
		values[name] = value
		return nil
	}
	for _, a := range e.Attrs {
		if !isAboutDocument(a.Name) {
			if err := add(a.Name.Local, a.Value); err != nil {
				return nil, err
			}
		}
	}
	for _, c := range e.Children {
		value, err := c.value()
		if err != nil {
			return nil, err
		}
		if err := add(c.XMLName.Local, value); err != nil {
			return nil, err
		}
	}
	if strings.TrimSpace(e.Text) != "" {
		return nil, errors.New("text stands beside the fields")
	}
	return values, nil
}

func (e element) value() (any, error) {
	for _, a := range e.Attrs {
		if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
			return nil, errors.New("an element has attributes")
		}
	}
	if len(e.Children) == 0 {
		return e.Text, nil
	}
	if e.isList() {
		return e.list()
	}
	return element{Children: e.Children, Text: e.Text}.fields()
}

func (e element) isList() bool {
	for _, c := range e.Children {
		if c.XMLName.Local != "i" {
			return false
		}
	}
	return true
}

func (e element) list() (any, error) {
	if strings.TrimSpace(e.Text) != "" {
		return nil, errors.New("text stands beside the members")
	}
	list := make([]any, len(e.Children))
	for i, c := range e.Children {
		var err error
		if list[i], err = c.value(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// isAboutDocument: namespaces, xml:lang and its like, and what XML Schema adds.
func isAboutDocument(name xml.Name) bool {
	switch name.Space {
	case "xmlns", "http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2001/XMLSchema-instance":
		return true
	}
	return name.Local == "xmlns"
}
