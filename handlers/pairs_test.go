package handlers_test

import (
	"fmt"
	"net/http"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers"
	"github.com/parley-gateway/parley/handlers/records"
)

// hostile holds what a comment may hold and a format may trip over.
const hostile = "  Emoji \U0001F600\U0001F469\u200d\U0001F4BB, \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627, e\u0301\u0323\n" +
	"]]> &amp; &lt; <b>\"quoted\"</b> 'single' \\ %41 + ; =\n" +
	"\ttab\n\nstatus: active\nstatus=risky\n=1+1\n--boundary\n{\"a\":1}\n \u2028end \ufeff "

// written encodes a record as a request body in a format that is read. What
// is only read is written by hand.
func written(t testing.TB, f codecs.Codec, r codecs.Record) (contentType string, body []byte) {
	t.Helper()
	name := f.MediaTypes()[0]
	if e, ok := f.(codecs.Encoder); ok {
		body, err := e.Encode(nil, codecs.Document{Name: "user", Record: r})
		if err != nil {
			t.Fatalf("%s: %v", f.Name(), err)
		}
		return codecs.ContentType(f, name, body), body
	}
	write, ok := byHand[f.Name()]
	if !ok {
		t.Fatalf("%s is read and not written: add it to byHand", f.Name())
	}
	return name, write(t, r)
}

var byHand = map[string]func(testing.TB, codecs.Record) []byte{"json-patch": writeJSONPatch}

func writeJSONPatch(t testing.TB, r codecs.Record) []byte {
	operations := make([]string, len(r))
	for i, f := range r {
		value, err := codecs.NewJSON().Encode(nil, codecs.Document{Record: codecs.Record{{Name: "value", Value: f.Value}}})
		if err != nil {
			t.Fatal(err)
		}
		operations[i] = `{"op":"add","path":"/` + f.Name + `",` + strings.TrimPrefix(strings.TrimSpace(string(value)), "{")
	}
	return []byte("[" + strings.Join(operations, ",") + "]")
}

func readFormats() []codecs.Codec {
	var list []codecs.Codec
	for _, f := range handlers.Formats().Formats() {
		if c, ok := f.(codecs.Codec); ok {
			list = append(list, c)
		}
	}
	return list
}

func text(name, value string) codecs.Field {
	return codecs.Field{Name: name, Value: codecs.TextValue(value)}
}

// TestEveryPair makes the same change in every format that is read, answered
// in every format that is written: the history, the user and the content of
// the answer must be the same in all.
func TestEveryPair(t *testing.T) {
	for _, in := range readFormats() {
		t.Run(in.Name(), func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			version := s.user(ben).Version
			for n, out := range answersIn(codecs.Single) {
				version++
				status := parley.Statuses[n%len(parley.Statuses)]
				comment := out.Name() + hostile
				contentType, body := written(t, in, codecs.Record{text("status", string(status)), text("review_comment", comment)})
				res := s.do(request{
					method: http.MethodPatch, path: "/users/ben?format=" + out.Name(),
					header: []string{"Content-Type", contentType}, body: string(body),
				})
				if res.StatusCode != http.StatusOK {
					t.Fatalf("to %s: %s\n%s", out.Name(), res.Status, res.body)
				}
				if want := `"` + strconv.FormatInt(version, 10) + "-" + out.Name() + `"`; res.Header.Get("ETag") != want {
					t.Errorf("to %s: entity tag %s, want %s", out.Name(), res.Header.Get("ETag"), want)
				}
				u := s.user(ben)
				if u.Status != status || u.Version != version || u.UpdatedBy != ownerID || !u.UpdatedAt.Equal(testNow()) {
					t.Errorf("to %s: user %+v", out.Name(), u)
				}
				c := s.history(ben)[0]
				if c.To != status || c.Comment != comment || c.ChangedBy != ownerID || c.MediaType != mediaTypeOf(in) {
					t.Errorf("to %s: row %+v", out.Name(), c)
				}
				sameRecord(t, out, res, records.User(u, parley.Caller{Permissions: parley.Permissions}))
			}
			if rows := len(s.history(ben)); rows != len(answersIn(codecs.Single)) {
				t.Errorf("%d rows", rows)
			}
		})
	}
}

// mediaTypeOf is what the history says of a body that a format's encoder
// wrote: an octet-stream holds CBOR.
func mediaTypeOf(f codecs.Codec) string {
	if f.Name() == "octets" {
		return "application/cbor"
	}
	return f.MediaTypes()[0]
}

// sameRecord decodes an answer and compares its fields as text.
func sameRecord(t *testing.T, out codecs.Format, res response, want codecs.Record) {
	t.Helper()
	// A page also holds the form to change the status, which is what it is read
	// by when it comes back.
	switch out.Name() {
	case "html":
		shows(t, want, func(value string) bool {
			return strings.Contains(res.body, ">"+value+"<") || strings.Contains(res.body, `datetime="`+value+`"`)
		})
		return
	case "pdf":
		page := withoutSpace(pdfText(t, res.body))
		shows(t, want, func(value string) bool { return strings.Contains(page, withoutSpace(value)) })
		return
	}
	decoded, err := handlers.Formats().Decode(res.Header.Get("Content-Type"), []byte(res.body), codecs.Limits{})
	if err != nil {
		t.Fatalf("%s: %v\n%s", out.Name(), err, res.body)
	}
	if got, want := asText(decoded.Record), asText(want); got != want {
		t.Errorf("%s:\n got %s\nwant %s", out.Name(), got, want)
	}
}

func shows(t *testing.T, want codecs.Record, isShown func(value string) bool) {
	t.Helper()
	for _, f := range codecs.Flatten(want) {
		if !isShown(string(f.Value.AppendScalar(nil))) {
			t.Errorf("%s is not shown", f.Name)
		}
	}
}

// pdfText is the text of a page as poppler finds it, in the order in which it was
// written.
func pdfText(t *testing.T, body string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "pdftotext", "-raw", "-", "-")
	cmd.Stdin = strings.NewReader(body)
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("pdftotext: %v (Debian: apt-get install poppler-utils)", err)
	}
	return string(text)
}

func withoutSpace(s string) string { return strings.Join(strings.Fields(s), "") }

func asText(r codecs.Record) string {
	var b strings.Builder
	for _, f := range codecs.Flatten(r) {
		fmt.Fprintf(&b, "%s=%q ", f.Name, f.Value.AppendScalar(nil))
	}
	return b.String()
}

// TestEveryRefusal sends each breach of the rules in every format that is
// read. It must be refused alike in all, and change nothing.
func TestEveryRefusal(t *testing.T) {
	status := text("status", "risky")
	cases := []struct {
		name   string
		record codecs.Record
		faults string // field:code, in order
	}{
		{"unknown field", codecs.Record{status, text("reviewcomment", "x")}, "reviewcomment:unknown-field"},
		{"field of another case", codecs.Record{status, text("Status", "risky")}, "Status:unknown-field"},
		{"status twice", codecs.Record{status, status}, "status:duplicate-field"},
		{"status twice, differing", codecs.Record{status, text("status", "active")}, "status:duplicate-field"},
		{"comment twice", codecs.Record{status, text("review_comment", "a"), text("review_comment", "b")}, "review_comment:duplicate-field"},
		{"no status", codecs.Record{text("review_comment", "a")}, "status:required"},
		{"unknown status", codecs.Record{text("status", "banned")}, "status:unknown-value"},
		{"status in capitals", codecs.Record{text("status", "Active")}, "status:unknown-value"},
		{"empty status", codecs.Record{text("status", "")}, "status:unknown-value"},
		{"status with a no-break space", codecs.Record{text("status", "active\u00a0")}, "status:unknown-value"},
		{"comment too long", codecs.Record{status, text("review_comment", strings.Repeat("\u00e9", parley.MaxComment+1))}, "review_comment:too-long"},
		{"control character", codecs.Record{status, text("review_comment", "a\u0085b")}, "review_comment:control-character"},
		{"all at once", codecs.Record{text("x", "y"), text("status", "no"), text("review_comment", "\u0080")},
			"x:unknown-field status:unknown-value review_comment:control-character"},
	}
	for _, in := range readFormats() {
		t.Run(in.Name(), func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			for _, c := range cases {
				contentType, body := written(t, in, c.record)
				s.mustRefuse(t, c.name, contentType, body, c.faults)
			}
			s.mustBeUntouched(t)
		})
	}
}

// TestEveryWrongType sends values that are no text in every format that has
// such values.
func TestEveryWrongType(t *testing.T) {
	values := map[string]codecs.Value{
		"a number":  codecs.IntValue(5),
		"a boolean": codecs.BoolValue(true),
		"null":      codecs.NullValue(),
		"a list":    codecs.ListValue(codecs.TextValue("risky")),
		"a map":     codecs.MapValue(codecs.Record{text("status", "risky")}),
	}
	for _, in := range readFormats() {
		t.Run(in.Name(), func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			for name, value := range values {
				contentType, body := written(t, in, codecs.Record{{Name: "status", Value: value}})
				decoded, err := handlers.Formats().Decode(contentType, body, codecs.Limits{})
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if v, ok := decoded.Record.Get("status"); ok && v.Kind() == value.Kind() {
					s.mustRefuse(t, name, contentType, body, "status:wrong-type")
				}
			}
			s.mustBeUntouched(t)
		})
	}
}

func (s *testServer) mustRefuse(t *testing.T, name, contentType string, body []byte, faults string) {
	t.Helper()
	res := s.do(request{
		method: http.MethodPatch, path: "/users/ben?format=json",
		header: []string{"Content-Type", contentType}, body: string(body),
	})
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("%s: %s\n%s\n%s", name, res.Status, body, res.body)
		return
	}
	if got := faultsOf(t, res.body); got != faults {
		t.Errorf("%s: faults %s, want %s", name, got, faults)
	}
}

// faultsOf reads the errors of a problem in JSON.
func faultsOf(t *testing.T, body string) string {
	t.Helper()
	decoded, err := handlers.Formats().Decode("application/json", []byte(body), codecs.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	errors, _ := decoded.Record.Get("errors")
	var list []string
	for _, e := range errors.Members() {
		field, _ := e.Value.Members().Get("field")
		code, _ := e.Value.Members().Get("code")
		list = append(list, field.Text()+":"+code.Text())
	}
	return strings.Join(list, " ")
}

func (s *testServer) mustBeUntouched(t *testing.T) {
	t.Helper()
	if u := s.user(ben); u.Version != 1 || u.Status != parley.StatusActive {
		t.Errorf("a refused request changed the user: %+v", u)
	}
	if rows := s.history(ben); len(rows) != 0 {
		t.Errorf("a refused request left a row: %+v", rows)
	}
}

// TestProblemsInEveryFormat asks for the same problem in every format: the
// same fields, in the same order.
func TestProblemsInEveryFormat(t *testing.T) {
	var shown []string
	for _, out := range answersIn(codecs.Single) {
		s := newServer(t)
		res := s.do(request{
			method: http.MethodPatch, path: "/users/ben?format=" + out.Name(),
			header: []string{"Content-Type", "application/json", "X-Request-ID", "r-1"}, body: `{"status":5,"x":1}`,
		})
		if res.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: %s", out.Name(), res.Status)
		}
		if out.Name() == "html" {
			if !strings.Contains(res.body, "wrong-type") || !strings.Contains(res.body, "unknown-field") {
				t.Errorf("html does not show the faults:\n%s", res.body)
			}
			continue
		}
		decoded, err := handlers.Formats().Decode(res.Header.Get("Content-Type"), []byte(res.body), codecs.Limits{})
		if err != nil {
			t.Fatalf("%s: %v\n%s", out.Name(), err, res.body)
		}
		shown = append(shown, asText(decoded.Record))
	}
	if same := slices.Compact(shown); len(same) != 1 {
		t.Errorf("the problem differs between formats:\n%s", strings.Join(same, "\n"))
	}
}

// TestListsInEveryFormat reads a list and a history in every format that holds
// lists.
func TestListsInEveryFormat(t *testing.T) {
	s := newServer(t)
	for _, status := range []string{"risky", "suspended", "active"} {
		res := s.do(request{method: http.MethodPatch, path: "/users/ben",
			header: []string{"Content-Type", "text/plain"}, body: "status: " + status + "\n\n" + hostile})
		if res.StatusCode != http.StatusOK {
			t.Fatal(res.Status, res.body)
		}
	}
	for _, out := range answersIn(codecs.Many) {
		users := s.do(request{method: http.MethodGet, path: "/users?limit=3&format=" + out.Name()})
		if users.StatusCode != http.StatusOK || !strings.Contains(users.Header.Get("Link"), `rel="next"`) {
			t.Errorf("%s: %s, Link %q", out.Name(), users.Status, users.Header.Get("Link"))
		}
		history := s.do(request{method: http.MethodGet, path: "/users/ben/status-changes?format=" + out.Name()})
		shown := history.body
		if out.Name() == "pdf" {
			shown = withoutSpace(pdfText(t, shown))
		}
		for _, c := range s.history(ben) {
			for _, want := range []string{string(c.From), string(c.To), c.RequestID} {
				if !strings.Contains(shown, want) {
					t.Errorf("%s: the history does not show %s", out.Name(), want)
				}
			}
		}
	}
}
