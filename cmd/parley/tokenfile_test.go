package main_test

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parley-gateway/parley"
)

// tokenFile makes a token in a file and returns its text.
func (s *shell) tokenFile(name string, more ...string) string {
	s.t.Helper()
	args := []string{"token", "create", "--name", name, "--acts-as", "ann", "--permissions", "users:read,users:write", "--token-file", name + ".token"}
	if out := s.data(append(args, more...)...); out != "" {
		s.t.Errorf("token create --token-file printed %q", out)
	}
	text, err := os.ReadFile(s.path(name + ".token"))
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.TrimSuffix(string(text), "\n")
}

func TestTokenFile(t *testing.T) { onEachEngine(t, testTokenFile) }

func testTokenFile(t *testing.T, s *shell) {
	s.populate()
	text := s.tokenFile("desk")
	if _, ok := parley.HashToken(text); !ok {
		t.Errorf("the file holds %q, which is no token", text)
	}
	if info, err := os.Stat(s.path("desk.token")); err != nil || info.Mode() != 0o600 {
		t.Errorf("others may read it: %v (%v)", info.Mode(), err)
	}
	if status, _ := s.serve().ask("GET", "/users/ann", text, ""); status != 200 {
		t.Errorf("the token is answered %d", status)
	}

	create := []string{"token", "create", "--acts-as", "ann", "--permissions", "users:read", "--name"}
	s.refused(1, []string{"exists"}, append(create, "other", "--token-file", "desk.token")...)
	s.refused(1, []string{"no such file"}, append(create, "other", "--token-file", "nowhere/x.token")...)
	s.refused(1, []string{"taken"}, append(create, "desk", "--token-file", "new.token")...)
	if again, err := os.ReadFile(s.path("desk.token")); err != nil || string(again) != text+"\n" {
		t.Errorf("the file was overwritten: %q (%v)", again, err)
	}
	if _, err := os.Stat(s.path("new.token")); err == nil {
		t.Error("a token that was not made left a file")
	}
	if names := column(rows(s.data("token", "list")), 0); !slices.Equal(names, []string{"desk", "support"}) {
		t.Errorf("a token that has no file is kept: %q", names)
	}
}

// TestTokenNobodyGot prints a token where there is no room for it.
func TestTokenNobodyGot(t *testing.T) {
	s := newPopulated(t)
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	create := s.command("token", "create", "--name", "lost", "--acts-as", "ann", "--permissions", "users:read")
	create.Stdout = full
	if err := create.Run(); create.ProcessState.ExitCode() != 1 {
		t.Errorf("%v, want exit status 1", err)
	}
	for _, row := range rows(s.data("token", "list")) {
		if row[0] == "lost" && row[len(row)-1] == "" {
			t.Errorf("the token counts all the same: %q", row)
		}
	}
	s.data("token", "create", "--name", "lost", "--acts-as", "ann", "--permissions", "users:read")
}

func TestTokenNames(t *testing.T) {
	s := newPopulated(t)
	s.refused(2, []string{"--name", "control character"}, "token", "create", "--name", "a\x1b[2Jb", "--acts-as", "ann", "--permissions", "users:read")
}

// TestTokenThatWasFound asks about a token by its text alone, and ends it.
func TestTokenThatWasFound(t *testing.T) {
	s := newPopulated(t)
	text := s.tokenFile("desk", "--expires", "1h", "--workspace", "main")
	shown := s.data("token", "show", "--token-file", "desk.token")
	for _, want := range []string{"name: desk\n", "acts_as: ", "permissions.1: users:write\n", "expires_at: ", "state: valid"} {
		if !strings.Contains(shown, want) {
			t.Errorf("token show lacks %q:\n%s", want, shown)
		}
	}
	if again := s.reading(" "+text+"\r\n").data("token", "show", "--token-file", "-"); again != shown {
		t.Errorf("from standard input:\n%s\nfrom a file:\n%s", again, shown)
	}
	v := s.serve()
	if out := s.reading(text).data("token", "revoke", "--token-file", "-"); out != "" {
		t.Errorf("token revoke printed %q", out)
	}
	if status, _ := v.ask("GET", "/users/ann", text, ""); status != 401 {
		t.Errorf("the token still works: %d", status)
	}
	if shown := s.data("token", "show", "--token-file", "desk.token", "--format", "json"); !strings.Contains(shown, `"state":"revoked"`) {
		t.Error(shown)
	}
	s.data("token", "revoke", "--token-file", "desk.token")

	expired := s.tokenFile("short", "--expires", "1ns")
	if shown := s.data("token", "show", "--token-file", "short.token"); !strings.Contains(shown, "state: expired") || strings.Contains(shown, expired) {
		t.Error(shown)
	}
}

// TestTokenFilesThatAreRefused holds messages to what they must not show.
func TestTokenFilesThatAreRefused(t *testing.T) {
	s := newPopulated(t)
	text := s.tokenFile("desk")
	for name, content := range map[string]string{
		"foreign": parley.GenerateToken(), "mistyped": text[:20] + "0" + text[21:], "cut": text[:40], "two": text + "\n" + text, "empty": "",
		"long": strings.Repeat(" ", 5000) + text,
	} {
		message := "no token of Parley's"
		if name == "foreign" {
			message = "no such token"
		}
		for _, command := range []string{"show", "revoke"} {
			r := s.reading(content).run("token", command, "--token-file", "-")
			if r.exit != 1 || !strings.Contains(r.err, message) || strings.Contains(r.err+r.out, "prl_") {
				t.Errorf("token %s of a %s one: exit %d\n%s%s", command, name, r.exit, r.out, r.err)
			}
		}
	}
	s.refused(1, []string{"no such file"}, "token", "show", "--token-file", "none")
	s.refused(2, []string{"token-file"}, "token", "show")
	s.refused(2, []string{"unknown command"}, "token", "revoke", "desk", "--token-file", "desk.token")
}

// TestTokenIsNowhere uses tokens in every way, and then looks for their text in
// everything that a server and the command line wrote.
func TestTokenIsNowhere(t *testing.T) {
	s := newPopulated(t)
	valid, revoked, expired := s.tokenFile("valid"), s.tokenFile("revoked"), s.tokenFile("expired", "--expires", "1ns")
	v := s.serve("--log-level", "debug", "--log-format", "text")
	var told strings.Builder
	ask := func(method, path, token, body string, headers ...string) {
		status, answer := v.ask(method, path, token, body, headers...)
		fmt.Fprintln(&told, status, answer)
	}
	told.WriteString(s.data("token", "revoke", "--token-file", "revoked.token"))
	for _, token := range []string{valid, revoked, expired, parley.GenerateToken()} {
		for _, format := range []string{"json", "xml", "text", "html", "yaml"} {
			ask("GET", "/users/ann?format="+format, token, "")
			ask("PATCH", "/users/ann?format="+format, token, `{"status":"risky"}`, "Content-Type", "application/json")
			ask("POST", "/sign-in?format="+format, "", url.Values{"token": {token}}.Encode(), "Content-Type", "application/x-www-form-urlencoded")
			ask("POST", "/sign-in?format="+format, "", url.Values{"token": {token[:30]}, "next": {"/users"}}.Encode(), "Content-Type", "application/x-www-form-urlencoded")
			ask("POST", "/sign-in?format="+format, "", `{"token":"`+token+`","more":1}`, "Content-Type", "application/json")
		}
		ask("GET", "/users/ann", token, "", "Authorization", "Basic "+token)
		ask("GET", "/users/ann", token, "", "Authorization", token)
		ask("GET", "/users/ann", token, "", "Cookie", "parley_session="+token)
		ask("GET", "/users?access_token="+token, "", "", "Authorization", "")
		ask("GET", "/users/nobody", token, "", "Referer", "http://"+v.addr+"/?"+token)
	}
	for _, name := range []string{"valid", "revoked", "expired"} {
		told.WriteString(s.data("token", "show", "--token-file", name+".token", "--format", "json"))
	}
	told.WriteString(s.data("token", "list") + s.data("user", "history", "ann", "--format", "json"))
	for _, file := range []string{"cmdline", "environ"} {
		text, err := os.ReadFile(filepath.Join("/proc", fmt.Sprint(v.cmd.Process.Pid), file))
		if err != nil {
			t.Fatal(err)
		}
		told.Write(text)
	}
	told.WriteString(s.databaseFiles()) // while the log is beside it
	v.stop()
	told.WriteString(s.databaseFiles() + v.printed() + strings.Join(v.log, "\n"))

	if told.Len() < 100_000 || len(v.log) < 50 {
		t.Errorf("there is hardly anything to look at: %d bytes, %d lines of log", told.Len(), len(v.log))
	}
	for _, token := range []string{valid, revoked, expired} {
		if at := strings.Index(told.String(), token[4:24]); at >= 0 {
			t.Errorf("a token stands in what was written: %.200q", told.String()[max(0, at-100):])
		}
	}
}

// databaseFiles is the content of the database and of what stands beside it.
func (s *shell) databaseFiles() string {
	s.t.Helper()
	var content strings.Builder
	err := filepath.WalkDir(s.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(path, ".token") {
			return err
		}
		text, err := os.ReadFile(path)
		content.Write(text)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return content.String()
}
