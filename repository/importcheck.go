package repository

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/parley-gateway/parley"
)

// SkipExisting leaves out the users whom the store has already. Their status
// may have changed.
func (i *userImport) SkipExisting(ctx context.Context) (skipped int64, err error) {
	refs, err := i.workspaces(ctx)
	if err != nil {
		return 0, err
	}
	homes, err := i.knownHomes(ctx, refs)
	if err != nil {
		return 0, err
	}
	for chunk, err := range i.chunks(ctx, i.left) {
		if err != nil {
			return skipped, err
		}
		there, err := i.find(ctx, identifierField, chunk)
		if err != nil {
			return skipped, err
		}
		same := slices.DeleteFunc(chunk, func(user stagedUser) bool { return !isSame(there[user.Identifier], user, homes) })
		if err := i.leaveOut(ctx, same); err != nil {
			return skipped, err
		}
		skipped += int64(len(same))
	}
	return skipped, nil
}

// knownHomes are the ids of the workspaces that users name. Those that do not exist
// are missing.
func (i *userImport) knownHomes(ctx context.Context, refs []string) (map[string]string, error) {
	homes := make(map[string]string, len(refs))
	for _, ref := range refs {
		home, err := findWorkspace(i.store.read(ctx), i.by.Scope, ref)
		if err != nil && !parley.HasCode(err, parley.CodeNotFound) {
			return nil, err
		}
		if err == nil {
			homes[ref] = home.ID
		}
	}
	return homes, nil
}

func isSame(row userRow, user stagedUser, homes map[string]string) bool {
	return row.Identifier == user.Identifier && row.Name == user.Name && row.Email == user.Email &&
		row.Type == user.Type && row.WorkspaceID == homes[user.Workspace]
}

func (i *userImport) leaveOut(ctx context.Context, users []stagedUser) error {
	if len(users) == 0 {
		return nil
	}
	numbers := make([]any, len(users))
	for n, user := range users {
		numbers[n] = user.Number
		i.bytes -= bytesOf(user.user())
	}
	i.left -= int64(len(users))
	return i.stage.run(ctx, "DELETE FROM staged WHERE number IN ("+marks(len(numbers))+")", numbers...)
}

// marks are so many parameters of a statement.
func marks(n int) string { return "?" + strings.Repeat(", ?", n-1) }

// Check tells faults of one kind after the other.
func (i *userImport) Check(ctx context.Context, tell func(place string, f parley.Fault)) error {
	if err := i.checkWorkspaces(ctx, tell); err != nil {
		return err
	}
	for _, field := range []uniqueField{identifierField, emailField} {
		if err := i.checkRepeated(ctx, field.name, tell); err != nil {
			return err
		}
		if err := i.checkTaken(ctx, field, tell); err != nil {
			return err
		}
	}
	return nil
}

// uniqueField is a field in which no two users have the same value.
type uniqueField struct {
	name     string
	ofRow    func(userRow) string
	ofStaged func(stagedUser) string
}

var (
	identifierField = uniqueField{
		"identifier",
		func(row userRow) string { return row.Identifier },
		func(user stagedUser) string { return user.Identifier },
	}
	emailField = uniqueField{
		"email",
		func(row userRow) string { return row.Email },
		func(user stagedUser) string { return user.Email },
	}
)

func (i *userImport) checkRepeated(ctx context.Context, field string, tell func(string, parley.Fault)) error {
	if err := i.stage.run(ctx, fmt.Sprintf("CREATE INDEX IF NOT EXISTS staged_%[1]s ON staged (%[1]s)", field)); err != nil {
		return err
	}
	query := fmt.Sprintf(`
		SELECT later.place, first.place FROM (
			SELECT %[1]s, min(number) AS first FROM staged GROUP BY %[1]s HAVING count(*) > 1
		) AS repeated
		CROSS JOIN staged AS later ON later.%[1]s = repeated.%[1]s AND later.number > repeated.first
		CROSS JOIN staged AS first ON first.number = repeated.first
		ORDER BY later.number`, field)
	for row, err := range textRows(ctx, i.stage.conn, 2, query) {
		if err != nil {
			return err
		}
		tell(row[0], parley.Fault{Field: field, Code: "taken", Detail: "The value is given before, at " + row[1] + "."})
	}
	return nil
}

func (i *userImport) checkTaken(ctx context.Context, field uniqueField, tell func(string, parley.Fault)) error {
	for chunk, err := range i.chunks(ctx, i.left) {
		if err != nil {
			return err
		}
		there, err := i.find(ctx, field, chunk)
		if err != nil {
			return err
		}
		for _, user := range chunk {
			if row, taken := there[field.ofStaged(user)]; taken {
				tell(user.Place, parley.Fault{Field: field.name, Code: "taken", Detail: "The user " + row.ID + " has this value."})
			}
		}
	}
	return nil
}

// find finds who in the store has a value that one of the users has, by that value. A
// statement always has as many parameters, so that it is one statement.
func (i *userImport) find(ctx context.Context, field uniqueField, users []stagedUser) (map[string]userRow, error) {
	values := make([]any, chunkLength)
	for n := range values {
		values[n] = field.ofStaged(users[min(n, len(users)-1)])
	}
	query := selectUser + " WHERE u." + field.name + " IN (" + marks(chunkLength) + ")"
	var rows []userRow
	if err := i.store.read(ctx).Select(&rows, query, values...); err != nil {
		return nil, err
	}
	found := make(map[string]userRow, len(rows))
	for _, row := range rows {
		found[field.ofRow(row)] = row
	}
	return found, nil
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
	homes, err := i.knownHomes(ctx, refs)
	if err != nil {
		return err
	}
	for _, ref := range refs {
		if homes[ref] != "" {
			continue
		}
		if err := i.tellUnknown(ctx, ref, tell); err != nil {
			return err
		}
	}
	return nil
}

func (i *userImport) tellUnknown(ctx context.Context, ref string, tell func(string, parley.Fault)) error {
	for row, err := range textRows(ctx, i.stage.conn, 1, "SELECT place FROM staged WHERE workspace = ? ORDER BY number", ref) {
		if err != nil {
			return err
		}
		tell(row[0], parley.Fault{Field: "workspace", Code: "unknown", Detail: fmt.Sprintf("There is no workspace %q.", ref)})
	}
	return nil
}

// workspaces are all that users name.
func (i *userImport) workspaces(ctx context.Context) (refs []string, err error) {
	err = i.stage.conn.SelectContext(ctx, &refs, "SELECT workspace FROM staged GROUP BY workspace ORDER BY min(number)")
	return refs, storeError(err)
}
