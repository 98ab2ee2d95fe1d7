package pgbench

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/parley-gateway/parley/bench/load"
)

// takeLogs reads the logs that begin with prefix, one for each thread, and removes them.
// What was done first comes first.
func takeLogs(prefix string) ([]load.Exchange, error) {
	paths, err := filepath.Glob(prefix + ".*")
	if err != nil {
		return nil, err
	}
	var all []load.Exchange
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		exchanges, err := parseLog(string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		all = append(all, exchanges...)
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(all, func(a, b load.Exchange) int { return a.Done.Compare(b.Done) })
	return all, nil
}

// parseLog reads lines of client, transaction, microseconds that it took, script, and
// when it was done in seconds and microseconds.
func parseLog(text string) ([]load.Exchange, error) {
	var exchanges []load.Exchange
	for line := range strings.Lines(text) {
		var numbers [6]int64
		fields := strings.Fields(line)
		if len(fields) < len(numbers) {
			return nil, fmt.Errorf("no transaction: %q", line)
		}
		for i := range numbers {
			n, err := strconv.ParseInt(fields[i], 10, 64)
			if err != nil {
				return nil, fmt.Errorf("no transaction: %q: %w", line, err)
			}
			numbers[i] = n
		}
		done := time.Unix(numbers[4], numbers[5]*1000)
		exchanges = append(exchanges, load.Exchange{Sent: done.Add(-time.Duration(numbers[2]) * time.Microsecond), Done: done})
	}
	return exchanges, nil
}
