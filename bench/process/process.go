// Package process starts the programs that are measured, and reads from the
// kernel what they use (proc_pid_status(5), proc_pid_stat(5)).
package process

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// patience is how long a server may take to start and to stop: a file of a
// million users may have to be prepared first.
const patience = 2 * time.Minute

// Server is a running server.
type Server struct {
	Addr    string
	Started time.Time
	cmd     *exec.Cmd
	ended   chan struct{} // closed
}

// Start starts a server at an address that it gives it with --addr, and waits
// until it answers there. Its standard error goes to the file log, as it would
// in service.
func Start(ctx context.Context, log, program string, args ...string) (*Server, error) {
	addr, err := freeAddress()
	if err != nil {
		return nil, err
	}
	file, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	cmd := exec.CommandContext(ctx, program, append(args, "--addr", addr)...)
	cmd.Stderr = file
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	s := &Server{Addr: addr, cmd: cmd, Started: time.Now(), ended: make(chan struct{})}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(s.ended)
		_ = cmd.Wait() // how it ended stands in ProcessState
	}()
	if err := s.awaitAnswer(ctx); err != nil {
		s.Stop()
		text, _ := os.ReadFile(log) // what it said may explain it
		return nil, fmt.Errorf("%s: %w\n%s", cmd, err, text)
	}
	return s, nil
}

// freeAddress is one that nobody listens at now.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

// awaitAnswer waits for an answer of whatever status.
func (s *Server) awaitAnswer(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.Addr+"/", nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			return response.Body.Close()
		}
		select {
		case <-s.ended:
			return fmt.Errorf("it ended: %s", s.cmd.ProcessState)
		case <-ctx.Done():
			return err
		case <-time.After(time.Millisecond):
		}
	}
}

// Stop asks the server to end, and waits until it has.
func (s *Server) Stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-s.ended:
	case <-time.After(patience):
		_ = s.cmd.Process.Kill()
		<-s.ended
	}
}

// Run carries out a command that must work, and returns what it prints.
func Run(ctx context.Context, dir, program string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", program, strings.Join(args, " "), err, stderr.Bytes())
	}
	return strings.TrimSpace(string(out)), nil
}

// Work gives a job as JSON to a subcommand of this program and reads its
// result. It returns the time that the subcommand has spent on processors.
func Work(ctx context.Context, subcommand string, job, result any) (time.Duration, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	input, err := json.Marshal(job)
	if err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, self, subcommand)
	cmd.Stdin = bytes.NewReader(input)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("%s: %w: %s", subcommand, err, stderr.Bytes())
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), json.Unmarshal(out, result)
}

// Answer is the other side of Work: it reads a job from standard input,
// carries it out and writes the result to standard output.
func Answer[Job, Result any](run func(Job) (Result, error)) error {
	var job Job
	if err := json.NewDecoder(os.Stdin).Decode(&job); err != nil {
		return err
	}
	result, err := run(job)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(result)
}
