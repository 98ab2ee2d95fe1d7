// Command cluster runs a cluster on this machine: etcd, three PostgreSQL nodes under
// Patroni, and two gateways.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/parley-gateway/parley/cluster/machines"
)

const usage = `usage: cluster [-dir FOLDER] COMMAND [PART]

  start         make and start a cluster, and leave it up
  status        print its parts
  kill PART     kill all processes of a part at once
  start PART    start a part that was killed
  hang PART     stop all processes of a part, which keep their connections
  resume PART   let it go on
  stop          end all parts and remove the folder

parts: etcd, node1, node2, node3, gateway1, gateway2
       primary   the node that writes
       standby   the node that commits wait for`

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "cluster:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("cluster", flag.ContinueOnError)
	f.Usage = func() { fmt.Fprintln(os.Stderr, usage) }
	dir := f.String("dir", filepath.Join(os.TempDir(), "parley-cluster"), "the folder of the cluster")
	if err := f.Parse(args); err != nil {
		return err
	}
	switch command := f.Arg(0); {
	case command == "start" && f.NArg() == 1:
		return start(ctx, *dir)
	case (command == "status" || command == "stop") && f.NArg() == 1:
		return whole(ctx, *dir, command)
	case f.NArg() == 2:
		return part(ctx, *dir, command, f.Arg(1))
	}
	return errors.New(usage)
}

// start takes no folder that is there: in it may be a cluster.
func start(ctx context.Context, dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return fmt.Errorf("%w: a cluster is there until it is stopped", err)
	}
	c, err := machines.New(dir)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	if err := c.SetUp(ctx); err != nil {
		return errors.Join(err, c.Stop())
	}
	return printStatus(ctx, c)
}

func whole(ctx context.Context, dir, command string) error {
	c, err := machines.Open(dir)
	if err != nil {
		return err
	}
	if command == "status" {
		return printStatus(ctx, c)
	}
	if err := c.Stop(); err != nil {
		return err
	}
	return os.RemoveAll(dir)
}

func part(ctx context.Context, dir, command, name string) error {
	c, err := machines.Open(dir)
	if err != nil {
		return err
	}
	does, known := map[string]func(string) error{
		"kill": c.Kill, "start": c.Begin, "hang": c.Hang, "resume": c.Resume,
	}[command]
	if !known {
		return errors.New(usage)
	}
	if name, err = c.Find(ctx, name); err != nil {
		return err
	}
	return does(name)
}

func printStatus(ctx context.Context, c *machines.Cluster) error {
	fmt.Printf("etcd      http://%s\n", c.Address(machines.Etcd))
	members, err := c.Members(ctx)
	if err != nil {
		return err
	}
	for _, m := range members {
		fmt.Printf("%s     %s  %s, %s\n", m.Name, c.Node(m.Name, "parley"), m.Role, m.State)
	}
	for _, gateway := range machines.Gateways {
		fmt.Printf("%s  %s\n", gateway, c.URL(gateway))
	}
	fmt.Printf(`
Change a user:
  curl --request PATCH --url %s/users/ann --header 'Authorization: Bearer %s' --header 'Content-Type: text/plain' --data 'active'
In the folder cluster/, kill a part, start it again, or end everything:
  go run . kill primary; go run . status; go run . start node1; go run . stop
The logs are in %s.
`, c.URL("gateway1"), c.Token, c.Dir)
	return nil
}
