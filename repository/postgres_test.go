package repository

import (
	"testing"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/repository/postgrestest"
)

func TestPostgres(t *testing.T) { testStore(t, newDatabase) }

func newDatabase(t testing.TB) string { return postgrestest.Database(t) }

// hold takes the only connection from the store. A change of nobody's status waits for
// it already.
func (p *postgres) hold(t *testing.T) (release func()) {
	p.db.SetMaxOpenConns(1)
	conn, err := p.db.Connx(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	first := &queued[*pendingChange]{
		ctx: t.Context(), work: &pendingChange{request: change("nobody", parley.StatusRisky)}, answer: make(chan error, 1),
	}
	p.writer.queue.waiting <- first
	eventually(t, "a change waits for a connection", first.decided.Load)
	return func() {
		p.db.SetMaxOpenConns(p.opts.ReadConnections + moreThanReads)
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
}

func (p *postgres) waiting() int { return len(p.writer.queue.waiting) }
