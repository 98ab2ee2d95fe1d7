package load

import (
	"slices"
	"sync"
	"time"
)

// Timeline remembers when something happened at each gateway.
type Timeline struct {
	mu    sync.Mutex
	times [][]time.Time // by gateway
}

// Mark notes that it happens now at a gateway.
func (l *Timeline) Mark(gateway int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.times[gateway] = append(l.times[gateway], time.Now())
}

// Count tells how often it happened at a gateway since a moment.
func (l *Timeline) Count(gateway int, since time.Time) int {
	return len(l.since(since, gateway))
}

// Gap is the longest time since a moment in which it happened at none of the gateways.
func (l *Timeline) Gap(since time.Time, gateways ...int) time.Duration {
	longest, last := time.Duration(0), since
	for _, at := range append(l.since(since, gateways...), time.Now()) {
		longest, last = max(longest, at.Sub(last)), at
	}
	return longest
}

func (l *Timeline) since(moment time.Time, gateways ...int) []time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []time.Time
	for _, gateway := range gateways {
		times := l.times[gateway]
		first, _ := slices.BinarySearchFunc(times, moment, time.Time.Compare)
		found = append(found, times[first:]...)
	}
	slices.SortFunc(found, time.Time.Compare)
	return found
}
