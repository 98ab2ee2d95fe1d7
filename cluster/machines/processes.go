package machines

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// processes tells where each process works. Of the dead nobody can tell.
func processes() (map[int]string, error) {
	links, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		return nil, err
	}
	found := map[int]string{}
	for _, link := range links {
		where, err := os.Readlink(link)
		if err != nil {
			continue
		}
		id, err := strconv.Atoi(filepath.Base(filepath.Dir(link)))
		if err != nil {
			return nil, err
		}
		found[id] = where
	}
	return found, nil
}

// below matches a folder and those in it.
func below(folder string) func(string) bool {
	return func(where string) bool { return strings.HasPrefix(where+"/", folder+"/") }
}

// signal reaches all that works where it is said.
func signal(s syscall.Signal, matches func(where string) bool) (reached int, err error) {
	all, err := processes()
	for id, where := range all {
		if matches(where) {
			_ = syscall.Kill(id, s) // it may have ended
			reached++
		}
	}
	return reached, err
}

// killAll ends all that works in a folder at once. It is stopped first, so that none
// sees another die.
func killAll(folder string) error {
	for range 1000 {
		if _, err := signal(syscall.SIGSTOP, below(folder)); err != nil {
			return err
		}
		reached, err := signal(syscall.SIGKILL, below(folder))
		if err != nil || reached == 0 {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
	return fmt.Errorf("what works in %s does not die", folder)
}
