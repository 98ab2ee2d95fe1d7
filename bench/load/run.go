package load

import (
	"runtime"
	"sync"
	"syscall"
	"time"
)

// Run carries out a job. An answer other than 2xx ends it with an error.
func Run(job Job) (Result, error) {
	clients, err := dialAll(job)
	defer closeAll(clients)
	if err != nil {
		return Result{}, err
	}
	recorders := make([]*recorder, len(clients))
	for i := range clients {
		recorders[i] = &recorder{latencies: newHistogram()}
	}
	start := time.Now() // after all that takes memory
	for _, r := range recorders {
		r.begin = start.Add(job.Warmup)
		r.end = r.begin.Add(job.Duration)
	}
	if job.Rate == 0 {
		err := forAll(clients, func(i int) error { return clients[i].closedLoop(recorders[i]) })
		return summary(recorders), err
	}
	return runOpen(newSchedule(job, start), clients, recorders)
}

func dialAll(job Job) ([]*client, error) {
	var clients []*client
	for i := range job.Connections {
		c, err := dial(job, i)
		if err != nil {
			return clients, err
		}
		clients = append(clients, c)
	}
	return clients, nil
}

func closeAll(clients []*client) {
	for _, c := range clients {
		_ = c.conn.Close() // everything was read from it
	}
}

// forAll runs one goroutine for each client and returns the first error.
func forAll(clients []*client, work func(i int) error) error {
	var running sync.WaitGroup
	failures := make(chan error, len(clients))
	for i := range clients {
		running.Go(func() {
			if err := work(i); err != nil {
				failures <- err
			}
		})
	}
	running.Wait()
	close(failures)
	return <-failures
}

func (c *client) closedLoop(r *recorder) error {
	for sent := time.Now(); sent.Before(r.end); {
		if err := c.exchange(); err != nil {
			return err
		}
		done := time.Now()
		r.closed(sent, done)
		sent = done
	}
	return nil
}

// runOpen lets a dispatcher hand requests to the connections as they become
// due. A request that finds no connection free waits in the queue, and its
// latency with it.
func runOpen(schedule schedule, clients []*client, recorders []*recorder) (Result, error) {
	// The dispatcher sleeps in the kernel, and must not take a place from the
	// connections while it does.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(runtime.NumCPU() + 1))
	queue := make(chan time.Time, schedule.count) // so that the dispatcher never waits
	late := newHistogram()
	go func() {
		defer close(queue)
		schedule.dispatch(func(due time.Time) {
			queue <- due
			record(late, time.Since(due))
		})
	}()
	if err := forAll(clients, func(i int) error { return clients[i].openLoop(queue, recorders[i]) }); err != nil {
		return Result{}, err
	}
	result := summary(recorders)
	result.Late = quantile(late, 99)
	return result, nil
}

// openLoop sends what is due. A server that falls behind gets as much time
// again; what is not sent by then is given up.
func (c *client) openLoop(queue <-chan time.Time, r *recorder) error {
	lastSend := r.end.Add(r.end.Sub(r.begin))
	for due := range queue {
		if now := time.Now(); now.After(lastSend) {
			r.abandoned(due, now)
			continue
		}
		if err := c.exchange(); err != nil {
			return err
		}
		r.open(due, time.Now())
	}
	return nil
}

// schedule is when requests are due: at even distances from start.
type schedule struct {
	start    time.Time
	distance float64 // seconds
	count    int
}

func newSchedule(job Job, start time.Time) schedule {
	return schedule{
		start:    start,
		distance: 1 / job.Rate,
		count:    int((job.Warmup + job.Duration).Seconds() * job.Rate),
	}
}

func (s schedule) due(i int) time.Time {
	return s.start.Add(time.Duration(float64(i) * s.distance * float64(time.Second)))
}

// dispatch calls release for each request when it is due. It sleeps by the
// kernel's clock, because the runtime's is no finer than a millisecond when
// the process is idle.
func (s schedule) dispatch(release func(due time.Time)) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for i := range s.count {
		due := s.due(i)
		sleepUntil(due)
		release(due)
	}
}

func sleepUntil(due time.Time) {
	for wait := time.Until(due); wait > 0; wait = time.Until(due) {
		span := syscall.NsecToTimespec(wait.Nanoseconds())
		// A signal wakes it early; the loop sleeps again.
		_ = syscall.Nanosleep(&span, nil)
	}
}
