package simulate

import (
	"container/heap"
	"time"
)

// clock lets what is planned happen, in the order of time.
type clock struct {
	now     time.Duration // since the beginning
	plans   plans
	planned int // so far
}

// plan is something that happens once.
type plan struct {
	at     time.Duration
	number int // of two at the same time the one that was planned first comes first
	do     func()
}

// after plans something.
func (c *clock) after(span time.Duration, do func()) {
	c.planned++
	heap.Push(&c.plans, plan{c.now + span, c.planned, do})
}

// runUntil lets everything happen that is planned before end.
func (c *clock) runUntil(end time.Duration) {
	for len(c.plans) > 0 && c.plans[0].at < end {
		next := heap.Pop(&c.plans).(plan)
		c.now = next.at
		next.do()
	}
}

// plans are a heap.Interface.
type plans []plan

func (p plans) Len() int { return len(p) }

func (p plans) Less(i, j int) bool {
	if p[i].at != p[j].at {
		return p[i].at < p[j].at
	}
	return p[i].number < p[j].number
}

func (p plans) Swap(i, j int) { p[i], p[j] = p[j], p[i] }

func (p *plans) Push(x any) { *p = append(*p, x.(plan)) }

func (p *plans) Pop() any {
	last := len(*p) - 1
	x := (*p)[last]
	*p = (*p)[:last]
	return x
}
