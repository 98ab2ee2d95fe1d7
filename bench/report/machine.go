package report

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/mattn/go-sqlite3"
)

// Machine is where a run was made: ratios travel, times do not.
type Machine struct {
	CPU        string
	Cores      int
	Memory     int64 // bytes
	Kernel     string
	FileSystem string // of the databases
	Go         string
	SQLite     string // of Parley, plain and storage
	PocketBase string // the version of its module
	Postgres   string // the version of its server; empty where it was not measured
}

func (m Machine) String() string {
	return fmt.Sprintf("%d x %s, %d MiB, Linux %s, %s; %s, SQLite %s, PocketBase %s, PostgreSQL %s",
		m.Cores, m.CPU, m.Memory/mebibyte, m.Kernel, m.FileSystem, m.Go, m.SQLite, m.PocketBase,
		cmp.Or(m.Postgres, "not measured"))
}

// DescribeMachine reads what the kernel tells (proc(5)). Dir is where the
// databases are.
func DescribeMachine(dir string) (Machine, error) {
	cpu, err := field("/proc/cpuinfo", "model name")
	if err != nil {
		return Machine{}, err
	}
	memory, err := field("/proc/meminfo", "MemTotal")
	if err != nil {
		return Machine{}, err
	}
	kilobytes, err := strconv.ParseInt(strings.TrimSuffix(memory, " kB"), 10, 64)
	if err != nil {
		return Machine{}, err
	}
	kernel, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return Machine{}, err
	}
	fileSystem, err := fileSystemOf(dir)
	sqlite, _, _ := sqlite3.Version()
	return Machine{
		CPU: cpu, Cores: runtime.NumCPU(), Memory: kilobytes << 10, Kernel: strings.TrimSpace(string(kernel)),
		FileSystem: fileSystem, Go: runtime.Version(), SQLite: sqlite, PocketBase: moduleVersion("github.com/pocketbase/pocketbase"),
	}, err
}

// field is the value of the first line "name : value" of a file.
func field(path, name string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(text)) {
		key, value, found := strings.Cut(line, ":")
		if found && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value), nil
		}
	}
	return "", fmt.Errorf("%s has no %q", path, name)
}

// fileSystemOf is the type of the mount with the longest path above dir.
func fileSystemOf(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return "", err
	}
	longest, kind := "", ""
	for line := range strings.Lines(string(mounts)) {
		f := strings.Fields(line) // device, mount point, type (fstab(5))
		above := f[1] == "/" || dir == f[1] || strings.HasPrefix(dir, f[1]+"/")
		if above && len(f[1]) >= len(longest) {
			longest, kind = f[1], f[2]
		}
	}
	return kind, nil
}

func moduleVersion(path string) string {
	info, _ := debug.ReadBuildInfo() // there always is one: the program is built from a module
	for _, m := range info.Deps {
		if m.Path == path {
			return m.Version
		}
	}
	return ""
}
