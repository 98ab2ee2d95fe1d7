package repository

import (
	"context"
	"iter"
	"time"

	"github.com/parley-gateway/parley"
)

// store is a parley.Store: what it promises, by the statements that both engines
// understand. Such a statement has a ? for each parameter, and looks a row up by
// cast(? AS TYPE): see sqlite.read for why.
type store struct {
	engine
	opts Options
}

var _ parley.Store = (*store)(nil)

// engine is what differs between databases: how rows are read, and how it comes
// that what was written is kept.
type engine interface {
	// read is where rows are read, for one call.
	read(ctx context.Context) queryer
	// write carries out one command: all of it is on disk when write returns nil,
	// and nothing of it after an error that does not say otherwise. A command may
	// be carried out again from its beginning.
	write(ctx context.Context, do func(tx transaction) error) error
	// change is write for a change of a status, which decide decides.
	change(ctx context.Context, request parley.ChangeRequest) (parley.Outcome, error)

	// writeUsers is write for a command that makes so many users, who take so many
	// bytes: CodeTooLarge, before anything is written, for more than a transaction can
	// hold. The command ends with ctx by itself.
	writeUsers(ctx context.Context, users, bytes int64, do func(tx transaction) error) error
	// exported reads selectExported from one state of the store. Nobody waits for
	// whoever reads slowly. A row counts until the next.
	exported(ctx context.Context) iter.Seq2[[]string, error]

	// What nearly every request asks for, each engine finds in its own way.
	user(ctx context.Context, scope parley.Scope, ref string) (parley.User, error)
	token(ctx context.Context, hash parley.TokenHash) (knownCaller, error)
	session(ctx context.Context, hash parley.SessionHash) (knownCaller, error)

	// Failed and Close are those of parley.Store.
	Failed() <-chan error
	Close() error
}

// queryer is where rows are read: a transaction, or what reads alone.
type queryer interface {
	Get(dest any, query string, args ...any) error
	Select(dest any, query string, args ...any) error
}

// transaction is what a command reads and writes with.
type transaction interface {
	queryer
	// run carries out a statement that writes.
	run(query string, args ...any) error
	// insert is run for a statement that returns the key of the row it has made.
	insert(query string, args ...any) (key int64, err error)
	// runAll is run for each row of parameters in turn, and ends with the first that
	// fails. It counts those before it.
	runAll(query string, rows [][]any) (done int, err error)
}

// written is write for a command with a result.
func written[T any](ctx context.Context, s *store, do func(tx transaction) (T, error)) (T, error) {
	var result T
	err := s.write(ctx, func(tx transaction) (err error) {
		result, err = do(tx)
		return err
	})
	if err != nil {
		var none T
		return none, err // and not result, which the engine may be about to set
	}
	return result, nil
}

// now is the present in what a store can keep.
func (s *store) now() time.Time { return s.opts.present().time() }
