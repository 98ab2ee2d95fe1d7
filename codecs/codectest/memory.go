package codectest

import (
	"bytes"
	"fmt"
	"slices"
	"sync"

	"github.com/parley-gateway/parley/codecs"
)

// checkAliasing overwrites the body after it was read, as the next request
// that gets the same buffer does.
func (k *kit) checkAliasing() {
	for _, b := range k.bodies {
		given := bytes.Clone(b.bytes)
		record, err := k.read(codecs.Input{Body: given, Type: b.media})
		if err != nil {
			k.fault("%s is refused when it is read again: %v", show(b.bytes), err)
			continue
		}
		for i := range given {
			given[i] = 'X'
		}
		if !record.Equal(b.record) {
			k.fault("the record read from %s is %s once the body is overwritten", show(b.bytes), show(record))
		}
	}
}

const (
	goroutines = 4
	repeats    = 25
)

// A job is a call whose outcome is known from when nothing else ran.
type job struct {
	what string
	do   func() (asBefore bool)
}

// checkConcurrency has many goroutines do different work with one value. Run
// under the race detector it finds shared state that does no harm yet.
func (k *kit) checkConcurrency() {
	jobs := slices.Concat(k.readingJobs(), k.writingJobs(), k.listingJobs())
	failures := make(chan string, goroutines)
	var all sync.WaitGroup
	for worker := range goroutines {
		all.Go(func() { failures <- work(jobs, worker) })
	}
	all.Wait()
	close(failures)
	for failure := range failures {
		if failure != "" {
			k.faultOnce(k.rule, "with %d goroutines %s", goroutines, failure)
		}
	}
}

// work does all jobs again and again, each worker in another order, and says
// what went wrong, if anything.
func work(jobs []job, worker int) (failure string) {
	defer func() {
		if cause := recover(); cause != nil {
			failure = fmt.Sprintf("there is a panic: %v", cause)
		}
	}()
	for i := range repeats * len(jobs) {
		if j := jobs[(i+worker)%len(jobs)]; !j.do() {
			return j.what + " has another outcome than alone"
		}
	}
	return ""
}

func (k *kit) readingJobs() []job {
	var jobs []job
	for _, b := range k.bodies {
		jobs = append(jobs, job{"reading " + show(b.bytes), func() bool {
			record, err := k.read(codecs.Input{Body: bytes.Clone(b.bytes), Type: b.media})
			return err == nil && record.Equal(b.record)
		}})
	}
	return jobs
}

func (k *kit) writingJobs() []job {
	if k.encoder == nil {
		return nil
	}
	var jobs []job
	for _, r := range []codecs.Record{command("one"), command("two"), answer()} {
		alone, err := k.encode(nil, r)
		if err != nil {
			continue
		}
		jobs = append(jobs, job{"writing " + show(r), func() bool {
			written, err := k.encoder.Encode(nil, document(r))
			return err == nil && k.sameMeaning(alone, written)
		}})
	}
	return jobs
}

func (k *kit) listingJobs() []job {
	if k.lists == nil {
		return nil
	}
	var jobs []job
	for _, l := range []codecs.Listing{listing("one"), listing("two")} {
		alone, err := k.encodeList(nil, l)
		if err != nil {
			continue
		}
		jobs = append(jobs, job{"writing a list", func() bool {
			written, err := k.lists.EncodeList(nil, cloneListing(l))
			return err == nil && k.sameMeaning(alone, written)
		}})
	}
	return jobs
}

// sameMeaning compares bodies by what is read from them, so that an encoder
// that is not deterministic breaks that rule alone.
func (k *kit) sameMeaning(a, b []byte) bool {
	if bytes.Equal(a, b) || k.codec == nil {
		return bytes.Equal(a, b)
	}
	first, errA := k.read(codecs.Input{Body: bytes.Clone(a), Type: k.mediaOf(a)})
	second, errB := k.read(codecs.Input{Body: bytes.Clone(b), Type: k.mediaOf(b)})
	return errA == nil && errB == nil && first.Equal(second)
}
