package handlers_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/parley-gateway/parley/handlers"
	"github.com/parley-gateway/parley/handlers/trial"
)

// tryPage posts the form of the page as a browser without scripts does.
func (s *testServer) tryPage(contentType, accept, body string) string {
	s.t.Helper()
	form := url.Values{"content_type": {contentType}, "accept": {accept}, "body": {body}, "body_base64": {""}}
	res := s.do(request{"POST", "/try", []string{
		"Authorization", "", "Accept", "text/html", "Content-Type", "application/x-www-form-urlencoded",
	}, form.Encode()})
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		s.t.Fatalf("%s, %s\n%s", res.Status, res.Header.Get("Content-Type"), res.body)
	}
	elements := readPage(s.t, "/try", res.body)
	if elements["main"] != 1 || elements["h1"] != 1 || elements["script"] != 1 || elements["style"] != 0 {
		s.t.Errorf("the page has the elements %v", elements)
	}
	return res.body
}

// TestTryPageMarksPlaces looks at the places of a fault and of an error.
func TestTryPageMarksPlaces(t *testing.T) {
	s := newServer(t)
	mustShow(t, s.tryPage("application/json", "text/xml", "{\r\n  \"status\": 5\r\n}"),
		"<h1 dir=\"auto\">Parley would answer 422 Invalid fields</h1>",
		`<input id="content_type" name="content_type" value="application/json" list="content_type-list"`,
		`<textarea id="body"`, "&#34;status&#34;: 5",
		"As <b>json</b>", "where text belongs.", `<code>  <mark>&#34;status&#34;</mark>: 5</code>`, "Line 2, column 3",
		`<td>a number</td>`, `<a href="/problems/invalid-fields">422 Invalid fields</a>`,
		`<tr class="wins"><th scope="row">xml</th><td>text/xml</td>`,
		"<summary>json <small>application/problem&#43;json, ", "<summary>pdf <small>application/pdf, ", "%PDF-1.7",
	)
	mustShow(t, s.tryPage("application/xml", "", "<user><status>risky</user>"), "400 Malformed body", "<mark>", "</mark>", "Line 1, column 22")
	mustShow(t, s.tryPage("image/png", "", "x"), "415 Unknown format", "Nothing here reads")
	mustShow(t, s.tryPage("text/plain", "", "risky"), "200, if the user exists", `<b class="status risky">risky</b>`, "<summary>yaml ")
}

// TestTryPageShowsTextAsText sends what is hostile to a page in every field.
func TestTryPageShowsTextAsText(t *testing.T) {
	s := newServer(t)
	hostile := `"><script>alert(1)</script>` + hostileComment
	for _, contentType := range []string{"application/json", "text/plain", "application/yaml", hostile} {
		for _, body := range []string{hostile, "status: " + hostile, `{"` + strings.ReplaceAll(hostileComment, `"`, `\"`) + `": 1}`, "\x00\x1b[2J"} {
			mustNotShow(t, s.tryPage(contentType, hostile, body), "<script>", `href="javascript`, "\u0000", "\x1b")
		}
	}
}

// TestTryPageHasExamples follows the links to the examples, and posts the form that
// each fills in.
func TestTryPageHasExamples(t *testing.T) {
	s := newServer(t)
	page := s.page("/try", 200, "Authorization", "").body
	mustShow(t, page, `enctype="multipart/form-data"`, `<label for="content_type">`, `<label for="body">`, `<label for="file">`,
		`<input id="file" name="file" type="file" />`, `<label for="accept">`, `<p class="empty">`)
	for _, e := range trial.Examples(handlers.Formats()) {
		link := "/try?example=" + e.Name
		mustShow(t, page, `<a href="`+link+`">`)
		if filled := s.page(link, 200, "Authorization", "").body; !strings.Contains(filled, `value="`+strings.ReplaceAll(e.ContentType, "+", "&#43;")+`"`) {
			t.Errorf("the example %s is not filled in:\n%s", e.Name, filled)
		}
	}
}

// TestTryPageRefused keeps what was entered in a trial that could not be tried.
func TestTryPageRefused(t *testing.T) {
	s := newServer(t)
	res := s.do(request{"POST", "/try", []string{"Authorization", "", "Accept", "text/html", "Content-Type", "application/x-www-form-urlencoded"},
		"content_type=text%2Fxml&body=%3Cu%2F%3E&body_base64=%21&accept="})
	if res.StatusCode != 422 {
		t.Errorf("%s\n%s", res.Status, res.body)
	}
	readPage(t, "/try", res.body)
	mustShow(t, res.body, `<a href="#body_base64">Body in base64</a>: This is no base64`, `<form action="/try" method="post"`,
		`value="text/xml"`, "&lt;u/&gt;</textarea>", `<p class="fault" id="body_base64-fault">`, "!</textarea>")
}
