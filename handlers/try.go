package handlers

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers/records"
	"github.com/parley-gateway/parley/handlers/trial"
)

// showTry shows what can be tried: an example where one is named.
func (a *api) showTry(x *exchange) (answer, error) {
	if err := x.checkQuery("example"); err != nil {
		return answer{}, err
	}
	example, err := x.example()
	if err != nil {
		return answer{}, err
	}
	sent := records.Trial{Body: example.Body, ContentType: example.ContentType}
	return answer{document: &codecs.Document{
		Name:   tryName,
		Record: a.tryRecord(sent),
		Page: codecs.Page{
			Title: "Try a body",
			Text: "What would Parley read in a body, and answer? Nothing is changed or kept. Text counts as UTF-8, as most programs send it;" +
				" a file, or base64, as the bytes that it holds.",
			Form:  a.tryForm(sent),
			Links: a.exampleLinks(),
		},
	}}, nil
}

// tryName is the name of all documents of this page.
const tryName = "try"

// example is the one that the query names, or an empty one.
func (x *exchange) example() (trial.Example, error) {
	name, given := x.c.GetQuery("example")
	if !given {
		return trial.Example{}, nil
	}
	examples := x.examples()
	i := slices.IndexFunc(examples, func(e trial.Example) bool { return e.Name == name })
	if i < 0 {
		return trial.Example{}, invalidQuery("example", "There is no such example.", exampleNames(examples)...)
	}
	return examples[i], nil
}

func exampleNames(examples []trial.Example) []string {
	names := make([]string, len(examples))
	for i, e := range examples {
		names[i] = e.Name
	}
	return names
}

// tryRecord tells programs how to try a body, in the fields of the example where
// there is one.
func (a *api) tryRecord(sent records.Trial) codecs.Record {
	record := codecs.Record{
		textField("what_to_do", "Send body, or body_base64 or a file of the name file for what is no text, content_type and accept, in any format."),
		{Name: "reads", Value: codecs.TextsValue(a.Formats.Readable())},
		{Name: "examples", Value: codecs.TextsValue(exampleNames(a.examples()))},
	}
	if len(sent.Body) == 0 {
		return record
	}
	body, encoded := fieldsOf(sent.Body)
	record = append(record, textField(records.FieldContentType, sent.ContentType))
	if encoded != "" {
		return append(record, textField(records.FieldBodyBase64, encoded))
	}
	return append(record, textField(records.FieldBody, body))
}

// fieldsOf holds a body as text, or in base64 where it is none.
func fieldsOf(body []byte) (text, encoded string) {
	if isText(body) {
		return string(body), ""
	}
	return "", base64.StdEncoding.EncodeToString(body)
}

// isText reports whether people can read a body.
func isText(body []byte) bool {
	return utf8.Valid(body) && !strings.ContainsFunc(string(body), isUnreadable)
}

func isUnreadable(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f }

func (a *api) tryForm(sent records.Trial) *codecs.Form {
	body, encoded := fieldsOf(sent.Body)
	return &codecs.Form{
		Action: tryPath,
		Submit: "Try",
		Controls: []codecs.Control{
			{Name: records.FieldContentType, Label: "Content-Type", Line: true, Value: again(cmp.Or(sent.ContentType, "application/json")), Suggestions: a.Formats.Readable()},
			{Name: records.FieldBody, Label: "Body", Value: again(body)},
			{Name: records.FieldBodyBase64, Label: "Body in base64", Value: again(encoded)},
			{Name: records.FieldAccept, Label: "Accept", Line: true, Value: again(cmp.Or(sent.Accept, "*/*")), Suggestions: accepts},
		},
	}
}

// accepts are what clients ask for: anything, this and else that, what a browser
// wants, and what Java says when nobody has set it.
var accepts = []string{
	"*/*",
	"application/json",
	"text/xml, */*;q=0.1",
	"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
	"text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
}

// again is a value that is shown in its form again, unless that is a burden.
func again(value string) string {
	const most = 64 << 10
	if len(value) > most {
		return ""
	}
	return value
}

func (a *api) exampleLinks() []codecs.Link {
	links := []codecs.Link{{URL: tryPath, Label: "Empty"}}
	for _, e := range a.examples() {
		links = append(links, codecs.Link{URL: tryPath + "?example=" + e.Name, Label: strings.ReplaceAll(e.Name, "-", " ")})
	}
	return links
}

// tryBody tells what would become of a request, and does nothing.
func (a *api) tryBody(x *exchange) (answer, error) {
	x.takeUpload()
	if err := x.decode(); err != nil {
		return answer{}, err
	}
	sent, err := records.BindTrial(x.decoded)
	if err != nil {
		return answer{}, err
	}
	t := a.try(sent)
	page := codecs.Page{Title: t.title(), Form: a.tryForm(sent), Links: a.exampleLinks()}
	return answer{document: &codecs.Document{Name: tryName, Record: t.record(), Page: page}}, nil
}

// takeUpload lets a file be a field: it is what is tried, and not the request.
func (x *exchange) takeUpload() {
	if _, ok := x.declared.codec.(codecs.Multipart); ok {
		x.declared.codec = codecs.Upload{}
	}
}

// refusedTry is the form of a trial that could not be made sense of, nil where nothing
// of it was read.
func (x *exchange) refusedTry(e *parley.Error) *codecs.Form {
	if x.decoded.Codec == nil {
		return nil
	}
	form := x.tryForm(records.Trial{})
	x.fillIn(form, e)
	for i := range form.Controls {
		form.Controls[i].Value = again(form.Controls[i].Value)
	}
	return form
}
