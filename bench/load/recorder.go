package load

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Result is what a measurement found.
type Result struct {
	Sent      int64   // all requests, those of the warm-up too
	Requests  int64   // that were answered in the time that is counted
	PerSecond float64 // of these
	P50       time.Duration
	P99       time.Duration
	P999      time.Duration
	Max       time.Duration
	Unserved  int64         // of an open loop: due, and not even sent when the time was over
	Late      time.Duration // of an open loop: the 99th percentile of how late a request was given to a connection
}

const longest = time.Hour

// recorder counts what happens from begin to end. Each connection has its own.
type recorder struct {
	begin, end time.Time
	sent       int64
	answered   int64
	unserved   int64
	latencies  *hdrhistogram.Histogram // microseconds
}

func newHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(1, longest.Microseconds(), 3) }

// closed counts an answer of a closed loop. What was still at work at the end
// took the longest: it is no throughput any more, but it is a latency.
func (r *recorder) closed(sent, done time.Time) {
	r.sent++
	if done.Before(r.begin) {
		return
	}
	if done.Before(r.end) {
		r.answered++
	}
	r.latency(done.Sub(sent))
}

// open counts a request of an open loop by when it was due.
func (r *recorder) open(due, done time.Time) {
	r.sent++
	if due.Before(r.begin) {
		return
	}
	r.answered++
	r.latency(done.Sub(due))
}

// abandoned counts a request that was due and never sent. It has waited at
// least until now.
func (r *recorder) abandoned(due, now time.Time) {
	if due.Before(r.begin) {
		return
	}
	r.unserved++
	r.latency(now.Sub(due))
}

func (r *recorder) latency(d time.Duration) { record(r.latencies, d) }

// record cannot fail, since the value is brought into the histogram's range.
func record(h *hdrhistogram.Histogram, d time.Duration) {
	_ = h.RecordValue(min(max(d.Microseconds(), 1), longest.Microseconds()))
}

// Exchange is a request of a closed loop and its answer.
type Exchange struct{ Sent, Done time.Time }

// Summary is what a closed loop has found that another program ran. What was done before
// begin does not count.
func Summary(begin, end time.Time, exchanges []Exchange) Result {
	r := recorder{begin: begin, end: end, latencies: newHistogram()}
	for _, e := range exchanges {
		r.closed(e.Sent, e.Done)
	}
	return summary([]*recorder{&r})
}

// summary adds the counts of all connections up.
func summary(recorders []*recorder) Result {
	var result Result
	all := newHistogram()
	for _, r := range recorders {
		result.Sent += r.sent
		result.Requests += r.answered
		result.Unserved += r.unserved
		all.Merge(r.latencies)
	}
	result.PerSecond = float64(result.Requests) / recorders[0].end.Sub(recorders[0].begin).Seconds()
	result.P50 = quantile(all, 50)
	result.P99 = quantile(all, 99)
	result.P999 = quantile(all, 99.9)
	result.Max = micros(all.Max())
	return result
}

func quantile(h *hdrhistogram.Histogram, percent float64) time.Duration {
	return micros(h.ValueAtQuantile(percent))
}

func micros(n int64) time.Duration { return time.Duration(n) * time.Microsecond }
