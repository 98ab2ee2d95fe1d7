package browser_test

import (
	"bufio"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// server is a running parley serve --demo on a database of its own.
type server struct {
	t     testing.TB
	url   string
	db    string
	token string // may do everything
}

// serve starts a server on a free port and waits until it serves.
func serve(t testing.TB, args ...string) *server {
	t.Helper()
	if err := readSources(); err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, db: filepath.Join(t.TempDir(), "demo.db")}
	cmd := exec.Command(binary, append([]string{"serve", "--demo", "--addr", "127.0.0.1:0", "--db", s.db}, args...)...)
	cmd.Env = []string{}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()         // as it was told to
	})
	s.token = await(t, stdout, regexp.MustCompile(`Bearer (prl_\w+)`))
	s.url = "http://" + await(t, stderr, regexp.MustCompile(`msg=serving addr=(\S+)`))
	return s
}

// readSources looks at all that the program is made of: go test remembers a result
// until something changes that a test has looked at.
var readSources = sync.OnceValue(func() error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if name := d.Name(); d.IsDir() && (name == "build" || name == ".git" || name == "testdata") {
			return filepath.SkipDir
		}
		return err
	})
})

// await reads until a line matches, returns what it holds, and lets the rest
// go by.
func await(t testing.TB, output io.Reader, line *regexp.Regexp) string {
	t.Helper()
	found := make(chan string, 1)
	go func() {
		defer close(found)
		for lines := bufio.NewScanner(output); lines.Scan(); {
			if match := line.FindStringSubmatch(lines.Text()); match != nil {
				found <- match[1]
				break
			}
		}
		_, _ = io.Copy(io.Discard, output) // until the server ends
	}()
	select {
	case word, ok := <-found:
		if !ok {
			t.Fatalf("the server ended without saying %s", line)
		}
		return word
	case <-time.After(patience):
		t.Fatalf("the server does not say %s", line)
		return ""
	}
}

// parley runs a command on the server's database and returns what it prints.
func (s *server) parley(args ...string) string {
	s.t.Helper()
	cmd := exec.Command(binary, append(args, "--db", s.db)...)
	cmd.Env = []string{}
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatalf("parley %q: %v", args, err)
	}
	return strings.TrimSpace(string(out))
}

// newToken makes a token that may do less than everything.
func (s *server) newToken(name, permissions string) string {
	s.t.Helper()
	return s.parley("token", "create", "--name", name, "--acts-as", "ben", "--permissions", permissions)
}

// change is an entry of a user's history.
type change struct {
	Seq       int    `json:"seq"`
	To        string `json:"to_status"`
	Comment   string `json:"review_comment"`
	MediaType string `json:"media_type"`
}

// history is what became of a user, the latest first.
func (s *server) history(identifier string) []change {
	s.t.Helper()
	var list struct {
		Changes []change `json:"status_changes"`
	}
	s.ask(http.MethodGet, "/users/"+url.PathEscape(identifier)+"/status-changes", "", &list)
	return list.Changes
}

// wantHistory checks the statuses that a user was given, the latest first.
func (s *server) wantHistory(identifier string, statuses ...string) {
	s.t.Helper()
	var got []string
	for _, c := range s.history(identifier) {
		got = append(got, c.To)
	}
	if !slices.Equal(got, statuses) {
		s.t.Errorf("the history of %s is %q, want %q", identifier, got, statuses)
	}
}

// change changes a user as a program does.
func (s *server) change(identifier, status, comment string) {
	s.t.Helper()
	body, err := json.Marshal(map[string]string{"status": status, "review_comment": comment})
	if err != nil {
		s.t.Fatal(err)
	}
	s.ask(http.MethodPatch, "/users/"+url.PathEscape(identifier), string(body), nil)
}

func (s *server) ask(method, path, body string, answer any) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header = http.Header{"Authorization": {"Bearer " + s.token}, "Content-Type": {"application/json"}, "Accept": {"application/json"}}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 300 {
		s.t.Fatalf("%s %s: %s %v\n%s", method, path, res.Status, err, got)
	}
	if answer != nil {
		if err := json.Unmarshal(got, answer); err != nil {
			s.t.Fatal(err)
		}
	}
}
