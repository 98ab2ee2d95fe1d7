package handlers

import (
	"math/rand/v2"
	"runtime"
	"testing"
	"time"
)

// TestMeterIsABucket compares a meter with a bucket that is counted out, in steps
// that rates divide and others.
func TestMeterIsABucket(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, rate := range []Rate{{1, time.Second}, {100, time.Minute}, {7, time.Minute}, {1_000_000, time.Second}} {
		m := newMeter[string]("test", "", rate)
		now := time.Now()
		share := rate.Window / time.Duration(rate.Requests)
		full := share * time.Duration(rate.Requests)
		filled := full
		for range 10_000 {
			step := time.Duration(random.Int64N(int64(2*share) + 1))
			now, filled = now.Add(step), min(filled+step, full)
			allowed := filled >= share
			if allowed {
				filled -= share
			}
			got := m.take("a", now)
			if (got.wait == 0) != allowed || got.left != int(filled/share) && allowed || got.whole != full-filled {
				t.Fatalf("%v: %+v, want %v with %v of %v left", rate, got, allowed, filled, full)
			}
			if !allowed && got.wait != share-filled {
				t.Fatalf("%v: wait %v, want %v", rate, got.wait, share-filled)
			}
		}
	}
}

// TestMeterIsBounded meets more callers than it knows, and then none for a while.
func TestMeterIsBounded(t *testing.T) {
	m := newMeter[int]("test", "", Rate{1, time.Hour})
	now := time.Now()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for caller := range 5 * maxMetered {
		m.take(caller, now)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if known := len(m.whole) + len(m.before); known > 2*maxMetered {
		t.Errorf("%d callers are known", known)
	}
	held := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) >> 20
	t.Logf("%d MiB", held)
	if held > 32 {
		t.Errorf("%d MiB are held", held)
	}
	if m.take(5*maxMetered-1, now).wait == 0 {
		t.Error("the last caller was forgotten")
	}
	m.take(-1, now.Add(2*time.Hour))
	m.take(-1, now.Add(3*time.Hour))
	if known := len(m.whole) + len(m.before); known > 2 {
		t.Errorf("%d callers are known who were not seen for a window", known)
	}
}
