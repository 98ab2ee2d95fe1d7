package suites

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// patchExamples are those of RFC 6902 appendix A, which are about documents with
// baz, foo and the like, each with a status set at its end: how a user is answered
// for, who has no such fields.
var patchExamples = []struct{ section, patch, answer string }{
	{"A.1", `{"op":"add","path":"/baz","value":"qux"}`, "422 baz unknown-field"},
	{"A.2", `{"op":"add","path":"/foo/1","value":"qux"}`, "422 /foo/1 unsupported-path"},
	{"A.3", `{"op":"remove","path":"/baz"}`, "422 baz unsupported-operation"},
	{"A.4", `{"op":"remove","path":"/foo/1"}`, "422 foo unsupported-operation"},
	{"A.5", `{"op":"replace","path":"/baz","value":"boo"}`, "422 baz unknown-field"},
	{"A.6", `{"op":"move","from":"/foo/waldo","path":"/qux/thud"}`, "422 qux unsupported-operation"},
	{"A.7", `{"op":"move","from":"/foo/1","path":"/foo/3"}`, "422 foo unsupported-operation"},
	{"A.8", `{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}`,
		"422 /foo/1 unsupported-path"},
	{"A.9", `{"op":"test","path":"/baz","value":"bar"}`, "409 baz test-failed"},
	{"A.10", `{"op":"add","path":"/child","value":{"grandchild":{}}}`, "422 child unknown-field"},
	{"A.11", `{"op":"add","path":"/baz","value":"qux","xyz":123}`, "422 baz unknown-field"},
	{"A.12", `{"op":"add","path":"/baz/bat","value":"qux"}`, "422 /baz/bat unsupported-path"},
	{"A.13", `{"op":"add","path":"/baz","value":"qux","op":"remove"}`, "400"},
	{"A.14", `{"op":"test","path":"/~01","value":10}`, "409 ~1 test-failed"},
	{"A.15", `{"op":"test","path":"/~01","value":"10"}`, "409 ~1 test-failed"},
	{"A.16", `{"op":"add","path":"/foo/-","value":["abc","def"]}`, "422 /foo/- unsupported-path"},
}

// statusExamples are those that hold for a status as well, put as such. Ben is
// active before each.
var statusExamples = []struct{ section, patch, answer string }{
	{"A.1", `[{"op":"add","path":"/status","value":"risky"}]`, "200 risky"},
	{"A.3", `[{"op":"remove","path":"/status"}]`, "422 status unsupported-operation"},
	{"A.5", `[{"op":"replace","path":"/status","value":"risky"}]`, "200 risky"},
	{"A.8", `[{"op":"test","path":"/status","value":"active"},{"op":"replace","path":"/status","value":"risky"}]`, "200 risky"},
	{"A.9", `[{"op":"test","path":"/status","value":"inactive"},{"op":"replace","path":"/status","value":"risky"}]`, "409 status test-failed"},
	{"A.10", `[{"op":"add","path":"/status","value":{"grandchild":{}}}]`, "422 status wrong-type"},
	{"A.11", `[{"op":"add","path":"/status","value":"risky","xyz":123}]`, "200 risky"},
	{"A.12", `[{"op":"add","path":"/status/bat","value":"risky"}]`, "422 /status/bat unsupported-path, status required"},
	{"A.13", `[{"op":"add","path":"/status","value":"risky","op":"remove"}]`, "400"},
	{"A.15", `[{"op":"test","path":"/status","value":10},{"op":"replace","path":"/status","value":"risky"}]`, "409 status test-failed"},
}

// TestPatchExamples sends the examples of RFC 6902.
func TestPatchExamples(t *testing.T) {
	s := newServer(t)
	for _, example := range patchExamples {
		s.checkPatch(t, example.section, `[`+example.patch+`,{"op":"replace","path":"/status","value":"risky"}]`, example.answer)
	}
	for _, example := range statusExamples {
		if got := s.patch(t, `[{"op":"replace","path":"/status","value":"active"}]`); got != "200 active" {
			t.Fatal(got)
		}
		s.checkPatch(t, example.section, example.patch, example.answer)
	}
}

func (s *server) checkPatch(t *testing.T, section, patch, want string) {
	t.Helper()
	if got := s.patch(t, patch); got != want {
		t.Errorf("%s: %s is answered %s, want %s", section, patch, got, want)
	}
}

// patch sends a JSON Patch: the status of the answer, and the user's, or each fault.
func (s *server) patch(t *testing.T, patch string) string {
	t.Helper()
	res := s.do(http.MethodPatch, "/users/ben?format=json", patch, "Content-Type", "application/json-patch+json")
	var told struct {
		Status any
		Errors []struct{ Field, Code string }
	}
	if err := json.Unmarshal([]byte(res.body), &told); err != nil {
		t.Fatal(err)
	}
	if res.StatusCode == http.StatusOK {
		return fmt.Sprintf("200 %s", told.Status)
	}
	faults := make([]string, len(told.Errors))
	for i, e := range told.Errors {
		faults[i] = " " + e.Field + " " + e.Code
	}
	return fmt.Sprint(res.StatusCode, strings.Join(faults, ","))
}
