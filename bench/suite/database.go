package suite

import (
	"context"
	"io"
	"os"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/bench/process"
	"github.com/parley-gateway/parley/bench/schema"
)

// makeDatabase lets parley make a file, fills it, and returns its path.
func (s *suite) makeDatabase(ctx context.Context, name string, users int) (path string, err error) {
	path = s.path(name)
	return path, s.fill(ctx, path, users, func() error { return schema.Seed(path, users) })
}

// fill lets parley make a database and a caller, and then seed its users. The token of
// the suite is then one for it.
func (s *suite) fill(ctx context.Context, db string, users int, seed func() error) error {
	s.say("making %d users", users)
	_, err := process.Run(ctx, s.dir, s.parley, "user", "create", "--db", db,
		"--identifier", schema.Caller, "--name", "Bench", "--email", "bench@delay.example")
	if err != nil {
		return err
	}
	if err := seed(); err != nil {
		return err
	}
	s.token, err = process.Run(ctx, s.dir, s.parley, "token", "create", "--db", db, "--name", "bench", "--acts-as", schema.Caller,
		"--permissions", string(parley.PermissionRead)+","+string(parley.PermissionWrite))
	return err
}

// copyDatabase copies a file that nobody has open, whose log is therefore gone.
func (s *suite) copyDatabase(path, name string) (string, error) {
	from, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer from.Close()
	to, err := os.Create(s.path(name))
	if err != nil {
		return "", err
	}
	defer to.Close()
	if _, err := io.Copy(to, from); err != nil {
		return "", err
	}
	return to.Name(), to.Sync()
}
