package peers

import (
	"os"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	_ "github.com/pocketbase/pocketbase/migrations" // its own tables
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/parley-gateway/parley/bench/load"
)

// Collection is the collection of PocketBase's that holds the users. The name
// users is taken by one of its own.
const Collection = "members"

// servePocketBase serves a collection with the fields of Parley's users and
// open rules. All else is as PocketBase comes: it asks for no token, syncs at
// checkpoints only (synchronous=NORMAL) and keeps no history.
func servePocketBase(options Options) error {
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: options.DB})
	if err := app.Bootstrap(); err != nil {
		return err
	}
	if err := app.RunAllMigrations(); err != nil {
		return err
	}
	if _, err := app.FindCollectionByNameOrId(Collection); err != nil {
		if err := makeMembers(app, options.Users); err != nil {
			return err
		}
	}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.InstallerFunc = nil // it would open a browser
		return e.Next()
	})
	onSignal(func() { os.Exit(0) }) // its files are thrown away with the run
	return apis.Serve(app, apis.ServeConfig{HttpAddr: options.Addr})
}

func makeMembers(app core.App, users int) error {
	c := core.NewBaseCollection(Collection)
	c.ViewRule, c.UpdateRule = types.Pointer(""), types.Pointer("")
	c.Fields.Add(
		&core.TextField{Name: "identifier", Required: true},
		&core.TextField{Name: "name", Required: true},
		&core.EmailField{Name: "email", Required: true},
		&core.SelectField{Name: "user_type", Required: true, Values: []string{"saas_admin", "saas_user", "saas_user_client"}},
		&core.SelectField{Name: "status", Required: true, Values: []string{"active", "onboarding", "inactive", "suspended", "risky"}},
		&core.TextField{Name: "review_comment"},
		&core.SelectField{Name: "workspace_type", Values: []string{"single_user", "multi_user"}},
		&core.TextField{Name: "owner_id"},
		&core.TextField{Name: "domain_name"},
		&core.AutodateField{Name: "created_at", OnCreate: true},
		&core.AutodateField{Name: "updated_at", OnCreate: true, OnUpdate: true},
		&core.TextField{Name: "created_by"},
		&core.TextField{Name: "updated_by"},
	)
	c.AddIndex("members_identifier", true, "identifier", "")
	c.AddIndex("members_email", true, "email", "")
	if err := app.Save(c); err != nil {
		return err
	}
	_, err := app.NonconcurrentDB().NewQuery(seedMembers).Bind(dbx.Params{"users": users}).Execute()
	return err
}

const seedMembers = `
	WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {:users})
	INSERT INTO members (id, identifier, name, email, user_type, status, workspace_type, created_at, updated_at)
	SELECT ` + load.PocketBaseIDSQL + `, printf('user-%07d', n), printf('Benjamin Zhang the %dth', n),
		printf('user-%07d@delay.example', n), 'saas_user', 'active', 'multi_user',
		'2023-05-06 00:00:00.000Z', '2023-05-06 00:00:00.000Z'
	FROM numbers`
