package repository

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

const (
	queueLength = 1024 // pieces of work that may wait: about a tenth of a second of it
	batchLength = 256  // that are done together, so that the first of them need not wait long
)

// queue is work that is done together: whoever serves it takes all that waits. There
// is no timer. What comes alone is done at once, and what comes meanwhile is done
// together afterwards.
type queue[T any] struct {
	waiting chan *queued[T]
	closing chan struct{}
	ended   chan struct{}
}

// queued is one piece of work, and what it came to.
type queued[T any] struct {
	ctx     context.Context
	work    T
	decided atomic.Bool // whether it is done or dropped
	err     error
	answer  chan error
}

// decide reports whether it was the first to decide what becomes of the work:
// who serves the queue, to do it, or who waits for it, to leave.
func (q *queued[T]) decide() bool { return q.decided.CompareAndSwap(false, true) }

func newQueue[T any]() *queue[T] {
	return &queue[T]{
		waiting: make(chan *queued[T], queueLength),
		closing: make(chan struct{}),
		ended:   make(chan struct{}),
	}
}

// do has work done. A caller whose ctx ends first leaves: with the error of ctx
// where the work is dropped, else, since it is under way, with one that says so.
func (q *queue[T]) do(ctx context.Context, work T) error {
	item := &queued[T]{ctx: ctx, work: work, answer: make(chan error, 1)}
	select {
	case q.waiting <- item:
	default:
		return unavailable(errors.New("too many wait for their turn"))
	}
	select {
	case err := <-item.answer:
		return err
	case <-ctx.Done():
		if item.decide() {
			return ctx.Err()
		}
		return undecided(ctx.Err())
	case <-q.ended:
		return unavailable(errors.New("the store is closed"))
	}
}

// run is the life of those who serve a queue, each alone with what it has taken.
// Serve answers what it gets, and what it takes beside.
func (q *queue[T]) run(servers int, serve func(first *queued[T])) {
	var all sync.WaitGroup
	for range servers {
		all.Go(func() { q.serve(serve) })
	}
	all.Wait()
	close(q.ended)
}

func (q *queue[T]) serve(serve func(first *queued[T])) {
	for {
		select {
		case first := <-q.waiting:
			serve(first)
		case <-q.closing:
			q.serveRest(serve)
			return
		}
	}
}

func (q *queue[T]) serveRest(serve func(first *queued[T])) {
	for {
		select {
		case first := <-q.waiting:
			serve(first)
		default:
			return
		}
	}
}

// take takes what waits. That whose callers have gone is dropped.
func (q *queue[T]) take(first *queued[T]) []*queued[T] {
	batch := make([]*queued[T], 0, 1+min(len(q.waiting), batchLength))
	for item := first; ; {
		if item.ctx.Err() == nil && item.decide() {
			batch = append(batch, item)
		}
		if len(batch) == batchLength {
			return batch
		}
		select {
		case item = <-q.waiting:
		default:
			return batch
		}
	}
}

// answerAll tells what became of a batch. An error is about all of it; what was
// wrong with one alone is in its err.
func answerAll[T any](batch []*queued[T], err error) {
	for _, item := range batch {
		if item.err == nil {
			item.err = err
		}
		item.answer <- item.err
	}
}

// protected makes a panic the failure of its own piece of work: who serves a queue is
// everybody's.
func protected(do func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	return do()
}

// close lets what waits be done.
func (q *queue[T]) close() {
	close(q.closing)
	<-q.ended
}
