package machines

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"time"
)

// Member is a node as Patroni sees it.
type Member struct {
	Name     string
	Role     string // leader, sync_standby or replica
	State    string // running or streaming where it is well
	Timeline int    // grows with each promotion
}

// Members asks Patroni of whichever node answers.
func (c *Cluster) Members(ctx context.Context) ([]Member, error) {
	var failed error
	for _, node := range Nodes {
		var cluster struct{ Members []Member }
		err := c.ask(ctx, "http://"+c.Address(node+"-patroni")+"/cluster", &cluster)
		if err == nil {
			return cluster.Members, nil
		}
		failed = errors.Join(failed, err)
	}
	return nil, failed
}

func (c *Cluster) ask(ctx context.Context, url string, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s", url, response.Status)
	}
	return json.NewDecoder(response.Body).Decode(answer)
}

// Find names the part that is meant by primary or standby, the one that commits wait
// for. The name of a part stands for itself.
func (c *Cluster) Find(ctx context.Context, part string) (string, error) {
	if slices.Contains(Parts(), part) {
		return part, nil
	}
	role, isRole := map[string]string{"primary": "leader", "standby": "sync_standby"}[part]
	if !isRole {
		return "", fmt.Errorf("there is no part %q", part)
	}
	members, err := c.Members(ctx)
	if err != nil {
		return "", err
	}
	found := slices.IndexFunc(members, func(m Member) bool { return m.Role == role })
	if found < 0 {
		return "", fmt.Errorf("there is no %s at present: %v", part, members)
	}
	return members[found].Name, nil
}

// Settle waits until all nodes are well and a standby is synchronous. Each node is asked
// as well, since one that has just died is still well for the others.
func (c *Cluster) Settle(ctx context.Context) error {
	var members []Member
	err := eventually(ctx, func() bool {
		var err error
		members, err = c.Members(ctx)
		return err == nil && settled(members) && c.allHealthy(ctx)
	})
	if err != nil {
		return fmt.Errorf("the nodes do not settle: %v: %w\n%s", members, err, c.lastLines())
	}
	return nil
}

func (c *Cluster) allHealthy(ctx context.Context) bool {
	return !slices.ContainsFunc(Nodes, func(node string) bool {
		return c.ask(ctx, "http://"+c.Address(node+"-patroni")+"/health", &struct{}{}) != nil
	})
}

func settled(members []Member) bool {
	roles := map[string]int{}
	for _, m := range members {
		if m.Timeline != members[0].Timeline || m.State != "running" && m.State != "streaming" {
			return false
		}
		roles[m.Role]++
	}
	return len(members) == len(Nodes) && roles["leader"] == 1 && roles["sync_standby"] == 1
}

// eventually waits until something holds.
func eventually(ctx context.Context, holds func() bool) error {
	for !holds() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return nil
}

// lastLines are the ends of the logs of all parts.
func (c *Cluster) lastLines() string {
	var all string
	for _, part := range Parts() {
		text, _ := os.ReadFile(c.log(part)) // it may not have started
		all += fmt.Sprintf("%s:\n%s\n", part, text[max(0, len(text)-1000):])
	}
	return all
}
