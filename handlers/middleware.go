package handlers

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"time"

	"github.com/gin-contrib/cors"
	"github.com/gin-contrib/requestid"
	"github.com/gin-gonic/gin"

	"github.com/parley-gateway/parley"
)

const maxRequestID = 128

// tellRequestID answers with the request id and knows it later. There is one
// for all APIs of a process, because the library keeps its settings in a
// variable of the package.
var tellRequestID = requestid.New(requestid.WithCustomHeaderStrKey(requestIDField))

// requestIDField is spelt as net/http keeps it, see exchange.sent.
const requestIDField = "X-Request-Id"

// giveRequestID keeps a caller's own request id where it is one, and makes one
// where it is not.
func (a *api) giveRequestID(c *gin.Context) {
	if ids := c.Request.Header[requestIDField]; len(ids) != 1 || !isVisible(ids[0], maxRequestID) {
		c.Request.Header[requestIDField] = []string{a.NewID()}
	}
}

// The fields that every response carries. All share the same values, which
// nobody alters.
var (
	versionField = []string{version}
	cacheField   = []string{"private, no-cache"}
	sniffField   = []string{"nosniff"}
	inertField   = []string{"default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'"}
)

// setCommonHeaders sets what every response carries, whoever writes it. What is no
// page stays inert where a browser shows it; styles are the browser's own, which
// shows XML with them. A page says itself what it may.
func setCommonHeaders(c *gin.Context) {
	h := c.Writer.Header()
	h["X-Api-Version"] = versionField
	h["Cache-Control"] = cacheField
	h["X-Content-Type-Options"] = sniffField
	h["Content-Security-Policy"] = inertField
}

// logRequest writes one line for each request. It names the caller's token,
// never shows it, and nothing of bodies and queries.
func (a *api) logRequest(c *gin.Context) {
	start, x := time.Now(), exchangeOf(c)
	c.Next()
	level := slog.LevelInfo
	if c.Writer.Status() >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	if !a.Log.Enabled(c.Request.Context(), level) {
		return
	}
	attrs := make([]slog.Attr, 0, 10)
	attrs = append(attrs,
		slog.String("method", c.Request.Method),
		slog.String("path", c.Request.URL.EscapedPath()),
		slog.Int("status", c.Writer.Status()),
		slog.Int("bytes", max(c.Writer.Size(), 0)),
		slog.Duration("duration", time.Since(start)),
		slog.String("address", c.ClientIP()),
		slog.String("request_id", requestid.Get(c)),
		slog.String("token", x.caller.Token),
	)
	if x.failure != nil {
		attrs = append(attrs, slog.String("problem", string(x.failure.Code)))
		if x.failure.Cause != nil {
			attrs = append(attrs, slog.String("cause", x.failure.Cause.Error()))
		}
	}
	a.Log.LogAttrs(c.Request.Context(), level, "request", attrs...)
}

// recoverPanic answers a panic as an internal error, and leaves its stack for
// the log.
func (a *api) recoverPanic() gin.HandlerFunc {
	return gin.CustomRecoveryWithWriter(nil, func(c *gin.Context, cause any) {
		exchangeOf(c).fail(&parley.Error{Code: parley.CodeInternal, Cause: fmt.Errorf("panic: %v\n%s", cause, debug.Stack())})
		c.Abort()
	})
}

// shareWithOrigins lets pages of other origins call from a browser. An origin
// that is not among them is not refused: it gets no permission, and the
// browser keeps the answer from the page.
func (a *api) shareWithOrigins() gin.HandlerFunc {
	share := cors.New(cors.Config{
		AllowOrigins: a.Origins,
		AllowMethods: []string{http.MethodGet, http.MethodHead, http.MethodPatch, http.MethodPost, http.MethodOptions},
		AllowHeaders: []string{
			"Authorization", "Content-Type", "Content-Encoding", "Accept", "If-Match", "If-None-Match",
			"Idempotency-Key", "Prefer", "X-API-Version", "X-HTTP-Method-Override", "X-Request-ID",
		},
		ExposeHeaders: []string{
			"ETag", "Location", "Link", "X-Request-ID", "X-API-Version",
			"Allow", "Accept-Patch", "Idempotent-Replayed", "Preference-Applied", "Retry-After", "RateLimit", "RateLimit-Policy", "WWW-Authenticate",
		},
		MaxAge: 10 * time.Minute,
	})
	all := slices.Contains(a.Origins, "*")
	return func(c *gin.Context) {
		if all || slices.Contains(a.Origins, c.GetHeader("Origin")) {
			share(c)
			return
		}
		c.Writer.Header().Set("Vary", "Origin")
	}
}
