package handlers_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers"
	"github.com/parley-gateway/parley/repository/postgrestest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden replays testdata/<format>/<case>/request.http over a connection,
// byte by byte as it stands there, and compares the answer with response.http
// and what is then in the history with history.json. A refused request must
// have left no row. Where there is a settings.json, it says how the server is set.
func TestGolden(t *testing.T) { eachGolden(t, openStore) }

// TestGoldenOnPostgres wants the same bytes of a PostgreSQL database.
func TestGoldenOnPostgres(t *testing.T) {
	if *update {
		t.Skip("SQLite's are written")
	}
	// Cases that run at once have a database each, and leave it to those after them.
	free := make(chan string, runtime.GOMAXPROCS(0))
	for range cap(free) {
		free <- postgrestest.Database(t)
	}
	eachGolden(t, func(t testing.TB) parley.Store {
		url := <-free
		t.Cleanup(func() { free <- url })
		return openEmptied(t, url)
	})
}

// emptying keeps the triggers off that refuse it.
const emptying = `
	SET session_replication_role = replica;
	TRUNCATE workspaces, users, status_changes, idempotency_keys, tokens, sessions RESTART IDENTITY`

func openEmptied(t testing.TB, url string) parley.Store {
	t.Helper()
	store := openAt(t, url)
	postgrestest.Exec(t, url, emptying)
	if err := fillStore(store); err != nil {
		t.Fatal(err)
	}
	return store
}

func eachGolden(t *testing.T, open func(testing.TB) parley.Store) {
	cases, err := filepath.Glob("../testdata/*/*/request.http")
	if err != nil || len(cases) == 0 {
		t.Fatal("there are no golden files", err)
	}
	for _, path := range cases {
		dir := filepath.Dir(path)
		name, _ := filepath.Rel("../testdata", dir)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			replay(t, dir, open(t))
		})
	}
}

// TestGoldenCoversEveryFormat keeps a format from being registered without
// golden files.
func TestGoldenCoversEveryFormat(t *testing.T) {
	for _, f := range handlers.Formats().Formats() {
		if cases, _ := filepath.Glob(filepath.Join("../testdata", f.Name(), "*", "request.http")); len(cases) == 0 {
			t.Errorf("testdata/%s holds no case", f.Name())
		}
	}
}

// goldenSettings is what settings.json may hold.
type goldenSettings struct {
	*handlers.Config
	Before int  // how often the same request was sent before
	Busy   bool // the one place for requests at work is taken
}

func replay(t *testing.T, dir string, store parley.Store) {
	settings := readSettings(t, dir)
	s := settings.newServer(t, store)
	raw := readRequest(t, dir)
	for range settings.Before {
		s.exchangeRaw(raw)
	}
	answer := s.exchangeRaw(raw)
	compareGolden(t, filepath.Join(dir, "response.http"), answer)
	status, err := strconv.Atoi(string(answer[9:12]))
	if err != nil {
		t.Fatal(err)
	}
	changes := s.history(ben)
	if status >= 400 && len(changes) != 0 {
		t.Errorf("a refused request left a row: %+v", changes)
	}
	if len(changes) > 0 {
		shown, err := json.MarshalIndent(changes, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		compareGolden(t, filepath.Join(dir, "history.json"), append(shown, '\n'))
	} else if _, err := os.Stat(filepath.Join(dir, "history.json")); err == nil {
		t.Error("history.json is there, and no row")
	}
}

func readSettings(t *testing.T, dir string) goldenSettings {
	settings := goldenSettings{Config: &handlers.Config{}}
	text, err := os.ReadFile(filepath.Join(dir, "settings.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return settings
	}
	if err != nil {
		t.Fatal(err)
	}
	read := json.NewDecoder(bytes.NewReader(text))
	read.DisallowUnknownFields()
	if err := read.Decode(&settings); err != nil {
		t.Fatal(err)
	}
	return settings
}

func (g goldenSettings) newServer(t *testing.T, store parley.Store) *testServer {
	adjust := func(c *handlers.Config) { c.Limits, c.RequestLimits, c.Rates = g.Limits, g.RequestLimits, g.Rates }
	if !g.Busy {
		return newServerOn(t, store, adjust)
	}
	s, done := newBusyServerOn(t, store, adjust)
	t.Cleanup(done)
	return s
}

var contentLength = regexp.MustCompile(`(?m)^Content-Length: \d+\r\n`)

// readRequest reads a request. With -update it sets its Content-Length, so
// that nobody has to count bytes; a request that has none, or is sent in
// chunks, is left as it is.
func readRequest(t *testing.T, dir string) []byte {
	path := filepath.Join(dir, "request.http")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, body, ok := bytes.Cut(raw, []byte("\r\n\r\n"))
	if !ok {
		t.Fatalf("%s: no empty line ends the headers", path)
	}
	if *update && contentLength.Match(append(head, '\r', '\n')) {
		head = contentLength.ReplaceAll(append(head, '\r', '\n'), fmt.Appendf(nil, "Content-Length: %d\r\n", len(body)))
		raw = append(append(head, '\r', '\n'), body...)
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return raw
}

// assetHash is what changes on every page with each change of the style.
var assetHash = regexp.MustCompile(`(/assets/[a-z]+-)[0-9a-f]{16}\.`)

// exchangeRaw sends bytes and returns the answer as bytes, without the Date and
// the hashes of assets.
func (s *testServer) exchangeRaw(raw []byte) []byte {
	s.t.Helper()
	conn, err := s.send(raw)
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	method, _, _ := strings.Cut(string(raw), " ")
	res, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	res.Header.Del("Date")
	body = assetHash.ReplaceAll(body, []byte("${1}0000000000000000."))
	var out bytes.Buffer
	fmt.Fprintf(&out, "HTTP/1.1 %s\r\n", res.Status)
	if err := res.Header.Write(&out); err != nil {
		s.t.Fatal(err)
	}
	out.WriteString("\r\n")
	out.Write(body)
	return out.Bytes()
}

// send writes bytes to a new connection, which fails where the server has closed
// it already.
func (s *testServer) send(raw []byte) (net.Conn, error) {
	s.t.Helper()
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		s.t.Fatal(err)
	}
	_, err = conn.Write(raw)
	return conn, err
}

func compareGolden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs: %s", path, firstDifference(got, want))
	}
}

func firstDifference(got, want []byte) string {
	a, b := bytes.SplitAfter(got, []byte("\n")), bytes.SplitAfter(want, []byte("\n"))
	for i := range min(len(a), len(b)) {
		if !bytes.Equal(a[i], b[i]) {
			return fmt.Sprintf("line %d\n got %q\nwant %q", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(a), len(b))
}

// answersIn lists the formats that a shape of answer can have.
func answersIn(shape codecs.Shape) []codecs.Format {
	registry := handlers.Formats()
	var list []codecs.Format
	for _, f := range registry.Formats() {
		if _, ok := registry.Named(f.Name(), shape); ok {
			list = append(list, f)
		}
	}
	return list
}
