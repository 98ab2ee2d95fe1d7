package repository

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"syscall"
)

// After a process was killed, SQLite takes from the write-ahead log what is
// whole, up to the first frame that is not, and drops the rest without a word: as
// a rule that is a transaction that was under way. Whatever else it drops was
// acknowledged. That cannot always be told, but often: by what follows after the
// frame, and by the index beside the log, which is written after the log is synced.
// The formats: https://www.sqlite.org/walformat.html.

const (
	logHeaderSize   = 32
	frameHeaderSize = 24
	indexHeaderSize = 48  // of which there are two, equal ones
	indexSumOffset  = 40  // of the checksum in it
	indexOpenLock   = 128 // the byte that each process that has the file open holds a lock on
	indexUsed       = 136 // bytes of the index, locks included
)

// logHeader is what the log begins with. Its salts are in each frame that was
// written since.
type logHeader struct {
	order    binary.ByteOrder // of the words that are summed up
	pageSize int
	salts    [8]byte
	sum      checksum
}

// logFrames is what a log holds.
type logFrames struct {
	whole int    // frames, from the first on, that SQLite takes
	lost  int    // frames after that which belong to whole transactions of their own
	mark  []byte // of the file, where its first page is in the log
}

// mark tells files of Parley's apart: a random number, which each gets when it is
// made, and keeps (https://www.sqlite.org/pragma.html#pragma_user_version).
const (
	markOffset = 60 // in the first page
	markSize   = 4
)

// logDamage tells why changes that were acknowledged must have been in the log
// of the file at path and no longer are; it is empty where that is not known. Of a
// file that somebody has open nothing is known.
func logDamage(path string) string {
	opened.Lock()
	defer opened.Unlock()
	if opened.files[path] > 0 {
		return ""
	}
	damage := findLogDamage(path)
	if damage == "" || damage != findLogDamage(path) {
		return "" // somebody has come and writes
	}
	return damage
}

func findLogDamage(path string) string {
	index, inUse := readIndex(path + "-shm")
	if inUse {
		return ""
	}
	header, frames, err := readLog(path + "-wal")
	if err != nil {
		return err.Error()
	}
	if mark := readMark(path); frames.mark != nil && mark != nil && !bytes.Equal(mark, frames.mark) {
		return "it is the log of another file"
	}
	if index.frames > 0 && index.salts == header.salts && index.frames <= frames.whole {
		return "" // a commit that failed may have left behind what follows
	}
	if frames.lost > 0 {
		return fmt.Sprintf("it is damaged after %d frames, and %d after that were written and cannot be read", frames.whole, frames.lost)
	}
	if index.frames <= frames.whole || frames.whole > 0 && header.salts != index.salts {
		return ""
	}
	if frames.whole == 0 && index.copied >= index.frames {
		return "" // all of it is in the file
	}
	return fmt.Sprintf("it holds %d whole frames of %d that were written", frames.whole, index.frames)
}

// readMark reads the mark in the file itself, nil where there is none.
func readMark(path string) []byte {
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer file.Close()
	mark := make([]byte, markSize)
	if _, err := file.ReadAt(mark, markOffset); err != nil {
		return nil
	}
	return mark
}

// logIndex is what the index says of the log.
type logIndex struct {
	frames int // that were written and synced
	copied int // of which so many are in the file
	salts  [8]byte
}

// readIndex reads the index beside a log, the zero value where there is none
// that is whole. InUse is whether another process has it open.
func readIndex(name string) (index logIndex, inUse bool) {
	file, err := os.Open(name)
	if err != nil {
		return index, false
	}
	defer file.Close()
	lock := syscall.Flock_t{Type: syscall.F_WRLCK, Start: indexOpenLock, Len: 1}
	if err := syscall.FcntlFlock(file.Fd(), syscall.F_GETLK, &lock); err == nil && lock.Type != syscall.F_UNLCK {
		return index, true
	}
	data := make([]byte, indexUsed)
	if _, err := io.ReadFull(file, data); err != nil {
		return index, false
	}
	header, second := data[:indexHeaderSize], data[indexHeaderSize:2*indexHeaderSize]
	var sum checksum
	sum.add(binary.NativeEndian, header[:indexSumOffset])
	if !bytes.Equal(header, second) || sum != readChecksum(binary.NativeEndian, header[indexSumOffset:]) {
		return index, false
	}
	index.frames = int(binary.NativeEndian.Uint32(header[16:]))
	index.copied = int(binary.NativeEndian.Uint32(data[2*indexHeaderSize:]))
	index.salts = [8]byte(header[32:40])
	return index, false
}

var errLogHeader = errors.New("its beginning is damaged, and nothing in it can be read")

// readLog reads a log as SQLite would, and then goes on. One that is not there
// has no frames.
func readLog(name string) (header logHeader, frames logFrames, err error) {
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return header, frames, nil
	}
	if err != nil {
		return header, frames, err
	}
	defer file.Close()
	log := bufio.NewReaderSize(file, 1<<20)
	start := make([]byte, logHeaderSize)
	if n, err := io.ReadFull(log, start); err != nil || bytes.Equal(start, make([]byte, n)) {
		return header, frames, nil // nothing had been written but room
	}
	if header, err = parseLogHeader(start); err != nil {
		return header, frames, err
	}
	return header, readFrames(log, header), nil
}

func parseLogHeader(data []byte) (header logHeader, err error) {
	const magic = 0x377f0682 // and one more where sums are of big-endian words
	found := binary.BigEndian.Uint32(data)
	header.order = binary.LittleEndian
	if found == magic+1 {
		header.order = binary.BigEndian
	}
	header.pageSize = int(binary.BigEndian.Uint32(data[8:]))
	header.salts = [8]byte(data[16:24])
	header.sum.add(header.order, data[:24])
	if found&^1 != magic || header.sum != readChecksum(binary.BigEndian, data[24:]) || header.pageSize < 512 || header.pageSize > 1<<16 {
		return header, errLogHeader
	}
	return header, nil
}

// readFrames counts the frames up to the first that is not whole, and those after
// it that can be of no transaction that was under way: there is one at most, which
// ends with a frame that says so.
func readFrames(log io.Reader, header logHeader) (frames logFrames) {
	frame := make([]byte, frameHeaderSize+header.pageSize)
	sum, broken, ends := header.sum, false, 0
	for {
		if _, err := io.ReadFull(log, frame); err != nil {
			return frames
		}
		same := [8]byte(frame[8:16]) == header.salts
		if !broken {
			sum.add(header.order, frame[:8])
			sum.add(header.order, frame[frameHeaderSize:])
			broken = !same || sum != readChecksum(binary.BigEndian, frame[16:])
		}
		if !broken {
			frames.whole++
			if binary.BigEndian.Uint32(frame) == 1 {
				frames.mark = bytes.Clone(frame[frameHeaderSize+markOffset:][:markSize])
			}
			continue
		}
		if !same {
			continue
		}
		if ends > 0 {
			frames.lost++
		}
		if binary.BigEndian.Uint32(frame[4:]) > 0 {
			ends++
		}
	}
}

// checksum is SQLite's, of pairs of words.
type checksum [2]uint32

func (c *checksum) add(order binary.ByteOrder, data []byte) {
	for i := 0; i+8 <= len(data); i += 8 {
		c[0] += order.Uint32(data[i:]) + c[1]
		c[1] += order.Uint32(data[i+4:]) + c[0]
	}
}

func readChecksum(order binary.ByteOrder, data []byte) checksum {
	return checksum{order.Uint32(data), order.Uint32(data[4:])}
}

// opened are the files that this process has open, and how often. To read the
// index of one and close it would end the locks that SQLite has on it
// (https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_).
var opened = struct {
	sync.Mutex
	files map[string]int
}{files: map[string]int{}}

// noteOpened says that this process is about to open a file; what it returns, that
// it has closed it.
func noteOpened(path string) (closed func()) {
	count := func(n int) {
		opened.Lock()
		defer opened.Unlock()
		opened.files[path] += n
	}
	count(1)
	return func() { count(-1) }
}

// refuseDamagedLog comes before SQLite opens a file, and drops what it cannot read.
func refuseDamagedLog(path string) error {
	damage := logDamage(path)
	if damage == "" {
		return nil
	}
	return fmt.Errorf("%s-wal is damaged, and changes that were acknowledged are lost with it: %s; "+
		"restore a backup, or move it and %s-shm away and let parley check say what is left", path, damage, path)
}
