package repository

import (
	"cmp"
	"context"
	"errors"
	"iter"

	"github.com/parley-gateway/parley"
)

// userImport is a parley.Import. It keeps the users in a stage, so that any
// number of them fits, and what is the same in two of them is found as in any
// table.
type userImport struct {
	store *store
	by    parley.Caller
	stage *stage
	left  int64 // users that are still to be written
	bytes int64 // that these will take in the store
	last  int64 // the number of the user that was written last
}

const createStaged = `
	CREATE TABLE staged (
		number INTEGER PRIMARY KEY, place TEXT, identifier TEXT, name TEXT, email TEXT, user_type TEXT, status TEXT, workspace TEXT
	) STRICT`

// stagedUser is a user on the way into the store.
type stagedUser struct {
	Number     int64           `db:"number"`
	Place      string          `db:"place"`
	Identifier string          `db:"identifier"`
	Name       string          `db:"name"`
	Email      string          `db:"email"`
	Type       parley.UserType `db:"user_type"`
	Status     parley.Status   `db:"status"`
	Workspace  string          `db:"workspace"`
}

func (u stagedUser) user() parley.NewUser {
	return parley.NewUser{
		Identifier: u.Identifier, Name: u.Name, Email: u.Email, Type: u.Type, Status: u.Status, Workspace: u.Workspace,
	}
}

// What a user takes in a store beside their texts, in bytes: the row, its
// entries in nine indexes, and the headers of all ten.
const bytesPerUser = 260

// bytesOf is about what a user takes in the table and its indexes: most of them
// hold the identifier.
func bytesOf(u parley.NewUser) int64 {
	return int64(9*len(u.Identifier) + 2*len(u.Name) + 3*len(u.Email) + bytesPerUser)
}

// Import begins to create many users at once.
func (s *store) Import(ctx context.Context, by parley.Caller) (parley.Import, error) {
	stage, err := newStage(ctx, createStaged)
	if err != nil {
		return nil, err
	}
	return &userImport{store: s, by: by, stage: stage}, nil
}

// Add keeps what CreateUser would make of a user.
func (i *userImport) Add(user parley.NewUser, place string) error {
	i.left++
	i.bytes += bytesOf(user)
	return i.stage.run(context.Background(), `
		INSERT INTO staged (place, identifier, name, email, user_type, status, workspace) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		place, user.Identifier, user.Name, user.Email,
		cmp.Or(user.Type, parley.UserTypeUser), cmp.Or(user.Status, parley.StatusOnboarding), user.Workspace)
}

// chunkLength is how many users a statement is about.
const chunkLength = 500

// chunks are the next users, so many in all, in the order in which they were added.
func (i *userImport) chunks(ctx context.Context, count int64) iter.Seq2[[]stagedUser, error] {
	return func(yield func([]stagedUser, error) bool) {
		for last, left := i.last, count; left > 0; {
			var chunk []stagedUser
			err := i.stage.conn.SelectContext(ctx, &chunk,
				"SELECT * FROM staged WHERE number > ? ORDER BY number LIMIT ?", last, min(left, chunkLength))
			if err != nil {
				yield(nil, storeError(err))
				return
			}
			if len(chunk) == 0 || !yield(chunk, nil) {
				return
			}
			last, left = chunk[len(chunk)-1].Number, left-int64(len(chunk))
		}
	}
}

// Write creates the users.
func (i *userImport) Write(ctx context.Context, perTransaction int64, progress func(users int64)) (int64, error) {
	refs, err := i.workspaces(ctx)
	if err != nil {
		return 0, err
	}
	all := i.left
	for i.left > 0 {
		count := i.left
		if perTransaction > 0 {
			count = min(count, perTransaction)
		}
		err := i.writeSome(ctx, count, refs, func(users int64) { progress(all - i.left + users) })
		if parley.HasCode(err, parley.CodeTooLarge) && perTransaction > 0 && count > 1 {
			perTransaction = count / 2
			continue
		}
		if err != nil {
			return all - i.left, err
		}
		progress(all - i.left)
	}
	return all, nil
}

// writeSome creates the next users in one transaction.
func (i *userImport) writeSome(ctx context.Context, count int64, refs []string, progress func(users int64)) error {
	bytes := int64(float64(i.bytes) * float64(count) / float64(i.left))
	var last int64
	err := i.store.writeUsers(ctx, count, bytes, func(tx transaction) error {
		homes, err := i.homes(tx, refs)
		if err != nil {
			return err
		}
		last, err = i.insert(ctx, tx, count, homes, progress)
		return err
	})
	if err == nil {
		i.left, i.bytes, i.last = i.left-count, i.bytes-bytes, last
	}
	return err
}

// homes finds the workspaces that users name, or makes the first.
func (i *userImport) homes(tx transaction, refs []string) (map[string]workspaceRow, error) {
	empty, err := hasNoWorkspace(tx)
	if err != nil {
		return nil, err
	}
	if empty && len(refs) == 1 {
		if _, err := insertWorkspace(tx, i.store.createdWorkspace(i.by, parley.NewWorkspace{
			Identifier: refs[0], Name: refs[0], Type: parley.WorkspaceMultiUser,
		}, "")); err != nil {
			return nil, err
		}
	}
	homes := make(map[string]workspaceRow, len(refs))
	for _, ref := range refs {
		if homes[ref], err = knownWorkspace(tx, i.by.Scope, ref); err != nil {
			return nil, err
		}
	}
	return homes, nil
}

func hasNoWorkspace(q queryer) (empty bool, err error) {
	err = q.Get(&empty, "SELECT NOT EXISTS (SELECT 1 FROM workspaces)")
	return empty, err
}

// insert creates the next users. It ends with ctx by itself, whatever the transaction
// does.
func (i *userImport) insert(ctx context.Context, tx transaction, count int64, homes map[string]workspaceRow, progress func(int64)) (last int64, err error) {
	var done int64
	for chunk, err := range i.chunks(ctx, count) {
		if err != nil {
			return 0, err
		}
		rows := make([][]any, len(chunk))
		for n, user := range chunk {
			home := homes[user.Workspace]
			rows[n] = userValues(i.store.created(i.by, user.user(), home), home.PK)
		}
		if inserted, err := tx.runAll(insertUserRow, rows); err != nil {
			return 0, atPlace(storeError(err), chunk[inserted].Place)
		}
		last, done = chunk[len(chunk)-1].Number, done+int64(len(chunk))
		progress(done)
	}
	return last, nil
}

// atPlace says about whom of an import an error is, where it is about a user.
func atPlace(err error, place string) error {
	var about *parley.Error
	if !errors.As(err, &about) || len(about.Faults) == 0 {
		return err
	}
	e := *about
	e.Detail = place + ": " + e.Detail
	return &e
}

// Close forgets what was added.
func (i *userImport) Close() error { return i.stage.close() }
