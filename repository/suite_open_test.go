package repository

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/parley-gateway/parley/repository/postgrestest"
)

// openEnv makes this test program a process that opens the database named
// there, reads from it and closes it.
const openEnv = "PARLEY_TEST_OPEN"

func TestMain(m *testing.M) {
	path := os.Getenv(openEnv)
	if path == "" {
		os.Exit(postgrestest.Run(m))
	}
	if err := openInChild(path); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func openInChild(path string) error {
	becomeNobody()
	store, err := Open(context.Background(), path, Options{})
	if err != nil {
		return err
	}
	if _, err := store.Workspaces(context.Background()); err != nil {
		return err
	}
	return store.Close()
}

func child(t *testing.T, path string, env ...string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Env = append(append(os.Environ(), openEnv+"="+path), env...)
	return cmd
}

// newNames make names under which there is no store yet, by engine.
var newNames = map[string]func(testing.TB) string{"SQLite": newPath, "PostgreSQL": newDatabase}

func forEachEngine(t *testing.T, run func(t *testing.T, name string)) {
	for engine, newName := range newNames {
		t.Run(engine, func(t *testing.T) { run(t, newName(t)) })
	}
}

func TestTenProcessesAtOnce(t *testing.T) {
	forEachEngine(t, func(t *testing.T, name string) {
		atOnce(10, func(int) {
			if output, err := child(t, name).CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, output)
			}
		})
		checkUsable(t, name)
	})
}

func TestTenHandlesAtOnce(t *testing.T) {
	forEachEngine(t, func(t *testing.T, name string) {
		atOnce(10, func(int) {
			store, err := Open(t.Context(), name, Options{})
			if err != nil {
				t.Errorf("Open: %v", err)
				return
			}
			closeStore(t, store)
		})
		checkUsable(t, name)
	})
}

// checkUsable wants a store without users at this program's schema.
func checkUsable(t *testing.T, name string) {
	t.Helper()
	store := openStore(t, name, Options{})
	if err := store.Load(t.Context(), workspaces(), users()); err != nil {
		t.Error(err)
	}
	closeStore(t, store)
	if from, to, err := Migrate(t.Context(), name); err != nil || from != to {
		t.Errorf("Migrate = %d, %d, %v, want nothing to do", from, to, err)
	}
}

func TestMigrateSaysFromWhere(t *testing.T) {
	newest := map[string]int64{"SQLite": latest, "PostgreSQL": 1}
	for engine, newName := range newNames {
		name, latest := newName(t), newest[engine]
		for _, want := range [][2]int64{{0, latest}, {latest, latest}} {
			from, to, err := Migrate(t.Context(), name)
			if err != nil || [2]int64{from, to} != want {
				t.Errorf("Migrate = %d, %d, %v, want %v", from, to, err, want)
			}
		}
	}
}

// TestExisting asks for a store that there is not, and makes none.
func TestExisting(t *testing.T) {
	forEachEngine(t, func(t *testing.T, name string) {
		for range 2 {
			if _, err := Open(t.Context(), name, Options{Existing: true}); err == nil {
				t.Error("a store that there is not was opened")
			}
		}
		closeStore(t, openStore(t, name, Options{}))
		closeStore(t, openStore(t, name, Options{Existing: true}))
	})
}
