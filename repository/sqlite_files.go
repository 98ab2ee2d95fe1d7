package repository

import (
	"fmt"
	"os"
)

// files are those of a database, as they were when it was opened. Who removes or
// replaces one while it is open leaves its processes with files that nobody finds
// after them, and what is written to those is gone.
type files []fileAsOpened

type fileAsOpened struct {
	path string
	info os.FileInfo
}

// findFiles finds those of a database that is open: itself, its log, and the log's
// index.
func findFiles(path string) (files, error) {
	var found files
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		info, err := os.Stat(name)
		if err != nil {
			return nil, err
		}
		found = append(found, fileAsOpened{name, info})
	}
	return found, nil
}

// check fails where a file is not the one that was opened.
func (f files) check() error {
	for _, file := range f {
		info, err := os.Stat(file.path)
		if err != nil {
			return fmt.Errorf("a file of the database was taken away while it was open: %w", err)
		}
		if !os.SameFile(info, file.info) {
			return fmt.Errorf("%s was replaced while it was open", file.path)
		}
	}
	return nil
}
