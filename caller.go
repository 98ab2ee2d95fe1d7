package parley

import (
	"slices"
	"time"
)

// Permission is one thing that a token allows.
type Permission string

const (
	PermissionRead     Permission = "users:read"    // every GET
	PermissionWrite    Permission = "users:write"   // change a status
	PermissionMetadata Permission = "metadata:read" // see who created and changed
	PermissionAdmin    Permission = "users:admin"   // create and import users
)

// Permissions lists every permission.
var Permissions = []Permission{PermissionRead, PermissionWrite, PermissionMetadata, PermissionAdmin}

// Caller is who a request comes from.
type Caller struct {
	UserID      string // the user the caller acts as
	Token       string // the name of the token
	Permissions []Permission
	Scope       Scope
}

// May reports whether the caller holds a permission.
func (c Caller) May(p Permission) bool { return slices.Contains(c.Permissions, p) }

// Token is what is kept of a bearer token: everything but the token itself.
type Token struct {
	Name        string
	ActsAs      string // a user id
	Permissions []Permission
	Workspace   Scope
	CreatedAt   time.Time
	ExpiresAt   time.Time // zero for never
	RevokedAt   time.Time // zero while it is valid
}

// NewToken is what it takes to make a token.
type NewToken struct {
	Name        string
	Hash        TokenHash
	ActsAs      string // id or identifier of a user
	Permissions []Permission
	Workspace   string    // id or identifier; empty for no limit
	ExpiresAt   time.Time // zero for never
}
