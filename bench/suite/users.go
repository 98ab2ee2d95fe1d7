package suite

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/parley-gateway/parley/bench/report"
	"github.com/parley-gateway/parley/codecs"
)

// measureUsers compares databases of several sizes, each with a server of its
// own.
func (s *suite) measureUsers(ctx context.Context) error {
	s.stopAll() // what they hold in caches belongs to these
	bodies, err := bodiesIn(codecs.NewJSON())
	if err != nil {
		return err
	}
	var cells []cell
	for _, users := range s.UserCounts {
		path, err := s.makeDatabase(ctx, sizedName(users), users)
		if err != nil {
			return err
		}
		t, err := s.startParley(ctx, sizedName(users), path, users)
		if err != nil {
			return err
		}
		cells = append(cells,
			cellFor(t, report.Key{Section: report.Users, In: json, Out: json}, s.job(t.patch(bodies, jsonMediaType), report.Busy)),
			cellFor(t, report.Key{Section: report.Users, Out: json}, s.job(t.get(jsonMediaType), report.Busy)))
	}
	slices.SortStableFunc(cells, byMethod)
	return s.takeTurns(ctx, "users", s.Rounds, cells)
}

func sizedName(users int) string { return fmt.Sprintf("users-%d.db", users) }

// measureStart starts Parley on the largest of these databases and asks for a
// user at once. The file is in the system's cache, as it is after a restart of
// the program.
func (s *suite) measureStart(ctx context.Context) error {
	s.stopAll()
	users := slices.Max(s.UserCounts)
	s.results.StartUsers = users
	s.say("start")
	for range s.Rounds {
		t, err := s.startParley(ctx, "start", s.path(sizedName(users)), users)
		if err != nil {
			return err
		}
		if _, err := t.sizeOfUser(ctx); err != nil {
			return err
		}
		s.results.Start = append(s.results.Start, time.Since(t.servers[0].Started))
		s.stopAll()
	}
	return nil
}
