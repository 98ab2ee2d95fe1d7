package repository

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/parley-gateway/parley"
)

// userImport is a parley.Import. It keeps the users in a stage, so that any
// number of them fits, and what is the same in two of them is found as in any
// table.
type userImport struct {
	store *store
	by    parley.Caller
	stage *stage
	bytes int64 // that the users will take in the file
	left  int64 // users that are still to be written
	last  int64 // the number of the user that was written last
}

const createStaged = `
	CREATE TABLE staged (
		number INTEGER PRIMARY KEY, place TEXT, identifier TEXT, name TEXT, email TEXT, user_type TEXT, status TEXT, workspace TEXT
	) STRICT`

// Import begins to create many users at once.
func (s *store) Import(ctx context.Context, by parley.Caller) (parley.Import, error) {
	stage, err := newStage(ctx, s.engine.(*sqlite).path, createStaged)
	if err != nil {
		return nil, err
	}
	return &userImport{store: s, by: by, stage: stage}, nil
}

// Add keeps what CreateUser would make of a user.
func (i *userImport) Add(user parley.NewUser, place string) error {
	i.bytes += bytesOf(user)
	i.left++
	return i.stage.run(context.Background(), `
		INSERT INTO staged (place, identifier, name, email, user_type, status, workspace) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		place, user.Identifier, user.Name, user.Email,
		cmp.Or(user.Type, parley.UserTypeUser), cmp.Or(user.Status, parley.StatusOnboarding), user.Workspace)
}

// index ends the adding. To do it again changes nothing.
func (i *userImport) index(ctx context.Context) error {
	for _, statement := range []string{
		"CREATE INDEX IF NOT EXISTS staged_identifier ON staged (identifier)",
		"CREATE INDEX IF NOT EXISTS staged_email ON staged (email)",
	} {
		if err := i.stage.run(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// SkipExisting leaves out the users whom the store has already. Their status
// may have changed.
func (i *userImport) SkipExisting(ctx context.Context) (int64, error) {
	if err := i.index(ctx); err != nil {
		return 0, err
	}
	result, err := i.stage.conn.ExecContext(ctx, `
		DELETE FROM staged WHERE EXISTS (
			SELECT 1 FROM store.users u JOIN store.workspaces w ON w.pk = u.workspace
			WHERE u.identifier = staged.identifier AND u.name = staged.name AND u.email = staged.email
				AND u.user_type = staged.user_type AND (w.identifier = staged.workspace OR w.id = lower(staged.workspace)))`)
	if err != nil {
		return 0, storeError(err)
	}
	skipped, err := result.RowsAffected()
	i.left -= skipped
	return skipped, err
}

// Check tells faults of one kind after the other.
func (i *userImport) Check(ctx context.Context, tell func(place string, f parley.Fault)) error {
	if err := i.index(ctx); err != nil {
		return err
	}
	if err := i.checkWorkspaces(ctx, tell); err != nil {
		return err
	}
	for _, field := range []string{"identifier", "email"} {
		if err := i.checkRepeated(ctx, field, tell); err != nil {
			return err
		}
		if err := i.checkTaken(ctx, field, tell); err != nil {
			return err
		}
	}
	return nil
}

func (i *userImport) checkRepeated(ctx context.Context, field string, tell func(string, parley.Fault)) error {
	query := fmt.Sprintf(`
		SELECT later.place, first.place FROM (
			SELECT %[1]s, min(number) AS first FROM staged GROUP BY %[1]s HAVING count(*) > 1
		) AS repeated
		CROSS JOIN staged AS later ON later.%[1]s = repeated.%[1]s AND later.number > repeated.first
		CROSS JOIN staged AS first ON first.number = repeated.first
		ORDER BY later.number`, field)
	for row, err := range i.stage.rows(ctx, 2, query) {
		if err != nil {
			return err
		}
		tell(row[0], parley.Fault{Field: field, Code: "taken", Detail: "The value is given before, at " + row[1] + "."})
	}
	return nil
}

func (i *userImport) checkTaken(ctx context.Context, field string, tell func(string, parley.Fault)) error {
	query := fmt.Sprintf(`
		SELECT staged.place, u.id FROM staged CROSS JOIN store.users u ON u.%[1]s = staged.%[1]s ORDER BY staged.number`, field)
	for row, err := range i.stage.rows(ctx, 2, query) {
		if err != nil {
			return err
		}
		tell(row[0], parley.Fault{Field: field, Code: "taken", Detail: "The user " + row[1] + " has this value."})
	}
	return nil
}

func (i *userImport) checkWorkspaces(ctx context.Context, tell func(string, parley.Fault)) error {
	refs, err := i.workspaces(ctx)
	if err != nil {
		return err
	}
	empty, err := hasNoWorkspace(i.store.read(ctx))
	if err != nil || empty && len(refs) == 1 {
		return err // Write will make it
	}
	for _, ref := range refs {
		_, err := findWorkspace(i.store.read(ctx), i.by.Scope, ref)
		if parley.HasCode(err, parley.CodeNotFound) {
			err = i.tellUnknown(ctx, ref, tell)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (i *userImport) tellUnknown(ctx context.Context, ref string, tell func(string, parley.Fault)) error {
	for row, err := range i.stage.rows(ctx, 1, "SELECT place FROM staged WHERE workspace = ? ORDER BY number", ref) {
		if err != nil {
			return err
		}
		tell(row[0], parley.Fault{Field: "workspace", Code: "unknown", Detail: fmt.Sprintf("There is no workspace %q.", ref)})
	}
	return nil
}

// workspaces are all that users name.
func (i *userImport) workspaces(ctx context.Context) (refs []string, err error) {
	for row, err := range i.stage.rows(ctx, 1, "SELECT workspace FROM staged GROUP BY workspace ORDER BY min(number)") {
		if err != nil {
			return nil, err
		}
		refs = append(refs, row[0])
	}
	return refs, nil
}

func hasNoWorkspace(q queryer) (empty bool, err error) {
	err = q.Get(&empty, "SELECT NOT EXISTS (SELECT 1 FROM workspaces)")
	return empty, err
}

// breath is how long other processes have to begin a transaction of theirs
// between two of an import: they ask every lastPause.
const breath = 2 * lastPause

// Write creates the users.
func (i *userImport) Write(ctx context.Context, perTransaction int64, progress func(users int64)) (int64, error) {
	refs, err := i.workspaces(ctx)
	if err != nil {
		return 0, err
	}
	all := i.left
	for i.left > 0 {
		count, need, err := i.nextPart(ctx, perTransaction, all)
		if err != nil {
			return all - i.left, err
		}
		if err := i.store.engine.(*sqlite).makeRoom(ctx, need); err != nil {
			return all - i.left, err
		}
		if err := i.writeSome(ctx, count, refs, func(users int64) { progress(all - i.left + users) }); err != nil {
			return all - i.left, err
		}
		i.left -= count
		progress(all - i.left)
		time.Sleep(breath)
	}
	return all, nil
}

// nextPart is how many users the next transaction has, and how long the log may
// become. Parts that are too long are halved.
func (i *userImport) nextPart(ctx context.Context, perTransaction, all int64) (count, need int64, err error) {
	count = i.left
	if perTransaction > 0 {
		count = min(count, perTransaction)
	}
	for {
		need, err = i.logBytes(ctx, count, all)
		if err != nil || need <= i.store.opts.LogLimit || perTransaction <= 0 || count == 1 {
			return count, need, err
		}
		count /= 2
	}
}

// writeSome creates the next users in one transaction. It ends with ctx by
// itself, so that it knows what became of it.
func (i *userImport) writeSome(ctx context.Context, count int64, refs []string, progress func(users int64)) error {
	last := i.last
	err := i.store.write(context.WithoutCancel(ctx), func(tx transaction) (err error) {
		if err := tx.(*sqliteTransaction).setCache(importCache); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, tx.(*sqliteTransaction).setCache(usualCache)) }()
		homes, err := i.homes(tx, refs)
		if err != nil {
			return err
		}
		last, err = i.insert(ctx, tx, count, homes, progress)
		return err
	})
	if err == nil {
		i.last = last
	}
	return err
}

// The pages that the writer keeps in memory, in KiB. An import touches the same
// ones again and again, in an order that is not theirs.
const (
	usualCache  = 2000 // SQLite's own choice
	importCache = 64 << 10
)

func (tx *sqliteTransaction) setCache(size int) error {
	_, err := tx.conn.ExecContext(context.Background(), fmt.Sprintf("PRAGMA cache_size = -%d", size))
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

// progressStep is how many users are written between two tellings.
const progressStep = 1000

func (i *userImport) insert(ctx context.Context, tx transaction, count int64, homes map[string]workspaceRow, progress func(int64)) (last int64, err error) {
	const next = `
		SELECT number, place, identifier, name, email, user_type, status, workspace
		FROM staged WHERE number > ? ORDER BY number LIMIT ?`
	rows, err := i.stage.conn.QueryContext(ctx, next, i.last, count)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var user parley.NewUser
	var place string
	for done := int64(1); rows.Next(); done++ {
		if err := rows.Scan(&last, &place, &user.Identifier, &user.Name, &user.Email, &user.Type, &user.Status, &user.Workspace); err != nil {
			return 0, err
		}
		home := homes[user.Workspace]
		if err := insertUser(tx, i.store.created(i.by, user, home), home.PK); err != nil {
			return 0, atPlace(storeError(err), place)
		}
		if done%progressStep == 0 {
			progress(done)
		}
	}
	return last, rows.Err()
}

// atPlace says about whom of an import an error is.
func atPlace(err error, place string) error {
	e := *parley.AsError(err)
	e.Detail = place + ": " + cmp.Or(e.Detail, string(e.Code))
	return &e
}

// Close forgets what was added.
func (i *userImport) Close() error { return i.stage.close() }
