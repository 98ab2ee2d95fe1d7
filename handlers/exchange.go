package handlers

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gin-contrib/requestid"
	"github.com/gin-gonic/gin"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
)

// exchange is one request on its way through the checks, and its answer.
type exchange struct {
	*api
	c        *gin.Context
	route    route
	caller   parley.Caller
	declared declared
	language codecs.Language
	choice   codecs.Choice
	headers  headers
	decoded  *codecs.Decoded // the body, once it was decoded
	refused  error           // why it was not, once that was tried
}

// serve makes a handler of a route. The checks run in the order that the
// contract gives, and the first that fails answers.
func (a *api) serve(rt route) gin.HandlerFunc {
	return func(c *gin.Context) {
		ctx, cancel := context.WithTimeout(c.Request.Context(), a.Timeout)
		defer cancel()
		c.Request = c.Request.WithContext(ctx)
		x := a.begin(c, rt)
		ans, err := x.run()
		if err != nil {
			x.fail(err)
			return
		}
		x.send(ans)
	}
}

// begin learns from the Content-Type what language the request says it is in,
// so that even its first refusal is told in that.
func (a *api) begin(c *gin.Context, rt route) *exchange {
	x := &exchange{api: a, c: c, route: rt, declared: a.findDeclared(c.GetHeader("Content-Type"))}
	if x.declared.codec != nil {
		x.language = codecs.LanguageOf(x.declared.codec, x.declared.mediaType.Name)
	}
	return x
}

func (x *exchange) run() (answer, error) {
	checks := [...]func() error{
		x.authenticate, x.checkVersion, x.checkMethod, x.checkPermission, x.negotiate, x.readHeaders,
	}
	for _, check := range checks {
		if err := check(); err != nil {
			return answer{}, err
		}
	}
	return x.route.handle(x)
}

func (x *exchange) context() context.Context { return x.c.Request.Context() }

func (x *exchange) requestID() string { return requestid.Get(x.c) }

func (x *exchange) header(name, value string) { x.c.Writer.Header().Set(name, value) }

// format is the one that the answer is in, as far as the language of the
// request is known.
func (x *exchange) format() codecs.Choice { return x.choice.In(x.language) }

// ref is the path value that names a user or a workspace, percent-decoded
// exactly once.
func (x *exchange) ref() string {
	ref, err := url.PathUnescape(x.c.Param("ref"))
	if err != nil {
		return ""
	}
	return ref
}

// isChange reports whether the request may change something.
func (x *exchange) isChange() bool {
	return x.route.method == http.MethodPatch || x.route.method == http.MethodPost
}
