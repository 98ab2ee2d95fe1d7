package report

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/parley-gateway/parley/bench/load"
	"github.com/parley-gateway/parley/bench/process"
)

func TestMedian(t *testing.T) {
	for _, test := range []struct {
		values []float64
		want   float64
	}{
		{nil, 0},
		{[]float64{3}, 3},
		{[]float64{9, 1, 2}, 2},
		{[]float64{9, 1, 2, 4}, 3},
	} {
		if got := Median(test.values); got != test.want {
			t.Errorf("the median of %v is %v, want %v", test.values, got, test.want)
		}
	}
}

// measured makes a measurement of rounds with these throughputs and a p99.
func measured(key Key, p99 time.Duration, perSecond ...float64) Measurement {
	m := Measurement{Key: key}
	for _, n := range perSecond {
		m.Samples = append(m.Samples, Sample{Result: load.Result{PerSecond: n, P99: p99}})
	}
	return m
}

func patch(peer string, connections int) Key {
	return Key{Section: Connections, Peer: peer, Method: http.MethodPatch, In: "json", Out: "json", Connections: connections}
}

func results() Results {
	format := Key{Section: Formats, Peer: Parley, Method: http.MethodPatch, In: "json", Out: "json", Connections: Busy}
	xml, users, more := format, format, format
	xml.In, xml.Out = "xml", "xml"
	users.Section, users.Users = Users, 10_000
	more.Section, more.Users = Users, 1_000_000
	return Results{
		Measurements: []Measurement{
			measured(patch(Parley, Busy), 5*time.Millisecond, 8000, 9000, 100),
			measured(patch(Plain, Busy), 100*time.Millisecond, 1000),
			measured(patch(Plain, 1), time.Millisecond, 1),
			measured(format, 0, 4000),
			measured(xml, 0, 2000),
			measured(users, 0, 1000),
			measured(more, 0, 800),
		},
		Memory:      map[string]process.Memory{Parley: {Peak: 32 << 20}},
		MemoryUsers: 100_000,
		Start:       []time.Duration{90 * time.Millisecond, 50 * time.Millisecond, 300 * time.Millisecond},
		StartUsers:  1_000_000,
	}
}

func TestFigures(t *testing.T) {
	want := map[string]struct {
		measured float64
		reached  bool
	}{
		"PATCH at 64 connections / plain":        {8, true},
		"PATCH p99 at 64 connections / plain":    {0.05, true},
		"PATCH at 1 connection / plain":          {0, false}, // Parley was not measured there
		"PATCH xml in, xml out / json":           {0.5, false},
		"PATCH with 1,000,000 users / 10,000":    {0.8, true},
		"peak memory under PATCH, 100,000 users": {32, true},
		"start to first answer, 1,000,000 users": {90, true},
		"GET at 64 connections / constant":       {0, false},
		"PATCH at 64 connections / storage":      {0, false},
		"PATCH at 64 connections / pocketbase":   {0, false},
		"GET at 64 connections / pocketbase":     {0, false},
	}
	for _, f := range results().Figures() {
		w, known := want[f.Name]
		if !known || f.Measured != w.measured || f.Reached() != w.reached {
			t.Errorf("%s is %v, reached %v; want %+v", f.Name, f.Measured, f.Reached(), w)
		}
		delete(want, f.Name)
	}
	if len(want) > 0 {
		t.Errorf("these figures are not there: %v", want)
	}
}

func TestLimitsAreNotReachedByNothing(t *testing.T) {
	for _, test := range []struct {
		figure  Figure
		reached bool
	}{
		{Figure{Target: 64, AtMost: true, Measured: 63.9}, true},
		{Figure{Target: 64, AtMost: true, Measured: 64}, false},
		{Figure{Target: 64, AtMost: true}, false},
		{Figure{Target: 0.75, Measured: 0.75}, true},
		{Figure{Target: 0.75, Measured: 0.749}, false},
	} {
		if test.figure.Reached() != test.reached {
			t.Errorf("%+v: reached is %v", test.figure, !test.reached)
		}
	}
}

func TestPrintShowsRatios(t *testing.T) {
	var out strings.Builder
	if err := results().Print(&out); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"8.00 x", "PATCH with 1,000,000 users / 10,000", "32.0 MiB", "under 0.10"} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("it lacks %q:\n%s", part, out.String())
		}
	}
}

func TestCountAndSpan(t *testing.T) {
	for n, want := range map[int]string{7: "7", 1000: "1,000", 1234567: "1,234,567"} {
		if got := count(n); got != want {
			t.Errorf("%d is shown as %s", n, got)
		}
	}
	for d, want := range map[time.Duration]string{
		0: "-", 61 * time.Microsecond: "61 us", 1234 * time.Microsecond: "1.23 ms", 1500 * time.Millisecond: "1500 ms",
	} {
		if got := span(d); got != want {
			t.Errorf("%d is shown as %s, want %s", d, got, want)
		}
	}
}
