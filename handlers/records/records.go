// Package records stands between what Parley is about and what formats can
// carry: it reads Records as commands, strictly, and shows users, changes,
// workspaces and problems as Records.
package records

import (
	"time"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
)

// builder makes a Record in which absent values are left out.
type builder codecs.Record

func (b *builder) text(name, value string) {
	if value != "" {
		*b = append(*b, codecs.Field{Name: name, Value: codecs.TextValue(value)})
	}
}

func (b *builder) int(name string, value int64) {
	*b = append(*b, codecs.Field{Name: name, Value: codecs.IntValue(value)})
}

func (b *builder) time(name string, value time.Time) {
	if !value.IsZero() {
		*b = append(*b, codecs.Field{Name: name, Value: codecs.TimeValue(value)})
	}
}

func (b *builder) texts(name string, values []string) {
	if len(values) > 0 {
		*b = append(*b, codecs.Field{Name: name, Value: codecs.TextsValue(values)})
	}
}

// metadata is for callers who may see it.
func (b *builder) metadata(to parley.Caller, createdBy, updatedBy string) {
	if to.May(parley.PermissionMetadata) {
		b.text("created_by", createdBy)
		b.text("updated_by", updatedBy)
	}
}

// User shows a user as far as this caller may see it.
func User(u parley.User, to parley.Caller) codecs.Record {
	b := make(builder, 0, 13)
	b.text("id", u.ID)
	b.text("identifier", u.Identifier)
	b.text("name", u.Name)
	b.text("email", u.Email)
	b.text("user_type", string(u.Type))
	b.text(FieldStatus, string(u.Status))
	b.text("workspace_type", string(u.WorkspaceType))
	b.text("owner_id", u.OwnerID)
	b.text("domain_name", u.DomainName)
	b.time("created_at", u.CreatedAt)
	b.time("updated_at", u.UpdatedAt)
	b.metadata(to, u.CreatedBy, u.UpdatedBy)
	return codecs.Record(b)
}

// Change shows an entry of a history as far as this caller may see it.
func Change(c parley.Change, to parley.Caller) codecs.Record {
	b := make(builder, 0, 9)
	b.int("seq", c.Seq)
	b.text("user_id", c.UserID)
	b.text("from_status", string(c.From))
	b.text("to_status", string(c.To))
	b.text(FieldComment, c.Comment)
	if to.May(parley.PermissionMetadata) {
		b.text("changed_by", c.ChangedBy)
	}
	b.text("request_id", c.RequestID)
	b.text("media_type", c.MediaType)
	b.time("changed_at", c.ChangedAt)
	return codecs.Record(b)
}

// Workspace shows a workspace as far as this caller may see it.
func Workspace(w parley.Workspace, to parley.Caller) codecs.Record {
	b := make(builder, 0, 10)
	b.text("id", w.ID)
	b.text("identifier", w.Identifier)
	b.text("name", w.Name)
	b.text("workspace_type", string(w.Type))
	b.time("created_at", w.CreatedAt)
	b.time("updated_at", w.UpdatedAt)
	b.text("owner_id", w.OwnerID)
	b.text("domain_name", w.DomainName)
	b.metadata(to, w.CreatedBy, w.UpdatedBy)
	return codecs.Record(b)
}

// Token shows what is kept of a token.
func Token(t parley.Token) codecs.Record {
	b := make(builder, 0, 7)
	b.text("name", t.Name)
	b.text("acts_as", t.ActsAs)
	b.texts("permissions", parley.Names(t.Permissions))
	b.text("workspace", string(t.Workspace))
	b.time("created_at", t.CreatedAt)
	b.time("expires_at", t.ExpiresAt)
	b.time("revoked_at", t.RevokedAt)
	return codecs.Record(b)
}

// Problem is an occurrence of a problem (RFC 9457 section 3.1).
type Problem struct {
	Type      string // a path that explains the problem
	Title     string
	Status    int // of HTTP
	Instance  string
	RequestID string
	Err       *parley.Error
}

// Record shows the problem, in the order of RFC 9457.
func (p Problem) Record() codecs.Record {
	b := make(builder, 0, 8)
	b.text("type", p.Type)
	b.text("title", p.Title)
	b.int("status", int64(p.Status))
	b.text("detail", p.Err.Detail)
	b.text("instance", p.Instance)
	b.text("request_id", p.RequestID)
	if len(p.Err.Faults) > 0 {
		b = append(b, codecs.Field{Name: "errors", Value: faults(p.Err.Faults)})
	}
	b.texts("supported", p.Err.Supported)
	return codecs.Record(b)
}

func faults(list []parley.Fault) codecs.Value {
	values := make([]codecs.Value, len(list))
	for i, f := range list {
		b := make(builder, 0, 4)
		b.text("field", f.Field)
		b.text("code", f.Code)
		b.text("detail", f.Detail)
		b.texts("allowed", f.Allowed)
		values[i] = codecs.MapValue(codecs.Record(b))
	}
	return codecs.ListValue(values...)
}
