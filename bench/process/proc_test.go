package process

import (
	"testing"
	"time"
)

func TestProcessorTime(t *testing.T) {
	const stat = "4242 (a (b) c) S 1 4242 4242 0 -1 4194560 5000 0 0 0 150 25 7 9 20 0 12 0 100 1000 200"
	spent, err := processorTime(stat)
	if err != nil || spent != 1750*time.Millisecond {
		t.Errorf("it is %s, %v; want 1.75s", spent, err)
	}
	if _, err := processorTime("4242 (a) S 1"); err == nil {
		t.Error("a line without times has some")
	}
}

func TestKilobytes(t *testing.T) {
	const status = "Name:\tparley\nVmHWM:\t   20480 kB\nVmRSS:\t   10240 kB\n"
	n, err := kilobytes(status, "VmRSS:")
	if err != nil || n != 10<<20 {
		t.Errorf("it is %d, %v; want 10 MiB", n, err)
	}
	if _, err := kilobytes(status, "VmSwap:"); err == nil {
		t.Error("what is not there has a size")
	}
}
