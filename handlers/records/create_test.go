package records_test

import (
	"strings"
	"testing"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers/records"
)

func TestBindNewUser(t *testing.T) {
	d := read(codecs.JSON{}, "identifier", "zoe", "name", "Zoe", "email", "zoe@example.com",
		"user_type", "saas_admin", "status", "active", "workspace", "delay")
	user, err := records.BindNewUser(d)
	want := parley.NewUser{Identifier: "zoe", Name: "Zoe", Email: "zoe@example.com", Type: "saas_admin", Status: "active", Workspace: "delay"}
	if err != nil || user != want {
		t.Errorf("%+v, %v", user, err)
	}
	_, err = records.BindNewUser(read(codecs.JSON{}))
	wantFaults(t, err, "identifier: required", "name: required", "email: required")
}

// TestFieldsOfANewUser changes one field of a user that is right.
func TestFieldsOfANewUser(t *testing.T) {
	address := func(length int) string { return strings.Repeat("a", length-len("@b.example")) + "@b.example" }
	for _, c := range []struct {
		field, value string
		faults       []string
	}{
		{"identifier", strings.Repeat("é", 255), nil},
		{"identifier", strings.Repeat("é", 256), []string{"identifier: too-long"}},
		{"identifier", "", []string{"identifier: required"}},
		{"identifier", ".", []string{"identifier: invalid-value"}},
		{"identifier", "..", []string{"identifier: invalid-value"}},
		{"identifier", "...", nil},
		{"identifier", "a\tb", []string{"identifier: control-character"}},
		{"name", strings.Repeat("x", 255), nil},
		{"name", strings.Repeat("x", 256), []string{"name: too-long"}},
		{"name", "", []string{"name: required"}},
		{"name", "a\u0085b", []string{"name: control-character"}},
		{"email", address(254), nil},
		{"email", address(255), []string{"email: too-long"}},
		{"email", "", []string{"email: required"}},
		{"email", "nobody", []string{"email: invalid-value"}},
		{"email", "Zoe <zoe@example.com>", []string{"email: invalid-value"}},
		{"user_type", "admin", []string{"user_type: unknown-value"}},
		{"status", "new", []string{"status: unknown-value"}},
		{"workspace", "", []string{"workspace: required"}},
		{"workspace", strings.Repeat("x", 256), []string{"workspace: too-long"}},
	} {
		fields := map[string]any{"identifier": "zoe", "name": "Zoe", "email": "zoe@example.com"}
		fields[c.field] = c.value
		d := read(codecs.JSON{})
		for name, value := range fields {
			d.Record = append(d.Record, codecs.Field{Name: name, Value: codecs.TextValue(value.(string))})
		}
		_, err := records.BindNewUser(d)
		t.Logf("%s %.20q", c.field, c.value)
		wantFaults(t, err, c.faults...)
	}
}

func TestBindNewWorkspace(t *testing.T) {
	d := read(codecs.JSON{}, "identifier", "w", "name", "W")
	workspace, err := records.BindNewWorkspace(d)
	want := parley.NewWorkspace{Identifier: "w", Name: "W", Type: parley.WorkspaceMultiUser}
	if err != nil || workspace != want {
		t.Errorf("%+v, %v", workspace, err)
	}
	d = read(codecs.JSON{}, "identifier", "w", "name", "W", "workspace_type", "single_user",
		"domain_name", strings.Repeat("d", 253), "owner", "ben")
	workspace, err = records.BindNewWorkspace(d)
	if err != nil || workspace.Type != "single_user" || len(workspace.DomainName) != 253 || workspace.Owner != "ben" {
		t.Errorf("%+v, %v", workspace, err)
	}
	_, err = records.BindNewWorkspace(read(codecs.JSON{}, "domain_name", strings.Repeat("d", 254)))
	wantFaults(t, err, "identifier: required", "name: required", "domain_name: too-long")
}

func TestBindTrial(t *testing.T) {
	for _, c := range []struct {
		fields []any
		body   string
		faults []string
	}{
		{[]any{"body", "x", "content_type", "text/plain", "accept", "*/*"}, "x", nil},
		{[]any{"body_base64", "AAE="}, "\x00\x01", nil},
		{[]any{"file", codecs.BytesValue("\x00")}, "\x00", nil},
		{[]any{"body", "", "body_base64", "", "file", codecs.BytesValue("f")}, "f", nil},
		{[]any{"body", ""}, "", nil},
		{nil, "", []string{"body: required"}},
		{[]any{"body_base64", "A"}, "", []string{"body_base64: invalid-value"}},
		{[]any{"body", "x", "file", "y"}, "x", []string{"file: invalid-value"}},
		{[]any{"body", codecs.IntValue(1)}, "", []string{"body: wrong-type"}},
		{[]any{"body", "x", "token", "y"}, "x", []string{"token: unknown-field"}},
	} {
		trial, err := records.BindTrial(read(codecs.JSON{}, c.fields...))
		wantFaults(t, err, c.faults...)
		if err == nil && string(trial.Body) != c.body {
			t.Errorf("%v: body %q", c.fields, trial.Body)
		}
	}
	trial, _ := records.BindTrial(read(codecs.JSON{}, "body", "x", "content_type", "text/plain", "accept", "a/b"))
	if trial.ContentType != "text/plain" || trial.Accept != "a/b" {
		t.Errorf("%+v", trial)
	}
}

func TestBindSignIn(t *testing.T) {
	signIn, err := records.BindSignIn(read(codecs.PlainText{}, "token", " prl_x\r\n", "next", "/users"))
	if err != nil || signIn != (records.SignIn{Token: "prl_x", Next: "/users"}) {
		t.Errorf("%+v, %v", signIn, err)
	}
	_, err = records.BindSignIn(read(codecs.JSON{}, "next", "/"))
	wantFaults(t, err, "token: required")
}
