package parley

import "time"

// WorkspaceType says how many users a workspace is for.
type WorkspaceType string

const (
	WorkspaceSingleUser WorkspaceType = "single_user"
	WorkspaceMultiUser  WorkspaceType = "multi_user"
)

// WorkspaceTypes lists every workspace type.
var WorkspaceTypes = []WorkspaceType{WorkspaceSingleUser, WorkspaceMultiUser}

// Workspace is where users are at home.
type Workspace struct {
	ID         string // a UUID in lower case
	Identifier string // unique
	Name       string
	Type       WorkspaceType
	OwnerID    string // a user id; may be empty
	DomainName string // may be empty
	CreatedAt  time.Time
	UpdatedAt  time.Time
	CreatedBy  string // a user id; may be empty
	UpdatedBy  string // a user id; may be empty
}

// NewWorkspace is what it takes to create a workspace.
type NewWorkspace struct {
	Identifier string
	Name       string
	Type       WorkspaceType
	Owner      string // id or identifier of a user; may be empty
	DomainName string // may be empty
}

// Scope is the id of the one workspace whose users exist for a caller. The
// empty scope knows every workspace.
type Scope string

// Everywhere is the scope of a caller who is not limited to a workspace.
const Everywhere Scope = ""

// Includes reports whether the users of a workspace exist for the caller.
func (s Scope) Includes(workspaceID string) bool {
	return s == Everywhere || string(s) == workspaceID
}
