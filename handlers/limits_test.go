package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers"
)

// TestLimitsInEveryFormat sends what is at a limit and what is beyond in every
// format that is read. At it, a body is understood, whatever is thought of its
// fields.
func TestLimitsInEveryFormat(t *testing.T) {
	limits := codecs.Limits{Depth: 3, Fields: 3, Parts: 3, Name: 20, Value: 40}
	fields := codecs.Record{text("status", "risky"), text("review_comment", "look"), text("a", "b")}
	nested := func(levels int) codecs.Record {
		value := codecs.TextValue("risky")
		for range levels - 1 {
			value = codecs.ListValue(value)
		}
		return codecs.Record{{Name: "status", Value: value}}
	}
	long := func(name, value int) codecs.Record {
		return codecs.Record{text("status", "risky"), text(strings.Repeat("n", name), strings.Repeat("v", value))}
	}
	for _, in := range readFormats() {
		t.Run(in.Name(), func(t *testing.T) {
			t.Parallel()
			s := newServer(t, func(c *handlers.Config) { c.Limits = limits })
			for _, c := range []struct {
				name       string
				at, beyond codecs.Record
			}{
				{"fields", fields, append(fields, text("c", "d"))},
				{"depth", nested(3), nested(4)},
				{"length of a name", long(20, 1), long(21, 1)},
				{"length of a value", long(1, 40), long(1, 41)},
			} {
				if c.name == "depth" && !keepsLists(t, in) {
					continue
				}
				if res := s.sendRecord(in, c.at); res.StatusCode != http.StatusUnprocessableEntity {
					t.Errorf("%s, at the limit: %s\n%s", c.name, res.Status, res.body)
				}
				if res := s.sendRecord(in, c.beyond); res.StatusCode != http.StatusBadRequest || !strings.Contains(res.body, "malformed-body") {
					t.Errorf("%s, beyond the limit: %s\n%s", c.name, res.Status, res.body)
				}
			}
			s.mustBeUntouched(t)
		})
	}
}

func (s *testServer) sendRecord(in codecs.Codec, r codecs.Record) response {
	s.t.Helper()
	contentType, body := written(s.t, in, r)
	return s.do(request{"PATCH", "/users/ben?format=json", []string{"Content-Type", contentType}, string(body)})
}

// keepsLists reports whether a format hands over as a list what was written as one.
// The operations of a patch are levels of their own.
func keepsLists(t *testing.T, in codecs.Codec) bool {
	t.Helper()
	contentType, body := written(t, in, codecs.Record{{Name: "status", Value: codecs.ListValue(codecs.TextValue("risky"))}})
	decoded, err := handlers.Formats().Decode(contentType, body, codecs.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	status, _ := decoded.Record.Get("status")
	return status.Kind() == codecs.List && in.Name() != "json-patch"
}

// TestRefusalsAreShort sends what a refusal names, without end.
func TestRefusalsAreShort(t *testing.T) {
	s := newServer(t)
	long := strings.Repeat("é", 20_000)
	for _, c := range []struct{ contentType, body string }{
		{"application/json-patch+json", `[{"op":"add","path":"` + long + `","value":1}]`},
		{"application/json-patch+json", `[{"op":"` + long + `","path":"/status"}]`},
		{"application/xml", "<" + long + "><status></" + long + ">"},
		{"application/x-www-form-urlencoded", "_charset_=" + long + "&status=risky"},
		{"text/plain; charset=" + strings.Repeat("x", 20_000), "risky"},
		{"x/" + strings.Repeat("y", 20_000), "risky"},
	} {
		res := s.do(request{"PATCH", "/users/ben", []string{"Content-Type", c.contentType}, c.body})
		if res.StatusCode < 400 || len(res.body) > 4<<10 {
			t.Errorf("%.30s, %.30s: %s with %d bytes", c.contentType, c.body, res.Status, len(res.body))
		}
	}
}

// TestLimitsOfTheHead goes up to each limit of what stands before the body, and one
// beyond.
func TestLimitsOfTheHead(t *testing.T) {
	s := newServer(t)
	accept := func(most int) []string {
		return []string{"Accept", "text/plain;x=" + strings.Repeat("a", most-len("text/plain;x="))}
	}
	ranges := func(n int) []string { return []string{"Accept", strings.Repeat("a/b,", n-1) + "text/plain"} }
	for _, c := range []struct {
		name   string
		req    request
		status int
		detail string
	}{
		{"query", request{"GET", "/users/ben?" + strings.Repeat("a", 6<<10), nil, ""}, 200, ""},
		{"query, one more", request{"GET", "/users/ben?" + strings.Repeat("a", 6<<10+1), nil, ""}, 414, "The query of the URL is longer than 6144 bytes."},
		{"URL", request{"GET", "/" + strings.Repeat("a", 8<<10-1), nil, ""}, 404, ""},
		{"URL, one more", request{"GET", "/" + strings.Repeat("a", 8<<10), nil, ""}, 414, "The URL is longer than 8192 bytes."},
		{"URL, also of nobody", request{"GET", "/users/" + strings.Repeat("a", 8<<10), []string{"Authorization", ""}, ""}, 414, ""},
		{"Accept", request{"GET", "/users/ben", accept(16 << 10), ""}, 200, ""},
		{"Accept, one more", request{"GET", "/users/ben", accept(16<<10 + 1), ""}, 431, "The header Accept is longer than 16384 bytes."},
		{"Accept in two lines", request{"GET", "/users/ben", append(accept(16<<10), "Accept", "a/b"), ""}, 431, "16384"},
		{"members", request{"GET", "/users/ben", ranges(1000), ""}, 200, ""},
		{"members, one more", request{"GET", "/users/ben", ranges(1001), ""}, 431, "The header Accept has more than 1000 members."},
		{"members, of nobody", request{"GET", "/users/ben", append(ranges(1001), "Authorization", ""), ""}, 401, ""},
	} {
		res := s.do(c.req)
		if res.StatusCode != c.status || !strings.Contains(res.body, c.detail) {
			t.Errorf("%s: %s\n%s", c.name, res.Status, res.body)
		}
		if len(res.body) > 16<<10 {
			t.Errorf("%s: %d bytes come back", c.name, len(res.body))
		}
	}
}

// TestLimitsOfHeaders counts as the wire has it: each line with its name, the colon,
// the space and the line break, after the request line.
func TestLimitsOfHeaders(t *testing.T) {
	head := "GET /users/ben HTTP/1.1\r\nHost: parley.example\r\nAuthorization: Bearer " + fullToken + "\r\nConnection: close\r\n"
	filler := func(most int) string {
		return "X-Fill: " + strings.Repeat("x", most-len(head)-len("X-Fill: \r\n")) + "\r\n"
	}
	s := newServer(t)
	for _, c := range []struct {
		name, raw, status string
	}{
		{"size", head + filler(64<<10), "200 OK"},
		{"size, one more", head + filler(64<<10+1), "431"},
		{"number", head + strings.Repeat("X-One: 1\r\n", 97), "200 OK"},
		{"number, one more", head + strings.Repeat("X-One: 1\r\n", 98), "431"},
	} {
		if answer := string(s.exchangeRaw([]byte(c.raw + "\r\n"))); !strings.HasPrefix(answer, "HTTP/1.1 "+c.status) {
			t.Errorf("%s: %.200s", c.name, answer)
		}
	}
}
