package suites

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/codectest"
	"github.com/parley-gateway/parley/handlers"
)

// mutants is how many altered documents each parser of a format reads.
const mutants = 20000

// TestDifferential alters documents of every format that others read too. What
// Parley takes, each of them must take, with the same values: what two read
// differently is refused. What a peer does otherwise for a reason of its own is
// listed in differences/peers.txt.
func TestDifferential(t *testing.T) {
	for format, peers := range peersOf {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			documents := append(seedsOf(t, format), mutantsOf(t, format)...)
			taken, readings := takenBy(parleyOn(format), t, documents)
			t.Logf("%d documents, %d of them read", len(documents), len(taken))
			if len(taken) < len(documents)/50 || len(taken) == len(documents) {
				t.Errorf("%d of %d documents are read, which shows little", len(taken), len(documents))
			}
			for _, p := range peers {
				t.Run(p.name, func(t *testing.T) {
					listed := readReasons(t, p.name)
					for i, r := range p.read(t, taken) {
						if !r.equal(readings[i]) {
							listed.mustExplain(taken[i], readings[i], r)
						}
					}
					listed.end()
				})
			}
		})
	}
}

// TestWritten has every parser read what Parley writes, with naughty strings as
// values: each reads what was meant.
func TestWritten(t *testing.T) {
	for format, peers := range peersOf {
		if format == "html" {
			continue // a page for people has no form for a record
		}
		codec := handlers.Formats().ByName(format)
		var documents []document
		var want []string
		for _, s := range naughtyStrings(t) {
			body, err := codec.(codecs.Encoder).Encode(nil, codecs.Document{Name: "user", Record: codecs.Record{text("status", s)}})
			if err != nil {
				t.Fatal(err)
			}
			if !(isRefusedComment(s) && lacksControls[format]) {
				documents, want = append(documents, document{body, codecs.ContentType(codec, codec.MediaTypes()[0], body)}), append(want, s)
			}
		}
		for _, p := range peers {
			for i, r := range p.read(t, documents) {
				if p.name == "pdf.js" && (want[i] == "" || isRefusedComment(want[i])) {
					continue // it leaves out what is empty, and control characters
				}
				if dropsMark[p.name] {
					want[i] = strings.TrimPrefix(want[i], "\ufeff")
				}
				if !r.equal(oneField(format, want[i])) {
					t.Errorf("%s reads %q as %s, want %q", p.name, documents[i].Body, r, want[i])
				}
			}
		}
	}
}

// dropsMark are the peers that decode texts with TextDecoder, which drops a byte
// order mark. They come last among those of their format.
var dropsMark = map[string]bool{"cborg": true}

func oneField(format, value string) reading {
	if isFlat(format) {
		return reading{value: fields{{"status", value}}}
	}
	return reading{value: map[string]any{"status": value}}
}

// takenBy is what a reader does not refuse, and how it reads it. Peers see no
// other document: some would take all memory there is for a length in one.
func takenBy(read reader, t *testing.T, documents []document) (taken []document, readings []reading) {
	t.Helper()
	for i, r := range read(t, documents) {
		if r.refusal == "" {
			taken, readings = append(taken, documents[i]), append(readings, r)
		}
	}
	return taken, readings
}

func parleyOn(format string) reader {
	if format == "pdf" {
		return pdfByParley
	}
	return byParley(isFlat(format))
}

// isFlat reports whether a format is pairs of texts.
func isFlat(format string) bool {
	return slices.Contains([]string{"form", "multipart", "html"}, format)
}

// mutantsOf alters the seeds of a format, the same way in every run.
func mutantsOf(t *testing.T, format string) []document {
	t.Helper()
	if format == "pdf" {
		return pdfMutants(t)
	}
	random := rand.New(rand.NewPCG(8, uint64(len(format))))
	seeds := seedsOf(t, format)
	list := make([]document, mutants)
	for i := range list {
		d := seeds[random.IntN(len(seeds))]
		d.Body = slices.Clone(d.Body)
		for range 1 + random.IntN(3) {
			d.Body = codectest.Mutate(random, d.Body)
		}
		list[i] = d
	}
	return list
}

// seedsOf are documents of a format: what its encoder writes, and what seeds.go
// holds beside.
func seedsOf(t *testing.T, format string) []document {
	t.Helper()
	codec := handlers.Formats().ByName(format)
	var list []document
	for _, record := range seedRecords {
		if isFlat(format) {
			record = codecs.Flatten(record)
		}
		body, err := codec.(codecs.Encoder).Encode(nil, codecs.Document{Name: "user", Record: record})
		if err != nil {
			t.Fatal(err)
		}
		if format == "html" {
			continue // its pages are for people, and larger than what is to be altered
		}
		list = append(list, document{body, codecs.ContentType(codec, codec.MediaTypes()[0], body)})
	}
	if format == "pdf" {
		return append(list, pdfSeeds(t)...)
	}
	for _, body := range seeds[format] {
		list = append(list, document{[]byte(body), seedType(codec, body)})
	}
	return list
}

func seedType(format codecs.Format, body string) string {
	return codecs.ContentType(format, format.MediaTypes()[0], []byte(body))
}

// reasons are why a peer does otherwise than Parley: differences/peers.txt has
// lines of a peer, a regular expression for what it does, and the reason.
type reasons struct {
	t       *testing.T
	peer    string
	listed  []*regexp.Regexp
	counts  []int
	unheard int
}

func readReasons(t *testing.T, peer string) *reasons {
	t.Helper()
	r := &reasons{t: t, peer: peer}
	for _, row := range readTable(t, "differences/peers.txt", 3) {
		if row[0] == peer {
			r.listed = append(r.listed, regexp.MustCompile(row[1]))
		}
	}
	r.counts = make([]int, len(r.listed))
	return r
}

// mustExplain demands a reason for what a peer makes of a document.
func (r *reasons) mustExplain(d document, parley, peer reading) {
	r.t.Helper()
	found := fmt.Sprintf("%q is %s", d.Body, peer)
	for i, e := range r.listed {
		if e.MatchString(found) {
			r.counts[i]++
			return
		}
	}
	if r.unheard++; r.unheard <= 10 {
		r.t.Errorf("%s: %s\nand Parley reads %s", r.peer, found, parley)
	}
}

// end demands that every reason was needed.
func (r *reasons) end() {
	r.t.Helper()
	if r.unheard > 10 {
		r.t.Errorf("%d more", r.unheard-10)
	}
	for i, n := range r.counts {
		if n == 0 {
			r.t.Errorf("%s: nothing differs by %s any more", r.peer, r.listed[i])
		}
		r.t.Logf("%s: %d by %s", r.peer, n, strings.TrimSpace(r.listed[i].String()))
	}
}
