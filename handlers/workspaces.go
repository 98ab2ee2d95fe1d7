package handlers

import (
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers/records"
)

func (a *api) showWorkspace(x *exchange) (answer, error) {
	workspace, err := a.Store.Workspace(x.ctx, x.caller.Scope, x.ref())
	if err != nil {
		return answer{}, err
	}
	return answer{document: &codecs.Document{
		Name:   "workspace",
		Record: records.Workspace(workspace, x.caller),
		Page: x.recordPage(workspace.Name, codecs.Link{
			URL: "/users?workspace=" + workspace.ID, Label: "Users of this workspace",
		}),
	}}, nil
}
