package machines

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"text/template"
)

//go:embed node.yml
var nodeSettings string

// Begin starts a part, or starts it again after it was killed.
func (c *Cluster) Begin(part string) error {
	folder := c.folder(part)
	running, err := signal(0, below(folder))
	if err != nil {
		return err
	}
	if running > 0 {
		return fmt.Errorf("%s runs", part)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	if err := c.own(folder); err != nil {
		return err
	}
	if slices.Contains(Nodes, part) {
		if err := c.writeSettings(part); err != nil {
			return err
		}
	}
	return c.spawn(folder, c.command(part))
}

func (c *Cluster) folder(part string) string { return filepath.Join(c.Dir, part) }

func (c *Cluster) program() string { return filepath.Join(c.Dir, "parley") }

func (c *Cluster) log(part string) string { return filepath.Join(c.Dir, part+".log") }

func (c *Cluster) command(part string) []string {
	switch {
	case part == Etcd:
		return []string{"etcd", "--enable-v2", "--data-dir", "data", "--listen-peer-urls", "http://127.0.0.1:0",
			"--listen-client-urls", "http://" + c.Address(Etcd), "--advertise-client-urls", "http://" + c.Address(Etcd)}
	case slices.Contains(Nodes, part):
		return []string{"patroni", "settings.yml"}
	}
	return []string{c.program(), "serve", "--db", c.Database(), "--addr", c.Address(part), "--log-level", "warn"}
}

// Parts are the names of all parts, in the order in which they start.
func Parts() []string { return slices.Concat([]string{Etcd}, Nodes, Gateways) }

func (c *Cluster) writeSettings(node string) error {
	file, err := os.Create(filepath.Join(c.folder(node), "settings.yml"))
	if err != nil {
		return err
	}
	defer file.Close()
	return template.Must(template.New("").Parse(nodeSettings)).Execute(file, map[string]string{
		"Name": node, "Address": c.Address(node), "Patroni": c.Address(node + "-patroni"),
		"Etcd": c.Address(Etcd), "Programs": c.programs,
	})
}

// spawn starts a program that goes on when this one ends.
func (c *Cluster) spawn(folder string, command []string) error {
	log, err := os.OpenFile(folder+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir, cmd.Env = folder, append(os.Environ(), "HOME="+folder)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: c.user}
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }() // the dead are taken away, however they ended
	return nil
}

// Kill ends all processes of a part at once, as when its machine dies.
func (c *Cluster) Kill(part string) error { return killAll(c.folder(part)) }

// Hang stops all processes of a part, which keep their connections.
func (c *Cluster) Hang(part string) error {
	_, err := signal(syscall.SIGSTOP, below(c.folder(part)))
	return err
}

// HangPatroni stops Patroni of a node alone. PostgreSQL works in a folder below.
func (c *Cluster) HangPatroni(node string) error {
	_, err := signal(syscall.SIGSTOP, func(where string) bool { return where == c.folder(node) })
	return err
}

// Resume lets a part go on that hangs.
func (c *Cluster) Resume(part string) error {
	_, err := signal(syscall.SIGCONT, below(c.folder(part)))
	return err
}

// Stop ends everything, and leaves the files.
func (c *Cluster) Stop() error {
	var failed error
	for _, part := range Parts() {
		failed = errors.Join(failed, c.Kill(part))
	}
	return failed
}
