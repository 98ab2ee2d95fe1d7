package schema

import (
	_ "embed"
	"fmt"
)

// SeedPostgres is SQL that adds users 1..n to the only workspace of a database that
// Parley has made.
func SeedPostgres(n int) string { return fmt.Sprintf(seedPostgres, n) }

const seedPostgres = `
	INSERT INTO users (id, identifier, name, email, user_type, status, version, workspace,
		created_at, updated_at, created_by, updated_by)
	SELECT (lpad(to_hex((n * 2654435761) & 4294967295), 8, '0') || '-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
		'user-' || lpad(n::text, 7, '0'), 'Benjamin Zhang the ' || n || 'th',
		'user-' || lpad(n::text, 7, '0') || '@delay.example', 'saas_user', 'active', 1, w.pk,
		w.created_at, w.created_at, c.id, c.id
	FROM generate_series(1::bigint, %d) n, (SELECT pk, created_at FROM workspaces) w, (SELECT id FROM users WHERE pk = 1) c`

// The scripts of pgbench make one change of the status of a user chosen at random among
// :users, in a transaction of its own.
var (
	// TransactionScript asks and waits five times, as it is usually written.
	//go:embed transaction.pgbench
	TransactionScript string
	// PipelineScript sends the same statements together, and they find by themselves
	// what each needs of the one before.
	//go:embed pipeline.pgbench
	PipelineScript string
)
