package main

import (
	"bytes"
	"io"
	"log/slog"
	"sync/atomic"
	"time"
)

// logQueue keeps what is logged from those who log it, whom a pipe that nobody
// reads would otherwise stop. What it has no room for is lost, and counted.
type logQueue struct {
	lines   chan []byte
	lost    atomic.Int64
	closing chan struct{}
	ended   chan struct{}
}

const (
	logQueueLength = 4096        // lines
	logPatience    = time.Second // with the last lines
)

// newLogQueue hands lines on to w. The logger, which writes there too, tells how
// many were lost.
func newLogQueue(w io.Writer, log *slog.Logger) *logQueue {
	q := &logQueue{lines: make(chan []byte, logQueueLength), closing: make(chan struct{}), ended: make(chan struct{})}
	go q.run(w, log)
	return q
}

// Write never waits and never fails.
func (q *logQueue) Write(line []byte) (int, error) {
	select {
	case q.lines <- bytes.Clone(line):
	default:
		q.lost.Add(1)
	}
	return len(line), nil
}

func (q *logQueue) run(w io.Writer, log *slog.Logger) {
	defer close(q.ended)
	for {
		select {
		case line := <-q.lines:
			q.pass(line, w, log)
		case <-q.closing:
			q.passRest(w, log)
			return
		}
	}
}

// pass loses a line that cannot be written: whoever could be told of it reads the
// log.
func (q *logQueue) pass(line []byte, w io.Writer, log *slog.Logger) {
	_, _ = w.Write(line)
	if lost := q.lost.Swap(0); lost > 0 {
		log.Warn("lines of the log were lost", "lines", lost)
	}
}

func (q *logQueue) passRest(w io.Writer, log *slog.Logger) {
	for {
		select {
		case line := <-q.lines:
			q.pass(line, w, log)
		default:
			return
		}
	}
}

// endLog waits for the last lines. Where they cannot be written, nor can anything
// that would come after them.
func (p *program) endLog(q *logQueue) {
	close(q.closing)
	select {
	case <-q.ended:
	case <-time.After(logPatience):
		p.err = io.Discard
	}
}
