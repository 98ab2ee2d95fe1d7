package repository

import (
	"context"
	_ "embed"
	"strings"
)

// freshListing is what listSchema finds in a new database, one object on each line. It
// stands here so that a check needs no right to make tables, and works on a standby.
//
//go:embed migrations/postgres/schema.txt
var freshListing string

// parleySchema is the schema of PostgreSQL's that Parley's tables are in.
const parleySchema = "(SELECT relnamespace FROM pg_class WHERE oid = to_regclass('" + migrationsTable + "'))"

// listSchema describes all there is in Parley's schema, by what PostgreSQL says of it
// itself. What belongs to an extension is nobody's, and of what a schema holds beside
// Parley's tables only the names are told. A constraint whose triggers were turned off
// is none.
const listSchema = `
	WITH tables AS (
		SELECT c.relname AS name, c.* FROM pg_class c
		WHERE c.relnamespace = ` + parleySchema + ` AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname <> '` + copyTable + `'
			AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
	), own AS (
		SELECT * FROM tables
		WHERE name IN ('workspaces', 'users', 'status_changes', 'idempotency_keys', 'tokens', 'sessions')
	)
	SELECT * FROM (
	SELECT 'table ' || name AS object, concat_ws(' ', relkind, relpersistence, relrowsecurity) AS text
	FROM tables
	UNION ALL
	SELECT 'column ' || t.name || '.' || a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod),
		'collate ' || nullif(l.collname, 'default'), CASE WHEN a.attnotnull THEN 'not null' END,
		'identity ' || nullif(a.attidentity::text, ''), 'default ' || pg_get_expr(d.adbin, d.adrelid))
	FROM own t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
		LEFT JOIN pg_collation l ON l.oid = a.attcollation LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
	UNION ALL
	SELECT 'constraint ' || t.name || '.' || c.conname, concat_ws(' ', pg_get_constraintdef(c.oid, true),
		(SELECT 'turned off' FROM pg_trigger g WHERE g.tgconstraint = c.oid AND g.tgenabled <> 'O' LIMIT 1))
	FROM own t JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype <> 'n'
	UNION ALL
	SELECT 'index ' || c.relname, concat_ws(' ', pg_get_indexdef(c.oid, 0, true), CASE WHEN NOT i.indisvalid OR NOT i.indisready THEN 'invalid' END)
	FROM own t JOIN pg_index i ON i.indrelid = t.oid JOIN pg_class c ON c.oid = i.indexrelid
	UNION ALL
	SELECT 'trigger ' || t.name || '.' || g.tgname, concat_ws(' ', g.tgenabled, pg_get_triggerdef(g.oid, true))
	FROM own t JOIN pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal
	UNION ALL
	SELECT 'rule ' || t.name || '.' || r.rulename, pg_get_ruledef(r.oid, true)
	FROM own t JOIN pg_rewrite r ON r.ev_class = t.oid
	UNION ALL
	SELECT 'function ' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', concat_ws(' ',
		pg_get_function_result(p.oid), l.lanname, p.proconfig, btrim(regexp_replace(p.prosrc, '\s+', ' ', 'g')))
	FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
	WHERE p.pronamespace = ` + parleySchema + `
		AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
	UNION ALL
	SELECT 'sequence ' || c.relname, concat_ws(' ', format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcycle)
	FROM own t JOIN pg_depend d ON d.refobjid = t.oid AND d.refclassid = 'pg_class'::regclass AND d.classid = 'pg_class'::regclass
		JOIN pg_sequence s ON s.seqrelid = d.objid JOIN pg_class c ON c.oid = s.seqrelid
	) objects ORDER BY object COLLATE "C"`

func (e examinedDatabase) schemas(ctx context.Context) (present, fresh []schemaObject, err error) {
	for line := range strings.Lines(freshListing) {
		object, text, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		fresh = append(fresh, schemaObject{object, text})
	}
	err = e.tx.SelectContext(ctx, &present, listSchema)
	return present, fresh, err
}
