package simulate

import "time"

// processor is the cores of a machine. Each works on one task at a time, to its end.
type processor struct {
	clock  *clock
	cores  int
	idle   int           // of them
	worked time.Duration // of all cores
	urgent []task
	others []task
}

func newProcessor(c *clock, cores int) *processor {
	return &processor{clock: c, cores: cores, idle: cores}
}

type task struct {
	span time.Duration
	done func()
}

// use has a task done. An urgent one goes before all others that wait: it is of a
// process that mostly sleeps, which a kernel runs as soon as it wakes.
func (p *processor) use(t task, urgent bool) {
	if urgent {
		p.urgent = append(p.urgent, t)
	} else {
		p.others = append(p.others, t)
	}
	p.begin()
}

// busy is the share of the time since the beginning that its cores have worked.
func (p *processor) busy() float64 {
	return p.worked.Seconds() / p.clock.now.Seconds() / float64(p.cores)
}

func (p *processor) begin() {
	if p.idle == 0 {
		return
	}
	t, found := p.next()
	if !found {
		return
	}
	p.idle--
	p.worked += t.span
	p.clock.after(t.span, func() {
		p.idle++
		t.done()
		p.begin()
	})
}

func (p *processor) next() (t task, found bool) {
	for _, waiting := range []*[]task{&p.urgent, &p.others} {
		if len(*waiting) > 0 {
			t, *waiting = (*waiting)[0], (*waiting)[1:]
			return t, true
		}
	}
	return task{}, false
}

// disk syncs for all who wait at once. Who comes while it syncs waits for the next time.
type disk struct {
	clock   *clock
	sync    func() time.Duration // how long one takes
	busy    bool
	waiting []func()
}

func (d *disk) synced(done func()) {
	d.waiting = append(d.waiting, done)
	if !d.busy {
		d.begin()
	}
}

func (d *disk) begin() {
	served := d.waiting
	d.waiting = nil
	d.busy = len(served) > 0
	if !d.busy {
		return
	}
	d.clock.after(d.sync(), func() {
		for _, done := range served {
			done()
		}
		d.begin()
	})
}

// queue is work that is done together: whoever serves it takes all that waits, as many
// as the limit. There is no timer.
type queue struct {
	limit   int
	idle    int // of those who serve it
	serve   func(n int, done func())
	waiting []func()
}

// add has a piece of work done, and then calls answer.
func (q *queue) add(answer func()) {
	q.waiting = append(q.waiting, answer)
	q.begin()
}

func (q *queue) begin() {
	n := min(len(q.waiting), q.limit)
	if n == 0 || q.idle == 0 {
		return
	}
	batch := q.waiting[:n:n]
	q.waiting = q.waiting[n:]
	q.idle--
	q.serve(n, func() {
		for _, answer := range batch {
			answer()
		}
		q.idle++
		q.begin()
	})
}
