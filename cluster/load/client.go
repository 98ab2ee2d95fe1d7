package load

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// pace is how long a client thinks. It keeps the histories short enough to be read.
const pace = 20 * time.Millisecond

// stubborn is how long a client repeats a change that has a key.
const stubborn = 2 * time.Minute

var statuses = []string{"active", "onboarding", "inactive", "suspended", "risky"}

// work makes one change after the other. Every other client sends keys.
func (l *Load) work(ctx context.Context, client int) {
	for number := 0; ctx.Err() == nil; number++ {
		c := &change{client: name(client), user: name(client), status: statuses[number%len(statuses)]}
		if number%3 == 0 {
			c.user = shared
		}
		c.comment = fmt.Sprintf("%s, change %d", c.client, number)
		l.ledger.ask(c)
		gateway := client / 2 % len(l.gateways)
		switch {
		case client%2 == 0:
			pause(ctx, l.send(c, gateway))
		case number%7 == 0:
			l.insist(c, gateway, l.sendToAll)
		default:
			l.insist(c, gateway, l.send)
		}
		pause(ctx, pace)
	}
}

// insist repeats a change with one key until it is made, at another gateway each time.
func (l *Load) insist(c *change, gateway int, send func(*change, int) time.Duration) {
	c.key = rand.Text()
	for deadline := time.Now().Add(stubborn); ; gateway = (gateway + 1) % len(l.gateways) {
		wait := send(c, gateway)
		if l.ledger.isMade(c) {
			return
		}
		if time.Now().After(deadline) {
			l.ledger.fault("never made: %+v", *c)
			return
		}
		time.Sleep(wait)
	}
}

// sendToAll sends a change to all gateways at once, wherever it begins.
func (l *Load) sendToAll(c *change, _ int) time.Duration {
	var all sync.WaitGroup
	waits := make([]time.Duration, len(l.gateways))
	for gateway := range l.gateways {
		all.Go(func() { waits[gateway] = l.send(c, gateway) })
	}
	all.Wait()
	longest := time.Duration(0)
	for _, wait := range waits {
		longest = max(longest, wait)
	}
	return longest
}

// send asks for a change once, notes what is answered, and returns how long to wait
// before asking again.
func (l *Load) send(c *change, gateway int) time.Duration {
	body := fmt.Sprintf(`{"status":%q,"review_comment":%q}`, c.status, c.comment)
	request, err := l.request(context.Background(), gateway, http.MethodPatch, "/users/"+c.user, body)
	if err != nil {
		l.ledger.fault("%v", err)
		return 0
	}
	id := rand.Text()
	request.Header.Set("X-Request-ID", id)
	if c.key != "" {
		request.Header.Set("Idempotency-Key", c.key)
	}
	response, err := l.http.Do(request)
	if err != nil {
		return 100 * time.Millisecond // nobody knows what became of it
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return 100 * time.Millisecond
	}
	return l.note(c, gateway, id, response, answer)
}

// note allows the two answers that a client must be able to rely on: the user, and a 503
// that says when to come again.
func (l *Load) note(c *change, gateway int, id string, response *http.Response, answer []byte) time.Duration {
	switch {
	case response.StatusCode == http.StatusOK && bytes.Contains(answer, []byte(`"status":"`+c.status+`"`)):
		l.ledger.made(c)
		l.Acknowledged.Mark(gateway)
		return 0
	case response.StatusCode == http.StatusServiceUnavailable:
		if bytes.Contains(answer, []byte("Nothing was changed")) {
			l.ledger.refused(c, id)
		}
		seconds, err := strconv.Atoi(response.Header.Get("Retry-After"))
		if err == nil {
			return time.Duration(seconds) * time.Second
		}
	}
	l.ledger.fault("%s %v for %+v: %s", response.Status, response.Header, *c, answer)
	return time.Second
}
