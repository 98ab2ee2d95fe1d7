package load

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// entry is a row of a history.
type entry struct {
	Seq       int64
	From      string `json:"from_status"`
	To        string `json:"to_status"`
	Comment   string `json:"review_comment"`
	RequestID string `json:"request_id"`

	user string
}

// history is a user with all entries, oldest first.
type history struct {
	status  string
	version int
	entries []entry
}

// Check reads all histories through one gateway, and returns everything that is wrong
// with them or was wrong with an answer.
func (l *Load) Check(ctx context.Context, gateway int) ([]string, error) {
	histories := map[string]history{}
	for _, user := range l.users() {
		h, err := l.history(ctx, gateway, user)
		if err != nil {
			return nil, err
		}
		histories[user] = h
	}
	l.ledger.check(histories)
	return l.ledger.faults, nil
}

func (l *Load) history(ctx context.Context, gateway int, user string) (history, error) {
	var record struct{ Status string }
	header, err := l.get(ctx, gateway, "/users/"+user, &record)
	if err != nil {
		return history{}, err
	}
	version, err := strconv.Atoi(strings.TrimSuffix(strings.Trim(header.Get("ETag"), `"`), "-json"))
	if err != nil {
		return history{}, err
	}
	entries, err := l.entries(ctx, gateway, user)
	return history{status: record.Status, version: version, entries: entries}, err
}

func (l *Load) entries(ctx context.Context, gateway int, user string) ([]entry, error) {
	var all []entry
	cursor := ""
	for {
		var page struct {
			Changes []entry `json:"status_changes"`
			Next    string  `json:"next_cursor"`
		}
		if _, err := l.get(ctx, gateway, "/users/"+user+"/status-changes?limit=200"+cursor, &page); err != nil {
			return nil, err
		}
		for _, e := range page.Changes {
			e.user = user
			all = append(all, e)
		}
		if page.Next == "" {
			slices.Reverse(all)
			return all, nil
		}
		cursor = "&cursor=" + page.Next
	}
}

// get reads a record in JSON.
func (l *Load) get(ctx context.Context, gateway int, path string, record any) (http.Header, error) {
	request, err := l.request(ctx, gateway, http.MethodGet, path, "")
	if err != nil {
		return nil, err
	}
	response, err := l.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("GET %s: %s", path, response.Status)
	}
	return response.Header, json.NewDecoder(response.Body).Decode(record)
}
