package handlers_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/handlers"
	"github.com/parley-gateway/parley/handlers/records"
)

const (
	jsonBody = `{"status":"risky","review_comment":"look"}`
	formBody = "status=risky&review_comment=look"
)

// TestSurface walks every route and every refusal of the contract's section 1.
func TestSurface(t *testing.T) {
	json := []string{"Content-Type", "application/json"}
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	with := func(base []string, more ...string) []string { return append(slices.Clone(base), more...) }
	cases := []struct {
		name   string
		req    request
		status int
		header []string // name, expected value ...
		body   string   // a part of it
	}{
		// Reading.
		{"a user by identifier", request{"GET", "/users/ben", nil, ""}, 200, []string{"ETag", `"1-json"`, "Content-Type", "application/json"}, `{"id":"` + benID},
		{"a user by id", request{"GET", "/users/" + benID, nil, ""}, 200, nil, `"identifier":"ben"`},
		{"a user by id in capitals", request{"GET", "/users/" + strings.ToUpper(benID), nil, ""}, 200, nil, `"identifier":"ben"`},
		{"head", request{"HEAD", "/users/ben", nil, ""}, 200, []string{"ETag", `"1-json"`}, ""},
		{"nobody", request{"GET", "/users/nobody", nil, ""}, 404, []string{"Content-Type", "application/problem+json"}, `"type":"/problems/not-found"`},
		{"a slash that was encoded", request{"GET", "/users/north%2Fsouth", nil, ""}, 200, nil, `"identifier":"north/south"`},
		{"a percent sign", request{"GET", "/users/100%25", nil, ""}, 200, nil, `"identifier":"100%"`},
		{"a space", request{"GET", "/users/two%20words", nil, ""}, 200, nil, `"identifier":"two words"`},
		{"an identifier that looks like an id", request{"GET", "/users/00000000-0000-4000-8000-00000000beef", nil, ""}, 200, nil, `"name":"Looks Like An Id"`},
		{"a plus sign is no space", request{"GET", "/users/a+b", nil, ""}, 200, nil, `"identifier":"a+b"`},
		{"decoded once only", request{"GET", "/users/%2562en", nil, ""}, 404, nil, ""},
		{"percent-encoded letters", request{"GET", "/users/%62%65n", nil, ""}, 200, nil, `"identifier":"ben"`},
		{"not UTF-8", request{"GET", "/users/%ff", nil, ""}, 404, nil, ""},
		{"no identifier", request{"GET", "/users/", nil, ""}, 404, nil, ""},
		{"too long", request{"GET", "/users/" + strings.Repeat("a", 256), nil, ""}, 404, nil, ""},
		{"another workspace's", request{"GET", "/users/ben", []string{"Authorization", "Bearer " + otherToken}, ""}, 404, nil, ""},
		{"a workspace", request{"GET", "/workspaces/delay", nil, ""}, 200, nil, `"identifier":"delay","name":"Delay Technologies","workspace_type":"multi_user","created_at":"2023-05-06T00:00:00Z","updated_at":"2023-05-06T00:00:00Z","owner_id":"` + ownerID},
		{"users", request{"GET", "/users?limit=1", nil, ""}, 200, nil, `"next_cursor":`},
		{"users by prefix", request{"GET", "/users?q=BEN", nil, ""}, 200, nil, `"identifier":"ben"`},
		{"an unknown filter", request{"GET", "/users?stauts=active", nil, ""}, 400, nil, `"field":"stauts"`},
		{"a filter that cannot be decoded", request{"GET", "/users?status=%zz", nil, ""}, 400, nil, `"detail":"The query cannot be read: & separates`},
		{"filters between semicolons", request{"GET", "/users?status=active;limit=1", nil, ""}, 400, nil, `"type":"/problems/invalid-query"`},
		{"filters that are left empty", request{"GET", "/users?q=zof&status=&user_type=&workspace=", nil, ""}, 200, nil, `"users":[{"id":"ca304891-10fb-5600-9409-045385a1b819"`},
		{"an unknown value", request{"GET", "/users?status=banned", nil, ""}, 400, nil, `"allowed":["active"`},
		{"users by workspace", request{"GET", "/users?workspace=sakura&limit=1", nil, ""}, 200, nil, `"domain_name":"sakura.example"`},
		{"a workspace nobody has", request{"GET", "/users?workspace=nowhere", nil, ""}, 400, nil, `"field":"workspace","code":"unknown"`},
		{"another workspace than the token's", request{"GET", "/users?workspace=delay", []string{"Authorization", "Bearer " + otherToken}, ""}, 400, nil, `"field":"workspace","code":"unknown"`},
		{"users sorted", request{"GET", "/users?sort=-created_at&status=risky&limit=1", nil, ""}, 200, nil, `"identifier":"bao"`},
		{"users sorted the other way round", request{"GET", "/users?sort=created_at&status=risky&limit=1", nil, ""}, 200, nil, `"identifier":"noa"`},
		{"users sorted by nothing there is", request{"GET", "/users?sort=version", nil, ""}, 400, nil, `"allowed":["identifier","-identifier","name"`},
		{"a cursor of another order", request{"GET", "/users?sort=name&cursor=dTE6YmVu", nil, ""}, 400, nil, `"field":"cursor"`},
		{"a limit too high", request{"GET", "/users?limit=201", nil, ""}, 400, nil, `"field":"limit"`},
		{"a limit of nothing", request{"GET", "/users?limit=0", nil, ""}, 400, nil, `"field":"limit"`},
		{"a cursor that is none", request{"GET", "/users?cursor=x", nil, ""}, 400, nil, `"field":"cursor"`},
		{"an empty history", request{"GET", "/users/ben/status-changes", nil, ""}, 200, nil, `{"status_changes":[]}`},
		{"an entry nobody wrote", request{"GET", "/users/ben/status-changes/1", nil, ""}, 404, nil, ""},
		{"an entry that is no number", request{"GET", "/users/ben/status-changes/x", nil, ""}, 404, nil, ""},
		{"the index", request{"GET", "/", []string{"Authorization", ""}, ""}, 200, nil, `"name":"Parley"`},
		{"a problem's page", request{"GET", "/problems/not-found", []string{"Authorization", ""}, ""}, 200, nil, `"what_to_do"`},
		{"a problem nobody has", request{"GET", "/problems/x", []string{"Authorization", ""}, ""}, 404, nil, ""},
		{"nowhere", request{"GET", "/x", []string{"Authorization", ""}, ""}, 404, nil, ""},
		{"nowhere under users", request{"GET", "/users/ben/x", []string{"Authorization", ""}, ""}, 401, nil, ""},

		// Conditions.
		{"not modified", request{"GET", "/users/ben", []string{"If-None-Match", `"1-json"`}, ""}, 304, []string{"ETag", `"1-json"`}, ""},
		{"not modified, weakly", request{"GET", "/users/ben", []string{"If-None-Match", `"x", W/"1-json"`}, ""}, 304, nil, ""},
		{"another format's tag", request{"GET", "/users/ben", []string{"If-None-Match", `"1-xml"`}, ""}, 200, nil, ""},
		{"any tag", request{"GET", "/users/ben", []string{"If-None-Match", `*`}, ""}, 304, nil, ""},
		{"a tag without quotes", request{"GET", "/users/ben", []string{"If-None-Match", `1-json`}, ""}, 400, nil, "If-None-Match"},
		{"match", request{"PATCH", "/users/ben", with(json, "If-Match", `"1-xml"`), jsonBody}, 200, []string{"ETag", `"2-json"`}, `"status":"risky"`},
		{"match any", request{"PATCH", "/users/ben", with(json, "If-Match", `*`), jsonBody}, 200, nil, ""},
		{"match a list", request{"PATCH", "/users/ben", with(json, "If-Match", `"9-json", "1-json"`), jsonBody}, 200, nil, ""},
		{"no match", request{"PATCH", "/users/ben", with(json, "If-Match", `"2-json"`), jsonBody}, 412, nil, "precondition-failed"},
		{"a weak tag matches nothing", request{"PATCH", "/users/ben", with(json, "If-Match", `W/"1-json"`), jsonBody}, 412, nil, ""},
		{"a foreign tag", request{"PATCH", "/users/ben", with(json, "If-Match", `"abc"`), jsonBody}, 412, nil, ""},
		{"a malformed tag", request{"PATCH", "/users/ben", with(json, "If-Match", `1-json`), jsonBody}, 400, nil, "invalid-header"},
		{"match twice", request{"PATCH", "/users/ben", with(json, "If-Match", `"1-json"`, "If-Match", `"1-json"`), jsonBody}, 400, nil, "If-Match"},
		{"nobody comes before no match", request{"PATCH", "/users/nobody", with(json, "If-Match", `"2-json"`), jsonBody}, 404, nil, ""},
		{"a form's own condition", request{"PATCH", "/users/ben", form, formBody + "&_if_match=%222-html%22"}, 412, nil, ""},
		{"a header wins over a field", request{"PATCH", "/users/ben", with(form, "If-Match", `"1-html"`), formBody + "&_if_match=%222-html%22"}, 200, nil, ""},
		{"JSON has no such field", request{"PATCH", "/users/ben", json, `{"status":"risky","_if_match":"*"}`}, 422, nil, `"field":"_if_match","code":"unknown-field"`},
		{"a steering field twice", request{"PATCH", "/users/ben", form, formBody + "&_if_match=*&_if_match=*"}, 422, nil, `"field":"_if_match","code":"duplicate-field"`},

		// Changing.
		{"json", request{"PATCH", "/users/ben", json, jsonBody}, 200, []string{"ETag", `"2-json"`, "X-Api-Version", "v1", "Cache-Control", "private, no-cache"}, `"updated_by":"` + ownerID + `"}`},
		{"without metadata", request{"PATCH", "/users/ben", with(json, "Authorization", "Bearer "+writeToken), jsonBody}, 200, nil, `"updated_at":"2026-01-02T03:04:05Z"}`},
		{"minimal", request{"PATCH", "/users/ben", with(json, "Prefer", "respond-async, return=minimal; x=y"), jsonBody}, 204, []string{"Preference-Applied", "return=minimal", "ETag", `"2-json"`}, ""},
		{"another preference", request{"PATCH", "/users/ben", with(json, "Prefer", "return=representation"), jsonBody}, 200, nil, ""},
		{"no token", request{"PATCH", "/users/ben", with(json, "Authorization", ""), jsonBody}, 401, []string{"Www-Authenticate", `Bearer realm="parley"`}, "unauthorized"},
		{"no token of ours", request{"PATCH", "/users/ben", with(json, "Authorization", "Bearer x"), jsonBody}, 401, []string{"Www-Authenticate", `Bearer realm="parley", error="invalid_token"`}, ""},
		{"another scheme", request{"PATCH", "/users/ben", with(json, "Authorization", "Basic x"), jsonBody}, 401, []string{"Www-Authenticate", `Bearer realm="parley"`}, ""},
		{"only reading", request{"PATCH", "/users/ben", with(json, "Authorization", "Bearer "+readToken), jsonBody}, 403, []string{"Www-Authenticate", `Bearer realm="parley", error="insufficient_scope", scope="users:write"`}, ""},
		{"a version to come", request{"PATCH", "/users/ben", with(json, "X-API-Version", "v2"), jsonBody}, 400, nil, `"supported":["v1"]`},
		{"not acceptable", request{"PATCH", "/users/ben", with(json, "Accept", "image/png"), jsonBody}, 406, []string{"Content-Type", "application/problem+json"}, `"supported":["application/json"`},
		{"an Accept without end", request{"PATCH", "/users/ben", with(json, "Accept", strings.Repeat("text/x,", 2500)), jsonBody}, 431, nil, "16384 bytes"},
		{"a list is not acceptable here", request{"GET", "/users/ben", []string{"Accept", "text/csv"}, ""}, 406, nil, ""},
		{"an unknown format", request{"GET", "/users/ben?format=gif", nil, ""}, 406, nil, ""},
		{"an unknown type", request{"PATCH", "/users/ben", []string{"Content-Type", "image/png"}, jsonBody}, 415, nil, `"supported":["application/json"`},
		{"no type", request{"PATCH", "/users/ben", nil, jsonBody}, 415, nil, ""},
		{"no type and no body", request{"PATCH", "/users/ben", nil, ""}, 400, nil, "malformed-body"},
		{"a malformed type", request{"PATCH", "/users/ben", []string{"Content-Type", "json"}, jsonBody}, 400, nil, "invalid-header"},
		{"two types", request{"PATCH", "/users/ben", with(json, "Content-Type", "text/xml"), jsonBody}, 400, nil, "Content-Type"},
		{"an unknown charset", request{"PATCH", "/users/ben", []string{"Content-Type", "text/plain; charset=klingon"}, "risky"}, 415, nil, "klingon"},
		{"an unknown coding", request{"PATCH", "/users/ben", with(json, "Content-Encoding", "lzma"), jsonBody}, 415, []string{"Accept-Encoding", "gzip, deflate, br, zstd, identity"}, ""},
		{"too large", request{"PATCH", "/users/ben", json, `{"status":"` + strings.Repeat("a", 1<<20) + `"}`}, 413, nil, ""},
		{"malformed", request{"PATCH", "/users/ben", json, "{\n  \"status\": risky}"}, 400, nil, "line 2, column 13"},
		{"a list", request{"PATCH", "/users/ben", json, `["risky","x"]`}, 422, nil, "not-fields"},
		{"deep", request{"PATCH", "/users/ben", json, strings.Repeat(`{"a":`, 33) + "1" + strings.Repeat("}", 33)}, 400, nil, "32"},

		// A POST that stands for PATCH.
		{"override by header", request{"POST", "/users/ben", with(json, "X-HTTP-Method-Override", "patch"), jsonBody}, 200, nil, ""},
		{"override by field", request{"POST", "/users/ben", form, formBody + "&_method=Patch"}, 200, nil, ""},
		{"no override", request{"POST", "/users/ben", json, jsonBody}, 405, []string{"Allow", "GET, HEAD, PATCH, OPTIONS"}, ""},
		{"no override in a form", request{"POST", "/users/ben", form, formBody}, 405, nil, ""},
		{"another method in the header", request{"POST", "/users/ben", with(json, "X-HTTP-Method-Override", "DELETE"), jsonBody}, 405, nil, ""},
		{"another method in the field", request{"POST", "/users/ben", form, formBody + "&_method=DELETE"}, 405, nil, ""},
		{"two that differ", request{"POST", "/users/ben", with(form, "X-HTTP-Method-Override", "PATCH"), formBody + "&_method=DELETE"}, 405, nil, ""},
		{"JSON has no such field either", request{"POST", "/users/ben", json, `{"status":"risky","_method":"PATCH"}`}, 405, nil, ""},
		{"others take no override", request{"PATCH", "/users/ben", with(json, "X-HTTP-Method-Override", "DELETE"), jsonBody}, 200, nil, ""},
		{"a POST that cannot be read", request{"POST", "/users/ben", form, "_method=PATCH&status=%zz"}, 400, nil, "percent sign"},
		{"a POST that cannot be read, with the header", request{"POST", "/users/ben", with(form, "X-HTTP-Method-Override", "PATCH"), "status=%zz"}, 400, nil, "percent sign"},
		{"a field inside a file is no field of the form", request{"POST", "/users/ben", []string{"Content-Type", "multipart/form-data; boundary=b"}, "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\nContent-Type: application/json\r\n\r\n{\"status\":\"risky\",\"_method\":\"PATCH\"}\r\n--b--\r\n"}, 405, nil, ""},

		// Other methods.
		{"a method that is not there", request{"DELETE", "/users/ben", nil, ""}, 405, nil, "method-not-allowed"},
		{"whoever it is must say so first", request{"DELETE", "/users/ben", []string{"Authorization", ""}, ""}, 401, nil, ""},
		{"a method nobody knows", request{"BREW", "/users/ben", nil, ""}, 405, nil, ""},
		{"options", request{"OPTIONS", "/users/ben", nil, ""}, 204, []string{"Allow", "GET, HEAD, PATCH, POST, OPTIONS"}, ""},

		// JSON Patch.
		{"a patch", request{"PATCH", "/users/ben", []string{"Content-Type", "application/json-patch+json"}, `[{"op":"test","path":"/status","value":"active"},{"op":"replace","path":"/status","value":"risky"}]`}, 200, nil, `"status":"risky"`},
		{"a test that fails", request{"PATCH", "/users/ben", []string{"Content-Type", "application/json-patch+json"}, `[{"op":"test","path":"/status","value":"inactive"},{"op":"replace","path":"/status","value":"risky"}]`}, 409, nil, "patch-test-failed"},
		{"a test of what was set", request{"PATCH", "/users/ben", []string{"Content-Type", "application/json-patch+json"}, `[{"op":"replace","path":"/status","value":"risky"},{"op":"test","path":"/status","value":"risky"}]`}, 200, nil, ""},
		{"an operation there is not", request{"PATCH", "/users/ben", []string{"Content-Type", "application/json-patch+json"}, `[{"op":"remove","path":"/status"}]`}, 422, nil, "unsupported-operation"},

		// Creating.
		{"create", request{"POST", "/users", json, `{"identifier":"new/one","name":"New","email":"new@example.com"}`}, 201, []string{"ETag", `"1-json"`}, `"user_type":"saas_user","status":"onboarding"`},
		{"taken", request{"POST", "/users", json, `{"identifier":"ben","name":"New","email":"new@example.com"}`}, 409, nil, `"field":"identifier"`},
		{"incomplete", request{"POST", "/users", json, `{"name":"","email":"new"}`}, 422, nil, `"field":"identifier","code":"required"`},
		{"no workspace", request{"POST", "/users", json, `{"identifier":"n","name":"New","email":"n@example.com","workspace":"nowhere"}`}, 422, nil, `"field":"workspace"`},
		{"not allowed to create", request{"POST", "/users", with(json, "Authorization", "Bearer "+writeToken), `{}`}, 403, nil, "users:admin"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			res := s.do(c.req)
			if res.StatusCode != c.status || !strings.Contains(res.body, c.body) {
				t.Errorf("%s\n%s\nwant %d with %s", res.Status, res.body, c.status, c.body)
			}
			for i := 0; i < len(c.header); i += 2 {
				if got := res.Header.Get(c.header[i]); got != c.header[i+1] {
					t.Errorf("%s: %q, want %q", c.header[i], got, c.header[i+1])
				}
			}
			for _, name := range []string{"X-Request-Id", "X-Api-Version", "Vary", "Cache-Control"} {
				if res.Header.Get(name) == "" {
					t.Errorf("no %s", name)
				}
			}
			if res.StatusCode >= 400 && strings.HasPrefix(c.req.path, "/users/ben") {
				s.mustBeUntouched(t)
			}
		})
	}
}

// TestOrderOfChecks breaks every rule at once and mends one after another: the
// first that is left must answer.
func TestOrderOfChecks(t *testing.T) {
	s := newServer(t)
	broken := map[string]string{
		"Authorization": "Bearer x", "X-API-Version": "v9", "Accept": "image/png", "If-Match": "x", "Content-Type": "image/png",
	}
	body := strings.Repeat("x", 1<<20+1)
	broken["X-Long"] = strings.Repeat("x", 64<<10)
	method, path := http.MethodDelete, "/users/nobody?"+strings.Repeat("x", 8<<10)
	steps := []struct {
		status int
		mend   func()
	}{
		{414, func() { path = "/users/nobody" }},
		{431, func() { delete(broken, "X-Long") }},
		{401, func() { broken["Authorization"] = "Bearer " + readToken }},
		{400, func() { delete(broken, "X-API-Version") }},
		{405, func() { method = http.MethodPatch }},
		{403, func() { broken["Authorization"] = "Bearer " + fullToken }},
		{406, func() { broken["Accept"] = "text/plain" }},
		{400, func() { broken["If-Match"] = `"7-json"` }},
		{415, func() { broken["Content-Type"] = "application/json" }},
		{413, func() { body = "{" }},
		{400, func() { body = "{}" }},
		{422, func() { body = jsonBody }},
		{404, func() { path = "/users/ben" }},
		{412, func() { broken["If-Match"] = `"1-json"` }},
		{200, func() {}},
	}
	for i, step := range steps {
		var header []string
		for name, value := range broken {
			header = append(header, name, value)
		}
		if res := s.do(request{method, path, header, body}); res.StatusCode != step.status {
			t.Fatalf("step %d: %s, want %d\n%s", i, res.Status, step.status, res.body)
		}
		step.mend()
	}
}

func TestIdempotency(t *testing.T) {
	s := newServer(t)
	header := func(contentType, key string, more ...string) []string {
		return append([]string{"Content-Type", contentType, "Idempotency-Key", key}, more...)
	}
	first := s.do(request{"PATCH", "/users/ben", header("application/json", "k"), jsonBody})
	other := s.do(request{"PATCH", "/users/ben", header("application/json", "l"), `{"status":"active"}`})
	again := s.do(request{"PATCH", "/users/" + benID, header("application/xml", "k"), "<u><review_comment>look</review_comment><status>risky</status></u>"})
	if first.StatusCode != 200 || other.StatusCode != 200 || again.StatusCode != 200 {
		t.Fatal(first.Status, other.Status, again.Status, again.body)
	}
	if again.Header.Get("Idempotent-Replayed") != "true" || first.Header.Get("Idempotent-Replayed") != "" {
		t.Error("the replay does not say that it is one, or the change says that it is")
	}
	if again.Header.Get("ETag") != `"2-xml"` || !strings.Contains(again.body, "<status>risky</status>") {
		t.Errorf("the replay does not show the user as it was then: %s %s", again.Header.Get("ETag"), again.body)
	}
	for name, r := range map[string]request{
		"another comment":   {"PATCH", "/users/ben", header("application/json", "k"), `{"status":"risky"}`},
		"another user":      {"PATCH", "/users/" + ownerID, header("application/json", "k"), jsonBody},
		"nobody":            {"PATCH", "/users/nobody", header("application/json", "k"), jsonBody},
		"another condition": {"PATCH", "/users/ben", header("application/json", "k", "If-Match", "*"), jsonBody},
	} {
		if res := s.do(r); res.StatusCode != 422 || !strings.Contains(res.body, "idempotency-key-reused") {
			t.Errorf("%s: %s %s", name, res.Status, res.body)
		}
	}
	if rows := len(s.history(ben)); rows != 2 {
		t.Errorf("%d rows, want 2", rows)
	}
	for _, key := range []string{"", "a b", strings.Repeat("k", 256), "\u00e9"} {
		if res := s.do(request{"PATCH", "/users/ben", header("application/json", key), jsonBody}); res.StatusCode != 400 {
			t.Errorf("the key %q: %s", key, res.Status)
		}
	}
	refused := s.do(request{"PATCH", "/users/ben", header("application/json", "free", "If-Match", `"1-json"`), jsonBody})
	made := s.do(request{"PATCH", "/users/ben", header("application/json", "free"), jsonBody})
	if refused.StatusCode != 412 || made.StatusCode != 200 {
		t.Errorf("a refused request took its key: %s %s", refused.Status, made.Status)
	}
}

// TestIdempotencyAtOnce sends the same request many times at the same moment.
func TestIdempotencyAtOnce(t *testing.T) {
	s := newServer(t)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			res := s.do(request{"PATCH", "/users/ben", []string{"Content-Type", "application/json", "Idempotency-Key", "k"}, jsonBody})
			if res.StatusCode != 200 || res.Header.Get("ETag") != `"2-json"` {
				t.Errorf("%s %s", res.Status, res.Header.Get("ETag"))
			}
		})
	}
	wg.Wait()
	if rows := len(s.history(ben)); rows != 1 {
		t.Errorf("%d rows", rows)
	}
}

// TestRevokedToken checks that a token ends at once.
func TestRevokedToken(t *testing.T) {
	s := newServer(t)
	reading := request{"GET", "/users/ben", []string{"Authorization", "Bearer " + readToken}, ""}
	if res := s.do(reading); res.StatusCode != 200 {
		t.Fatal(res.Status)
	}
	if err := s.store.RevokeToken(context.Background(), "read"); err != nil {
		t.Fatal(err)
	}
	if res := s.do(reading); res.StatusCode != 401 || !strings.Contains(res.Header.Get("Www-Authenticate"), "invalid_token") {
		t.Error(res.Status, res.Header)
	}
}

func TestSettings(t *testing.T) {
	strict := newServer(t, func(c *handlers.Config) {
		c.MatchRequired = true
		c.Rules = records.Rules{CommentRequired: []parley.Status{parley.StatusRisky}}
	})
	json := []string{"Content-Type", "application/json"}
	if res := strict.do(request{"PATCH", "/users/ben", json, jsonBody}); res.StatusCode != 428 {
		t.Error(res.Status)
	}
	match := append(slices.Clone(json), "If-Match", `"1-json"`)
	for _, body := range []string{`{"status":"risky"}`, `{"status":"risky","review_comment":" \n\t"}`} {
		res := strict.do(request{"PATCH", "/users/ben", match, body})
		if res.StatusCode != 422 || faultsOf(t, res.body) != "review_comment:required" {
			t.Error(res.Status, res.body)
		}
	}
	if res := strict.do(request{"PATCH", "/users/ben", match, jsonBody}); res.StatusCode != 200 {
		t.Error(res.Status, res.body)
	}
}

func TestCrossOrigin(t *testing.T) {
	s := newServer(t, func(c *handlers.Config) { c.Origins = []string{"https://desk.example"} })
	friend := s.do(request{"GET", "/users/ben", []string{"Origin", "https://desk.example"}, ""})
	if friend.StatusCode != 200 || friend.Header.Get("Access-Control-Allow-Origin") != "https://desk.example" {
		t.Error(friend.Status, friend.Header)
	}
	for _, name := range []string{"Etag", "Location", "Link", "X-Request-Id", "X-Api-Version", "Retry-After", "RateLimit", "RateLimit-Policy"} {
		if !strings.Contains(strings.ToLower(friend.Header.Get("Access-Control-Expose-Headers")), strings.ToLower(name)) {
			t.Errorf("%s is not exposed", name)
		}
	}
	preflight := s.do(request{"OPTIONS", "/users/ben", []string{
		"Authorization", "", "Origin", "https://desk.example", "Access-Control-Request-Method", "PATCH",
	}, ""})
	if preflight.StatusCode != 204 || !strings.Contains(preflight.Header.Get("Access-Control-Allow-Methods"), "PATCH") {
		t.Error(preflight.Status, preflight.Header)
	}
	for _, name := range []string{"X-Request-Id", "X-Api-Version", "Vary", "Cache-Control"} {
		if preflight.Header.Get(name) == "" {
			t.Errorf("the preflight carries no %s", name)
		}
	}
	stranger := s.do(request{"GET", "/users/ben", []string{"Origin", "https://elsewhere.example"}, ""})
	if stranger.StatusCode != 200 || stranger.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Error(stranger.Status, stranger.Header)
	}
	if vary := strings.Join(stranger.Header.Values("Vary"), ","); !strings.Contains(vary, "Origin") || !strings.Contains(vary, "Accept") {
		t.Error("Vary:", vary)
	}
}

func TestRequestID(t *testing.T) {
	s := newServer(t)
	for sent, kept := range map[string]bool{"abc-1": true, strings.Repeat("x", 128): true, strings.Repeat("x", 129): false, "a b": false, "\u00e9": false} {
		res := s.do(request{"PATCH", "/users/ben", []string{"Content-Type", "application/json", "X-Request-ID", sent}, jsonBody})
		got := res.Header.Get("X-Request-Id")
		if (got == sent) != kept || got == "" {
			t.Errorf("%q came back as %q", sent, got)
		}
		if row := s.history(ben)[0].RequestID; row != got {
			t.Errorf("the history says %q, the answer %q", row, got)
		}
	}
}

// TestLog looks for what must never be in the log.
func TestLog(t *testing.T) {
	var log bytes.Buffer
	s := newServer(t, func(c *handlers.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	s.do(request{"PATCH", "/users/ben?format=json", []string{"Content-Type", "application/json"}, jsonBody})
	s.do(request{"PATCH", "/users/ben", []string{"Content-Type", "application/json"}, `{"status":"x","review_comment":"look"}`})
	s.Close()
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 2 || !strings.Contains(lines[0], "status=200") || !strings.Contains(lines[1], "problem=invalid-fields") || !strings.Contains(lines[0], "token=full") {
		t.Errorf("log:\n%s", log.String())
	}
	if strings.Contains(log.String(), "prl_") || strings.Contains(log.String(), "look") {
		t.Errorf("the log holds a token or a comment:\n%s", log.String())
	}
}

// failingStore panics where a user is read.
type failingStore struct{ parley.Store }

func (failingStore) User(context.Context, parley.Scope, string) (parley.User, error) {
	panic("secret cause")
}

func TestPanic(t *testing.T) {
	var log bytes.Buffer
	s := newServer(t, func(c *handlers.Config) {
		c.Store = failingStore{c.Store}
		c.Log = slog.New(slog.NewTextHandler(&log, nil))
	})
	res := s.do(request{"GET", "/users/ben", []string{"Accept", "application/xml"}, ""})
	s.Close()
	if res.StatusCode != 500 || !strings.Contains(res.body, "<type>/problems/internal</type>") || strings.Contains(res.body, "secret") {
		t.Error(res.Status, res.body)
	}
	if !strings.Contains(log.String(), "secret cause") {
		t.Error("the cause is not in the log")
	}
}

// TestLanguage checks that a request is answered in its own language.
func TestLanguage(t *testing.T) {
	java := "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
	xml := "<user><status>risky</status></user>"
	multipart := "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"c.xml\"\r\nContent-Type: text/xml\r\n\r\n" + xml + "\r\n--b--\r\n"
	cases := []struct{ contentType, accept, body, want string }{
		{"application/xml", "", xml, "application/xml"},
		{"text/xml", "", xml, "text/xml; charset=utf-8"},
		{"text/xml", "*/*", xml, "text/xml; charset=utf-8"},
		{"text/xml", java, xml, "text/xml; charset=utf-8"},
		{"application/vnd.acme+xml", "", xml, "application/xml"},
		{"text/xml", "application/json", xml, "application/json"},
		{"application/octet-stream", "", `<?xml version="1.0"?>` + xml, "application/xml"},
		{"multipart/form-data; boundary=b", "", multipart, "text/xml; charset=utf-8"},
		{"application/x-www-form-urlencoded", "", formBody, "application/json"},
		{"text/plain", "", "risky", "text/plain; charset=utf-8"},
		{"application/json-patch+json", "", `[{"op":"add","path":"/status","value":"risky"}]`, "application/json"},
		{"application/json", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", jsonBody, "text/html; charset=utf-8"},
	}
	for _, c := range cases {
		s := newServer(t)
		header := []string{"Content-Type", c.contentType}
		if c.accept != "" {
			header = append(header, "Accept", c.accept)
		}
		res := s.do(request{"PATCH", "/users/ben", header, c.body})
		if got := res.Header.Get("Content-Type"); res.StatusCode != 200 || got != c.want {
			t.Errorf("%s, Accept %q: %s %s, want %s\n%s", c.contentType, c.accept, res.Status, got, c.want, res.body)
		}
	}
}
