package handlers_test

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/handlers"
)

// page asks for a page, and demands that it is one.
func (s *testServer) page(path string, status int, header ...string) response {
	s.t.Helper()
	res := s.do(request{"GET", path, append([]string{"Accept", "text/html"}, header...), ""})
	if res.StatusCode != status || res.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		s.t.Fatalf("%s: %s, %s\n%s", path, res.Status, res.Header.Get("Content-Type"), res.body)
	}
	return res
}

// mustShow looks for pieces of markup, in their order.
func mustShow(t *testing.T, body string, pieces ...string) {
	t.Helper()
	rest := body
	for _, piece := range pieces {
		at := strings.Index(rest, piece)
		if at < 0 {
			t.Errorf("the page does not show %s:\n%s", piece, body)
			return
		}
		rest = rest[at+len(piece):]
	}
}

func mustNotShow(t *testing.T, body string, pieces ...string) {
	t.Helper()
	for _, piece := range pieces {
		if strings.Contains(body, piece) {
			t.Errorf("the page shows %s:\n%s", piece, body)
		}
	}
}

// changeBen makes a change and returns its seq.
func (s *testServer) changeBen(status parley.Status, comment string) int64 {
	s.t.Helper()
	res := s.do(request{"PATCH", "/users/ben", []string{"Content-Type", "application/x-www-form-urlencoded"},
		url.Values{"status": {string(status)}, "review_comment": {comment}}.Encode()})
	if res.StatusCode != 200 {
		s.t.Fatal(res.Status, res.body)
	}
	return s.history(ben)[0].Seq
}

// hostileComment is what must be shown as text.
const hostileComment = "<script>alert(1)</script>\n<a href=\"javascript:alert(1)\">x</a> </textarea> \u202egnp.exe \ufffe {{.}} &amp;"

// everyPage is a page of every kind.
var everyPage = map[string]int{
	"/": 200, "/keys": 200, "/users": 200, "/users?q=nobody": 200, "/users?status=risky&sort=-name": 200, "/users?workspace=nowhere": 400,
	"/users/ben": 200, "/users/ben?changed=1": 200, "/users/nobody": 404, "/users/ben/status-changes": 200, "/users/mia/status-changes": 200,
	"/users/ben/status-changes/1": 200, "/workspaces/delay": 200, "/problems/not-found": 200, "/nowhere": 404, "/try": 200, "/try?example=duplicate-key": 200, "/try?example=cbor": 200,
}

// TestEveryPage holds every page to what all promise: well-formed, small, at
// home in one request for style and one for script, and nothing inline.
func TestEveryPage(t *testing.T) {
	s := newServer(t, func(c *handlers.Config) { c.DemoUser = ben })
	s.changeBen(parley.StatusRisky, hostileComment)
	for path, status := range everyPage {
		res := s.page(path, status)
		elements := readPage(t, path, res.body)
		if elements["main"] != 1 || elements["h1"] != 1 || elements["script"] != 1 || elements["link"] != 2 || elements["style"] != 0 {
			t.Errorf("%s has the elements %v", path, elements)
		}
		if len(res.body) >= 30_000 {
			t.Errorf("%s has %d bytes", path, len(res.body))
		}
		if regexp.MustCompile(`(?i)<[^>]+\s(on[a-z]+|style)=`).MatchString(res.body) {
			t.Errorf("%s holds a script or a style inline:\n%s", path, res.body)
		}
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"X-Content-Type-Options":  "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin", "Cache-Control": "private, no-cache",
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %s: %q, want %q", path, name, got, want)
			}
		}
	}
}

// readPage reads a page as XML, and counts its elements.
func readPage(t testing.TB, path, body string) map[string]int {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(body))
	elements := map[string]int{}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return elements
		}
		if err != nil {
			t.Fatalf("%s: %v\n%s", path, err, body)
		}
		if start, ok := token.(xml.StartElement); ok {
			elements[start.Name.Local]++
		}
	}
}

// TestAssets follows the links of a page to its style, script and icon.
func TestAssets(t *testing.T) {
	s := newServer(t)
	page := s.page("/", 200, "Authorization", "")
	paths := regexp.MustCompile(`/assets/[a-z]+-[0-9a-f]{16}(\.[a-z]+)`).FindAllStringSubmatch(page.body, -1)
	types := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
	if len(paths) != len(types) {
		t.Fatalf("the page refers to %q", paths)
	}
	for _, path := range paths {
		for _, method := range []string{"GET", "HEAD"} {
			res := s.do(request{method, path[0], []string{"Authorization", "", "Accept", "text/css"}, ""})
			if res.StatusCode != 200 || res.Header.Get("Content-Type") != types[path[1]] || (res.body == "") == (method == "GET") ||
				res.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" || res.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s %s: %s %v", method, path[0], res.Status, res.Header)
			}
		}
	}
	for _, path := range []string{"/assets/style-0000000000000000.css", "/assets/style.css", "/assets/"} {
		if res := s.do(request{"GET", path, nil, ""}); res.StatusCode != 404 || res.Header.Get("Cache-Control") != "private, no-cache" {
			t.Errorf("%s: %s %v", path, res.Status, res.Header)
		}
	}
}

func TestUsersPage(t *testing.T) {
	s := newServer(t)
	first := s.page("/users?sort=-name&limit=3&user_type=saas_user", 200)
	mustShow(t, first.body,
		`<form action="/users" method="get"`, `name="sort" value="-name"`, `name="limit" value="3"`,
		`<option value="saas_user" selected="selected">`,
		`<a href="/users?limit=3&amp;sort=-name&amp;user_type=saas_user" aria-current="true"><span>All</span> <b>`,
		`<a href="/users?limit=3&amp;sort=-name&amp;status=active&amp;user_type=saas_user"><span class="status active">active</span> <b>`,
		`<th scope="col" aria-sort="descending"><a href="/users?limit=3&amp;sort=name&amp;user_type=saas_user" class="descending">Name</a>`,
		`<a href="/users?limit=3&amp;sort=identifier&amp;user_type=saas_user">Identifier</a>`,
		`<tr itemscope=""><th scope="row"><a href="/users/minjun"><span itemprop="name">`,
		`rel="next">Next page</a>`)
	next := regexp.MustCompile(`href="([^"]+)" rel="next"`).FindStringSubmatch(first.body)
	second := s.page(strings.ReplaceAll(next[1], "&amp;", "&"), 200)
	mustShow(t, second.body, `<a href="/users?limit=3&amp;sort=-name&amp;user_type=saas_user" rel="first">First page</a>`)
	mustNotShow(t, second.body, `href="/users/minjun"`)

	ascending := s.page("/users", 200)
	mustShow(t, ascending.body, `aria-sort="ascending"><a href="/users?sort=name">Name</a> <a href="/users?sort=-identifier" class="ascending">Identifier</a>`)
	filtered := s.page("/users?status=risky&q=%22%3E%3Cscript%3E", 200)
	mustShow(t, filtered.body, `value="&#34;&gt;&lt;script&gt;"`, `aria-current="true"><span class="status risky">`, "Nobody is found")
	refused := s.page("/users?workspace=nowhere&q=b", 400)
	mustShow(t, refused.body, `<a href="#workspace">Workspace</a>: There is no such workspace.`, `name="q" type="search" value="b"`,
		`id="workspace-fault">There is no such workspace.`, `value="nowhere"`, `aria-invalid="true" aria-describedby="workspace-fault"`)
}

// TestUsersPageIsSmall fills a page with 50 users of long names.
func TestUsersPageIsSmall(t *testing.T) {
	s := newServer(t)
	for i := range 50 {
		body := fmt.Sprintf(`{"identifier":"wanda-%02d","name":"Wanda Wilhelmina van der Whistlethwaite %02d","email":"wanda.whistlethwaite-%02d@delay.example"}`, i, i, i)
		if res := s.do(request{"POST", "/users", []string{"Content-Type", "application/json"}, body}); res.StatusCode != 201 {
			t.Fatal(res.Status)
		}
	}
	page := s.page("/users?q=wanda", 200)
	if rows := strings.Count(page.body, "<tr itemscope"); rows != 50 || len(page.body) >= 30_000 {
		t.Errorf("%d rows have %d bytes", rows, len(page.body))
	}
}

func TestUserPage(t *testing.T) {
	s := newServer(t)
	seq := s.changeBen(parley.StatusRisky, hostileComment)
	s.changeBen(parley.StatusInactive, "")
	page := s.page(fmt.Sprintf("/users/ben?changed=%d", seq), 200)
	mustShow(t, page.body,
		`<span>Signed in as <bdi>full</bdi></span>`, `<h1 dir="auto">Benjamin Zhang</h1>`, `<b class="status inactive">inactive</b> <bdi>ben</bdi>`,
		`<p class="notice" role="status">The status was changed from active to risky.</p>`,
		`name="_if_match" value="&#34;3-html&#34;"`, `value="inactive" checked="checked" /><span class="status inactive">Inactive</span> <small>now</small>`,
		`data-most="4096"`, `<h2 id="history">History</h2>`, `<b class="status risky"><span>risky</span></b>`, `<b class="status inactive"><span>inactive</span></b>`,
		`by <a href="/users/`+ownerID+`"><bdi>Olivia Delay</bdi></a>`, `<b class="status active"><span>active</span></b>`,
		`<blockquote dir="auto"><span>&lt;script&gt;alert(1)&lt;/script&gt;`+"\n"+`&lt;a href=&#34;javascript:alert(1)&#34;&gt;x&lt;/a&gt; &lt;/textarea&gt; <bdi class="direction" title="U+202E">`+"\u202e</bdi>gnp.exe \ufffd"+` {{.}} &amp;amp;</span></blockquote>`,
		`<span itemprop="identifier">ben</span>`, `href="/users/ben/status-changes"`,
		`<a href="/users/ben?changed=1&amp;format=yaml" rel="alternate">YAML</a>`, `curl -H &#34;Authorization: Bearer $PARLEY_TOKEN&#34; &#39;http://`)
	mustNotShow(t, page.body, "<script>", `href="javascript:`)
	for _, query := range []string{"", "?changed=99", "?changed=x", "?changed=%3Cb%3E"} {
		mustNotShow(t, s.page("/users/ben"+query, 200).body, `class="notice"`)
	}
	stranger := s.page("/users/mia?changed=1", 200)
	mustNotShow(t, stranger.body, `class="notice"`)
	mustShow(t, stranger.body, "Nothing has been changed yet.")
	reader := s.page("/users/ben", 200, "Authorization", "Bearer "+readToken)
	mustNotShow(t, reader.body, "<form", "Olivia Delay", ownerID+`"`)
	mustShow(t, s.page("/users/00000000-0000-4000-8000-00000000beef", 200).body, `<form action="/users/505876e8-42da-5a3a-a3d2-5ecffd8de596"`)
}

func TestHistoryPage(t *testing.T) {
	s := newServer(t)
	for range 3 {
		s.changeBen(parley.StatusRisky, "one\n  two")
	}
	page := s.page("/users/ben/status-changes?limit=2", 200)
	mustShow(t, page.body, `<h1 dir="auto">History of Benjamin Zhang</h1>`, `<li itemscope="">`, `<span itemprop="to_status">risky</span>`,
		`<time itemprop="changed_at" datetime="2026-01-02T03:04:05Z">`, `<a href="/users/ben/status-changes/3">#<span itemprop="seq">3</span></a>`,
		`<span itemprop="review_comment">one`+"\n  two</span>", `<span itemprop="request_id">`, `<meta itemprop="next_cursor" content="`, `rel="next">Next page</a>`)
}

// TestSavedPageIsPosted sends pages back as they were shown: the form of a user's
// page changes the status, once, and the page of a stale one nothing.
func TestSavedPageIsPosted(t *testing.T) {
	s := newServer(t)
	saved := s.page("/users/ben", 200).body
	saved = strings.Replace(saved, ` checked="checked"`, "", 1)
	saved = strings.Replace(saved, `value="risky"`, `value="risky" checked="checked"`, 1)
	header := []string{"Content-Type", "text/html", "Accept", "text/html"}
	for _, replayed := range []string{"", "true"} {
		res := s.do(request{"PATCH", "/users/ben", header, saved})
		if res.StatusCode != 200 || res.Header.Get("Idempotent-Replayed") != replayed {
			t.Fatal(res.Status, res.Header, res.body)
		}
		mustShow(t, res.body, `<b class="status risky">risky</b>`, `class="notice" role="status">The status was changed from active to risky.`)
	}
	if rows := len(s.history(ben)); rows != 1 {
		t.Errorf("%d rows", rows)
	}
	users := s.do(request{"PATCH", "/users/ben", header, s.page("/users?limit=1", 200).body})
	if users.StatusCode != http.StatusUnprocessableEntity {
		t.Error(users.Status)
	}
}

// TestRefusedForm checks that nothing that was typed is lost.
func TestRefusedForm(t *testing.T) {
	s := newServer(t)
	header := []string{"Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html"}
	post := func(fields ...string) response {
		t.Helper()
		return s.do(request{"POST", "/users/ben", header, "_method=PATCH&_if_match=%221-html%22&_idempotency_key=k&" + strings.Join(fields, "&")})
	}
	wrong := post("status=banned", "review_comment="+url.QueryEscape("\ntyped\u0085</textarea>"))
	if wrong.StatusCode != 422 {
		t.Fatal(wrong.Status)
	}
	mustShow(t, wrong.body, `<a href="#status">Status</a>: &#34;banned&#34; is none of the allowed values.`, `<a href="#review_comment">`,
		`name="_if_match" value="&#34;1-html&#34;"`, `<fieldset class="control for-status faulty" aria-describedby="status-fault">`,
		`id="status-fault">&#34;banned&#34; is none`, `value="active" id="status" />`, `aria-invalid="true" aria-describedby="review_comment-fault review_comment-counter"`,
		">\n\ntyped\u0085&lt;/textarea&gt;</textarea>")
	mustNotShow(t, wrong.body, `value="k"`, `checked="checked"`)

	s.changeBen(parley.StatusInactive, "meanwhile")
	stale := post("status=risky", "review_comment=typed")
	if stale.StatusCode != 412 {
		t.Fatal(stale.Status)
	}
	mustShow(t, stale.body, "Since version 1: active to inactive at 2026-01-02T03:04:05Z.", `name="_if_match" value="&#34;2-html&#34;"`,
		`value="inactive" /><span class="status inactive">Inactive</span> <small>now</small>`, `value="risky" checked="checked"`, ">typed</textarea>")

	readPage(t, "422", wrong.body)
	readPage(t, "412", stale.body)
	for _, r := range []request{
		{"PATCH", "/users/nobody", header, "status=banned"},
		{"PATCH", "/users/ben", append([]string{"Authorization", "Bearer " + readToken}, header...), "status=banned"},
		{"PATCH", "/users/ben", header, "status=%zz"},
		{"POST", "/users", header, "identifier=x"},
	} {
		mustNotShow(t, s.do(r).body, "<textarea")
	}
}

// TestUnavailableForm is sent again under its own key, for it may have been made.
func TestUnavailableForm(t *testing.T) {
	s := newServer(t, func(c *handlers.Config) { c.Store = fullStore{c.Store} })
	res := s.do(request{"POST", "/users/ben", []string{"Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html"},
		"_method=PATCH&status=risky&_if_match=*&_idempotency_key=k"})
	if res.StatusCode != 503 {
		t.Fatal(res.Status)
	}
	mustShow(t, res.body, `name="_if_match" value="*"`, `name="_idempotency_key" value="k"`, `value="risky" checked="checked"`)
}

func TestFirstPage(t *testing.T) {
	without := newServer(t).page("/", 200, "Authorization", "")
	mustShow(t, without.body, `<a href="/sign-in">Sign in</a>`, `<th scope="row"><span>json</span></th><td><span>application/json</span></td><td><span>yes</span></td>`, `<span itemprop="change_status">`)
	mustNotShow(t, without.body, "<form")
	with := newServer(t, func(c *handlers.Config) { c.DemoUser = ben }).page("/", 200, "Authorization", "")
	mustShow(t, with.body, `<form action="/users/ben" method="post"`, `name="_method" value="PATCH"`, `value="suspended" checked="checked"`)
	mustNotShow(t, with.body, "_if_match")
}

// fullStore finds no room for a change.
type fullStore struct{ parley.Store }

func (fullStore) ChangeStatus(context.Context, parley.ChangeRequest) (parley.Outcome, error) {
	return parley.Outcome{}, parley.NewError(parley.CodeUnavailable, "The disk is full.")
}
