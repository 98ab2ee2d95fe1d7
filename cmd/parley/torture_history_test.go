package main_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// entry is a row of a history as it is told in JSON.
type entry struct {
	Seq       int64  `json:"seq"`
	From      string `json:"from_status"`
	To        string `json:"to_status"`
	Comment   string `json:"review_comment"`
	ChangedBy string `json:"changed_by"`
	RequestID string `json:"request_id"`
	MediaType string `json:"media_type"`

	At time.Time `json:"changed_at"`
}

// history is a user's entries after seq, oldest first.
func (v *server) history(token, user string, after int64) []entry {
	v.t.Helper()
	var entries []entry
	for cursor := ""; ; {
		var page struct {
			Changes []entry `json:"status_changes"`
			Next    string  `json:"next_cursor"`
		}
		v.get(token, "/users/"+user+"/status-changes?limit=200"+cursor, &page)
		for _, e := range page.Changes {
			if e.Seq <= after {
				page.Next = ""
				break
			}
			entries = append(entries, e)
		}
		if page.Next == "" {
			slices.Reverse(entries)
			return entries
		}
		cursor = "&cursor=" + page.Next
	}
}

// userState is what a history has to fit.
type userState struct {
	name    string
	Status  string `json:"status"`
	version int    // of the entity tag
	actor   string // who the token acts as
}

func (v *server) user(token, name string) userState {
	v.t.Helper()
	user := userState{name: name}
	tag := v.get(token, "/users/"+name, &user).Get("ETag")
	version, err := strconv.Atoi(strings.TrimPrefix(strings.TrimSuffix(tag, `-json"`), `"`))
	if err != nil {
		v.t.Fatalf("entity tag %s", tag)
	}
	var ann struct{ ID string }
	v.get(token, "/users/ann", &ann)
	user.version, user.actor = version, ann.ID
	return user
}

// get reads a record in JSON.
func (v *server) get(token, path string, record any) http.Header {
	v.t.Helper()
	req, err := http.NewRequest("GET", "http://"+v.addr+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		v.t.Fatalf("GET %s: %d", path, res.StatusCode)
	}
	if err := json.NewDecoder(res.Body).Decode(record); err != nil {
		v.t.Fatal(fmt.Errorf("GET %s: %w", path, err))
	}
	return res.Header
}

// running reports whether the server has not ended.
func (v *server) running() bool {
	select {
	case <-v.ended:
		return false
	default:
		return true
	}
}
