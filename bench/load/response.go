package load

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// readResponse reads one answer of HTTP/1.1 to its end and throws it away. An
// answer that is not of class 2xx is an error that holds its body. It reads no
// chunks: a server that sends them says nothing of how long its answer is, and
// none of those measured here does.
func readResponse(r *bufio.Reader) error {
	status, err := readStatus(r)
	if err != nil {
		return err
	}
	length, err := readLength(r)
	if err != nil {
		return err
	}
	if status/100 != 2 {
		return refusal(r, status, length)
	}
	if length < 0 {
		if status == 204 {
			return nil
		}
		return errors.New("the answer has no Content-Length")
	}
	_, err = r.Discard(length)
	return err
}

func readStatus(r *bufio.Reader) (int, error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return 0, fmt.Errorf("status line: %w", err)
	}
	if len(line) < len("HTTP/1.1 200") || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return 0, fmt.Errorf("no status line: %q", line)
	}
	return strconv.Atoi(string(line[9:12]))
}

var contentLength = []byte("Content-Length:")

// readLength reads the header fields and returns the Content-Length, or -1.
func readLength(r *bufio.Reader) (int, error) {
	length := -1
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return 0, fmt.Errorf("header: %w", err)
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			return length, nil
		}
		if len(line) < len(contentLength) || !bytes.EqualFold(line[:len(contentLength)], contentLength) {
			continue
		}
		value := bytes.TrimSpace(line[len(contentLength):])
		if length, err = strconv.Atoi(string(value)); err != nil || length < 0 {
			return 0, fmt.Errorf("no length: %q", line)
		}
	}
}

// refusal tells what a server said instead of doing what it was asked.
func refusal(r *bufio.Reader, status, length int) error {
	const enough = 4 << 10
	body, err := io.ReadAll(io.LimitReader(r, int64(min(max(length, 0), enough))))
	return errors.Join(fmt.Errorf("the answer is %d: %s", status, body), err)
}
