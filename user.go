package parley

import "time"

// UserType says in which role a user came to the service.
type UserType string

const (
	UserTypeAdmin  UserType = "saas_admin"
	UserTypeUser   UserType = "saas_user"
	UserTypeClient UserType = "saas_user_client"
)

// UserTypes lists every user type.
var UserTypes = []UserType{UserTypeAdmin, UserTypeUser, UserTypeClient}

// User is one user as the store knows it, together with what is shown of
// the user's home workspace.
type User struct {
	ID         string // a UUID in lower case
	Identifier string // unique, 1..255 code points
	Name       string
	Email      string // unique
	Type       UserType
	Status     Status
	Version    int64 // 1 when created, one more with each change

	WorkspaceID   string // the home workspace
	WorkspaceType WorkspaceType
	OwnerID       string // of the workspace; may be empty
	DomainName    string // of the workspace; may be empty

	CreatedAt time.Time // UTC
	UpdatedAt time.Time // UTC
	CreatedBy string    // a user id; may be empty
	UpdatedBy string    // a user id; may be empty
}

// NewUser is what it takes to create a user. The store makes id, version
// and times.
type NewUser struct {
	Identifier string
	Name       string
	Email      string
	Type       UserType
	Status     Status
	Workspace  string // id or identifier; empty for the caller's own
}

// UserFilter chooses users for a list. Its zero value chooses all.
type UserFilter struct {
	Status    Status
	Type      UserType
	Workspace string // id or identifier
	Prefix    string // of identifier, name or email, in any case of ASCII
	Sort      UserSort
	Page      Page
}

// UserSort is what users are sorted by. Its zero value sorts by identifier.
type UserSort struct {
	Field      UserField
	Descending bool
}

// UserField is a field that users can be sorted by.
type UserField string

const (
	UserFieldIdentifier UserField = "identifier"
	UserFieldName       UserField = "name"
	UserFieldEmail      UserField = "email"
	UserFieldType       UserField = "user_type"
	UserFieldStatus     UserField = "status"
	UserFieldCreatedAt  UserField = "created_at"
	UserFieldUpdatedAt  UserField = "updated_at"
)

// UserFields lists every field that users can be sorted by.
var UserFields = []UserField{
	UserFieldIdentifier, UserFieldName, UserFieldEmail, UserFieldType, UserFieldStatus, UserFieldCreatedAt, UserFieldUpdatedAt,
}

// Page asks for one page of a list.
type Page struct {
	Limit  int    // 1..200
	Cursor string // from the page before; empty for the first
}

// UserPage is one page of users. Texts are in the order of their bytes, and
// those who are equal in that of their identifiers.
type UserPage struct {
	Users []User
	Next  string // the cursor of the next page; empty on the last
}
