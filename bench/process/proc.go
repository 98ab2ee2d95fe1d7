package process

import (
	"fmt"
	"os"
	"path/filepath"
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
func (s *Server) CPU() (time.Duration, error) { return CPU(s.cmd.Process.Pid) }

// CPU reads the time that a process has spent on processors.
func CPU(pid int) (time.Duration, error) {
	stat, err := readStat(pid)
	return stat.own, err
}

// FamilyCPU is the time that a process and its children have spent, those that it has
// already waited for too.
func FamilyCPU(pid int) (time.Duration, error) {
	parent, err := readStat(pid)
	if err != nil {
		return 0, err
	}
	processes, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return 0, err
	}
	spent := parent.own + parent.waitedFor
	for _, folder := range processes {
		number, _ := strconv.Atoi(filepath.Base(folder)) // they are numbers
		if child, err := readStat(number); err == nil && child.parent == pid {
			spent += child.own
		}
	}
	return spent, nil // without those that have ended while it looked
}

// stat is what is needed of proc_pid_stat(5).
type stat struct {
	parent    int
	own       time.Duration
	waitedFor time.Duration // of children
}

func readStat(pid int) (stat, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return stat{}, err
	}
	return parseStat(string(text))
}

// tick is the unit of the kernel's times: USER_HZ is 100 wherever Linux runs
// today.
const tick = 10 * time.Millisecond

// parseStat reads field 4, the parent, and from field 14 on utime, stime, cutime and
// cstime. The name of the program, field 2, may hold spaces, but it ends with the last
// parenthesis.
func parseStat(text string) (stat, error) {
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	if len(fields) < 15 {
		return stat{}, fmt.Errorf("no times: %q", text)
	}
	var numbers []int64
	for _, field := range append(fields[1:2:2], fields[11:15]...) {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return stat{}, err
		}
		numbers = append(numbers, n)
	}
	return stat{
		parent:    int(numbers[0]),
		own:       time.Duration(numbers[1]+numbers[2]) * tick,
		waitedFor: time.Duration(numbers[3]+numbers[4]) * tick,
	}, nil
}
