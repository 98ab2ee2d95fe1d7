package codecs_test

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-gateway/parley/codecs"
)

func TestNegotiate(t *testing.T) {
	r := fakeRegistry()
	for _, n := range negotiations {
		if got := negotiate(t, r, n.accept, n.spoken, codecs.Single); got != n.want {
			t.Errorf("Accept: %q\n  from %q: got %s, want %s", n.accept, n.spoken, got, n.want)
		}
	}
}

func TestNegotiateLists(t *testing.T) {
	r := fakeRegistry()
	for _, n := range []struct{ accept, spoken, want string }{
		{absent, "", "application/json"},
		{"text/csv", "", "text/csv"},
		{"application/x-ndjson", "", "application/x-ndjson"},
		{"application/jsonl", "", "application/jsonl"},
		{"text/*;q=0.5, text/plain;q=0, text/html;q=0", "", "text/csv"},
		{"application/x-www-form-urlencoded", "", none},
		{"multipart/*", "", none},
		{"application/octet-stream", "", "application/octet-stream"},
		{"*/*", "application/x-www-form-urlencoded", "application/json"},
		{chrome, "", "text/html"},
	} {
		if got := negotiate(t, r, n.accept, n.spoken, codecs.Many); got != n.want {
			t.Errorf("Accept: %q\n  from %q: got %s, want %s", n.accept, n.spoken, got, n.want)
		}
	}
}

// The examples of docs/negotiation.md are true.
func TestNegotiationDocument(t *testing.T) {
	document, err := os.ReadFile("../docs/negotiation.md")
	if err != nil {
		t.Fatal(err)
	}
	r := fakeRegistry()
	row := regexp.MustCompile("(?m)^\\| (`[^`]+`|\\(none\\)) \\| (`[^`]+` )?\\| (`[^`]+`|406) \\|")
	rows := row.FindAllStringSubmatch(string(document), -1)
	if begun := strings.Count(string(document), "\n| `") + strings.Count(string(document), "\n| ("); len(rows) != begun || begun == 0 {
		t.Errorf("%d examples of %d can be read", len(rows), begun)
	}
	for _, cells := range rows {
		accept, spoken, want := strings.Trim(cells[1], "`"), strings.Trim(cells[2], "` "), strings.Trim(cells[3], "`")
		if accept == "(none)" {
			accept = absent
		}
		if got := negotiate(t, r, accept, spoken, codecs.Single); got != want {
			t.Errorf("Accept: %q\n  from %q: got %s, want %s", accept, spoken, got, want)
		}
	}
}

func negotiate(t *testing.T, r *codecs.Registry, accept, spoken string, shape codecs.Shape) string {
	t.Helper()
	choice, ok := r.Negotiate(acceptLines(accept), shape)
	if !ok {
		return none
	}
	return choice.In(languageOf(t, r, spoken)).MediaType
}

func acceptLines(accept string) []string {
	if accept == absent {
		return nil
	}
	return strings.Split(accept, "\n")
}

func languageOf(t *testing.T, r *codecs.Registry, contentType string) codecs.Language {
	t.Helper()
	if contentType == "" {
		return codecs.Language{}
	}
	c, m, err := r.ByContentType(contentType)
	if err != nil {
		t.Fatal(err)
	}
	return codecs.LanguageOf(c, m.Name)
}

// What is found inside a container is spoken, not the container.
func TestSpokenInContainer(t *testing.T) {
	r := fakeRegistry()
	decoded, err := r.Decode("application/octet-stream", []byte("<?xml version='1.0'?>"), codecs.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	choice, _ := r.Negotiate(nil, codecs.Single)
	if got := choice.In(decoded.Spoken()).MediaType; got != "application/xml" {
		t.Errorf("answered in %s", got)
	}
}

func TestNamed(t *testing.T) {
	r := fakeRegistry()
	for _, n := range []struct {
		name  string
		shape codecs.Shape
		want  string
	}{
		{"json", codecs.Single, "application/json"},
		{"form", codecs.Single, "application/x-www-form-urlencoded"},
		{"form", codecs.Many, none},
		{"csv", codecs.Single, none},
		{"csv", codecs.Many, "text/csv"},
		{"json-patch", codecs.Single, none},
		{"JSON", codecs.Single, none},
		{"", codecs.Single, none},
	} {
		got := none
		if choice, ok := r.Named(n.name, n.shape); ok {
			got = choice.In(languageOf(t, r, "application/xml")).MediaType
		}
		if got != n.want {
			t.Errorf("%q: got %s, want %s", n.name, got, n.want)
		}
	}
}

func TestNegotiateAllocatesNothing(t *testing.T) {
	r := fakeRegistry()
	language := languageOf(t, r, "application/xml")
	for _, accept := range []string{absent, "*/*", "application/json", chrome, firefox, safari, axios, jquery, java, feedReader} {
		lines := acceptLines(accept)
		allocs := testing.AllocsPerRun(100, func() {
			choice, _ := r.Negotiate(lines, codecs.Single)
			choice.In(language)
		})
		if allocs != 0 {
			t.Errorf("%v allocations for %s", allocs, accept)
		}
	}
}

// A header of the greatest length allowed costs no more than its length, however its
// quotes stand: four times a quarter of it, where a square would be sixteen times.
func TestNegotiateIsLinear(t *testing.T) {
	r := fakeRegistry()
	fastest := func(part string, length int) time.Duration {
		lines := []string{strings.Repeat(part, length/len(part))}
		fastest := time.Duration(math.MaxInt64)
		for range 20 {
			start := time.Now()
			r.Negotiate(lines, codecs.Single)
			fastest = min(fastest, time.Since(start))
		}
		return fastest
	}
	for _, part := range []string{`"\`, `"\",`, `="\`, `a/b;c="\",`, `a/b;c="`, `;`, `,`, `a/b,`, `a/b;c=d;`, `a/b;c;`} {
		long, short := fastest(part, 16<<10), fastest(part, 4<<10)
		if long > 9*short {
			t.Errorf("16 KiB of %s took %v, 4 KiB %v", part, long, short)
		}
	}
}

func TestExplain(t *testing.T) {
	r := fakeRegistry()
	weighings, choice, ok := r.Explain([]string{"text/*;q=0.3, TEXT/HTML;q=0.7, text/xml;q=0.2, application/pdf;q=0"}, codecs.Single)
	if !ok || choice.MediaType != "text/html" {
		t.Fatalf("chose %q", choice.MediaType)
	}
	want := map[string]codecs.Weighing{
		"application/json": {},
		"text/json":        {Alias: true}, // text/* does not stand for an alias
		"application/xml":  {},
		"text/xml":         {Range: "text/xml", Quality: 0.2, Alias: true},
		"text/plain":       {Range: "text/*", Quality: 0.3},
		"text/html":        {Range: "TEXT/HTML", Quality: 0.7},
		"application/pdf":  {Range: "application/pdf"},
	}
	for _, got := range weighings {
		w, ok := want[got.MediaType]
		if ok && (got.Range != w.Range || got.Quality != w.Quality || got.Alias != w.Alias) {
			t.Errorf("%s: got %q %v %v", got.MediaType, got.Range, got.Quality, got.Alias)
		}
		delete(want, got.MediaType)
	}
	if len(want) > 0 {
		t.Errorf("not weighed: %v", want)
	}
}

func TestExplainNamesTheSuffixedRange(t *testing.T) {
	weighings, choice, _ := fakeRegistry().Explain([]string{"application/vnd.acme+xml;q=0.4"}, codecs.Single)
	i := slices.IndexFunc(weighings, func(w codecs.Weighing) bool { return w.MediaType == choice.MediaType })
	if i < 0 || weighings[i].Range != "application/vnd.acme+xml" || weighings[i].Quality != 0.4 {
		t.Errorf("%s was explained by %+v", choice.MediaType, weighings)
	}
}

func FuzzAccept(f *testing.F) {
	for _, n := range negotiations {
		f.Add(n.accept)
	}
	r := fakeRegistry()
	f.Fuzz(func(t *testing.T, accept string) {
		for _, shape := range []codecs.Shape{codecs.Single, codecs.Many} {
			choice, ok := r.Negotiate([]string{accept}, shape)
			weighings, explained, _ := r.Explain([]string{accept}, shape)
			if explained.MediaType != choice.MediaType {
				t.Fatalf("Explain chose %q, Negotiate %q", explained.MediaType, choice.MediaType)
			}
			best := 0.0
			for _, w := range weighings {
				best = max(best, w.Quality)
			}
			if ok != (best > 0) || qualityOf(weighings, choice.MediaType) != best {
				t.Fatalf("chose %q (%v) where the best quality is %v", choice.MediaType, ok, best)
			}
			if padded, _ := r.Negotiate([]string{", ", accept + " ,"}, shape); padded.MediaType != choice.MediaType {
				t.Fatalf("empty members turned %q into %q", choice.MediaType, padded.MediaType)
			}
		}
	})
}

// FuzzNegotiate compares with the words of RFC 9110 section 12.5.1, written down
// without a thought of cost.
func FuzzNegotiate(f *testing.F) {
	names := []string{"application/json", "text/xml", "text/html", "text/plain", "application/*", "text/*", "*/*", "image/png", "TEXT/HTML", "application/cbor"}
	f.Add(uint64(0x0123456789), uint64(0x1111))
	f.Add(uint64(0x6543), uint64(0x0a5))
	f.Fuzz(func(t *testing.T, chosen, weights uint64) {
		var members []string
		qualities := map[string]int{} // in tenths, of the first of a name
		for ; chosen > 0; chosen, weights = chosen>>4, weights>>4 {
			name, q := names[chosen&15%uint64(len(names))], int(weights&15)%11
			members = append(members, fmt.Sprintf("%s;q=%d.%d", name, q/10, q%10))
			if _, again := qualities[strings.ToLower(name)]; !again {
				qualities[strings.ToLower(name)] = q
			}
		}
		r := fakeRegistry()
		choice, ok := r.Negotiate(members, codecs.Single)
		best := -1
		for _, mediaType := range r.Writable(codecs.Single) {
			best = max(best, naiveQuality(r, qualities, mediaType))
		}
		if ok != (best > 0) || ok && naiveQuality(r, qualities, choice.MediaType) != best {
			t.Errorf("%q chooses %q (%v), and the best quality is %d tenths", members, choice.MediaType, ok, best)
		}
		if _, withNone := r.Negotiate(append(members, "image/gif;q=0"), codecs.Single); len(members) > 0 && withNone != ok {
			t.Errorf("%q: to exclude what is not there changes whether there is an answer", members)
		}
	})
}

// naiveQuality is that of the most specific range that stands for a media type.
func naiveQuality(r *codecs.Registry, qualities map[string]int, mediaType string) int {
	if len(qualities) == 0 {
		qualities = map[string]int{"*/*": 10}
	}
	if q, ok := qualities[mediaType]; ok {
		return q
	}
	c, _, _ := r.ByContentType(mediaType)
	kind, _, _ := strings.Cut(mediaType, "/")
	_, shy := c.(codecs.NamedOnly)
	if c == nil || c.MediaTypes()[0] != mediaType {
		return 0 // wildcards stand for first names
	}
	if q, ok := qualities[kind+"/*"]; ok && !(shy && kind == "application") {
		return q
	}
	if shy {
		return 0
	}
	return qualities["*/*"]
}

// qualityOf is what the name of an answer weighs, 0 for one that is not there.
func qualityOf(weighings []codecs.Weighing, name string) float64 {
	for _, w := range weighings {
		if w.MediaType == name {
			return w.Quality
		}
	}
	return 0
}
