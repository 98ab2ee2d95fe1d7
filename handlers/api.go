// Package handlers speaks HTTP: it decodes a request, binds it to a command,
// lets the store carry it out, negotiates the format of the answer and
// encodes it.
package handlers

import (
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers/records"
	"github.com/parley-gateway/parley/handlers/trial"
)

// Config is what an API is made of. A zero value is replaced by its default,
// but for Store, which must be given.
type Config struct {
	Store   parley.Store
	Formats *codecs.Registry // Formats()
	Log     *slog.Logger     // discards
	Now     func() time.Time // time.Now
	NewID   func() string    // makes request ids and idempotency keys; random UUIDs

	Rules         records.Rules
	MatchRequired bool          // refuse a change without If-Match
	Limits        codecs.Limits // of what a body may hold
	Timeout       time.Duration // of the work on one request, once it was read; 10 s
	WriteTimeout  time.Duration // for taking an answer; what the http.Server has
	Origins       []string      // whose pages may call from a browser; none
	DemoUser      string        // the identifier of a user to try things on; none
	RequestLimits
	Rates Rates

	TrustedProxies  []netip.Prefix // who is believed about the client and its protocol; none
	SessionLifetime time.Duration  // how long a sign-in lasts, in whole seconds; 12 h
}

const (
	defaultTimeout = 10 * time.Second
	defaultSession = 12 * time.Hour
)

// api is what all handlers share.
type api struct {
	Config
	noContentType error                  // what is wrong with a body without one
	examples      func() []trial.Example // of bodies, made when they are asked for
	gate          gate
	meters        meters
}

// New makes the handler of the whole HTTP surface.
func New(config Config) http.Handler {
	a := &api{Config: withDefaults(config)}
	a.noContentType = &parley.Error{
		Code:      parley.CodeUnsupportedMediaType,
		Detail:    "The body has no Content-Type.",
		Supported: a.Formats.Readable(),
	}
	a.examples = sync.OnceValue(func() []trial.Example { return trial.Examples(a.Formats) })
	a.gate, a.meters = newGate(a.RequestLimits), newMeters(a.Rates)
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	// Path values are decoded by the handlers, exactly once: gin itself would
	// take a plus sign for a space.
	engine.UseEscapedPath = true
	engine.UnescapePathValues = false
	engine.RedirectTrailingSlash = false
	engine.HandleMethodNotAllowed = true
	a.trustProxies(engine)
	engine.Use(a.begin, setCommonHeaders, closeUncertain, a.giveRequestID, tellRequestID, a.logRequest, a.recoverPanic())
	if len(a.Origins) > 0 {
		engine.Use(a.shareWithOrigins())
	}
	a.mount(engine)
	return engine
}

func withDefaults(c Config) Config {
	if c.Formats == nil {
		c.Formats = Formats()
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.NewID == nil {
		c.NewID = uuid.NewString
	}
	c.RequestLimits = c.WithDefaults()
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if c.SessionLifetime == 0 {
		c.SessionLifetime = defaultSession
	}
	return c
}
