package records

import (
	"net/mail"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
)

// The longest values of what is created, in code points. An address of mail has at
// most 254 (RFC 5321 section 4.5.3.1.3), a domain 253 (RFC 1035 section 2.3.4).
const (
	maxIdentifier = 255
	maxName       = 255
	maxEmail      = 254
	maxDomain     = 253
)

// BindNewUser reads a record as a user to be created. All faults come back
// at once, as parley.CodeInvalid.
func BindNewUser(d codecs.Decoded) (parley.NewUser, error) {
	b := newBinder(d, "identifier", "name", "email", "user_type", FieldStatus, "workspace")
	b.require("identifier")
	b.require("name")
	b.require("email")
	user := parley.NewUser{
		Identifier: b.identifier(),
		Name:       b.line("name", maxName),
		Email:      b.email(),
		Type:       choice(b, "user_type", parley.UserTypes),
		Status:     choice(b, FieldStatus, parley.Statuses),
		Workspace:  b.line("workspace", maxIdentifier),
	}
	return user, b.err()
}

// NewUser shows a user to be created, as BindNewUser reads one.
func NewUser(u parley.NewUser) codecs.Record {
	b := make(builder, 0, 6)
	b.text("identifier", u.Identifier)
	b.text("name", u.Name)
	b.text("email", u.Email)
	b.text("user_type", string(u.Type))
	b.text(FieldStatus, string(u.Status))
	b.text("workspace", u.Workspace)
	return codecs.Record(b)
}

// identifier is a name that a URL can hold as one segment: clients remove
// the segments . and .. (RFC 3986 section 5.2.4).
func (b *binder) identifier() string {
	s := b.line("identifier", maxIdentifier)
	if s == "." || s == ".." {
		b.fault("identifier", FaultInvalid, "An identifier of dots cannot stand in a URL.")
	}
	return s
}

func (b *binder) email() string {
	s := b.line("email", maxEmail)
	if s == "" {
		return ""
	}
	if a, err := mail.ParseAddress(s); err != nil || a.Address != s {
		b.fault("email", FaultInvalid, "This is no address of mail.")
	}
	return s
}

// BindNewWorkspace reads a record as a workspace to be created, multi_user
// unless it says otherwise. All faults come back at once, as
// parley.CodeInvalid.
func BindNewWorkspace(d codecs.Decoded) (parley.NewWorkspace, error) {
	b := newBinder(d, "identifier", "name", "workspace_type", "domain_name", "owner")
	b.require("identifier")
	b.require("name")
	workspace := parley.NewWorkspace{
		Identifier: b.identifier(),
		Name:       b.line("name", maxName),
		Type:       choice(b, "workspace_type", parley.WorkspaceTypes),
		DomainName: b.line("domain_name", maxDomain),
		Owner:      b.line("owner", maxIdentifier),
	}
	if workspace.Type == "" {
		workspace.Type = parley.WorkspaceMultiUser
	}
	return workspace, b.err()
}
