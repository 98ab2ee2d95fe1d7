package repository

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"

	"github.com/parley-gateway/parley"
)

// postgres is the engine of a store in a PostgreSQL database, which other gateways may
// use at the same time. It remembers nothing: what another gateway has written is seen
// by the next request.
type postgres struct {
	db       *sqlx.DB
	opts     Options
	writer   *postgresWriter
	tokens   *lookup[parley.TokenHash, knownCaller]
	sessions *lookup[parley.SessionHash, knownCaller]
	users    *lookup[string, userRow]
}

// sessionSettings are those of every connection. Who waits for a lock gives up so
// that the others of its batch need not wait; who holds locks and says no more loses
// them; no warning is hidden, since a commit that is only warned about may be lost.
// All statements are short: to compile one takes longer than to run it.
var sessionSettings = map[string]string{
	"lock_timeout":                        "1500",
	"idle_in_transaction_session_timeout": "10000",
	"client_min_messages":                 "warning",
	"jit":                                 "off",
	"client_encoding":                     "UTF8",
}

// durableCommits undoes a setting that would let a commit be answered before it is on
// disk. What asks for more than that stays.
const durableCommits = `
	SELECT set_config('synchronous_commit', 'on', false)
	WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write')`

const (
	connectTimeout = 2 * time.Second // for each host, unless the URL says otherwise
	moreThanReads  = 4               // connections for what is written
)

func openPostgres(ctx context.Context, name string, opts Options) (*postgres, error) {
	p := &postgres{opts: opts}
	if err := p.connect(ctx, name); err != nil {
		return nil, err
	}
	p.writer = newPostgresWriter(p)
	p.tokens = newLookup(p, p.findTokens)
	p.sessions = newLookup(p, p.findSessions)
	p.users = newLookup(p, p.findUsers)
	go p.writer.queue.run(1, p.writer.serve)
	return p, nil
}

// connect opens the database at this program's schema.
func (p *postgres) connect(ctx context.Context, name string) error {
	db, err := openPool(name)
	if err != nil {
		return err
	}
	p.db = db
	p.db.SetMaxOpenConns(p.opts.ReadConnections + moreThanReads)
	p.db.SetMaxIdleConns(p.opts.ReadConnections + moreThanReads)
	if _, _, err = migratePostgres(ctx, db, name, p.opts.Existing); err == nil {
		err = useCopy(ctx, db, name)
	}
	if err != nil {
		return errors.Join(err, db.Close())
	}
	return nil
}

func openPool(name string) (*sqlx.DB, error) {
	config, err := parseURL(name)
	if err != nil {
		return nil, err
	}
	for setting, value := range sessionSettings {
		config.RuntimeParams[setting] = value
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "parley"
	}
	if config.ConnectTimeout == 0 || config.ConnectTimeout > connectTimeout && !hasParameter(name, "connect_timeout") {
		config.ConnectTimeout = connectTimeout
	}
	config.OnNotice = noteWarning
	connector := stdlib.GetConnector(*config, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, durableCommits)
		return err
	}))
	return sqlx.NewDb(sql.OpenDB(connector), "pgx"), nil
}

// Failed never has an element: what is on disk is the server's to know.
func (p *postgres) Failed() <-chan error { return nil }

// Close waits for the work under way.
func (p *postgres) Close() error {
	p.writer.queue.close()
	p.tokens.queue.close()
	p.sessions.queue.close()
	p.users.queue.close()
	return p.db.Close()
}

// read reads on any connection.
func (p *postgres) read(ctx context.Context) queryer { return postgresReading{ctx, p} }

// postgresReading is a queryer outside of a transaction. What was asked of a server
// that has gone is asked again.
type postgresReading struct {
	ctx context.Context
	p   *postgres
}

func (r postgresReading) Get(dest any, query string, args ...any) error {
	return storeError(r.p.again(func() error { return onPostgres{r.ctx, r.p.db}.Get(dest, query, args...) }))
}

func (r postgresReading) Select(dest any, query string, args ...any) error {
	return storeError(r.p.again(func() error { return onPostgres{r.ctx, r.p.db}.Select(dest, query, args...) }))
}

// again reads once more where the connection was lost: with the first that is lost the
// others that are idle are dropped, since they are likely to be lost too.
func (p *postgres) again(read func() error) error {
	err := read()
	if isLost(err) && !isOver(err) {
		p.dropIdle()
		err = read()
	}
	return err
}

func (p *postgres) dropIdle() {
	p.db.SetMaxIdleConns(0)
	p.db.SetMaxIdleConns(p.opts.ReadConnections + moreThanReads)
}

// write carries out a command in a transaction of its own. These are rare; only changes
// of a status go together.
func (p *postgres) write(ctx context.Context, do func(tx transaction) error) error {
	end := time.Now().Add(p.opts.BusyTimeout)
	for {
		err := p.transact(ctx, do)
		switch {
		case errors.Is(err, errUnanswered):
			return undecided(err)
		case !isLost(err) && !isConflict(err), isOver(err), !pause(ctx), time.Now().After(end):
			return storeError(err)
		}
	}
}

// writeUsers knows no bound.
func (p *postgres) writeUsers(ctx context.Context, _, _ int64, do func(tx transaction) error) error {
	return p.write(ctx, do)
}

// exported lets the server send as fast as rows are taken, and drops the connection with
// those that nobody takes.
func (p *postgres) exported(ctx context.Context) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		for row, err := range textRows(ctx, p.db, exportedColumns, selectExported) {
			if !yield(row, err) {
				cancel()
				return
			}
		}
	}
}

func (p *postgres) transact(ctx context.Context, do func(tx transaction) error) error {
	conn, err := p.db.Connx(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, begin); err != nil {
		p.giveUp(conn, err)
		return err
	}
	if err := do(postgresTransaction{onPostgres{ctx, conn}, conn}); err != nil {
		p.giveUp(conn, err)
		return err
	}
	err = commit(ctx, conn, &pgx.Batch{})
	if err != nil {
		p.giveUp(conn, err)
	}
	return err
}

// begin says how transactions are kept apart: each statement sees what was committed
// before it, and what is decided by a row is decided after it was locked.
const begin = "begin isolation level read committed read write"

// errUnanswered is that of a commit of which nobody said what became of it.
var errUnanswered = errors.New("the commit was not answered")

// errRolledBack is PostgreSQL's answer to the commit of a transaction that has failed.
var errRolledBack = errors.New("the transaction had failed before its commit")

// commit sends statements and a commit in one round trip. A server that warns of a
// commit has made it, and a standby may not have it
// (https://www.postgresql.org/docs/current/warm-standby.html#SYNCHRONOUS-REPLICATION).
func commit(ctx context.Context, conn *sqlx.Conn, statements *pgx.Batch) error {
	statements.Queue("commit").Exec(func(tag pgconn.CommandTag) error {
		if tag.String() != "COMMIT" {
			return errRolledBack
		}
		return nil
	})
	err := onConnection(conn, func(c *pgx.Conn) error {
		takeWarning(c.PgConn()) // of what was before
		if err := c.SendBatch(ctx, statements).Close(); err != nil {
			return err
		}
		if warning, warned := takeWarning(c.PgConn()); warned {
			return errors.New(warning)
		}
		return nil
	})
	if err == nil || isAnswer(err) {
		return err
	}
	return fmt.Errorf("%w: %w", errUnanswered, err)
}

// together sends statements in one round trip.
func together(ctx context.Context, conn *sqlx.Conn, statements *pgx.Batch) error {
	return onConnection(conn, func(c *pgx.Conn) error { return c.SendBatch(ctx, statements).Close() })
}

func onConnection(conn *sqlx.Conn, do func(*pgx.Conn) error) error {
	return conn.Raw(func(c any) error { return do(c.(*stdlib.Conn).Conn()) })
}

// giveUp ends the transaction of a connection after an error. One that cannot go on is
// closed, which ends its transaction too.
func (p *postgres) giveUp(conn *sqlx.Conn, err error) {
	if isLost(err) {
		p.dropIdle()
	} else if p.rollback(conn) == nil {
		return
	}
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
}

func (p *postgres) rollback(conn *sqlx.Conn) error {
	ctx, cancel := context.WithTimeout(context.Background(), connectTimeout)
	defer cancel()
	_, err := conn.ExecContext(ctx, "rollback")
	return err
}

// Between two tries of a transaction is a pause of another length each time, so that
// those who came together do not come back together.
const longestPause = 50 * time.Millisecond

// pause reports whether there is time for another try.
func pause(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(rand.N(longestPause)):
		return true
	}
}

// warningKey is where a connection has what its server has warned of.
const warningKey = "parley warning"

func noteWarning(conn *pgconn.PgConn, notice *pgconn.Notice) {
	if notice.SeverityUnlocalized == "WARNING" {
		conn.CustomData()[warningKey] = notice.Message
	}
}

// takeWarning returns what a connection was warned of since it was asked before.
func takeWarning(conn *pgconn.PgConn) (warning string, warned bool) {
	warning, warned = conn.CustomData()[warningKey].(string)
	delete(conn.CustomData(), warningKey)
	return warning, warned
}
