// Package machines runs a cluster on one machine: etcd, three PostgreSQL nodes under
// Patroni and two gateways. Each part has all its processes in a folder of its own, so
// that it can be killed like a machine. It needs Linux, since it reads /proc.
package machines

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// The parts of a cluster.
var (
	Etcd     = "etcd"
	Nodes    = []string{"node1", "node2", "node3"}
	Gateways = []string{"gateway1", "gateway2"}
)

// Cluster is a cluster in a folder, whether it runs or not.
type Cluster struct {
	Dir   string
	Token string // with every permission, once the cluster is set up
	Ports map[string]int

	programs string // the folder of PostgreSQL's programs
	user     *syscall.Credential
}

// New makes a cluster in an empty folder, which becomes that of the ordinary user who
// runs it.
func New(dir string) (*Cluster, error) {
	c, err := at(dir)
	if err != nil {
		return nil, err
	}
	if c.Ports, err = freePorts(c.listeners()); err != nil {
		return nil, err
	}
	if err := c.own(c.Dir); err != nil {
		return nil, err
	}
	return c, c.save()
}

// Open finds a cluster that was made in a folder.
func Open(dir string) (*Cluster, error) {
	text, err := os.ReadFile(state(dir))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("there is no cluster in %s", dir)
	}
	if err != nil {
		return nil, err
	}
	c, err := at(dir)
	if err != nil {
		return nil, err
	}
	return c, json.Unmarshal(text, c)
}

func at(dir string) (*Cluster, error) {
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	user, err := ordinaryUser()
	if err != nil {
		return nil, err
	}
	programs, err := output("./postgres", "bin")
	return &Cluster{Dir: dir, user: user, programs: programs}, err
}

func state(dir string) string { return filepath.Join(dir, "cluster.json") }

func (c *Cluster) save() error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return os.WriteFile(state(c.Dir), text, 0o600)
}

// listeners are the names of all ports. A node has one for Patroni as well.
func (c *Cluster) listeners() []string {
	names := append([]string{Etcd}, Gateways...)
	for _, node := range Nodes {
		names = append(names, node, node+"-patroni")
	}
	return names
}

// Address is where a listener of this machine is.
func (c *Cluster) Address(listener string) string {
	return fmt.Sprintf("127.0.0.1:%d", c.Ports[listener])
}

// URL is where a gateway is.
func (c *Cluster) URL(gateway string) string { return "http://" + c.Address(gateway) }

// Node is the URL of a database at one node.
func (c *Cluster) Node(node, database string) string {
	return "postgres://postgres@" + c.Address(node) + "/" + database + "?sslmode=disable"
}

// Database is the URL for gateways: all nodes, of which they take the one that writes.
func (c *Cluster) Database() string {
	var hosts []string
	for _, node := range Nodes {
		hosts = append(hosts, c.Address(node))
	}
	settings := url.Values{
		"connect_timeout": {"2"}, "sslmode": {"disable"}, "target_session_attrs": {"read-write"},
	}
	return "postgres://postgres@" + strings.Join(hosts, ",") + "/parley?" + settings.Encode()
}
