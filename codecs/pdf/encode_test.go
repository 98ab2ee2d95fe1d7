package pdf_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/pdf"
)

// shownField is a field as qpdf sees it.
type shownField struct {
	Name       string   `json:"fullname"`
	Value      string   `json:"value"`
	Tip        string   `json:"alternativename"`
	Type       string   `json:"fieldtype"`
	Choices    []string `json:"choices"`
	Annotation struct {
		Flags int `json:"annotationflags"`
	} `json:"annotation"`
}

// fieldsOf reads the fields of a file.
func fieldsOf(t *testing.T, file []byte) []shownField {
	t.Helper()
	path := filepath.Join(t.TempDir(), "page.pdf")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	var shown struct {
		Form struct {
			Fields []shownField `json:"fields"`
		} `json:"acroform"`
	}
	if err := json.Unmarshal(run(t, "qpdf", "--json=2", "--json-key=acroform", path), &shown); err != nil {
		t.Fatal(err)
	}
	return shown.Form.Fields
}

func encode(t *testing.T, doc codecs.Document) []byte {
	t.Helper()
	file, err := pdf.New().Encode(nil, doc)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// TestValuesAreExact checks that fields hold values to the character, whatever
// of them can be shown.
// TestSecretIsNotAskedForOnPaper has a form with a secret: the record is shown as
// if there were none.
func TestSecretIsNotAskedForOnPaper(t *testing.T) {
	doc := codecs.Document{Record: codecs.Record{text("status", "401")}}
	plain, err := pdf.New().Encode(nil, doc)
	if err != nil {
		t.Fatal(err)
	}
	doc.Page.Form = &codecs.Form{Action: "/sign-in", Controls: []codecs.Control{{Name: "token", Secret: true}}}
	if got, err := pdf.New().Encode(nil, doc); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("the page differs: %v", err)
	}
}

func TestValuesAreExact(t *testing.T) {
	r := codecs.Record{
		text("plain", `a (b) \c`), text("lines", "a\nb\r\nc\rd\te"), text("empty", ""), text("spaces", "  a  "), text("control", "a\x00\x1b\x7f\u0085"),
		text("scripts", scripts), text("hostile", hostile), text("like a mark", "\u00fe\u00ff"), text("prüfung ☂", "é"), text("a.b", "1"), text("c", "2"), text("a.d", "3"), text("c", "4"),
		{Name: "n", Value: codecs.NumberValue("1e5")}, {Name: "t", Value: codecs.BoolValue(true)}, {Name: "nothing"}, {Name: "bytes", Value: codecs.BytesValue("\xff\x00")},
		{Name: "errors", Value: codecs.ListValue(codecs.MapValue(codecs.Record{text("field", "status")}), codecs.TextValue("x"))},
	}
	flat := codecs.Flatten(r)
	fields := fieldsOf(t, encode(t, codecs.Document{Record: r}))
	if len(fields) != len(flat) {
		t.Fatalf("there are %d fields; want %d", len(fields), len(flat))
	}
	for i, f := range flat {
		if want := "u:" + string(f.Value.AppendScalar(nil)); fields[i].Name != f.Name || fields[i].Value != want {
			t.Errorf("field %d is %q with %q; want %q with %q", i, fields[i].Name, fields[i].Value, f.Name, want)
		}
	}
}

func TestForm(t *testing.T) {
	fields := fieldsOf(t, encode(t, withForm(user("Ben", latin))))
	want := []shownField{
		{Name: "_method", Value: "u:PATCH", Tip: "_method", Type: "/Tx"},
		{Name: "_if_match", Value: `u:"3-pdf"`, Tip: "_if_match", Type: "/Tx"},
		{Name: "_idempotency_key", Value: "u:00000000-0000-4000-8000-000000000002", Tip: "_idempotency_key", Type: "/Tx"},
		{Name: "status", Value: "u:active", Tip: "Status", Type: "/Ch", Choices: []string{"active", "onboarding", "inactive", "suspended", "risky"}},
		{Name: "review_comment", Value: "u:", Tip: "Review comment", Type: "/Tx"},
	}
	if len(fields) != len(want) {
		t.Fatalf("there are %d fields; want %d", len(fields), len(want))
	}
	for i, w := range want {
		f := fields[i]
		if f.Name != w.Name || f.Value != w.Value || f.Tip != w.Tip || f.Type != w.Type || strings.Join(f.Choices, " ") != strings.Join(w.Choices, " ") {
			t.Errorf("field %d is %+v; want %+v", i, f, w)
		}
		if f.Annotation.Flags != 4 {
			t.Errorf("%s has the flags %d; want that it prints, and nothing else", f.Name, f.Annotation.Flags)
		}
	}
}

// TestListHasNoFields checks that a list is for people only.
func TestListHasNoFields(t *testing.T) {
	file, err := pdf.New().EncodeList(nil, history(3))
	if err != nil {
		t.Fatal(err)
	}
	if fields := fieldsOf(t, file); len(fields) != 0 {
		t.Errorf("it has the fields %v", fields)
	}
}

func TestEncodeRefuses(t *testing.T) {
	unfit := codecs.Field{Name: "a", Value: codecs.UnfitValue("wrong-type", "a thing")}
	onForm := func(f codecs.Form) codecs.Document { return codecs.Document{Page: codecs.Page{Form: &f}} }
	for name, tt := range map[string]struct {
		doc  codecs.Document
		want string
	}{
		"an empty name":      {codecs.Document{Record: codecs.Record{text("", "")}}, `pdf cannot hold the name ""`},
		"an empty part":      {codecs.Document{Record: codecs.Record{text("a..b", "")}}, `pdf cannot hold the name "a..b"`},
		"a dot at the end":   {codecs.Document{Record: codecs.Record{text("a.", "")}}, `pdf cannot hold the name "a."`},
		"what is unfit":      {codecs.Document{Record: codecs.Record{unfit}}, "pdf cannot hold a thing"},
		"unfit and deep":     {codecs.Document{Record: codecs.Record{{Name: "l", Value: codecs.ListValue(unfit.Value)}}}, "pdf cannot hold a thing"},
		"unfit beside forms": {codecs.Document{Record: codecs.Record{unfit}, Page: codecs.Page{Form: &codecs.Form{}}}, "pdf cannot hold a thing"},
		"a hidden name":      {onForm(codecs.Form{Hidden: codecs.Record{text("", "")}}), `pdf cannot hold the name ""`},
		"a control's name":   {onForm(codecs.Form{Controls: []codecs.Control{{}}}), `pdf cannot hold the name ""`},
	} {
		_, err := pdf.New().Encode(nil, tt.doc)
		if !codecs.IsKind(err, codecs.Unencodable) || err.Error() != tt.want {
			t.Errorf("%s: fails with %v; want %s", name, err, tt.want)
		}
	}
	if _, err := pdf.New().EncodeList(nil, codecs.Listing{Records: []codecs.Record{{unfit}}}); !codecs.IsKind(err, codecs.Unencodable) {
		t.Errorf("a list with what is unfit fails with %v", err)
	}
}

// TestAppend checks that offsets are counted from where the file begins.
func TestAppend(t *testing.T) {
	doc := withForm(user("Ben", scripts))
	alone := encode(t, doc)
	after, err := pdf.New().Encode([]byte("before"), doc)
	if err != nil || string(after) != "before"+string(alone) {
		t.Errorf("appended to %q, the file is another: %v", after[:6], err)
	}
}

// TestSameBytes encodes the same documents by many at once.
func TestSameBytes(t *testing.T) {
	doc, list := withForm(user("Ben", scripts)), history(20)
	first := encode(t, doc)
	firstList, err := pdf.New().EncodeList(nil, list)
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			again, err := pdf.New().Encode(nil, doc)
			if err != nil || !bytes.Equal(again, first) {
				t.Errorf("the document is written as other bytes: %v", err)
			}
			again, err = pdf.New().EncodeList(nil, list)
			if err != nil || !bytes.Equal(again, firstList) {
				t.Errorf("the list is written as other bytes: %v", err)
			}
		})
	}
	wait.Wait()
}

// TestSize checks that a page does not grow: it is sent by mail.
func TestSize(t *testing.T) {
	for name, tt := range map[string]struct {
		doc  codecs.Document
		most int
	}{
		"latin":       {withForm(user("Benjamin Zhang", "Abuse of the system.")), 40_000},
		"all scripts": {user("Benjamin Zhang", scripts), 100_000},
	} {
		if size := len(encode(t, tt.doc)); size > tt.most {
			t.Errorf("%s: the page has %d bytes; want at most %d", name, size, tt.most)
		}
	}
}

// TestZeroPage checks that a page says nothing of what nobody told it.
func TestZeroPage(t *testing.T) {
	file := encode(t, codecs.Document{})
	path := filepath.Join(t.TempDir(), "page.pdf")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	checkWellFormed(t, path)
	if got := strings.Fields(string(run(t, "pdftotext", path, "-"))); strings.Join(got, " ") != "Parley 1 of 1" {
		t.Errorf("the page says %q", got)
	}
	if info := string(run(t, "pdfinfo", path)); strings.Contains(info, "CreationDate") || !strings.Contains(info, "Title:           Parley") {
		t.Errorf("it is told to be\n%s", info)
	}
}

// TestAnyText encodes characters in sequences that no language has.
func TestAnyText(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	known := []rune(scripts + hostile)
	for range 1000 {
		text := make([]rune, random.IntN(200))
		for i := range text {
			switch random.IntN(4) {
			case 0:
				text[i] = rune(random.IntN(0x30000))
			case 1:
				text[i] = rune(random.IntN(0x3000))
			default:
				text[i] = known[random.IntN(len(known))]
			}
		}
		checkAnyText(t, "a", string(text))
	}
}

// FuzzEncode demands a file for any text.
func FuzzEncode(f *testing.F) {
	f.Add("status", "active")
	f.Add("errors.0.field", "a\u202eb\x00 (\u0628 1)\r\n")
	f.Fuzz(func(t *testing.T, name, value string) {
		checkAnyText(t, name, strings.ToValidUTF8(value, "\ufffd"))
	})
}

func checkAnyText(t *testing.T, name, value string) {
	t.Helper()
	form := &codecs.Form{Controls: []codecs.Control{{Name: "a", Label: value, Value: value}, {Name: "b", Value: value, Options: []string{value}}}}
	for _, page := range []codecs.Page{{}, {Title: value, Form: form}} {
		if _, err := pdf.New().Encode(nil, codecs.Document{Name: name, Record: codecs.Record{text(name, value)}, Page: page}); err != nil && !codecs.IsKind(err, codecs.Unencodable) {
			t.Errorf("%q with %q fails with %v", name, value, err)
		}
	}
	if _, err := pdf.New().EncodeList(nil, codecs.Listing{Records: []codecs.Record{{text(name, value)}}}); err != nil {
		t.Errorf("a list of %q with %q fails with %v", name, value, err)
	}
}
