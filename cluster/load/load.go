// Package load is clients that change users through gateways that die, and that
// remember what they were told.
package load

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// patience is how long a client waits for an answer: longer than a gateway does.
const patience = 20 * time.Second

// Load is many clients. Each has a user of its own, and all have one together.
type Load struct {
	Acknowledged Timeline // changes
	Read, Unread Timeline // users that were asked for, and that could not be had

	gateways []string // URLs
	token    string
	http     *http.Client
	clients  int
	ledger   ledger
}

// New makes the users through the first gateway.
func New(ctx context.Context, gateways []string, token string, clients int) (*Load, error) {
	l := &Load{
		gateways: gateways, token: token, clients: clients,
		http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}, Timeout: patience},
	}
	for _, line := range []*Timeline{&l.Acknowledged, &l.Read, &l.Unread} {
		line.times = make([][]time.Time, len(gateways))
	}
	for _, user := range l.users() {
		if err := l.create(ctx, user); err != nil {
			return nil, err
		}
	}
	return l, nil
}

const shared = "shared"

func (l *Load) users() []string {
	users := []string{shared}
	for i := range l.clients {
		users = append(users, name(i))
	}
	return users
}

func name(client int) string { return fmt.Sprintf("client-%d", client) }

func (l *Load) create(ctx context.Context, user string) error {
	body := fmt.Sprintf(`{"identifier":%q,"name":"Client","email":"%[1]s@example.com"}`, user)
	request, err := l.request(ctx, 0, http.MethodPost, "/users", body)
	if err != nil {
		return err
	}
	response, err := l.http.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusCreated {
		return fmt.Errorf("POST /users: %s", response.Status)
	}
	return nil
}

func (l *Load) request(ctx context.Context, gateway int, method, path, body string) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, method, l.gateways[gateway]+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+l.token)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	return request, nil
}

// Run lets all clients work, and one reader at each gateway, until the context ends and
// each has come to an end with what it began.
func (l *Load) Run(ctx context.Context) {
	var all sync.WaitGroup
	for i := range l.clients {
		all.Go(func() { l.work(ctx, i) })
	}
	for gateway := range l.gateways {
		all.Go(func() { l.read(ctx, gateway) })
	}
	all.Wait()
}

// read asks for a user again and again.
func (l *Load) read(ctx context.Context, gateway int) {
	for ctx.Err() == nil {
		if _, err := l.get(ctx, gateway, "/users/"+name(gateway), &struct{}{}); err == nil {
			l.Read.Mark(gateway)
		} else if ctx.Err() == nil {
			l.Unread.Mark(gateway)
		}
		pause(ctx, 20*time.Millisecond)
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
