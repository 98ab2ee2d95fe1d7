package main_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
)

// imports runs an import that has to work.
func (s *shell) imports(args ...string) string {
	s.t.Helper()
	r := s.run(append([]string{"import"}, args...)...)
	if r.exit != 0 || r.out != "" {
		s.t.Fatalf("parley import %q: exit %d with %q on standard output\n%s", args, r.exit, r.out, r.err)
	}
	return r.err
}

// numbered is users as lines of JSON.
func numbered(size int) string {
	var lines strings.Builder
	for n := range size {
		fmt.Fprintf(&lines, `{"identifier":"user-%d","name":"User %[1]d","email":"user-%[1]d@example.com"}`+"\n", n)
	}
	return lines.String()
}

// hostileNames are those that some format could take for more than a name.
var hostileNames = []string{
	"=1+1", "'=1+1", "''=1", "-5", "'-5", "@SUM(A1)", "+31 20", " before and after ", `"quoted", and more`, "<b>&amp;", "# no: comment", "null", "0x1f", "Zoë 😀", `back\slash`, "{}",
}

func TestExportAndImportAgree(t *testing.T) { onEachEngine(t, testExportAndImportAgree) }

func testExportAndImportAgree(t *testing.T, s *shell) {
	var lines strings.Builder
	for n, name := range hostileNames {
		quoted, err := json.Marshal(name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&lines, `{"name":%s,"identifier":%[1]s,"email":"user-%d@example.com","user_type":"saas_user_client","status":"risky","workspace":"delay"}`+"\n", quoted, n)
	}
	s.write("users.jsonl", lines.String())
	s.imports("users.jsonl")
	want := s.data("export")
	if strings.Count(want, "\n") != len(hostileNames) || !strings.Contains(want, `"workspace":"delay"`) {
		t.Fatalf("exported:\n%s", want)
	}
	for _, format := range []string{"json", "ndjson", "csv", "xml", "yaml"} {
		t.Run(format, func(t *testing.T) {
			other := newShell(t)
			other.write("users."+format, s.data("export", "--format", format))
			if said := other.imports("users." + format); said != fmt.Sprintf("%d users imported\n", len(hostileNames)) {
				t.Errorf("said %q", said)
			}
			if got := other.data("export"); got != want {
				t.Errorf("exported:\n%s\nwant\n%s", got, want)
			}
			if again := other.data("export", "--format", format); again != s.data("export", "--format", format) {
				t.Errorf("exported again:\n%s", again)
			}
		})
	}
}

func TestImportShapes(t *testing.T) {
	const bo = `{"identifier":"bo","name":"Bo","email":"bo@example.com"}`
	for name, content := range map[string]string{
		"list.json":   "[" + bo + "]",
		"page.json":   `{"users":[` + bo + `]}`,
		"object.json": "\ufeff" + bo,
		"lines.jsonl": bo + "\r\n\r\n",
		"rows.csv":    "email,name,status,identifier\r\nbo@example.com,Bo,,bo\r\n",
		"list.xml":    "<users><user><identifier>bo</identifier><name>Bo</name><email>bo@example.com</email></user></users>",
		"one.xml":     "<user><identifier>bo</identifier><name>Bo</name><email>bo@example.com</email></user>",
		"list.yml":    "- identifier: bo\n  name: Bo\n  email: bo@example.com\n",
		"page.yaml":   "users:\n- {identifier: bo, name: Bo, email: bo@example.com}\n",
		"one.yaml":    "identifier: bo\nname: Bo\nemail: bo@example.com\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := newShell(t)
			s.write(name, content)
			s.imports(name)
			want := `{"identifier":"bo","name":"Bo","email":"bo@example.com","user_type":"saas_user","status":"onboarding","workspace":"main"}` + "\n"
			if got := s.data("export"); got != want {
				t.Errorf("imported %s want %s", got, want)
			}
		})
	}
}

func TestImportReadsStandardInput(t *testing.T) { onEachEngine(t, testImportReadsStandardInput) }

func testImportReadsStandardInput(t *testing.T, s *shell) {
	s.populate()
	s.write("one.csv", "identifier,name,email\nbo,Bo,bo@example.com\n")
	if said := s.reading(numbered(2)).imports("--format", "ndjson", "-"); said != "2 users imported\n" {
		t.Errorf("said %q", said)
	}
	s.imports("--workspace", "main", "one.csv")
	if got := len(rows(s.data("user", "list"))); got != 4 {
		t.Errorf("there are %d users", got)
	}
}

// TestImportRefusals wants the exit status and all of the message, and nothing
// imported.
func TestImportRefusals(t *testing.T) { onEachEngine(t, testImportRefusals) }

func testImportRefusals(t *testing.T, s *shell) {
	s.populate()
	s.data("workspace", "create", "--identifier", "side", "--name", "Side")
	const rest = `"name":"N","email":"n@example.com","workspace":"main"}`
	s.write("faults.ndjson", `{"identifier":"bo",`+rest+"\n{\n"+`{"identifier":"cy","name":7,"email":"cy","status":"x","workspace":"nowhere"}`+"\n[]\n"+
		`{"identifier":"di","name":"Di","email":"di@example.com"}`+"\n"+`{"identifier":"bo",`+rest+"\n"+`{"identifier":"bo",`+strings.Replace(rest, "n@", "o@", 1)+"\n"+
		`{"identifier":"ann","name":"A","email":"ann@example.com","workspace":"nowhere"}`+"\n")
	s.write("columns.csv", "identifier,name,email,id,workspace\nbo,Bo,bo@example.com,1,main\ncy,Cy\ndi,Di,di@example.com,2,main\n")
	s.write("twice.json", `[{"identifier":"bo","identifier":"bo",`+rest+`,7]`)
	s.write("page.xml", `<users next_cursor="x"/>`)
	s.write("many.ndjson", strings.Repeat("{}\n", 1000))
	s.write("empty.yaml", "")
	before := s.data("export")
	for _, r := range []refusal{
		{"no file", "import", 2, []string{"at least 1 arg"}},
		{"no extension", "import users", 2, []string{"users: its name tells no format", "--format", "json, xml, yaml, csv, ndjson"}},
		{"a format that is not read", "import --format cbor users.json", 2, []string{"none of json, xml, yaml, csv, ndjson"}},
		{"no number of users", "import --batch -1 many.ndjson", 2, []string{"--batch"}},
		{"no such file", "import nowhere.csv", 1, []string{"nowhere.csv", "Nothing was imported"}},
		{"every fault", "import --workspace= faults.ndjson", 1, []string{
			"nothing was imported: 12 faults",
			"faults.ndjson, line 2, column 1: unexpected end of JSON input.",
			"faults.ndjson, line 3: name: The field holds a number where text belongs.",
			"faults.ndjson, line 3: email: This is no address of mail.",
			`faults.ndjson, line 3: status: "x" is none of the allowed values. There are: active, onboarding`,
			"faults.ndjson, line 4, column 1: the body holds a list where fields belong.",
			"faults.ndjson, line 5: workspace: The field is missing, and --workspace names none.",
			"faults.ndjson, line 6: identifier: The value is given before, at faults.ndjson, line 1.",
		}},
		{"columns", "import columns.csv", 1, []string{
			"nothing was imported: 2 faults",
			"columns.csv, line 3, column 1: the number of cells is 2, that of columns 5.",
			"columns.csv, line 2 and 1 more: id: There is no such field. There are: identifier, name, email, user_type, status, workspace.",
			"--ignore id",
		}},
		{"a field twice", "import twice.json", 1, []string{
			"twice.json, record 1: identifier: The field is given more than once.", "twice.json, record 2: the body holds a number where fields belong.",
		}},
		{"a page", "import page.xml", 1, []string{"page.xml: this is one page of the users: next_cursor leads to more of them."}},
		{"too many faults to tell", "import many.ndjson", 1, []string{"3000 faults", "many.ndjson, line 34: identifier: The field is missing.", "and 2900 more"}},
		{"nothing", "import empty.yaml", 1, []string{"empty.yaml: the body is empty."}},
		{"two files", "import --workspace main faults.ndjson faults.ndjson", 1, []string{"line 1: identifier: The value is given before, at faults.ndjson, line 1."}},
		{"export: a format that holds no lists of users", "export --format html", 2, []string{"none of json, xml, yaml, csv, ndjson"}},
	} {
		t.Run(r.name, func(t *testing.T) {
			in := s.within(t)
			in.refused(r.exit, r.message, strings.Fields(r.args)...)
		})
	}
	if after := s.data("export"); after != before {
		t.Errorf("an import that was refused changed something:\n%s", after)
	}
}

// TestImportOfAListFromTheServer reads what GET /users answers, which holds more
// than an import keeps, and less: the workspace.
func TestImportOfAListFromTheServer(t *testing.T) {
	s := newPopulated(t)
	v := s.serve()
	status, list := v.ask("GET", "/users?format=csv", s.newToken("ann"), "")
	v.stop()
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, list)
	}
	other := newShell(t)
	other.write("users.csv", list)
	other.refused(1, []string{
		"id: There is no such field", "created_at: There is no such field", "--ignore id,workspace_type,created_at,updated_at",
	}, "import", "users.csv")
	other.imports("--ignore", "id,workspace_type,created_at,updated_at", "users.csv")
	if got, want := other.data("export"), s.data("export"); got != want {
		t.Errorf("imported %s want %s", got, want)
	}
}

// TestImportBesideAServer lets clients make changes until the import is done.
func TestImportBesideAServer(t *testing.T) {
	for _, args := range [][]string{{}, {"--batch", "250"}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			s, c := newCrowd(t, 4)
			s.write("users.ndjson", numbered(5000))
			ended := make(chan [][]string)
			go func() { ended <- c.changeUntil(1_000_000) }()
			s.imports(append(args, "users.ndjson")...)
			for _, ref := range []string{"user-0", "user-4999"} {
				if status, answer := c.v.ask("GET", "/users/"+ref, c.token, ""); status != http.StatusOK {
					t.Errorf("%s: %d %s", ref, status, answer)
				}
			}
			if _, page := c.v.ask("GET", "/users?q=user-&limit=1&format=html", c.token, ""); !strings.Contains(page, "5,000") && !strings.Contains(page, "5000") {
				t.Errorf("the page does not count the new users")
			}
			s.data("token", "revoke", "test")
			made := <-ended
			wantHistories(t, s, made)
			c.v.stop()
		})
	}
}

// killWhile kills an import once something holds.
func (s *shell) killWhile(what string, holds func() bool, args ...string) {
	s.t.Helper()
	cmd := s.command(append([]string{"import"}, args...)...)
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	eventually(s.t, what, holds)
	if err := cmd.Process.Kill(); err != nil {
		s.t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
}

func TestKilledImportLeavesNothing(t *testing.T) {
	s := newPopulated(t)
	before := s.data("export")
	// More than the log takes in one moment.
	s.write("users.ndjson", wide(20_000))
	log := s.path("parley.db-wal")
	s.killWhile("the transaction has written to the log", func() bool {
		info, err := os.Stat(log)
		return err == nil && info.Size() > 4<<20
	}, "users.ndjson")
	if after := s.data("export"); after != before {
		t.Errorf("%d users are left of an import", strings.Count(after, "\n")-1)
	}
}

// wide is users with long names.
func wide(size int) string {
	return strings.ReplaceAll(numbered(size), `"name":"`, `"name":"`+strings.Repeat("long ", 40))
}

func TestKilledImportInPartsGoesOn(t *testing.T) { onEachEngine(t, testKilledImportInPartsGoesOn) }

func testKilledImportInPartsGoesOn(t *testing.T, s *shell) {
	const size = 20_000
	s.populate()
	s.write("users.ndjson", numbered(size))
	v := s.serve()
	token := s.newToken("ann")
	s.killWhile("the first part is seen", func() bool {
		status, _ := v.ask("GET", "/users/user-0", token, "")
		return status == http.StatusOK
	}, "--batch", "100", "users.ndjson")
	v.stop()
	in := strings.Count(s.data("export"), "\n") - 1
	if in == size || in%100 != 0 {
		t.Fatalf("%d of %d users are in", in, size)
	}
	said := s.imports("--batch", "5000", "--skip-existing", "users.ndjson")
	if want := fmt.Sprintf("%d users imported, %d were there\n", size-in, in); said != want {
		t.Errorf("said %q, want %q", said, want)
	}
	if all := strings.Count(s.data("export"), "\n") - 1; all != size {
		t.Errorf("there are %d users", all)
	}
}

func TestInterruptedImportSaysWhatIsIn(t *testing.T) {
	onEachEngine(t, testInterruptedImportSaysWhatIsIn)
}

func testInterruptedImportSaysWhatIsIn(t *testing.T, s *shell) {
	s.populate()
	s.write("users.ndjson", numbered(20_000))
	cmd := s.command("import", "--batch", "100", "users.ndjson")
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the first part is in", func() bool { return strings.Contains(s.data("user", "list", "--q", "user-0"), "user-0") })
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("%v: %s", err, said.String())
	}
	in := strings.Count(s.data("export"), "\n") - 1
	sure := strings.Contains(said.String(), fmt.Sprintf("The first %d of 20000 users are in;", in))
	if !sure && !s.saysMayBe(said.String(), in) || !strings.Contains(said.String(), "--skip-existing") {
		t.Errorf("%d are in, and it said: %s", in, said.String())
	}
}

// saysMayBe reports whether an import in parts of 100 was interrupted before PostgreSQL
// answered a commit, and said so.
func (s *shell) saysMayBe(said string, in int) bool {
	onPostgres := slices.ContainsFunc(s.env, func(v string) bool { return strings.HasPrefix(v, "PARLEY_DB=postgres") })
	return onPostgres && slices.ContainsFunc([]int{in, in - 100}, func(sure int) bool {
		return strings.Contains(said, fmt.Sprintf("\n%d of 20000 users are in, and more may be;", sure))
	})
}
