package suite

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/parley-gateway/parley/bench/load"
	"github.com/parley-gateway/parley/bench/peers"
	"github.com/parley-gateway/parley/bench/process"
	"github.com/parley-gateway/parley/bench/report"
)

// target is what is measured: servers that run, and how they are spoken to.
type target struct {
	name     string
	servers  []*process.Server // one, but for gateways side by side
	database *database         // that they share; nil for what has its own in its process
	ids      load.IDs
	users    int
	path     string   // of one user
	header   []string // of every request
}

func (t target) addrs() []string {
	var addrs []string
	for _, server := range t.servers {
		addrs = append(addrs, server.Addr)
	}
	return addrs
}

// used is the processor time that the servers have spent.
func (t target) used() (servers, database time.Duration, err error) {
	for _, server := range t.servers {
		spent, err := server.CPU()
		if err != nil {
			return 0, 0, err
		}
		servers += spent
	}
	if t.database != nil {
		database, err = t.database.cpu()
	}
	return servers, database, err
}

// get asks for a user in a media type.
func (t target) get(accept string) []load.Request {
	return []load.Request{{Method: http.MethodGet, Path: t.path, Header: append([]string{"Accept: " + accept}, t.header...)}}
}

// patch sends each of these bodies in turn.
func (t target) patch(bodies []body, accept string) []load.Request {
	var requests []load.Request
	for _, b := range bodies {
		header := append([]string{"Accept: " + accept, "Content-Type: " + b.contentType}, t.header...)
		requests = append(requests, load.Request{Method: http.MethodPatch, Path: t.path, Header: header, Body: b.bytes})
	}
	return requests
}

// startParley serves a database of Parley's with all settings as they come,
// but for the log: no peer but pocketbase writes a line for each request.
func (s *suite) startParley(ctx context.Context, name, db string, users int) (target, error) {
	server, err := s.start(ctx, name, s.parley, "serve", "--db", db, "--log-level", "warn")
	return onParleysTables(report.Parley, server, s.token, users), err
}

func (s *suite) startPlain(ctx context.Context, db string) (target, error) {
	server, err := s.startPeer(ctx, report.Plain, "--db", db)
	return onParleysTables(report.Plain, server, s.token, s.Users), err
}

func (s *suite) startPocketBase(ctx context.Context, folder string) (target, error) {
	server, err := s.startPeer(ctx, report.PocketBase, "--db", folder, "--users", strconv.Itoa(s.Users))
	return target{
		name: report.PocketBase, servers: []*process.Server{server}, ids: load.PocketBaseID, users: s.Users,
		path: "/api/collections/" + peers.Collection + "/records/" + load.Placeholder,
	}, err
}

// startSized starts a peer that answers a constant as large as a user.
func (s *suite) startSized(ctx context.Context, name string, size int) (target, error) {
	server, err := s.startPeer(ctx, name, "--size", strconv.Itoa(size))
	return onParleysTables(name, server, s.token, s.Users), err
}

// onParleysTables is a target with Parley's paths and ids.
func onParleysTables(name string, server *process.Server, token string, users int) target {
	return target{
		name: name, servers: []*process.Server{server}, ids: load.UUIDs, users: users, path: "/users/" + load.Placeholder,
		header: []string{"Authorization: Bearer " + token},
	}
}

func (s *suite) startPeer(ctx context.Context, name string, args ...string) (*process.Server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return s.start(ctx, name, self, append([]string{"serve", name}, args...)...)
}

// sizeOfUser asks for a user and returns the size of the body.
func (t target) sizeOfUser(ctx context.Context) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+t.servers[0].Addr+"/users/"+t.ids.String(1), nil)
	if err != nil {
		return 0, err
	}
	for _, line := range t.header {
		name, value, _ := strings.Cut(line, ": ")
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("%s answers %s", t.name, response.Status)
	}
	return int(response.ContentLength), nil
}
