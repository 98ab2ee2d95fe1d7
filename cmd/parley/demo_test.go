package main_test

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// sourceCurl is the call on the API page that Parley comes from.
const sourceCurl = `curl --request PATCH \
  --url http://localhost:{port}/users/{id-or-identifier} \
  --header 'Authorization: Bearer <token>' \
  --header 'Content-Type: application/json' \
  --data '
{
  "status": "inactive",
  "review_comment": "User is suspended due to abuse of the system."
}
'`

// sourceFields are the fields of the answer there, in its order.
var sourceFields = []string{
	"id", "identifier", "name", "email", "user_type", "status", "created_at", "updated_at", "created_by", "updated_by",
}

func TestSourcePageCallWorks(t *testing.T) {
	v := newShell(t).serve("--demo")
	_, port, _ := strings.Cut(v.addr, ":")
	call := strings.NewReplacer("{port}", port, "{id-or-identifier}", "ben", "<token>", v.demoToken()).Replace(sourceCurl)
	status, answer := send(t, request(t, call))
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	names, values := fieldsOf(t, answer)
	documented := slices.DeleteFunc(names, func(name string) bool { return !slices.Contains(sourceFields, name) })
	if !slices.Equal(documented, sourceFields) {
		t.Errorf("the fields are %q, want %q", documented, sourceFields)
	}
	if values["id"] != "d4add56e-c345-4ac9-b392-7a890a60559a" || values["identifier"] != "ben" || values["status"] != "inactive" {
		t.Errorf("the answer is %s", answer)
	}
}

// fieldsOf reads a flat JSON object with the order of its fields.
func fieldsOf(t *testing.T, object string) (names []string, values map[string]string) {
	t.Helper()
	if err := json.Unmarshal([]byte(object), &values); err != nil {
		t.Fatalf("%v: %s", err, object)
	}
	tokens := json.NewDecoder(strings.NewReader(object))
	for i := 0; ; i++ {
		token, err := tokens.Token()
		if err != nil {
			return names, values
		}
		if name, ok := token.(string); ok && i%2 == 1 {
			names = append(names, name)
		}
	}
}

// curlLines are the lines that a demo prints to try.
func (v *server) curlLines() []string {
	v.t.Helper()
	lines := strings.FieldsFunc(v.printed(), func(r rune) bool { return r == '\n' })
	if len(lines) != 3 {
		v.t.Fatalf("%d lines to try: %q", len(lines), lines)
	}
	return lines
}

// demoToken is the token that a demo prints.
func (v *server) demoToken() string {
	v.t.Helper()
	_, rest, _ := strings.Cut(v.curlLines()[0], "Bearer ")
	token, _, ok := strings.Cut(rest, "'")
	if !ok {
		v.t.Fatalf("no token in %s", v.curlLines()[0])
	}
	return token
}

// request makes of a curl command the request that curl would send.
func request(t *testing.T, line string) *http.Request {
	t.Helper()
	words := shellWords(line)
	if words[0] != "curl" || len(words)%2 == 0 {
		t.Fatalf("no curl command: %q", words)
	}
	options := map[string][]string{}
	for i := 1; i < len(words); i += 2 {
		options[words[i]] = append(options[words[i]], words[i+1])
	}
	req, err := http.NewRequest(strings.Join(options["--request"], ""), strings.Join(options["--url"], ""), strings.NewReader(strings.Join(options["--data"], "&")))
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range options["--header"] {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	return req
}

// shellWords cuts a command at white space outside of single quotes. A
// backslash at the end of a line is white space.
func shellWords(line string) []string {
	var list []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			list = append(list, part)
		} else {
			list = append(list, strings.Fields(strings.ReplaceAll(part, "\\\n", " "))...)
		}
	}
	return list
}

func TestDemoLinesWorkAsTheyAre(t *testing.T) { onEachEngine(t, testDemoLinesWorkAsTheyAre) }

func testDemoLinesWorkAsTheyAre(t *testing.T, s *shell) {
	v := s.serve("--demo")
	for i, want := range []string{`"status":"inactive"`, "<status>active</status>", "review_comment: It was a mistake."} {
		line := v.curlLines()[i]
		if status, answer := send(t, request(t, line)); status != http.StatusOK || !strings.Contains(answer, want) {
			t.Errorf("%s\nanswers %d without %s: %s", line, status, want, answer)
		}
		if answer := curl(t, line); answer != "" && !strings.Contains(answer, want) {
			t.Errorf("%s\nprints no %s: %s", line, want, answer)
		}
	}
	v.stop()
	if !slices.Contains(v.log, "Try these in another terminal:") {
		t.Errorf("the lines are not announced: %q", v.log)
	}
}

// curl runs a line in a shell. It returns nothing where there is no curl.
func curl(t *testing.T, line string) string {
	t.Helper()
	if _, err := exec.LookPath("curl"); err != nil {
		return ""
	}
	cmd := exec.Command("sh", "-c", line)
	cmd.Env = append(os.Environ(), "NO_PROXY=*", "no_proxy=*")
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("%s: %v", line, err)
	}
	return string(out)
}

func TestDemoAgainOnItsOwnData(t *testing.T) { onEachEngine(t, testDemoAgainOnItsOwnData) }

func testDemoAgainOnItsOwnData(t *testing.T, s *shell) {
	first := s.serve("--demo")
	if status, answer := send(t, request(t, first.curlLines()[0])); status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	old := first.demoToken()
	first.stop()

	second := s.serve("--demo")
	if status, _ := second.ask("GET", "/users/ben", old, ""); status != http.StatusUnauthorized {
		t.Errorf("the token of the first start is answered %d", status)
	}
	status, answer := second.ask("GET", "/users/ben", second.demoToken(), "")
	if status != http.StatusOK || !strings.Contains(answer, `"status":"inactive"`) {
		t.Errorf("after the second start: %d %s", status, answer)
	}
	second.stop()
}
