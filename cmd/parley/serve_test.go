package main_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is how long a test waits for what takes a moment.
const patience = 30 * time.Second

// server is a running parley serve.
type server struct {
	t      testing.TB
	cmd    *exec.Cmd
	addr   string
	stdout string        // the file that holds it
	log    []string      // standard error; to be read after ended
	ended  chan struct{} // closed
}

// serve starts a server on a free port and waits until it serves.
func (s *shell) serve(args ...string) *server {
	s.t.Helper()
	out, err := os.CreateTemp(s.t.TempDir(), "stdout")
	if err != nil {
		s.t.Fatal(err)
	}
	defer out.Close()
	cmd := s.command(append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)...)
	cmd.Stdout = out
	stderr, err := cmd.StderrPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	v := &server{t: s.t, cmd: cmd, stdout: out.Name(), ended: make(chan struct{})}
	s.t.Cleanup(v.kill)
	v.awaitAddress(stderr)
	return v
}

func (v *server) awaitAddress(stderr io.Reader) {
	v.t.Helper()
	serving := make(chan string, 1)
	go v.follow(stderr, serving)
	select {
	case v.addr = <-serving:
	case <-v.ended:
		v.t.Fatalf("the server ended: %s", v.log)
	case <-time.After(patience):
		v.t.Fatal("the server does not serve")
	}
}

// follow reads the log to its end, which is the end of the process.
func (v *server) follow(stderr io.Reader, serving chan<- string) {
	defer close(v.ended)
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		v.log = append(v.log, lines.Text())
		if _, rest, ok := strings.Cut(lines.Text(), "msg=serving addr="); ok {
			serving <- strings.Fields(rest)[0]
		}
	}
	// How it ended stands in ProcessState.
	_ = v.cmd.Wait()
}

func (v *server) kill() {
	_ = v.cmd.Process.Kill() // it may have ended
	<-v.ended
}

func (v *server) signal() {
	v.t.Helper()
	if err := v.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		v.t.Fatal(err)
	}
}

// exit is the exit status, once the server has ended.
func (v *server) exit() int {
	v.t.Helper()
	select {
	case <-v.ended:
		return v.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		v.t.Fatal("the server does not end")
		return -1
	}
}

func (v *server) stop() {
	v.t.Helper()
	v.signal()
	if exit := v.exit(); exit != 0 {
		v.t.Errorf("exit %d after SIGTERM: %s", exit, v.log)
	}
}

// printed is what has been written to standard output.
func (v *server) printed() string {
	v.t.Helper()
	out, err := os.ReadFile(v.stdout)
	if err != nil {
		v.t.Fatal(err)
	}
	return string(out)
}

// ask sends a request and reads the answer whole. Headers are name, value,
// name, value ...
func (v *server) ask(method, path, token, body string, headers ...string) (int, string) {
	v.t.Helper()
	req, err := http.NewRequest(method, "http://"+v.addr+path, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return send(v.t, req)
}

func send(t testing.TB, req *http.Request) (int, string) {
	t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(answer)
}

// newToken makes a token with every permission.
func (s *shell) newToken(actsAs string) string {
	s.t.Helper()
	return strings.TrimSpace(s.data("token", "create", "--name", "test", "--acts-as", actsAs,
		"--permissions", "users:read,users:write,metadata:read,users:admin"))
}

func TestStartToFirstAnswer(t *testing.T) {
	s := newShell(t)
	began := time.Now()
	v := s.serve("--demo")
	status, _ := v.ask("GET", "/users/ben", "none", "")
	took := time.Since(began)
	t.Logf("first answer after %s", took)
	if status != http.StatusUnauthorized || took > 5*time.Second {
		t.Errorf("answer %d after %s", status, took)
	}
	v.stop()
}

func TestSettingsReachTheServer(t *testing.T) {
	s := newPopulated(t)
	token := s.newToken("ann")
	patch := func(v *server) int {
		status, _ := v.ask("PATCH", "/users/ann", token, `{"status":"risky"}`, "Content-Type", "application/json")
		return status
	}
	if got := patch(s.serve("--require-if-match")); got != http.StatusPreconditionRequired {
		t.Errorf("--require-if-match: %d", got)
	}
	required := s.with("PARLEY_COMMENT_REQUIRED=risky")
	if got := patch(required.serve()); got != http.StatusUnprocessableEntity {
		t.Errorf("PARLEY_COMMENT_REQUIRED: %d", got)
	}
	if got := patch(required.serve("--comment-required", "suspended")); got != http.StatusOK {
		t.Errorf("--comment-required does not win: %d", got)
	}
}

// TestCommandLineAndHTTPAgree changes one user each way, beside each other on
// one file.
func TestCommandLineAndHTTPAgree(t *testing.T) { onEachEngine(t, testCommandLineAndHTTPAgree) }

func testCommandLineAndHTTPAgree(t *testing.T, s *shell) {
	s.populate()
	s.data("user", "create", "--identifier", "bo", "--name", "Bo", "--email", "bo@example.com")
	token := s.newToken("ann")
	v := s.serve()
	const comment = "Größe\r\nzwei\t "
	s.data("user", "status", "ann", "risky", "--comment", comment)
	status, answer := v.ask("PATCH", "/users/bo", token, `{"status":"risky","review_comment":"Größe\r\nzwei\t "}`, "Content-Type", "application/json")
	if status != http.StatusOK {
		t.Fatalf("PATCH: %d %s", status, answer)
	}
	ann, bo := rows(s.data("user", "history", "ann")), rows(s.data("user", "history", "bo"))
	if len(ann) != 1 || len(bo) != 1 || ann[0][2] != bo[0][2] || ann[0][3] != bo[0][3] || ann[0][5] != bo[0][5] || ann[0][5] != `Größe\nzwei\t ` {
		t.Errorf("the command line wrote %q, HTTP %q", ann, bo)
	}
	for path, command := range map[string]string{
		"/users/ann": "user show ann", "/users/bo/status-changes": "user history bo", "/users": "user list",
	} {
		for _, format := range []string{"json", "xml", "text", "cbor", "msgpack", "yaml"} {
			_, answer := v.ask("GET", path+"?format="+format, token, "")
			if printed := s.data(append(strings.Fields(command), "--format", format)...); printed != answer {
				t.Errorf("%s as %s: the command line prints\n%s\nHTTP answers\n%s", path, format, printed, answer)
			}
		}
	}
}

func TestPortTaken(t *testing.T) {
	s := newShell(t)
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	s.refused(1, []string{other.Addr().String(), "address already in use"}, "serve", "--addr", other.Addr().String())
	if _, err := os.Stat(s.path("parley.db")); err == nil {
		t.Error("a server that cannot listen made a database")
	}
}

// slowPatch begins a change and stops in the middle of its body, when the
// server is reading it.
func (v *server) slowPatch(token, body string) (net.Conn, *bufio.Reader) {
	v.t.Helper()
	conn, err := net.Dial("tcp", v.addr)
	if err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "PATCH /users/ann HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"+
		"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n", v.addr, token, len(body))
	// net/http sends this line when the handler begins to read the body.
	answer := bufio.NewReader(conn)
	if line, err := answer.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		v.t.Fatalf("%q (%v) instead of 100 Continue", line, err)
	}
	if line, err := answer.ReadString('\n'); line != "\r\n" {
		v.t.Fatalf("%q (%v) after 100 Continue", line, err)
	}
	fmt.Fprint(conn, body[:len(body)/2])
	return conn, answer
}

// awaitClosed waits until the server accepts nothing more.
func (v *server) awaitClosed() {
	v.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		conn, err := net.Dial("tcp", v.addr)
		if err != nil {
			return
		}
		conn.Close()
	}
	v.t.Fatal("the server goes on accepting")
}

func TestSignalLetsRequestsFinish(t *testing.T) {
	s := newPopulated(t)
	token := s.newToken("ann")
	v := s.serve()
	const body = `{"status":"risky","review_comment":"slow"}`
	conn, answer := v.slowPatch(token, body)
	v.signal()
	v.awaitClosed()
	fmt.Fprint(conn, body[len(body)/2:])
	res, err := http.ReadResponse(answer, nil)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if exit := v.exit(); res.StatusCode != http.StatusOK || exit != 0 {
		t.Errorf("answer %d, exit %d: %s", res.StatusCode, exit, v.log)
	}
	if history := rows(s.data("user", "history", "ann")); len(history) != 1 || history[0][5] != "slow" {
		t.Errorf("the history is %q", history)
	}
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	s := newPopulated(t)
	token := s.newToken("ann")
	v := s.serve("--grace", "1m")
	v.slowPatch(token, `{"status":"risky"}`)
	v.signal()
	v.awaitClosed()
	v.signalUntilEnded()
	if state := v.cmd.ProcessState.Sys().(syscall.WaitStatus); !state.Signaled() || state.Signal() != syscall.SIGTERM {
		t.Errorf("the server ended with %s, not by the signal", v.cmd.ProcessState)
	}
	if out := s.data("user", "history", "ann"); out != "" {
		t.Errorf("half a request was carried out: %s", out)
	}
}

// signalUntilEnded does not stop at one signal, since it cannot see when the
// program has given the first one's handler up.
func (v *server) signalUntilEnded() {
	v.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		_ = v.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		select {
		case <-v.ended:
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
	v.t.Fatal("the server goes on after more than one signal")
}

func TestGraceIsBounded(t *testing.T) {
	s := newPopulated(t)
	token := s.newToken("ann")
	v := s.serve("--grace", "50ms")
	v.slowPatch(token, `{"status":"risky"}`)
	v.signal()
	if exit := v.exit(); exit != 1 || !strings.Contains(strings.Join(v.log, "\n"), "still at work after 50ms") {
		t.Errorf("exit %d: %s", exit, v.log)
	}
}
