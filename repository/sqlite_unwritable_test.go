package repository

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// nobodyEnv makes a child process give up the right to write everywhere, in
// case the tests run as root.
const nobodyEnv = "PARLEY_TEST_NOBODY"

func becomeNobody() {
	const nobody = 65534
	if os.Getenv(nobodyEnv) != "" && os.Getuid() == 0 {
		if err := syscall.Setuid(nobody); err != nil {
			panic(err)
		}
	}
}

func TestReadOnlyFileIsRefused(t *testing.T) {
	path := newPath(t)
	closeStore(t, openStore(t, path, Options{}))
	folder := filepath.Dir(path)
	for name, mode := range map[string]os.FileMode{filepath.Dir(folder): 0o755, folder: 0o555, path: 0o444} {
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		if err := os.Chmod(folder, 0o755); err != nil {
			t.Error(err)
		}
	})
	output, err := child(t, path, nobodyEnv+"=1").CombinedOutput()
	if err == nil || !strings.Contains(string(output), path+" cannot be") {
		t.Errorf("%v: %s, want a word about the file", err, output)
	}
	output, err = child(t, filepath.Join(folder, "new.db"), nobodyEnv+"=1").CombinedOutput()
	if err == nil || !strings.Contains(string(output), "new.db cannot be") {
		t.Errorf("%v: %s, want a word about the file", err, output)
	}
}
