package peers

import (
	"database/sql"
	"errors"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/bench/schema"
)

// plain is the same operation on the same tables as it is usually written: one
// transaction for each request. It knows JSON alone.
type plain struct {
	writer *sqlx.DB
	reader *sqlx.DB
}

func servePlain(options Options) error {
	p, err := openPlain(options.DB)
	if err != nil {
		return err
	}
	defer p.reader.Close()
	defer p.writer.Close()
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.Use(gin.Recovery(), p.authenticate)
	engine.GET("/users/:id", p.show)
	engine.PATCH("/users/:id", p.change)
	return serveHTTP(options.Addr, engine)
}

func openPlain(path string) (plain, error) {
	params := func(more url.Values) url.Values {
		more.Set("_journal", "WAL")
		more.Set("_synchronous", "FULL")
		more.Set("_busy_timeout", "5000")
		more.Set("_foreign_keys", "true")
		more.Set("_stmt_cache_size", "64")
		return more
	}
	writer, err := schema.Open(path, params(url.Values{"_txlock": {"immediate"}}))
	if err != nil {
		return plain{}, err
	}
	writer.SetMaxOpenConns(1)
	reader, err := schema.Open(path, params(url.Values{"_query_only": {"true"}}))
	if err != nil {
		return plain{}, err
	}
	connections := max(runtime.NumCPU(), 4)
	reader.SetMaxOpenConns(connections)
	reader.SetMaxIdleConns(connections)
	return plain{writer, reader}, nil
}

const tokenKey = "token"

func (p plain) authenticate(c *gin.Context) {
	text, _ := strings.CutPrefix(c.GetHeader("Authorization"), "Bearer ")
	hash, ok := parley.HashToken(text)
	var token schema.Token
	if ok {
		err := p.reader.GetContext(c, &token, schema.SelectToken, hash[:])
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			fail(c, err)
			return
		}
		ok = err == nil && !token.RevokedAt.Valid && !(token.ExpiresAt.Valid && token.ExpiresAt.V <= time.Now().UnixMicro())
	}
	if !ok {
		c.AbortWithStatusJSON(http.StatusUnauthorized, gin.H{"error": "unauthorized"})
		return
	}
	c.Set(tokenKey, token)
}

// requirePermission answers 403 where the caller lacks a permission.
func requirePermission(c *gin.Context, permission parley.Permission) (schema.Token, bool) {
	token := c.MustGet(tokenKey).(schema.Token)
	if !strings.Contains(token.Permissions, string(permission)) {
		c.AbortWithStatusJSON(http.StatusForbidden, gin.H{"error": "forbidden"})
		return token, false
	}
	return token, true
}

func fail(c *gin.Context, err error) {
	if errors.Is(err, sql.ErrNoRows) {
		c.AbortWithStatusJSON(http.StatusNotFound, gin.H{"error": "no such user"})
		return
	}
	c.AbortWithStatusJSON(http.StatusInternalServerError, gin.H{"error": err.Error()})
}

func (p plain) show(c *gin.Context) {
	if _, ok := requirePermission(c, parley.PermissionRead); !ok {
		return
	}
	var user schema.User
	if err := p.reader.GetContext(c, &user, schema.SelectUser, c.Param("id")); err != nil {
		fail(c, err)
		return
	}
	c.JSON(http.StatusOK, shown(user))
}

type command struct {
	Status  string `json:"status" binding:"required,oneof=active onboarding inactive suspended risky"`
	Comment string `json:"review_comment" binding:"max=4096"`
}

func (p plain) change(c *gin.Context) {
	token, ok := requirePermission(c, parley.PermissionWrite)
	if !ok {
		return
	}
	var command command
	if err := c.ShouldBindJSON(&command); err != nil {
		c.AbortWithStatusJSON(http.StatusUnprocessableEntity, gin.H{"error": err.Error()})
		return
	}
	user, err := p.carryOut(c, c.Param("id"), command, token)
	if err != nil {
		fail(c, err)
		return
	}
	c.JSON(http.StatusOK, shown(user))
}

func (p plain) carryOut(c *gin.Context, id string, command command, token schema.Token) (schema.User, error) {
	var user schema.User
	tx, err := p.writer.BeginTxx(c, nil)
	if err != nil {
		return user, err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it does nothing
	if err := tx.GetContext(c, &user, schema.SelectUser, id); err != nil {
		return user, err
	}
	now := time.Now().UnixMicro()
	inserted, err := tx.ExecContext(c, schema.InsertChange, user.PK, user.LastChange, user.Version+1, user.Status,
		command.Status, sql.Null[string]{V: command.Comment, Valid: command.Comment != ""},
		token.ActsAs, uuid.NewString(), schema.MediaType, now)
	if err != nil {
		return user, err
	}
	seq, err := inserted.LastInsertId()
	if err != nil {
		return user, err
	}
	if _, err := tx.ExecContext(c, schema.UpdateUser, command.Status, user.Version+1, seq, now, token.ActsAsID, user.PK); err != nil {
		return user, err
	}
	user.Status, user.Version, user.UpdatedAt = command.Status, user.Version+1, now
	return user, tx.Commit()
}

// shownUser is the user as Parley shows it in JSON.
type shownUser struct {
	ID            string    `json:"id"`
	Identifier    string    `json:"identifier"`
	Name          string    `json:"name"`
	Email         string    `json:"email"`
	Type          string    `json:"user_type"`
	Status        string    `json:"status"`
	WorkspaceType string    `json:"workspace_type"`
	OwnerID       string    `json:"owner_id,omitempty"`
	DomainName    string    `json:"domain_name,omitempty"`
	CreatedAt     time.Time `json:"created_at"`
	UpdatedAt     time.Time `json:"updated_at"`
}

func shown(u schema.User) shownUser {
	return shownUser{
		ID: u.ID, Identifier: u.Identifier, Name: u.Name, Email: u.Email, Type: u.Type, Status: u.Status,
		WorkspaceType: u.WorkspaceType, OwnerID: u.OwnerID, DomainName: u.DomainName,
		CreatedAt: time.UnixMicro(u.CreatedAt).UTC(), UpdatedAt: time.UnixMicro(u.UpdatedAt).UTC(),
	}
}
