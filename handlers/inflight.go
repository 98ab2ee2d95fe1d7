package handlers

import (
	"context"

	"github.com/parley-gateway/parley"
)

// gate bounds how many requests are at work. Those beyond wait for their turn, in
// the order in which they came, as far as there is room for them to wait.
type gate struct {
	working chan struct{} // holds one for each that works
	waiting chan struct{} // holds one for each that waits
}

func newGate(l RequestLimits) gate {
	return gate{working: make(chan struct{}, l.MaxInFlight), waiting: make(chan struct{}, l.MaxQueued)}
}

func (g gate) enter(ctx context.Context) error {
	select {
	case g.working <- struct{}{}:
		return nil
	default:
	}
	select {
	case g.waiting <- struct{}{}:
	default:
		return parley.NewError(parley.CodeBusy, "Too many requests are at work, and too many wait.")
	}
	defer func() { <-g.waiting }()
	select {
	case g.working <- struct{}{}:
		return nil
	case <-ctx.Done():
		return &parley.Error{Code: parley.CodeBusy, Detail: "The request waited too long for its turn.", Cause: ctx.Err()}
	}
}

func (g gate) leave() { <-g.working }

// enter takes a place among the requests at work, once. One with a body takes it
// when that has come, and all give it back before their answer is sent: a client
// that sends or reads slowly holds up none but itself.
func (x *exchange) enter() error {
	if x.atWork || x.route.open && x.isSafe() {
		return nil // what everybody may read costs next to nothing
	}
	if err := x.gate.enter(x.ctx); err != nil {
		return err
	}
	x.atWork = true
	return nil
}

// leave gives the place back, where there is one.
func (x *exchange) leave() {
	if x.atWork {
		x.gate.leave()
		x.atWork = false
	}
}

// awaitsBody reports whether the handler begins by reading a body.
func (x *exchange) awaitsBody() bool { return x.route.reads && x.c.Request.ContentLength != 0 }
