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

// processes are those that work in a folder or below it. Of the dead nobody can tell.
func processes(folder string) ([]int, error) {
	links, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		return nil, err
	}
	var found []int
	for _, link := range links {
		where, err := os.Readlink(link)
		if err != nil || !strings.HasPrefix(where+"/", folder+"/") {
			continue
		}
		id, err := strconv.Atoi(filepath.Base(filepath.Dir(link)))
		if err != nil {
			return nil, err
		}
		found = append(found, id)
	}
	return found, nil
}

// signal reaches all that works in a folder.
func signal(folder string, s syscall.Signal) (reached int, err error) {
	ids, err := processes(folder)
	for _, id := range ids {
		_ = syscall.Kill(id, s) // it may have ended
	}
	return len(ids), err
}

// killAll ends all that works in a folder at once. It is stopped first, so that none
// sees another die.
func killAll(folder string) error {
	for range 1000 {
		if _, err := signal(folder, syscall.SIGSTOP); err != nil {
			return err
		}
		reached, err := signal(folder, syscall.SIGKILL)
		if err != nil || reached == 0 {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
	return fmt.Errorf("what works in %s does not die", folder)
}
