package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
)

// language is how a client writes a change, by the name under which its media
// type stands in the history.
type language struct {
	mediaType string
	write     func(status, comment string) string
}

var languages = []language{
	{"application/json", func(status, comment string) string {
		return `{"status":` + quoted(status) + `,"review_comment":` + quoted(comment) + `}`
	}},
	{"application/xml", func(status, comment string) string {
		var text strings.Builder
		_ = xml.EscapeText(&text, []byte(comment)) // a builder takes everything
		return "<user><status>" + status + "</status><review_comment>" + text.String() + "</review_comment></user>"
	}},
	{"application/x-www-form-urlencoded", func(status, comment string) string {
		return url.Values{"status": {status}, "review_comment": {comment}}.Encode()
	}},
	{"text/plain", func(status, comment string) string { return "status: " + status + "\n\n" + comment }},
	{"application/yaml", func(status, comment string) string {
		return "status: " + status + "\nreview_comment: " + quoted(comment) + "\n"
	}},
	// A map of two pairs of texts (RFC 8949 section 3).
	{"application/cbor", func(status, comment string) string {
		return "\xa2" + cborText("status") + cborText(status) + cborText("review_comment") + cborText(comment)
	}},
}

func quoted(text string) string {
	out, _ := json.Marshal(text) // every text can be written
	return string(out)
}

func cborText(text string) string {
	return string([]byte{0x79, byte(len(text) >> 8), byte(len(text))}) + text
}

// mob is clients of every language that change users, each their own and all of
// them one. Every other client sends an Idempotency-Key with each change, and a
// change without an answer once more.
type mob struct {
	t      testing.TB
	shell  *shell
	token  string
	size   int
	ledger *ledger

	v       *server
	http    *http.Client
	count   []int        // of the changes of each client
	refused atomic.Int64 // changes, by an answer
}

// newMob makes users in a new database: one for each client, and theirs.
func newMob(t testing.TB, size int) *mob {
	t.Helper()
	s := newShell(t)
	s.data("user", "create", "--identifier", "ann", "--name", "Ann Lee", "--email", "ann@example.com")
	m := &mob{t: t, shell: s, token: s.newToken("ann"), size: size, ledger: newLedger(), count: make([]int, size)}
	m.start()
	for i := range size {
		m.createUser(clientName(i))
	}
	m.createUser(theirs)
	m.v.stop()
	return m
}

const theirs = "theirs"

func clientName(i int) string { return fmt.Sprintf("client-%d", i) }

func (m *mob) createUser(name string) {
	m.t.Helper()
	body := fmt.Sprintf(`{"identifier":%q,"name":"Client","email":"%[1]s@example.com"}`, name)
	if status, answer := m.v.ask("POST", "/users", m.token, body, "Content-Type", "application/json"); status != http.StatusCreated {
		m.t.Fatalf("POST: %d %s", status, answer)
	}
}

// start starts a server, with these variables in its environment.
func (m *mob) start(env ...string) {
	m.t.Helper()
	m.on(m.shell.with(env...).serve())
}

// on turns the clients to a server, with connections of their own.
func (m *mob) on(v *server) {
	if m.http != nil {
		m.http.CloseIdleConnections()
	}
	m.v = v
	m.http = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: m.size}, Timeout: 30 * time.Second}
}

// within makes t the test that is told what is wrong from here on.
func (m *mob) within(t testing.TB) {
	m.t, m.shell = t, &shell{t: t, dir: m.shell.dir}
}

// run lets all clients work until the context ends or the server has.
func (m *mob) run(ctx context.Context) {
	var all sync.WaitGroup
	for i := range m.size {
		all.Go(func() {
			for ctx.Err() == nil && m.v.running() {
				m.change(i)
			}
		})
	}
	all.Wait()
}

// runUntil lets all clients work until something holds or the server has ended.
func (m *mob) runUntil(what string, holds func() bool) {
	m.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var clients sync.WaitGroup
	clients.Go(func() { m.run(ctx) })
	eventually(m.t, what, func() bool { return holds() || !m.v.running() })
	cancel()
	clients.Wait()
}

// runFor lets all clients work for a time.
func (m *mob) runFor(d time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	m.run(ctx)
}

// change is one wish of a client. With a key it is sent a second time where the
// first was not answered by 200, in another language.
func (m *mob) change(client int) {
	w := &wish{user: clientName(client), status: statuses[rand.N(len(statuses))], comment: comment(clientName(client), m.count[client])}
	if m.count[client]%3 == 0 {
		w.user = theirs
	}
	if client%2 == 1 {
		w.key = uuid.NewString()
	}
	m.count[client]++
	m.ledger.begin(clientName(client), w)
	if m.send(w, client) != http.StatusOK {
		time.Sleep(rand.N(20 * time.Millisecond))
		if w.key != "" {
			m.send(w, client+1)
		}
	}
}

var statuses = []string{"active", "onboarding", "inactive", "suspended", "risky"}

// send sends a wish and notes the answer. It returns its status, or 0.
func (m *mob) send(w *wish, spoken int) int {
	l := languages[spoken%len(languages)]
	id := uuid.NewString()
	req, err := http.NewRequest("PATCH", "http://"+m.v.addr+"/users/"+w.user, strings.NewReader(l.write(w.status, w.comment)))
	if err != nil {
		m.t.Error(err)
		return 0
	}
	req.Header.Set("Authorization", "Bearer "+m.token)
	req.Header.Set("Content-Type", l.mediaType)
	req.Header.Set("X-Request-ID", id)
	if w.key != "" {
		req.Header.Set("Idempotency-Key", w.key)
	}
	m.ledger.send(w, id, l.mediaType)
	status, denied := m.answer(req, w)
	m.ledger.answered(w, id, status == http.StatusOK, denied)
	return status
}

// answer reports the status of an answer, and whether it says that nothing was
// changed. An answer that breaks off is wrong unless the server has ended.
func (m *mob) answer(req *http.Request, w *wish) (status int, denied bool) {
	res, err := m.http.Do(req)
	if err != nil {
		return 0, false
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		<-time.After(100 * time.Millisecond)
		if m.v.running() {
			m.t.Errorf("half an answer: %d %q: %v", res.StatusCode, body, err)
		}
		return 0, false
	}
	m.checkAnswer(res, body, w)
	return res.StatusCode, res.StatusCode != http.StatusOK && saysNothingChanged(body)
}

// checkAnswer allows what a client must be able to rely on: the user, a 503 that
// says when to come again, or a 500.
func (m *mob) checkAnswer(res *http.Response, body []byte, w *wish) {
	if res.StatusCode != http.StatusOK {
		m.refused.Add(1)
	}
	problem := bytes.Contains(body, []byte("problems"))
	switch res.StatusCode {
	case http.StatusOK:
		if problem || !bytes.Contains(body, []byte(w.status)) {
			m.t.Errorf("200 for %s with %q", w.status, body)
		}
	case http.StatusServiceUnavailable:
		if !problem || !bytes.Contains(body, []byte("storage-unavailable")) || res.Header.Get("Retry-After") == "" {
			m.t.Errorf("503 with %v and %q", res.Header, body)
		}
	case http.StatusInternalServerError:
		if !problem {
			m.t.Errorf("500 with %q", body)
		}
	default:
		m.t.Errorf("answer %d %q", res.StatusCode, body)
	}
}

// saysNothingChanged finds the sentence in whatever language; in a form its
// spaces are others.
func saysNothingChanged(problem []byte) bool {
	return bytes.Contains(bytes.ReplaceAll(problem, []byte("+"), []byte(" ")), []byte("Nothing was changed"))
}

// settle starts the server anew, sends again what has a key and no answer, and
// compares all that is new with the ledger. parley check may find nothing.
func (m *mob) settle() {
	m.t.Helper()
	m.start()
	m.resend()
	m.ledger.check(m.t, m.v, m.token)
	if r := m.shell.run("check"); r.exit != 0 {
		m.t.Errorf("parley check: %s%s", r.out, r.err)
	}
}

// resend sends each wish again of which nobody knows whether it is on record. It
// has to be made now, or to be told as made before if it is on record.
func (m *mob) resend() {
	m.t.Helper()
	open := m.ledger.open()
	recorded := map[string]bool{}
	for _, w := range open {
		for _, e := range m.v.history(m.token, w.user, m.ledger.checked[w.user].Seq) {
			recorded[e.RequestID] = true
		}
	}
	for _, w := range open {
		before := slices.ContainsFunc(slices.Collect(maps.Keys(w.sent)), func(id string) bool { return recorded[id] })
		if replayed := m.sendAgain(w); replayed != before {
			m.t.Errorf("on record before: %t, answered as made before: %t: %+v", before, replayed, w)
		}
	}
}

// sendAgain reports whether the answer says that it was made before.
func (m *mob) sendAgain(w *wish) bool {
	m.t.Helper()
	id := uuid.NewString()
	m.ledger.send(w, id, "application/json")
	req, err := http.NewRequest("PATCH", "http://"+m.v.addr+"/users/"+w.user, strings.NewReader(languages[0].write(w.status, w.comment)))
	if err != nil {
		m.t.Fatal(err)
	}
	for name, value := range map[string]string{
		"Authorization": "Bearer " + m.token, "Content-Type": "application/json", "X-Request-ID": id, "Idempotency-Key": w.key,
	} {
		req.Header.Set(name, value)
	}
	res, err := m.http.Do(req)
	if err != nil {
		m.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		m.t.Fatalf("sent again: %d", res.StatusCode)
	}
	m.ledger.answered(w, id, true, false)
	return res.Header.Get("Idempotent-Replayed") == "true"
}
