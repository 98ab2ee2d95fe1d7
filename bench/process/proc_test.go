package process

import (
	"os"
	"os/exec"
	"testing"
	"time"
)

func TestParseStat(t *testing.T) {
	const text = "4242 (a (b) c) S 1 4242 4242 0 -1 4194560 5000 0 0 0 150 25 7 9 20 0 12 0 100 1000 200"
	want := stat{parent: 1, own: 1750 * time.Millisecond, waitedFor: 160 * time.Millisecond}
	if got, err := parseStat(text); err != nil || got != want {
		t.Errorf("it is %+v, %v; want %+v", got, err, want)
	}
	if _, err := parseStat("4242 (a) S 1"); err == nil {
		t.Error("a line without times has some")
	}
}

// TestFamilyCPU lets a child work until it is waited for: its time is there before and after.
func TestFamilyCPU(t *testing.T) {
	const least = 200 * time.Millisecond
	child := exec.Command("sh", "-c", "while :; do :; done")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		child.Process.Kill()
		child.Wait()
	}()
	before, err := CPU(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(tick) {
		if family, err := FamilyCPU(os.Getpid()); err == nil && family > before+least {
			return
		}
	}
	t.Errorf("a child that works all the time has not worked for %s", least)
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
