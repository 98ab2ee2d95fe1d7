package pgbench

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestTakeLogs(t *testing.T) {
	prefix := filepath.Join(t.TempDir(), logPrefix)
	for name, text := range map[string]string{
		prefix + ".77":   "0 1 4000 0 1700000001 500000\n2 9 1000 0 1700000003 0\n",
		prefix + ".77.1": "1 1 250 0 1700000002 1\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := takeLogs(prefix)
	if err != nil || len(got) != 3 {
		t.Fatalf("it is %v, %v; want three", got, err)
	}
	second := got[1]
	if took := second.Done.Sub(second.Sent); took != 250*time.Microsecond || second.Done.UnixMicro() != 1700000002000001 {
		t.Errorf("the second took %s until %s", took, second.Done)
	}
	if left, _ := filepath.Glob(prefix + "*"); len(left) > 0 {
		t.Errorf("logs stay behind: %v", left)
	}
}

func TestParseLogRefuses(t *testing.T) {
	for _, text := range []string{"0 1 4000 0 1700000001\n", "0 1 skipped 0 1700000001 5\n"} {
		if _, err := parseLog(text); err == nil {
			t.Errorf("%q is read", text)
		}
	}
}
