package main_test

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-gateway/parley/repository/postgrestest"
)

// binary is the program, built once from what is tested.
var binary string

func TestMain(m *testing.M) { os.Exit(buildAndRun(m)) }

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "parley")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	// Some commands are run as somebody else.
	if err := os.Chmod(dir, 0o755); err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "parley")
	if out, err := exec.Command("go", slices.Concat([]string{"build"}, detector, coverage(), []string{"-o", binary, "."})...).CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return postgrestest.Run(m)
}

// coverage makes the program count the statements that it reaches, where somebody
// wants to know (https://go.dev/doc/build-cover).
func coverage() []string {
	if os.Getenv("GOCOVERDIR") == "" {
		return nil
	}
	return []string{"-cover", "-coverpkg=github.com/parley-gateway/parley/..."}
}

// shell runs the program in a folder of its own, where no database is yet.
type shell struct {
	t       testing.TB
	dir     string
	env     []string
	stdin   string
	program string // binary, unless another runs it
}

func newShell(t testing.TB) *shell { return &shell{t: t, dir: t.TempDir()} }

// onEachEngine runs a test in a folder without a database, and in one where the
// database is PostgreSQL's.
func onEachEngine(t *testing.T, test func(*testing.T, *shell)) {
	t.Run("sqlite", func(t *testing.T) { test(t, newShell(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, newShell(t).with("PARLEY_DB="+postgrestest.Database(t))) })
}

// within is the same shell for a part of a test.
func (s *shell) within(t testing.TB) *shell {
	part := *s
	part.t = t
	return &part
}

// with is the same folder with more variables.
func (s *shell) with(env ...string) *shell {
	return &shell{t: s.t, dir: s.dir, env: append(slices.Clone(s.env), env...), program: s.program}
}

// reading is the same folder with something on standard input.
func (s *shell) reading(stdin string) *shell {
	return &shell{t: s.t, dir: s.dir, env: s.env, stdin: stdin, program: s.program}
}

func (s *shell) command(args ...string) *exec.Cmd {
	cmd := exec.Command(cmp.Or(s.program, binary), args...)
	cmd.Dir = s.dir
	cmd.Env = append(slices.DeleteFunc(os.Environ(), isSetting), s.env...)
	cmd.Stdin = strings.NewReader(s.stdin)
	return cmd
}

func isSetting(variable string) bool { return strings.HasPrefix(variable, "PARLEY_") }

// result is what a run of the program leaves.
type result struct {
	exit     int
	out, err string
}

func (s *shell) run(args ...string) result {
	s.t.Helper()
	return s.finish(s.command(args...))
}

func (s *shell) finish(cmd *exec.Cmd) result {
	s.t.Helper()
	return s.start(cmd)()
}

// start lets a command run until its result is asked for.
func (s *shell) start(cmd *exec.Cmd) (wait func() result) {
	s.t.Helper()
	var out, err bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &err
	if e := cmd.Start(); e != nil {
		s.t.Fatal(e)
	}
	// A server that should have been refused would go on for ever.
	hung := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	return func() result {
		s.t.Helper()
		defer hung.Stop()
		var exited *exec.ExitError
		if e := cmd.Wait(); e != nil && !errors.As(e, &exited) {
			s.t.Fatal(e)
		}
		return result{cmd.ProcessState.ExitCode(), out.String(), err.String()}
	}
}

// data runs a command that has to work and to say nothing but its data.
func (s *shell) data(args ...string) string {
	s.t.Helper()
	r := s.run(args...)
	if r.exit != 0 || r.err != "" {
		s.t.Fatalf("parley %s: exit %d\n%s", strings.Join(args, " "), r.exit, r.err)
	}
	return r.out
}

// refused runs a command that has to end with a status and a message that
// holds all of these, and without data.
func (s *shell) refused(exit int, message []string, args ...string) {
	s.t.Helper()
	r := s.run(args...)
	if r.exit != exit || r.out != "" {
		s.t.Errorf("exit %d with %q on standard output, want %d with nothing", r.exit, r.out, exit)
	}
	if !strings.HasPrefix(r.err, "parley: ") {
		s.t.Errorf("the message does not say whose it is: %s", r.err)
	}
	for _, part := range message {
		if !strings.Contains(r.err, part) {
			s.t.Errorf("the message lacks %q: %s", part, r.err)
		}
	}
}

func (s *shell) path(name string) string { return filepath.Join(s.dir, name) }

// write makes a file in the folder.
func (s *shell) write(name, content string) {
	s.t.Helper()
	if err := os.WriteFile(s.path(name), []byte(content), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// rows cuts the plain lines of a list into their cells.
func rows(out string) [][]string {
	var list [][]string
	for line := range strings.Lines(out) {
		list = append(list, strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
	}
	return list
}
