// Package browser_test uses Parley as people do: the real program, in a real
// browser, found by what is read and heard and not by how it is marked up.
package browser_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// gallery is where TestPages leaves pictures of what it sees, if anywhere.
var gallery = flag.String("gallery", "", "the folder for a picture of each page")

// What every test needs is made once, by TestMain.
var (
	binary  string          // the program, built from what is tested
	axe     string          // the source of axe-core
	browser context.Context // one browser for all
)

// root is the folder of the module.
var root = filepath.FromSlash("../../..")

// patience is how long a test waits for what takes a moment.
const patience = 20 * time.Second

func TestMain(m *testing.M) {
	flag.Parse()
	passed, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	if !passed {
		os.Exit(1)
	}
}

func run(m *testing.M) (passed bool, err error) {
	dir, err := os.MkdirTemp("", "parley-browser")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	if err := build(dir); err != nil {
		return false, err
	}
	if err := loadAxe(); err != nil {
		return false, err
	}
	stop, err := startBrowser()
	if err != nil {
		return false, err
	}
	defer stop()
	return m.Run() == 0, nil
}

func build(dir string) error {
	binary = filepath.Join(dir, "parley")
	if out, err := exec.Command("go", "build", "-o", binary, "..").CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

func loadAxe() error {
	source, err := os.ReadFile(filepath.Join(root, "build", "axe.min.js"))
	if err != nil {
		return fmt.Errorf("axe-core is missing: `make build/axe.min.js` brings it: %w", err)
	}
	axe = string(source)
	return nil
}

// startBrowser starts Chromium with a profile of its own, which reaches nothing
// but this machine.
func startBrowser() (stop func(), err error) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		return nil, fmt.Errorf("chromium is missing: `make test-tools` installs it: %w", err)
	}
	processes, endProcesses := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"),
		chromedp.Flag("lang", "en-GB"),
	)...)
	ctx, end := chromedp.NewContext(processes)
	browser = ctx
	return func() { end(); endProcesses() }, chromedp.Do(ctx)
}

// eventually waits until something holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	late := time.After(patience)
	for again := time.NewTicker(10 * time.Millisecond); !holds(); <-again.C {
		select {
		case <-late:
			t.Fatalf("after %s still not: %s", patience, what)
		default:
		}
	}
}
