package load

import (
	"bufio"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// answering is a server on a free port that calls pause before its answer to
// the request of a number, and counts them.
func answering(t *testing.T, status string, pause func(number int64)) (addr string, count *atomic.Int64) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	count = new(atomic.Int64)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go answerAll(conn, status, count, pause)
		}
	}()
	return listener.Addr().String(), count
}

func answerAll(conn net.Conn, status string, count *atomic.Int64, pause func(int64)) {
	defer conn.Close()
	for r := bufio.NewReader(conn); ; {
		if _, err := http.ReadRequest(r); err != nil {
			return
		}
		pause(count.Add(1))
		conn.Write([]byte("HTTP/1.1 " + status + "\r\nContent-Length: 2\r\n\r\nhi"))
	}
}

func atOnce(int64) {}

func job(addr string, rate float64) Job {
	return Job{
		Addrs: []string{addr}, Connections: 1, Duration: 400 * time.Millisecond, Rate: rate, Users: 10, IDs: UUIDs,
		Requests: []Request{{Method: http.MethodGet, Path: "/users/" + Placeholder}},
	}
}

func TestClosedLoopCountsEveryAnswer(t *testing.T) {
	addr, count := answering(t, "200 OK", atOnce)
	j := job(addr, 0)
	j.Connections = 3
	result, err := Run(j)
	if err != nil {
		t.Fatal(err)
	}
	if result.Sent != count.Load() {
		t.Errorf("%d requests are counted, %d were answered", result.Sent, count.Load())
	}
	// One of each connection may be at work when the time is over.
	if missing := result.Sent - result.Requests; missing < 0 || missing > 3 {
		t.Errorf("%d of %d requests are not counted", missing, result.Sent)
	}
}

// TestOpenLoopCountsWaiting: a server that stands still for a while makes all
// wait that are due meanwhile, though only one of them is with it.
func TestOpenLoopCountsWaiting(t *testing.T) {
	const still = 200 * time.Millisecond
	addr, _ := answering(t, "200 OK", func(number int64) {
		if number == 1 {
			time.Sleep(still)
		}
	})
	result, err := Run(job(addr, 100))
	if err != nil {
		t.Fatal(err)
	}
	if all := result.Requests + result.Unserved; all != 40 {
		t.Errorf("%d requests were due, want 40", all)
	}
	if result.Max < still {
		t.Errorf("the longest latency is %s, want %s at least", result.Max, still)
	}
	// Twenty of forty were due while it stood still, and waited half of that
	// on average: a quarter waited longer than that.
	if result.P99 < still/2 {
		t.Errorf("p99 is %s: those who waited for the first are not counted", result.P99)
	}
}

func TestOpenLoopGivesUp(t *testing.T) {
	addr, _ := answering(t, "200 OK", func(int64) { time.Sleep(300 * time.Millisecond) })
	j := job(addr, 50)
	result, err := Run(j)
	if err != nil {
		t.Fatal(err)
	}
	if all := result.Requests + result.Unserved; all != 20 || result.Unserved < 16 {
		t.Errorf("%d requests were due and %d never sent, want 20 and 16 at least", all, result.Unserved)
	}
	if result.P50 < j.Duration {
		t.Errorf("p50 is %s: those that were never sent are not counted", result.P50)
	}
}

func TestRefusalEndsTheRun(t *testing.T) {
	addr, _ := answering(t, "401 Unauthorized", atOnce)
	for _, rate := range []float64{0, 100} {
		if _, err := Run(job(addr, rate)); err == nil || !strings.Contains(err.Error(), "401: hi") {
			t.Errorf("the failure is %v, want one with the answer", err)
		}
	}
}

func TestWarmupIsNotCounted(t *testing.T) {
	begin := time.Unix(1000, 0)
	r := &recorder{begin: begin, end: begin.Add(time.Second), latencies: newHistogram()}
	r.closed(begin.Add(-2*time.Second), begin.Add(-time.Second))
	r.closed(begin.Add(-time.Second), begin.Add(time.Second/2))
	r.closed(begin, begin.Add(2*time.Second)) // a latency, and no throughput
	r.open(begin.Add(-time.Second), begin.Add(time.Second/2))
	r.abandoned(begin.Add(-time.Second), begin.Add(time.Second/2))
	result := summary([]*recorder{r})
	if result.Sent != 4 || result.Requests != 1 || result.PerSecond != 1 || result.Unserved != 0 || r.latencies.TotalCount() != 2 {
		t.Errorf("the summary is %+v with %d latencies", result, r.latencies.TotalCount())
	}
}

func TestSummaryOfExchanges(t *testing.T) {
	begin := time.Unix(1000, 0)
	at := func(seconds float64) time.Time { return begin.Add(time.Duration(seconds * float64(time.Second))) }
	result := Summary(begin, at(2), []Exchange{{at(-1), at(-0.5)}, {at(-0.5), at(0.5)}, {at(0.5), at(1)}, {at(1.5), at(2.5)}})
	if result.Requests != 2 || result.PerSecond != 1 || result.Max < time.Second {
		t.Errorf("it is %+v, want two requests in two seconds, of which one took a second", result)
	}
}

func TestConnectionsTakeAddressesInTurn(t *testing.T) {
	one, first := answering(t, "200 OK", atOnce)
	two, second := answering(t, "200 OK", atOnce)
	j := job(one, 0)
	j.Addrs, j.Connections = []string{one, two}, 2
	result, err := Run(j)
	if err != nil {
		t.Fatal(err)
	}
	if first.Load() == 0 || second.Load() == 0 || first.Load()+second.Load() != result.Sent {
		t.Errorf("of %d requests one server got %d and the other %d", result.Sent, first.Load(), second.Load())
	}
}
