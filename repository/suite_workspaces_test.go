package repository

import (
	"testing"
	"time"

	"github.com/parley-gateway/parley"
)

func testWorkspaces(t *testing.T, w *world) {
	want := workspaces()[0]
	for _, ref := range []string{"delay", delayID} {
		if got, err := w.Workspace(t.Context(), parley.Everywhere, ref); err != nil || got != want {
			t.Errorf("Workspace(%q) = %+v, %v, want %+v", ref, got, err, want)
		}
	}
	_, err := w.Workspace(t.Context(), parley.Everywhere, "nowhere")
	wantCode(t, err, parley.CodeNotFound)
	_, err = w.Workspace(t.Context(), soloID, "delay")
	wantCode(t, err, parley.CodeNotFound)
	list, err := w.Workspaces(t.Context())
	if err != nil || len(list) != 2 || list[0].Identifier != "delay" || list[1].Identifier != "solo" {
		t.Errorf("Workspaces = %+v, %v", list, err)
	}
}

func testCreateWorkspace(t *testing.T, w *world) {
	created, err := w.CreateWorkspace(t.Context(), benCaller, parley.NewWorkspace{
		Identifier: "new", Name: "New", Type: parley.WorkspaceSingleUser, Owner: "ann", DomainName: "new.example",
	})
	if err != nil {
		t.Fatal(err)
	}
	now := start.Truncate(time.Microsecond)
	want := parley.Workspace{
		ID: created.ID, Identifier: "new", Name: "New", Type: parley.WorkspaceSingleUser,
		OwnerID: annID, DomainName: "new.example",
		CreatedAt: now, UpdatedAt: now, CreatedBy: benID, UpdatedBy: benID,
	}
	got, err := w.Workspace(t.Context(), parley.Everywhere, "new")
	if err != nil || created != want || got != want {
		t.Errorf("created %+v, found %+v, %v, want %+v", created, got, err, want)
	}

	refused := parley.NewWorkspace{Identifier: "delay", Name: "Again", Type: parley.WorkspaceMultiUser}
	_, err = w.CreateWorkspace(t.Context(), benCaller, refused)
	wantFault(t, err, parley.CodeTaken, "identifier", "taken")
	refused.Identifier, refused.Owner = "other", "nobody"
	_, err = w.CreateWorkspace(t.Context(), benCaller, refused)
	wantFault(t, err, parley.CodeInvalid, "owner", "unknown")
	refused.Owner, refused.Type = "", "crowd"
	_, err = w.CreateWorkspace(t.Context(), benCaller, refused)
	wantFault(t, err, parley.CodeInvalid, "workspace_type", "invalid-value")
}

func testLoad(t *testing.T, w *world) {
	want := users()[0]
	want.Version = 1
	want.WorkspaceType, want.OwnerID, want.DomainName = parley.WorkspaceMultiUser, annID, "delay.example"
	if got := w.mustUser(t, "ben"); got != want {
		t.Errorf("User = %+v, want %+v", got, want)
	}
	wantCode(t, w.Load(t.Context(), nil, nil), parley.CodeTaken)
}

func testLoadRefused(t *testing.T, w *world) {
	empty := w.empty(t)
	homeless := users()
	homeless[3].WorkspaceID = strayID
	wantFault(t, empty.Load(t.Context(), workspaces(), homeless), parley.CodeInvalid, "workspace", "unknown")
	twice := append(users(), users()[0])
	wantCode(t, empty.Load(t.Context(), workspaces(), twice), parley.CodeTaken)
	ownerless := workspaces()
	ownerless[1].OwnerID = nobodyID
	wantCode(t, empty.Load(t.Context(), ownerless, users()), parley.CodeInvalid)
	if list, err := empty.Workspaces(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("Workspaces = %v, %v, want none", list, err)
	}
	if err := empty.Load(t.Context(), workspaces(), users()); err != nil {
		t.Errorf("Load after refusals: %v", err)
	}
}
