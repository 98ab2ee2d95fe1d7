package parley

import (
	"context"
	"iter"
)

// Store keeps users, their histories, workspaces, tokens and sessions. It is
// safe for concurrent use. Every failure that is the caller's is an *Error; any
// other error is the store's own. What a scope excludes does not exist: asking
// for it is CodeNotFound.
type Store interface {
	// User finds a user by id, then by identifier: CodeNotFound.
	User(ctx context.Context, scope Scope, ref string) (User, error)
	// Users lists users: CodeInvalidQuery for a cursor that is none of a list
	// sorted like this, and for a workspace that does not exist.
	Users(ctx context.Context, scope Scope, filter UserFilter) (UserPage, error)
	// CountUsers counts users by status, whatever status and page the filter
	// asks for: CodeInvalidQuery for a workspace that does not exist.
	CountUsers(ctx context.Context, scope Scope, filter UserFilter) (map[Status]int64, error)
	// CreateUser makes a user at version 1: CodeTaken, CodeInvalid where the
	// workspace does not exist.
	CreateUser(ctx context.Context, by Caller, user NewUser) (User, error)

	// Import begins to create many users at once.
	Import(ctx context.Context, by Caller) (Import, error)
	// Export gives every user as one to be created, in the order of identifiers,
	// as they were at one moment. Workspaces are told by their identifiers.
	Export(ctx context.Context) iter.Seq2[NewUser, error]

	// ChangeStatus carries out one change, its history row and its
	// idempotency record together or not at all, and returns after they are
	// on disk. Its refusals, in the order of their checks: CodeKeyReused,
	// CodeNotFound, CodePreconditionRequired, CodePreconditionFailed,
	// CodePatchTestFailed. To a caller without PermissionRead, nobody is a user
	// who is not as the request expects: CodeNotFound comes last.
	ChangeStatus(ctx context.Context, request ChangeRequest) (Outcome, error)
	// Changes lists a user's history, newest first: CodeNotFound,
	// CodeInvalidQuery for a cursor that is none of this user's.
	Changes(ctx context.Context, scope Scope, ref string, page Page) (ChangePage, error)
	// Change finds one entry of a user's history: CodeNotFound.
	Change(ctx context.Context, scope Scope, ref string, seq int64) (Change, error)

	// Workspace finds a workspace by id, then by identifier: CodeNotFound.
	Workspace(ctx context.Context, scope Scope, ref string) (Workspace, error)
	// Workspaces lists all workspaces in the order of their identifiers.
	Workspaces(ctx context.Context) ([]Workspace, error)
	// CreateWorkspace makes a workspace: CodeTaken, CodeInvalid where the
	// owner does not exist.
	CreateWorkspace(ctx context.Context, by Caller, workspace NewWorkspace) (Workspace, error)

	// Authenticate finds who a token stands for: CodeUnauthorized for one
	// that is unknown, expired or revoked.
	Authenticate(ctx context.Context, hash TokenHash) (Caller, error)
	// CreateToken keeps a token: CodeTaken for its name, CodeInvalid where
	// user or workspace do not exist.
	CreateToken(ctx context.Context, token NewToken) (Token, error)
	// Tokens lists all tokens in the order of their names.
	Tokens(ctx context.Context) ([]Token, error)
	// Token finds a token, ended ones too, by its hash: CodeNotFound.
	Token(ctx context.Context, hash TokenHash) (Token, error)
	// RevokeToken ends a token and its sessions at once: CodeNotFound.
	RevokeToken(ctx context.Context, name string) error
	// RevokeLeaked is RevokeToken for a token whose text was found.
	RevokeLeaked(ctx context.Context, hash TokenHash) error

	// SignIn makes a session of a token and says who that stands for:
	// CodeUnauthorized for a token that Authenticate refuses.
	SignIn(ctx context.Context, session NewSession) (Caller, error)
	// AuthenticateSession finds who a session stands for: CodeUnauthorized for
	// one that is unknown, expired or signed out, or whose token is expired or
	// revoked.
	AuthenticateSession(ctx context.Context, hash SessionHash) (Caller, error)
	// SignOut ends a session at once. To end one again changes nothing.
	SignOut(ctx context.Context, hash SessionHash) error

	// Load puts workspaces and users into an empty store as they are, ids and
	// times included: CodeTaken where the store is not empty.
	Load(ctx context.Context, workspaces []Workspace, users []User) error

	// Failed has an element once the store cannot tell any more what is on
	// disk. From then on every change is CodeUnavailable, until the store is
	// opened again.
	Failed() <-chan error
	// Close ends all work. No call may follow it.
	Close() error
}
