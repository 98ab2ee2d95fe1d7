package handlers

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-contrib/requestid"
	"github.com/gin-gonic/gin"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
)

// exchange is one request on its way through the checks, and its answer.
type exchange struct {
	*api
	c        *gin.Context
	ctx      context.Context // ends with the time for the work
	stop     context.CancelFunc
	route    *route
	head     head // as it came, before anything was added to it
	caller   parley.Caller
	session  *parley.SessionHash // of a caller who has signed in with a browser, else nil
	declared declared
	language codecs.Language
	choice   codecs.Choice
	headers  headers
	values   []string       // of the fields that header has set
	decoded  codecs.Decoded // the body, once it was decoded
	refused  error          // why it was not, once that was tried
	failure  *parley.Error  // what was answered instead of what was asked for

	atWork    bool   // it has a place among the requests at work
	elsewhere bool   // a cookie did not count, since the request came from another site
	next      string // where a sign-in says to go on to, as it was sent
}

// begin learns from the Content-Type what language the request says it is in,
// so that even its first refusal is told in that.
func (a *api) begin(c *gin.Context) {
	x := &exchange{
		api: a, c: c, ctx: c.Request.Context(), route: nowhere, head: sizeOf(c.Request),
		declared: a.findDeclared(c.GetHeader("Content-Type")),
		values:   make([]string, 0, usualFields),
	}
	if x.declared.codec != nil {
		x.language = codecs.LanguageOf(x.declared.codec, x.declared.mediaType.Name)
	}
	c.Set(exchangeKey, x)
}

// usualFields is how many an answer has that nobody but its request chose.
const usualFields = 8

// exchangeKey is where gin keeps the exchange from one handler to the next.
const exchangeKey = "exchange"

func exchangeOf(c *gin.Context) *exchange { return c.MustGet(exchangeKey).(*exchange) }

// serve makes a handler of a route. The checks run in the order that the
// contract gives, and the first that fails answers.
func (a *api) serve(rt route) gin.HandlerFunc {
	return func(c *gin.Context) {
		x := exchangeOf(c)
		x.route = &rt
		x.startWork()
		defer func() { x.stop() }()
		defer x.leave()
		ans, err := x.run()
		if err != nil {
			x.fail(err)
			return
		}
		x.send(ans)
	}
}

// startWork gives the work its time. It goes on without the client: whoever says
// that no more will come (a half-closed connection, as old clients leave it after
// their request) may have gone, for net/http, and may wait for the answer.
func (x *exchange) startWork() {
	x.ctx, x.stop = context.WithTimeout(context.Background(), x.Timeout)
}

// atOnce is how soon a body comes that was sent along with its head.
const atOnce = 10 * time.Millisecond

// restartWork gives the work its whole time from now on: how slowly the body came
// is bounded by itself.
func (x *exchange) restartWork() {
	if deadline, _ := x.ctx.Deadline(); x.Timeout-time.Until(deadline) < atOnce {
		return
	}
	x.stop()
	x.startWork()
}

// checks stand in their order.
var checks = [...]func(*exchange) error{
	(*exchange).checkAddressRate,
	(*exchange).checkHead,
	(*exchange).authenticate,
	(*exchange).checkTokenRate,
	(*exchange).checkVersion,
	(*exchange).checkMethod,
	(*exchange).checkPermission,
	(*exchange).negotiate,
	(*exchange).readHeaders,
}

func (x *exchange) run() (answer, error) {
	for _, check := range checks {
		if err := check(x); err != nil {
			return answer{}, err
		}
	}
	if !x.awaitsBody() {
		if err := x.enter(); err != nil {
			return answer{}, err
		}
	}
	return x.route.handle(x)
}

func (x *exchange) requestID() string { return requestid.Get(x.c) }

// sent are the lines of a field of the request. Here and in header, names are
// spelt as net/http keeps them, so that nobody has to look whether they are.
func (x *exchange) sent(name string) []string { return x.c.Request.Header[name] }

// header sets a field of the answer.
func (x *exchange) header(name, value string) {
	x.values = append(x.values, value)
	last := len(x.values)
	x.c.Writer.Header()[name] = x.values[last-1 : last : last]
}

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

// isSafe reports whether the method asks for nothing but an answer (RFC 9110
// section 9.2.1), of the methods there are.
func (x *exchange) isSafe() bool {
	switch x.c.Request.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return true
	}
	return false
}

// isChange reports whether the request may change something.
func (x *exchange) isChange() bool {
	return x.route.method == http.MethodPatch || x.route.method == http.MethodPost
}
