package machines

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
)

// SetUp starts every part of a new cluster, and makes the user ann and a token that acts
// as her. Both gateways start at once on an empty database.
func (c *Cluster) SetUp(ctx context.Context) error {
	if _, err := output("go", "-C", "..", "build", "-o", c.program(), "./cmd/parley"); err != nil {
		return err
	}
	for _, part := range append([]string{Etcd}, Nodes...) {
		if err := c.Begin(part); err != nil {
			return err
		}
	}
	if err := c.Settle(ctx); err != nil {
		return err
	}
	if err := c.createDatabase(ctx); err != nil {
		return err
	}
	for _, gateway := range Gateways {
		if err := c.Begin(gateway); err != nil {
			return err
		}
	}
	for _, gateway := range Gateways {
		if err := c.AwaitGateway(ctx, gateway); err != nil {
			return err
		}
	}
	return c.createToken()
}

func (c *Cluster) createDatabase(ctx context.Context) error {
	primary, err := c.Find(ctx, "primary")
	if err != nil {
		return err
	}
	if _, err = c.Query(primary, "postgres", "create database parley"); err != nil {
		return err
	}
	return eventually(ctx, c.allHaveDatabase)
}

// allHaveDatabase is told of the standbys as well: a gateway that misses the database at
// the first of its hosts asks no other.
func (c *Cluster) allHaveDatabase() bool {
	return !slices.ContainsFunc(Nodes, func(node string) bool {
		_, err := c.Query(node, "parley", "select 1")
		return err != nil
	})
}

// Query asks a database at one node, and returns what psql prints.
func (c *Cluster) Query(node, database, statement string) (string, error) {
	return output(filepath.Join(c.programs, "psql"), "--no-psqlrc", "--tuples-only", "--no-align",
		"--command", statement, c.Node(node, database))
}

// AwaitGateway waits until a gateway answers at all.
func (c *Cluster) AwaitGateway(ctx context.Context, gateway string) error {
	err := eventually(ctx, func() bool {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL(gateway)+"/", nil)
		if err != nil {
			return false
		}
		response, err := http.DefaultClient.Do(request)
		return err == nil && response.Body.Close() == nil
	})
	if err != nil {
		return fmt.Errorf("%s does not answer: %w\n%s", gateway, err, c.lastLines())
	}
	return nil
}

// Parley runs a command of Parley on the database and returns what it prints.
func (c *Cluster) Parley(command string, args ...string) (string, error) {
	return output(c.program(), append(append(strings.Fields(command), "--db", c.Database()), args...)...)
}

func (c *Cluster) createToken() error {
	if _, err := c.Parley("user create", "--identifier", "ann", "--name", "Ann Lee", "--email", "ann@example.com"); err != nil {
		return err
	}
	var err error
	c.Token, err = c.Parley("token create", "--name", "cluster", "--acts-as", "ann",
		"--permissions", "users:read,users:write,metadata:read,users:admin")
	if err != nil {
		return err
	}
	return c.save()
}
