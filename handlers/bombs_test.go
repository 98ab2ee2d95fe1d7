package handlers_test

import (
	"bytes"
	"math"
	"net/http"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers"
)

const (
	mib = 1 << 20

	// maxMemory is what any request may make the process allocate in all, its
	// client in the same process included.
	maxMemory = padding * 16 * mib
	// maxProcessor is the processor time that any request may take on a machine
	// that is not busy. On one that is, it may take slower times that of a body as
	// large that costs little.
	maxProcessor = 50 * time.Millisecond
	slower       = 20
)

// TestBombs sends bodies of the largest size that cost readers of their format
// the most. Each is answered, for few bytes of memory and little time.
func TestBombs(t *testing.T) {
	s := newServer(t)
	plain := s.cost(patch("application/json", fill(`{"review_comment":"`, "x", `"}`)(mib)))
	for _, f := range families {
		t.Run(f.name, func(t *testing.T) { s.mustCostLittle(t, patch(f.contentType, f.make(mib)), plain) })
	}
	for name, r := range codedBombs() {
		t.Run(name, func(t *testing.T) { s.mustCostLittle(t, r, plain) })
	}
}

// TestFamiliesCoverEveryFormat keeps a format from being registered without
// bodies that cost the most.
func TestFamiliesCoverEveryFormat(t *testing.T) {
	covered := map[string]bool{}
	for _, f := range families {
		covered[f.formatName()] = true
	}
	for _, c := range readFormats() {
		if !covered[c.Name()] {
			t.Errorf("there is no body that costs %s much", c.Name())
		}
	}
}

// codedBombs are bodies that would be much larger without their codings.
func codedBombs() map[string]request {
	bombs := map[string]request{}
	zeros := make([]byte, 256*mib)
	for _, codings := range []string{"gzip", "deflate", "br", "zstd", "gzip, gzip", "zstd, br", "gzip, deflate, zstd"} {
		coded := handlers.Compress(zeros, strings.Split(codings, ", ")...)
		bombs["zeros in "+codings] = inCodings(codings, patch("text/plain", coded))
	}
	for _, coding := range []string{"gzip", "deflate", "br", "zstd"} {
		lists := fill(`{"status":[0`, `,[]`, `]}`)(mib)
		bombs["lists in "+coding] = inCodings(coding, patch("application/json", handlers.Compress(lists, coding)))
		noise := bytes.Repeat([]byte("\x00\xff\x1f\x8b"), mib/4)
		bombs["noise in "+coding] = inCodings(coding, patch("text/plain", noise))
	}
	bombs["empty members of gzip"] = inCodings("gzip", patch("text/plain", bytes.Repeat(handlers.Compress(nil, "gzip"), mib/32)))
	return bombs
}

func inCodings(codings string, r request) request {
	r.header = append(r.header, "Content-Encoding", codings)
	return r
}

func patch(contentType string, body []byte) request {
	return request{
		method: http.MethodPatch, path: "/users/ben?format=json",
		header: []string{"Content-Type", contentType}, body: string(body),
	}
}

func (s *testServer) mustCostLittle(t *testing.T, r request, plain cost) {
	t.Helper()
	most := max(maxProcessor, slower*plain.processor)
	c := s.cost(r)
	for range 2 {
		if c.memory <= maxMemory && c.processor <= most {
			break
		}
		again := s.cost(r) // something else may have run beside it
		c.memory, c.processor = min(c.memory, again.memory), min(c.processor, again.processor)
	}
	t.Logf("status %d, %v, %.1f MiB", c.status, c.processor, float64(c.memory)/mib)
	if c.memory > maxMemory {
		t.Errorf("%d bytes of memory are taken", c.memory)
	}
	if c.processor > most {
		t.Errorf("%v of processor time are taken, and %v by a plain body", c.processor, plain.processor)
	}
	if c.status >= http.StatusInternalServerError {
		t.Errorf("the status is %d", c.status)
	}
}

// cost is what a request took.
type cost struct {
	memory    uint64 // all that was ever allocated, in bytes
	processor time.Duration
	status    int
}

func (s *testServer) cost(r request) cost {
	s.t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := processorTime(s.t)
	res := s.do(r)
	took := processorTime(s.t) - start
	runtime.ReadMemStats(&after)
	return cost{after.TotalAlloc - before.TotalAlloc, took, res.StatusCode}
}

// processorTime is that of the whole process so far.
func processorTime(t testing.TB) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// TestDecodingCostsLinearTime reads a quarter of each body and the whole: where
// cost grew with the square, that would take sixteen times as long.
func TestDecodingCostsLinearTime(t *testing.T) {
	registry := handlers.Formats()
	for _, f := range families {
		quarter, whole := timeToRead(t, registry, f, mib/16), timeToRead(t, registry, f, mib/4)
		if noise := 100 * time.Millisecond; whole > 10*quarter+noise {
			t.Errorf("%s takes %v, and a quarter of it %v", f.name, whole, quarter)
		}
	}
}

// timeToRead is processor time, the least of some tries: what else the machine does is
// counted with it. Most of the bodies are refused. The limit of values is wide, so that
// it does not end the reading early.
func timeToRead(t *testing.T, registry *codecs.Registry, f family, size int) time.Duration {
	t.Helper()
	body, least := f.make(size), time.Duration(math.MaxInt64)
	for range 3 {
		start := processorTime(t)
		_, _ = registry.Decode(f.contentType, body, codecs.Limits{Values: mib})
		least = min(least, processorTime(t)-start)
	}
	return least
}
