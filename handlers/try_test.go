package handlers_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers"
	"github.com/parley-gateway/parley/handlers/records"
	"github.com/parley-gateway/parley/handlers/trial"
)

// tryAnswer is what is asked of the record of a trial.
type tryAnswer struct {
	Status    int    `json:"answer_status"`
	Condition string `json:"condition"`
	ReadAs    struct {
		Format, Inside, Charset string
		MediaType               string `json:"media_type"`
	} `json:"read_as"`
	NotRead *tryFault `json:"not_read"`
	Record  []struct{ Name, Kind, Value string }
	Command *struct {
		Status, Comment string
		Tests           []struct{ Field, Want string }
	}
	Faults      []tryFault
	Steering    map[string]string
	Problem     map[string]any
	Negotiation []map[string]string
	Answers     []struct {
		Format, Body, Hex string
		MediaType         string `json:"media_type"`
		Size              int
	}
}

type tryFault struct {
	Field, Code, Detail   string
	Allowed               []string
	Line, Column          int
	Offset                *int
	Before, Marked, After string
}

// try posts a trial without a token and reads what became of it.
func (s *testServer) try(contentType, accept string, body []byte) tryAnswer {
	s.t.Helper()
	sent, err := json.Marshal(map[string]string{
		"content_type": contentType, "accept": accept, "body_base64": base64.StdEncoding.EncodeToString(body),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	res := s.do(request{"POST", "/try", []string{"Authorization", "", "Content-Type", "application/json"}, string(sent)})
	if res.StatusCode != 200 {
		s.t.Fatalf("%s\n%s", res.Status, res.body)
	}
	return readTry(s.t, res.body)
}

func readTry(t testing.TB, body string) (a tryAnswer) {
	t.Helper()
	if err := json.Unmarshal([]byte(body), &a); err != nil {
		t.Fatalf("%v\n%s", err, body)
	}
	return a
}

// TestTryTellsTheTruth tries a request and then sends it: the answer is the one that
// was told, and trying it has changed nothing.
func TestTryTellsTheTruth(t *testing.T) {
	type sent struct {
		name, contentType, accept string
		body                      []byte
	}
	cases := []sent{
		{"nothing acceptable", "application/json", "image/png", []byte("{")},
		{"Accept without end", "application/json", strings.Repeat("text/x,", 2500), []byte("{")},
		{"no type", "", "", []byte(jsonBody)},
		{"no type and no body", "", "", nil},
		{"no body", "application/json", "", nil},
		{"no media type", "json", "", []byte(jsonBody)},
		{"unknown type", "image/png", "", []byte(jsonBody)},
		{"unknown charset", "text/plain; charset=klingon", "", []byte("risky")},
		{"another charset", "text/plain; charset=iso-8859-1", "", []byte("status: risky\n\nGr\xf6\xdfe")},
		{"not UTF-8", "text/plain", "", []byte("status: risky\n\nGr\xf6\xdfe")},
		{"nothing is recognised", "application/octet-stream", "", []byte("risky")},
		{"XML is recognised", "application/octet-stream", "", []byte("<?xml version='1.0'?><c><status>risky</status></c>")},
		{"no fields", "application/json", "", []byte(`["risky"]`)},
		{"a suffix", "application/vnd.acme+xml", "", []byte("<c status='risky'/>")},
		{"an alias is answered", "text/xml", "*/*", []byte("<c status='risky'/>")},
		{"no boundary", "multipart/form-data", "", []byte("--b--\r\n")},
		{"a file", "multipart/form-data; boundary=b", "", []byte("--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\nContent-Type: text/xml\r\n\r\n<c status='risky'/>\r\n--b--\r\n")},
		{"a broken file", "multipart/form-data; boundary=b", "", []byte("--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\nContent-Type: text/xml\r\n\r\n<c status='risky'>\r\n--b--\r\n")},
		{"a key that is none", "application/x-www-form-urlencoded", "", []byte("status=risky&_idempotency_key=a+b")},
		{"a condition that is none", "application/x-www-form-urlencoded", "", []byte("status=risky&_if_match=1")},
		{"a condition that holds", "application/x-www-form-urlencoded", "", []byte(`status=risky&_if_match="1-json"`)},
		{"a comment that is required", "application/json", "", []byte(`{"status":"risky"}`)},
		{"deep", "application/json", "", []byte(strings.Repeat(`{"a":`, 33) + "1" + strings.Repeat("}", 33))},
		{"many faults", "application/yaml", "text/html", []byte("status: 5\nx: [a, {b: c}]\nreview_comment: \"\\x85\"\n")},
	}
	for _, e := range trial.Examples(handlers.Formats()) {
		cases = append(cases, sent{e.Name, e.ContentType, "", e.Body}, sent{e.Name + " for a browser", e.ContentType, "text/html, */*;q=0.8", e.Body})
		for _, n := range []int{1, len(e.Body) / 2, len(e.Body) - 3} {
			cases = append(cases, sent{fmt.Sprintf("%s cut at %d", e.Name, n), e.ContentType, "", e.Body[:n]})
		}
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, func(c *handlers.Config) {
				c.Rules = records.Rules{CommentRequired: []parley.Status{parley.StatusRisky}}
			})
			told := s.try(c.contentType, c.accept, c.body)
			s.mustBeUntouched(t)
			header := []string{"Content-Type", c.contentType, "Accept", c.accept}
			if c.contentType == "" {
				header = header[2:]
			}
			res := s.do(request{"PATCH", "/users/ben", header, string(c.body)})
			if res.StatusCode != told.Status {
				t.Fatalf("told %d %v, and then %s\n%s", told.Status, told.Problem, res.Status, res.body)
			}
			if (told.Condition != "") != (told.Status == 200) || told.Status == 200 && told.Command == nil {
				t.Errorf("%d on the condition %q, and the command is %v", told.Status, told.Condition, told.Command)
			}
			if strings.HasPrefix(res.Header.Get("Content-Type"), "application/problem+json") {
				sameProblem(t, told.Problem, res.body)
			}
			for _, row := range told.Negotiation {
				if row["wins"] == "wins" && told.Status == 200 && !strings.HasPrefix(res.Header.Get("Content-Type"), row["media_type"]) {
					t.Errorf("told %s, and it was %s", row["media_type"], res.Header.Get("Content-Type"))
				}
			}
		})
	}
}

// sameProblem compares what was told with what came, which knows its request.
func sameProblem(t *testing.T, told map[string]any, body string) {
	t.Helper()
	var came map[string]any
	if err := json.Unmarshal([]byte(body), &came); err != nil {
		t.Fatal(err)
	}
	delete(came, "instance")
	delete(came, "request_id")
	if want, got := fmt.Sprint(came), fmt.Sprint(told); got != want {
		t.Errorf("told the problem %s, and it was %s", got, want)
	}
}

// TestTryInEveryFormat takes the example of each format on to each that can be
// answered.
func TestTryInEveryFormat(t *testing.T) {
	s := newServer(t, func(c *handlers.Config) { c.Store = nil }) // nothing is even looked up
	for _, in := range readFormats() {
		shown := s.do(request{"GET", "/try?format=json&example=" + in.Name(), []string{"Authorization", ""}, ""})
		sent := request{"POST", "/try", []string{"Authorization", "", "Content-Type", "application/json"}, exampleOf(t, shown.body)}
		told := readTry(t, s.do(sent).body)
		if told.Status != 200 || told.ReadAs.Format != in.Name() || told.Command == nil || told.Command.Status != "suspended" {
			t.Errorf("%s: %+v", in.Name(), told)
		}
		if len(told.Answers) != len(answersIn(codecs.Single)) {
			t.Errorf("%s: %d answers", in.Name(), len(told.Answers))
		}
		for i, out := range answersIn(codecs.Single) {
			if a := told.Answers[i]; a.Format != out.Name() || a.Size == 0 || (a.Body == "") == (a.Hex == "") {
				t.Errorf("%s to %s: %+v", in.Name(), out.Name(), a)
			}
			sent.path = "/try?format=" + out.Name()
			if res := s.do(sent); res.StatusCode != 200 || res.body == "" {
				t.Errorf("%s, answered in %s: %s", in.Name(), out.Name(), res.Status)
			}
		}
	}
}

// exampleOf makes a trial of the record of an example.
func exampleOf(t *testing.T, shown string) string {
	t.Helper()
	var fields map[string]any
	if err := json.Unmarshal([]byte(shown), &fields); err != nil {
		t.Fatal(err)
	}
	for name := range fields {
		if !slices.Contains([]string{"body", "body_base64", "content_type"}, name) {
			delete(fields, name)
		}
	}
	trial, err := json.Marshal(fields)
	if err != nil || len(fields) != 2 {
		t.Fatalf("the example is %s, %v", shown, err)
	}
	return string(trial)
}

// TestTrySentInEveryFormat sends one trial in each format that can hold it.
func TestTrySentInEveryFormat(t *testing.T) {
	s := newServer(t)
	trial := codecs.Record{text("content_type", "text/plain"), text("accept", "*/*"), text("body", "risky")}
	for _, in := range readFormats() {
		if in.Name() == "html" || in.Name() == "pdf" {
			continue // they hold one form each, that to change the status
		}
		contentType, body := written(t, in, trial)
		res := s.do(request{"POST", "/try?format=json", []string{"Authorization", "", "Content-Type", contentType}, string(body)})
		if told := readTry(t, res.body); res.StatusCode != 200 || told.Command == nil || told.Command.Status != "risky" {
			t.Errorf("%s: %s\n%s", in.Name(), res.Status, res.body)
		}
	}
	file := "--b\r\nContent-Disposition: form-data; name=\"content_type\"\r\n\r\napplication/cbor\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\n\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"c.cbor\"\r\nContent-Type: application/octet-stream\r\n\r\n\xa1fstatuserisky\r\n--b--\r\n"
	res := s.do(request{"POST", "/try?format=json", []string{"Content-Type", "multipart/form-data; boundary=b"}, file})
	if told := readTry(t, res.body); told.Command == nil || told.Command.Status != "risky" {
		t.Errorf("a file: %s\n%s", res.Status, res.body)
	}
}

// TestTryTakesLess sends a body that a change may have, and a trial may not.
func TestTryTakesLess(t *testing.T) {
	s := newServer(t)
	res := s.do(request{"POST", "/try", []string{"Authorization", "", "Content-Type", "application/json"}, `{"body":"` + strings.Repeat("a", 256<<10) + `"}`})
	if res.StatusCode != 413 {
		t.Error(res.Status)
	}
}

// TestTryRefusals: only what is wrong with the trial itself is a problem.
func TestTryRefusals(t *testing.T) {
	s := newServer(t, func(c *handlers.Config) { c.MaxBody = 1000 })
	json := []string{"Authorization", "", "Content-Type", "application/json"}
	for _, c := range []struct {
		name   string
		req    request
		status int
		body   string
	}{
		{"an unknown field", request{"POST", "/try", json, `{"body":"","x":"y"}`}, 422, `"field":"x","code":"unknown-field"`},
		{"no body", request{"POST", "/try", json, `{"content_type":"text/plain"}`}, 422, `"field":"body","code":"required"`},
		{"a number", request{"POST", "/try", json, `{"body":5}`}, 422, `"field":"body","code":"wrong-type"`},
		{"twice", request{"POST", "/try", json, `{"body":"a","body":"b"}`}, 422, `"code":"duplicate-field"`},
		{"two bodies", request{"POST", "/try", json, `{"body":"a","body_base64":"YQ=="}`}, 422, `"field":"body_base64","code":"invalid-value"`},
		{"no base64", request{"POST", "/try", json, `{"body_base64":"a"}`}, 422, `"field":"body_base64","code":"invalid-value"`},
		{"malformed", request{"POST", "/try", json, `{`}, 400, "malformed-body"},
		{"too large", request{"POST", "/try", json, `{"body":"` + strings.Repeat("a", 1000) + `"}`}, 413, ""},
		{"no type", request{"POST", "/try", []string{"Authorization", ""}, "{}"}, 415, ""},
		{"not acceptable", request{"POST", "/try", append(slices.Clone(json), "Accept", "image/png"), `{"body":""}`}, 406, ""},
		{"an unknown example", request{"GET", "/try?example=x", nil, ""}, 400, `"allowed":["json","json-patch"`},
		{"an unknown parameter", request{"GET", "/try?body=x", nil, ""}, 400, `"field":"body"`},
		{"another method", request{"PUT", "/try", json, "{}"}, 405, ""},
	} {
		if res := s.do(c.req); res.StatusCode != c.status || !strings.Contains(res.body, c.body) {
			t.Errorf("%s: %s, want %d with %s\n%s", c.name, res.Status, c.status, c.body, res.body)
		}
	}
}

// TestTryLimits: the body that is tried is held to the limits of any body.
func TestTryLimits(t *testing.T) {
	s := newServer(t, func(c *handlers.Config) { c.Limits = codecs.Limits{Depth: 3, Fields: 6} })
	for body, detail := range map[string]string{
		`{"status":[[[1]]]}`:                          "nested deeper than 3",
		`{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1}`: "more than 6 fields",
	} {
		if told := s.try("application/json", "", []byte(body)); told.Status != 400 || told.NotRead == nil || !strings.Contains(told.NotRead.Detail, detail) {
			t.Errorf("%s: %+v", body, told)
		}
	}
}

// TestTryIsBounded sends names, values and types without end: what comes back has one.
func TestTryIsBounded(t *testing.T) {
	s := newServer(t, func(c *handlers.Config) { c.Limits = codecs.Limits{Name: 1 << 20, Value: 1 << 20} })
	long := strings.Repeat("é", 40_000)
	for _, c := range []struct{ contentType, body string }{
		{"application/json", `{"` + long + `":"` + long + `"}`},
		{"application/json", `{"status":[` + strings.Repeat("1,", 40_000) + `1]}`},
		{"application/json-patch+json", `[{"op":"` + long + `","path":"/` + long + `","value":1}]`},
		{"x/y; z=" + long, "x"},
		{"x/" + strings.Repeat("y", 200_000), "x"},
	} {
		form := url.Values{"content_type": {c.contentType}, "body": {c.body}}.Encode()
		for _, format := range []string{"json", "html"} {
			if len(form) > 256<<10 {
				form = string(mustJSON(t, map[string]string{"content_type": c.contentType, "body": c.body}))
			}
			contentType := "application/x-www-form-urlencoded"
			if form[0] == '{' {
				contentType = "application/json"
			}
			res := s.do(request{"POST", "/try?format=" + format, []string{"Content-Type", contentType}, form})
			if res.StatusCode != 200 || len(res.body) > 100_000 {
				t.Errorf("%.20s in %s: %s, %d bytes", c.contentType, format, res.Status, len(res.body))
			}
		}
	}
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestTryIsNotLogged looks for the body in the log.
func TestTryIsNotLogged(t *testing.T) {
	var log bytes.Buffer
	s := newServer(t, func(c *handlers.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	s.try("text/secret", "x/secret", []byte("secret"))
	s.do(request{"POST", "/try", []string{"Content-Type", "application/json"}, `{"secret":"secret"}`})
	s.Close()
	if lines := strings.Count(log.String(), "\n"); lines != 2 || strings.Contains(log.String(), "secret") {
		t.Errorf("log:\n%s", log.String())
	}
}
