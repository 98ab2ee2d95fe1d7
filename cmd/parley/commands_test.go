package main_test

import (
	"database/sql"
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
)

// newPopulated is a folder whose parley.db holds the user ann in the
// workspace main, and the token support.
func newPopulated(t testing.TB) *shell {
	s := newShell(t)
	s.populate()
	return s
}

func (s *shell) populate() {
	s.t.Helper()
	s.data("user", "create", "--identifier", "ann", "--name", "Ann Lee", "--email", "ann@example.com")
	s.data("token", "create", "--name", "support", "--acts-as", "ann", "--permissions", "users:read")
}

// refusal is a command line that ends with an exit status other than 0.
type refusal struct {
	name    string
	args    string
	exit    int
	message []string
}

func TestRefusals(t *testing.T) { onEachEngine(t, testRefusals) }

func testRefusals(t *testing.T, s *shell) {
	s.populate()
	before := s.data("user", "list", "--format", "json") + s.data("token", "list", "--format", "json")
	for _, r := range []refusal{
		{"unknown command", "fly", 2, []string{`unknown command "fly"`, "see: parley --help"}},
		{"unknown subcommand", "user fly", 2, []string{`"fly"`, "see: parley user --help"}},
		{"unknown flag", "user list --fly", 2, []string{"--fly", "see: parley user list --help"}},
		{"flag without value", "user list --format", 2, []string{"--format"}},
		{"argument too many", "version now", 2, []string{"now"}},
		{"unknown shell", "completion tcsh", 2, []string{"tcsh"}},
		{"no shell", "completion", 2, []string{"1 arg"}},

		{"user create: flags missing", "user create --identifier bo", 2, []string{"email", "name"}},
		{"user create: identifier taken", "user create --identifier ann --name A --email a@example.com", 1, []string{"identifier"}},
		{"user create: email taken", "user create --identifier bo --name A --email ann@example.com", 1, []string{"email"}},
		{"user create: every fault", "user create --identifier bo --name B --email b --status x --user-type y", 2,
			[]string{"email: ", "status: ", "risky", "user_type: ", "saas_user_client"}},
		{"user create: no such workspace", "user create --identifier bo --name B --email b@example.com --workspace x", 2, []string{"workspace"}},
		{"user create: unknown format", "user create --identifier bo --name B --email b@example.com --format x", 2, []string{"x", "json"}},
		{"user show: argument missing", "user show", 2, []string{"1 arg"}},
		{"user show: not found", "user show nobody", 1, []string{"no such user"}},
		{"user show: lists only", "user show ann --format csv", 2, []string{"csv", "yaml"}},
		{"user list: unknown status", "user list --status x", 2, []string{"risky"}},
		{"user list: unknown type", "user list --user-type x", 2, []string{"saas_admin"}},
		{"user list: single only", "user list --format form", 2, []string{"form", "ndjson"}},
		{"user history: not found", "user history nobody", 1, []string{"no such user"}},
		{"user status: argument missing", "user status ann", 2, []string{"2 arg"}},
		{"user status: unknown status", "user status ann Risky", 2, []string{"Risky", "risky"}},
		{"user status: control character", "user status ann risky --comment \x01", 2, []string{"review_comment"}},
		{"user status: not found", "user status nobody risky", 1, []string{"no such user"}},
		{"user status: unknown format", "user status ann risky --format x", 2, []string{"json"}},

		{"token create: flags missing", "token create", 2, []string{"name", "acts-as", "permissions"}},
		{"token create: name taken", "token create --name support --acts-as ann --permissions users:read", 1, []string{"taken"}},
		{"token create: no such user", "token create --name x --acts-as nobody --permissions users:read", 2, []string{"acts_as"}},
		{"token create: unknown permission", "token create --name x --acts-as ann --permissions users:fly", 2, []string{"users:fly", "users:admin"}},
		{"token create: no permission", "token create --name x --acts-as ann --permissions=", 2, []string{"--permissions"}},
		{"token create: over already", "token create --name x --acts-as ann --permissions users:read --expires -1h", 2, []string{"--expires"}},
		{"token create: no duration", "token create --name x --acts-as ann --permissions users:read --expires soon", 2, []string{"soon"}},
		{"token create: no such workspace", "token create --name x --acts-as ann --permissions users:read --workspace x", 2, []string{"workspace"}},
		{"token revoke: argument missing", "token revoke", 2, []string{"1 arg"}},
		{"token revoke: not found", "token revoke x", 1, []string{"no such token"}},

		{"workspace create: flags missing", "workspace create", 2, []string{"identifier", "name"}},
		{"workspace create: identifier taken", "workspace create --identifier main --name M", 1, []string{"identifier"}},
		{"workspace create: unknown type", "workspace create --identifier w --name W --workspace-type x", 2, []string{"single_user"}},

		{"serve: no address", "serve --addr nowhere", 2, []string{"nowhere"}},
		{"serve: no status", "serve --comment-required x", 2, []string{"--comment-required", "risky"}},
		{"serve: no origin", "serve --cors-origins desk.example", 2, []string{"--cors-origins", "https://"}},
		{"serve: an origin with a path", "serve --cors-origins https://desk.example/", 2, []string{"--cors-origins"}},
		{"serve: no room for a body", "serve --max-body 0", 2, []string{"--max-body"}},
		{"serve: less than no queue", "serve --max-queued -1", 2, []string{"--max-queued"}},
		{"serve: a ratio that nothing has", "serve --max-ratio 0", 2, []string{"--max-ratio"}},
		{"serve: no rate", "serve --rate-token often", 2, []string{"--rate-token", "100/1m"}},
		{"serve: no time", "serve --request-timeout -1s", 2, []string{"--request-timeout"}},
		{"serve: no log format", "serve --log-format x", 2, []string{"json"}},
		{"serve: no log level", "serve --log-level x", 2, []string{"--log-level"}},
		{"serve: demo among other data", "serve --addr 127.0.0.1:0 --demo", 1, []string{"other data", "empty"}},
	} {
		t.Run(r.name, func(t *testing.T) {
			in := s.within(t)
			in.refused(r.exit, r.message, strings.Fields(r.args)...)
		})
	}
	after := s.data("user", "list", "--format", "json") + s.data("token", "list", "--format", "json")
	if before != after || s.data("user", "history", "ann") != "" {
		t.Errorf("a command that was refused changed something:\n%s\n%s", before, after)
	}
}

func TestDatabasesThatAreRefused(t *testing.T) {
	s := newPopulated(t)
	if err := os.WriteFile(s.path("text.db"), []byte(strings.Repeat("no database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	execute(t, s.path("foreign.db"), "CREATE TABLE notes (text)")
	s.data("workspace", "create", "--db", "newer.db", "--identifier", "w", "--name", "W")
	execute(t, s.path("newer.db"), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)")
	messages := map[string][]string{
		"text.db":           {"text.db is no Parley database"},
		"foreign.db":        {"foreign.db is no Parley database", "another program"},
		"newer.db":          {"newer.db", "newer Parley", "999"},
		"nowhere/parley.db": {"nowhere/parley.db"},
	}
	for name, message := range messages {
		for _, command := range []string{"user list", "migrate", "serve --addr 127.0.0.1:0"} {
			t.Run(name+"/"+command, func(t *testing.T) {
				in := s.within(t)
				in.refused(1, message, append(strings.Fields(command), "--db", name)...)
			})
		}
	}
}

func execute(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

func TestSettingsFromTheEnvironment(t *testing.T) {
	s := newPopulated(t)
	s.data("user", "create", "--db", "other.db", "--identifier", "bo", "--name", "Bo", "--email", "bo@example.com")
	other := s.with("PARLEY_DB=other.db")
	if out := other.data("user", "list"); !strings.HasPrefix(out, "bo\t") {
		t.Errorf("PARLEY_DB is not honoured: %q", out)
	}
	if out := other.data("user", "list", "--db", "parley.db"); !strings.HasPrefix(out, "ann\t") {
		t.Errorf("--db does not win over PARLEY_DB: %q", out)
	}
	s.with("PARLEY_FLY=1").refused(2, []string{"PARLEY_FLY"}, "version")
	s.with("PARLEY_MAX_BODY=much").refused(2, []string{"PARLEY_MAX_BODY", "much"}, "version")
	s.with("PARLEY_LOG_FORMAT=x").refused(2, []string{"PARLEY_LOG_FORMAT", "json"}, "version")
	// The completion scripts set this one.
	s.with("PARLEY_ACTIVE_HELP=0").data("version")
}

func TestUserCommands(t *testing.T) { onEachEngine(t, testUserCommands) }

func testUserCommands(t *testing.T, s *shell) {
	created := s.data("user", "create", "--identifier", "ann", "--name", "Ann Lee", "--email", "ann@example.com")
	if !strings.Contains(created, "\nidentifier: ann\n") || !strings.Contains(created, "\nuser_type: saas_user\nstatus: onboarding\n") {
		t.Errorf("user create printed\n%s", created)
	}
	if shown := s.data("user", "show", "ann"); shown != created {
		t.Errorf("user show printed\n%s, user create\n%s", shown, created)
	}
	id := strings.TrimPrefix(strings.SplitN(created, "\n", 2)[0], "id: ")
	changed := s.data("user", "status", id, "suspended", "--comment", "one\ttwo\nthree")
	if !strings.Contains(changed, "\nstatus: suspended\n") {
		t.Errorf("user status printed\n%s", changed)
	}
	s.data("user", "status", "ann", "active")

	history := rows(s.data("user", "history", "ann"))
	if len(history) != 2 || !reflect.DeepEqual(history[0][2:], []string{"suspended", "active", "", ""}) ||
		!reflect.DeepEqual(history[1][2:], []string{"onboarding", "suspended", "", `one\ttwo\nthree`}) {
		t.Errorf("user history printed %q", history)
	}
	s.data("user", "create", "--identifier", "bo", "--name", "Bo", "--email", "bo@example.com", "--user-type", "saas_admin", "--status", "risky")
	for filter, want := range map[string][]string{
		"": {"ann", "bo"}, "--status risky": {"bo"}, "--user-type saas_user": {"ann"}, "--q an": {"ann"}, "--status inactive": nil,
	} {
		list := s.data(append([]string{"user", "list"}, strings.Fields(filter)...)...)
		if got := column(rows(list), 0); !slices.Equal(got, want) {
			t.Errorf("user list %s: %q, want %q", filter, got, want)
		}
	}
}

func column(rows [][]string, n int) []string {
	var cells []string
	for _, r := range rows {
		cells = append(cells, r[n])
	}
	return cells
}

// signatures are what some formats begin with, whatever they hold.
var signatures = map[string]string{
	"json": `{"`, "xml": "<?xml ", "multipart": "--", "html": "<!doctype html>", "pdf": "%PDF-",
	"octets": "\xd9\xd9\xf7", "ndjson": `{"`,
}

func TestEveryFormatIsPrinted(t *testing.T) { onEachEngine(t, testEveryFormatIsPrinted) }

func testEveryFormatIsPrinted(t *testing.T, s *shell) {
	s.populate()
	s.data("user", "status", "ann", "risky")
	for command, shape := range map[string]codecs.Shape{
		"user show ann": codecs.Single, "user list": codecs.Many, "user history ann": codecs.Many,
		"token list": codecs.Many, "workspace list": codecs.Many,
	} {
		for _, format := range writable(shape) {
			out := s.data(append(strings.Fields(command), "--format", format)...)
			if out == "" || !strings.HasPrefix(strings.ToLower(out), strings.ToLower(signatures[format])) {
				t.Errorf("%s as %s begins with %.20q, want %q", command, format, out, signatures[format])
			}
		}
	}
}

func TestTokenCommands(t *testing.T) { onEachEngine(t, testTokenCommands) }

func testTokenCommands(t *testing.T, s *shell) {
	s.populate()
	text := s.data("token", "create", "--name", "import", "--acts-as", "ann", "--permissions", "users:read,users:admin", "--expires", "720h", "--workspace", "main")
	if _, ok := parley.HashToken(strings.TrimSuffix(text, "\n")); !ok || strings.Count(text, "\n") != 1 {
		t.Errorf("token create printed %q, which is not a token alone", text)
	}
	list := s.data("token", "list")
	if strings.Contains(list, strings.TrimSpace(text)) {
		t.Error("token list shows a token")
	}
	tokens := rows(list)
	if !slices.Equal(column(tokens, 0), []string{"import", "support"}) || tokens[0][2] != "users:read,users:admin" || tokens[0][5] == "" {
		t.Errorf("token list printed %q", tokens)
	}
	if out := s.data("token", "revoke", "support"); out != "" {
		t.Errorf("token revoke printed %q", out)
	}
	if revoked := rows(s.data("token", "list"))[1]; revoked[6] == "" {
		t.Errorf("a revoked token is listed as %q", revoked)
	}
	s.data("token", "create", "--name", "support", "--acts-as", "ann", "--permissions", "users:read")
}

func TestWorkspaceCommands(t *testing.T) { onEachEngine(t, testWorkspaceCommands) }

func testWorkspaceCommands(t *testing.T, s *shell) {
	s.populate()
	created := s.data("workspace", "create", "--identifier", "delay", "--name", "Delay Technologies",
		"--workspace-type", "single_user", "--domain-name", "delay.example", "--owner", "ann", "--format", "json")
	var w map[string]string
	if err := json.Unmarshal([]byte(created), &w); err != nil {
		t.Fatal(err)
	}
	want := []string{"delay", "Delay Technologies", "single_user", "delay.example", w["owner_id"]}
	if list := rows(s.data("workspace", "list")); len(list) != 2 || !slices.Equal(list[0], want) || w["owner_id"] == "" {
		t.Errorf("workspace list printed %q, want %q first", list, want)
	}
	s.refused(2, []string{"--workspace", "delay, main"}, "user", "create", "--identifier", "bo", "--name", "Bo", "--email", "bo@example.com")
	s.data("user", "create", "--identifier", "bo", "--name", "Bo", "--email", "bo@example.com", "--workspace", "delay")
}

func TestMigrate(t *testing.T) {
	s := newShell(t)
	for _, want := range []string{"parley.db went from schema 0 to ", "parley.db is at schema "} {
		if r := s.run("migrate"); r.exit != 0 || r.out != "" || !strings.HasPrefix(r.err, want) {
			t.Errorf("migrate: %+v, want %q on standard error", r, want)
		}
	}
}

func TestVersionAndCompletion(t *testing.T) {
	s := newShell(t)
	if out := s.data("version"); !regexp.MustCompile(`^parley \S+ go\S+ \w+/\w+\n$`).MatchString(out) {
		t.Errorf("version printed %q", out)
	}
	for _, name := range []string{"bash", "fish", "powershell", "zsh"} {
		if out := s.data("completion", name); !strings.Contains(out, "parley") || strings.Count(out, "\n") < 50 {
			t.Errorf("completion %s printed %d bytes", name, len(out))
		}
	}
	if entries, err := os.ReadDir(s.dir); err != nil || len(entries) > 0 {
		t.Errorf("commands that need no database left %v (%v)", entries, err)
	}
}
