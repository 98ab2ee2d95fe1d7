package suite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strconv"
	"time"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/bench/load"
	"github.com/parley-gateway/parley/bench/process"
	"github.com/parley-gateway/parley/bench/schema"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers"
	"github.com/parley-gateway/parley/repository"
)

// ProfileOptions say what is profiled.
type ProfileOptions struct {
	Out         string // the folder for profiles
	Dir         string // where a database is made and removed
	Users       int
	Connections int
	Duration    time.Duration // of the load that is profiled
	Lines       int           // of each profile to print
}

// Profile serves Parley in this process, puts it under changes and then under
// reads, and writes what processor time and memory went to.
func Profile(ctx context.Context, o ProfileOptions, w io.Writer) error {
	for _, folder := range []string{o.Out, o.Dir} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
	}
	dir, err := os.MkdirTemp(o.Dir, "profile")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	store, token, err := openSeeded(ctx, filepath.Join(dir, "parley.db"), o.Users)
	if err != nil {
		return err
	}
	err = serveAndProfile(ctx, o, store, token, w)
	return errors.Join(err, store.Close())
}

// openSeeded makes a database with users and a token for it.
func openSeeded(ctx context.Context, path string, users int) (store parley.Store, token string, err error) {
	store, err = repository.Open(ctx, path, repository.Options{})
	if err != nil {
		return nil, "", err
	}
	token, err = makeCaller(ctx, store)
	if err != nil {
		return nil, "", errors.Join(err, store.Close())
	}
	if err := errors.Join(store.Close(), schema.Seed(path, users)); err != nil {
		return nil, "", err
	}
	store, err = repository.Open(ctx, path, repository.Options{})
	return store, token, err
}

func makeCaller(ctx context.Context, store parley.Store) (token string, err error) {
	var nobody parley.Caller
	w, err := store.CreateWorkspace(ctx, nobody, parley.NewWorkspace{
		Identifier: schema.Caller, Name: "Bench", Type: parley.WorkspaceMultiUser,
	})
	if err != nil {
		return "", err
	}
	u, err := store.CreateUser(ctx, nobody, parley.NewUser{
		Identifier: schema.Caller, Name: "Bench", Email: "bench@delay.example", Workspace: w.ID,
	})
	if err != nil {
		return "", err
	}
	token = parley.GenerateToken()
	hash, _ := parley.HashToken(token)
	_, err = store.CreateToken(ctx, parley.NewToken{
		Name: "bench", Hash: hash, ActsAs: u.ID, Permissions: []parley.Permission{parley.PermissionRead, parley.PermissionWrite},
	})
	return token, err
}

func serveAndProfile(ctx context.Context, o ProfileOptions, store parley.Store, token string, w io.Writer) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handlers.New(handlers.Config{Store: store})}
	defer server.Close()
	go func() { _ = server.Serve(listener) }() // it ends when it is closed
	bodies, err := bodiesIn(codecs.NewJSON())
	if err != nil {
		return err
	}
	t := onParleysTables("parley", nil, token, o.Users)
	job := load.Job{
		Addrs: []string{listener.Addr().String()}, Connections: o.Connections, Users: o.Users, IDs: t.ids,
		Warmup: time.Second, Duration: o.Duration,
	}
	job.Requests = t.patch(bodies, jsonMediaType)
	if err := profileLoad(ctx, o, "patch", job, w); err != nil {
		return err
	}
	job.Requests = t.get(jsonMediaType)
	return profileLoad(ctx, o, "get", job, w)
}

// profileLoad writes and prints the profiles of one load. The profile of
// allocations counts from the start of the process, so what was there before
// is taken away from it.
func profileLoad(ctx context.Context, o ProfileOptions, name string, job load.Job, w io.Writer) error {
	path := func(kind string) string { return filepath.Join(o.Out, name+"-"+kind+".pprof") }
	if err := writeAllocs(path("before")); err != nil {
		return err
	}
	cpu, err := os.Create(path("cpu"))
	if err != nil {
		return err
	}
	defer cpu.Close()
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return err
	}
	var result load.Result
	allocated := allocations()
	_, err = process.Work(ctx, "load", job, &result)
	allocated = allocations() - allocated
	pprof.StopCPUProfile()
	if err != nil {
		return err
	}
	if err := writeAllocs(path("after")); err != nil {
		return err
	}
	if err := subtract(ctx, path("before"), path("after"), path("allocs")); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "\n%s: %.0f requests/s, p50 %s, p99 %s, %d allocations for each request\n",
		name, result.PerSecond, result.P50, result.P99, allocated/uint64(max(result.Sent, 1)))
	return errors.Join(err, printTop(ctx, o, path("cpu"), "cpu", w), printTop(ctx, o, path("allocs"), "alloc_objects", w))
}

// allocations is how many objects the process has allocated.
func allocations() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.Mallocs
}

func writeAllocs(path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	runtime.GC() // the profile is of the last cycle that ended
	return pprof.Lookup("allocs").WriteTo(file, 0)
}

// subtract writes what was allocated between two profiles, and removes them.
func subtract(ctx context.Context, before, after, difference string) error {
	_, err := process.Run(ctx, ".", "go", "tool", "pprof", "-proto", "-output", difference, "-base", before, after)
	return errors.Join(err, os.Remove(before), os.Remove(after))
}

// printTop prints the head of a profile, by one of the kinds of samples in it.
func printTop(ctx context.Context, o ProfileOptions, path, sample string, w io.Writer) error {
	top, err := process.Run(ctx, ".", "go", "tool", "pprof", "-top", "-sample_index", sample, "-nodecount", strconv.Itoa(o.Lines), path)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "\n%s\n%s\n", path, top)
	return err
}
