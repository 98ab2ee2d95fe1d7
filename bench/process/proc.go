package process

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Memory is what a process holds of main memory, in bytes.
type Memory struct {
	Peak int64 // VmHWM
	Now  int64 // VmRSS
}

// Memory reads what the server holds.
func (s *Server) Memory() (Memory, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return Memory{}, err
	}
	peak, err := kilobytes(string(text), "VmHWM:")
	if err != nil {
		return Memory{}, err
	}
	now, err := kilobytes(string(text), "VmRSS:")
	return Memory{Peak: peak, Now: now}, err
}

func kilobytes(status, name string) (int64, error) {
	_, rest, _ := strings.Cut(status, name)
	line, _, _ := strings.Cut(rest, "\n")
	n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(line), " kB"), 10, 64)
	return n << 10, err
}

// CPU reads the time that the server has spent on processors.
func (s *Server) CPU() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	return processorTime(string(text))
}

// tick is the unit of the kernel's times: USER_HZ is 100 wherever Linux runs
// today.
const tick = 10 * time.Millisecond

// processorTime adds fields 14 and 15 up, utime and stime. The name of the
// program, field 2, may hold spaces, but it ends with the last parenthesis.
func processorTime(stat string) (time.Duration, error) {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0, fmt.Errorf("no times: %q", stat)
	}
	user, err := strconv.ParseInt(fields[11], 10, 64)
	if err != nil {
		return 0, err
	}
	system, err := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * tick, err
}
