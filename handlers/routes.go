package handlers

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
)

// route is one method of one path. It says what must hold before its handler
// is entered.
type route struct {
	method     string
	path       string
	open       bool              // needs neither token nor session
	permission parley.Permission // empty for none
	shape      codecs.Shape      // of the answer
	override   bool              // a POST that stands for PATCH
	reads      bool              // the handler decodes the body
	notAllowed bool              // the path is there, the method is not
	handle     func(*exchange) (answer, error)
}

// nowhere is the route of a request for which none was found yet.
var nowhere = &route{}

const (
	userPath      = "/users/:ref"
	changesPath   = "/users/:ref/status-changes"
	changePath    = "/users/:ref/status-changes/:seq"
	usersPath     = "/users"
	workspacePath = "/workspaces/:ref"
	signInPath    = "/sign-in"
	signOutPath   = "/sign-out"
	tryPath       = "/try"
	indexPath     = "/"
	problemPath   = "/problems/:code"
	keysPath      = "/keys"
)

// routes is the whole HTTP surface. Where there is GET, there is HEAD; every
// path has OPTIONS.
func (a *api) routes() []route {
	return []route{
		{method: http.MethodGet, path: userPath, permission: parley.PermissionRead, handle: a.showUser},
		{method: http.MethodPatch, path: userPath, permission: parley.PermissionWrite, reads: true, handle: a.changeStatus},
		{method: http.MethodPost, path: userPath, permission: parley.PermissionWrite, override: true, reads: true, handle: a.changeStatus},
		{method: http.MethodGet, path: changesPath, permission: parley.PermissionRead, shape: codecs.Many, handle: a.listChanges},
		{method: http.MethodGet, path: changePath, permission: parley.PermissionRead, handle: a.showChange},
		{method: http.MethodGet, path: usersPath, permission: parley.PermissionRead, shape: codecs.Many, handle: a.listUsers},
		{method: http.MethodPost, path: usersPath, permission: parley.PermissionAdmin, reads: true, handle: a.createUser},
		{method: http.MethodGet, path: workspacePath, permission: parley.PermissionRead, handle: a.showWorkspace},
		{method: http.MethodGet, path: signInPath, open: true, handle: a.showSignIn},
		{method: http.MethodPost, path: signInPath, open: true, reads: true, handle: a.signIn},
		{method: http.MethodPost, path: signOutPath, handle: a.signOut},
		{method: http.MethodGet, path: tryPath, open: true, handle: a.showTry},
		{method: http.MethodPost, path: tryPath, open: true, reads: true, handle: a.tryBody},
		{method: http.MethodGet, path: indexPath, open: true, handle: a.showIndex},
		{method: http.MethodGet, path: problemPath, open: true, handle: a.showProblem},
		{method: http.MethodGet, path: keysPath, open: true, handle: a.showKeys},
	}
}

// mount registers the routes, and what stands beside each of them.
func (a *api) mount(engine *gin.Engine) {
	allowed := map[string][]string{}
	for _, rt := range a.routes() {
		engine.Handle(rt.method, rt.path, a.serve(rt))
		allowed[rt.path] = append(allowed[rt.path], rt.method)
		if rt.method == http.MethodGet {
			engine.HEAD(rt.path, a.serve(rt))
			allowed[rt.path] = append(allowed[rt.path], http.MethodHead)
		}
	}
	for path, methods := range allowed {
		options := route{path: path, open: !isGuarded(path), handle: a.tellOptions(methods)}
		engine.OPTIONS(path, a.serve(options))
	}
	a.mountAssets(engine)
	engine.NoMethod(a.serveElsewhere(route{notAllowed: true}))
	engine.NoRoute(a.serveElsewhere(route{handle: a.showNothing}))
}

// serveElsewhere serves what no route takes, after the checks that come first
// for any path: whoever has no token learns nothing of what exists.
func (a *api) serveElsewhere(rt route) gin.HandlerFunc {
	guarded := a.serve(rt)
	rt.open = true
	open := a.serve(rt)
	return func(c *gin.Context) {
		if isGuarded(c.Request.URL.Path) {
			guarded(c)
			return
		}
		open(c)
	}
}

func (a *api) showNothing(*exchange) (answer, error) {
	return answer{}, parley.NewError(parley.CodeNotFound, "There is nothing at this address.")
}

func isGuarded(path string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return first == "users" || first == "workspaces"
}

// tellOptions answers OPTIONS: the methods there are, and what can be sent
// where something can be changed (RFC 5789 section 3.1).
func (a *api) tellOptions(methods []string) func(*exchange) (answer, error) {
	allow := strings.Join(append(methods, http.MethodOptions), ", ")
	patch := slices.Contains(methods, http.MethodPatch)
	return func(x *exchange) (answer, error) {
		x.header("Allow", allow)
		if patch {
			x.header("Accept-Patch", strings.Join(a.Formats.Readable(), ", "))
		}
		return answer{status: http.StatusNoContent}, nil
	}
}
