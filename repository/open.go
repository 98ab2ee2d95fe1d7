package repository

import (
	"cmp"
	"context"
	"runtime"
	"time"

	"github.com/google/uuid"

	"github.com/parley-gateway/parley"
)

// Options are what may be chosen about a store. The zero value is ready for
// use.
type Options struct {
	Now             func() time.Time        // time.Now; times are kept in microseconds
	NewID           func() string           // a random UUID (RFC 9562 version 4) in lower case
	ReadConnections int                     // how many reads run at once: one for each processor, at least 4
	BusyTimeout     time.Duration           // how long to wait for others who write, and for a server that is away: 5 s
	KeyLifetime     time.Duration           // how long an idempotency key counts: 24 h
	LogLimit        int64                   // bytes of SQLite's write-ahead log from which changes wait for slow readers: 240 MiB
	Room            func(path string) int64 // bytes left on the disk of a file of SQLite's: what the system says
	Existing        bool                    // fail where there is no store yet, instead of making one
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.NewID == nil {
		o.NewID = uuid.NewString
	}
	o.ReadConnections = cmp.Or(o.ReadConnections, max(runtime.NumCPU(), 4))
	o.BusyTimeout = cmp.Or(o.BusyTimeout, defaultBusyTimeout)
	o.KeyLifetime = cmp.Or(o.KeyLifetime, 24*time.Hour)
	o.LogLimit = cmp.Or(o.LogLimit, defaultLogLimit)
	if o.Room == nil {
		o.Room = roomBeside
	}
	return o
}

const defaultBusyTimeout = 5 * time.Second

// defaultLogLimit keeps the log under 256 MiB: a transaction that begins below
// the limit may pass it.
const defaultLogLimit = 240 << 20

// present is the present in what a store can keep.
func (o Options) present() stamp { return stampOf(o.Now()) }

// keysExpireBefore is until when a key must have been made to count no longer.
func (o Options) keysExpireBefore() stamp { return stampOf(o.Now().Add(-o.KeyLifetime)) }

// Open opens the store that name stands for, making or migrating it first where
// that is needed: a file of SQLite's, or a PostgreSQL database by its URL. It fails
// for what is not Parley's, what a newer Parley wrote, and what cannot be written;
// such a database is left as it is.
func Open(ctx context.Context, name string, opts Options) (parley.Store, error) {
	opts = opts.withDefaults()
	var opened engine
	var err error
	if isURL(name) {
		opened, err = openPostgres(ctx, name, opts)
	} else {
		opened, err = openSQLite(ctx, name, opts)
	}
	if err != nil {
		return nil, err
	}
	return &store{engine: opened, opts: opts}, nil
}
