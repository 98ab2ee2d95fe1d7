package suite

import (
	"context"

	"github.com/parley-gateway/parley/bench/report"
	"github.com/parley-gateway/parley/codecs"
)

// measureMemory starts every peer and reads what it holds after some rounds of
// changes. It comes first, so that nothing else has been asked of them.
func (s *suite) measureMemory(ctx context.Context) error {
	if err := s.startTargets(ctx); err != nil {
		return err
	}
	bodies, err := bodiesIn(codecs.NewJSON())
	if err != nil {
		return err
	}
	s.results.MemoryUsers = s.Users
	for _, name := range report.Peers {
		s.say("memory: %s", name)
		t := s.targets[name]
		job := s.job(t.patch(bodies, jsonMediaType), report.Busy)
		job.Duration *= 3
		if _, err := t.measure(ctx, job); err != nil {
			return err
		}
		if s.results.Memory[name], err = t.servers[0].Memory(); err != nil {
			return err
		}
	}
	return nil
}

// startTargets makes the databases and starts a server on each.
func (s *suite) startTargets(ctx context.Context) error {
	path, err := s.makeDatabase(ctx, "parley.db", s.Users)
	if err != nil {
		return err
	}
	plainDB, err := s.copyDatabase(path, "plain.db")
	if err != nil {
		return err
	}
	if err := s.prepareStorage(ctx, path); err != nil {
		return err
	}
	parley, err := s.startParley(ctx, report.Parley, path, s.Users)
	if err != nil {
		return err
	}
	size, err := parley.sizeOfUser(ctx)
	if err != nil {
		return err
	}
	s.targets[report.Parley] = parley
	for name, start := range map[string]func() (target, error){
		report.Plain:      func() (target, error) { return s.startPlain(ctx, plainDB) },
		report.PocketBase: func() (target, error) { return s.startPocketBase(ctx, s.path("pocketbase")) },
		report.Constant:   func() (target, error) { return s.startSized(ctx, report.Constant, size) },
		report.Responder:  func() (target, error) { return s.startSized(ctx, report.Responder, size) },
	} {
		s.say("starting %s", name)
		if s.targets[name], err = start(); err != nil {
			return err
		}
	}
	return nil
}
