package handlers

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"github.com/parley-gateway/parley"
)

// sessionCookie is the name of the cookie (RFC 6265) that holds the random bytes
// of a session and nothing else.
const sessionCookie = "parley_session"

// authenticateSession finds out who is calling by the cookie of a browser that
// has signed in.
func (x *exchange) authenticateSession() error {
	cookies := x.c.Request.CookiesNamed(sessionCookie)
	if len(cookies) == 0 {
		return x.unauthorized("A bearer token is needed here.", "")
	}
	if !x.fromOwnPage() {
		return x.refuseElsewhere()
	}
	err := x.takeSession(cookies)
	if err != nil && parley.HasCode(err, parley.CodeUnauthorized) {
		ended := x.endSession() // too many or not: the browser must not go on sending it
		return cmp.Or(x.chargeWrongToken(), ended)
	}
	return err
}

// takeSession takes over who a session stands for: CodeUnauthorized where that is
// not known.
func (x *exchange) takeSession(cookies []*http.Cookie) error {
	hash, ok := parley.HashSession(cookies[0].Value)
	if !ok || len(cookies) > 1 { // of two, one may be from a neighbour's domain
		return parley.NewError(parley.CodeUnauthorized, "This is no session.")
	}
	caller, err := x.Store.AuthenticateSession(x.ctx, hash)
	if err == nil {
		x.caller, x.session = caller, &hash
	}
	return err
}

// recognize lets a page that everybody may see say who has signed in. Whoever is
// not known sees it too.
func (x *exchange) recognize() {
	cookies := x.c.Request.CookiesNamed(sessionCookie)
	if len(cookies) > 0 && x.isSafe() && x.fromOwnPage() {
		_ = x.takeSession(cookies)
	}
}

// crossOrigin judges by what browsers say of where a request comes from.
var crossOrigin = http.NewCrossOriginProtection()

// fromOwnPage reports whether the browser says that the request comes from a page
// of Parley's own or from the person at it: by Sec-Fetch-Site
// (https://www.w3.org/TR/fetch-metadata/), else by Origin. One that says neither
// may be an older browser's, which is believed as long as it changes nothing.
func (x *exchange) fromOwnPage() bool {
	r := x.c.Request
	if !x.isSafe() && r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == "" {
		return false
	}
	// Check lets every safe request pass, and so is asked about a POST.
	return crossOrigin.Check(&http.Request{Method: http.MethodPost, Header: r.Header, Host: r.Host}) == nil
}

// refuseElsewhere refuses a cookie that does not count. What changes nothing is
// answered as if there were none, by a page that leads on.
func (x *exchange) refuseElsewhere() error {
	if !x.isSafe() {
		return crossSite()
	}
	x.elsewhere = true
	return x.unauthorized("The request comes from another site. It is not taken for yours until you go on from here.", "")
}

func crossSite() error {
	return parley.NewError(parley.CodeCrossSite, "The request does not come from a page of Parley's own.")
}

// endSession refuses a session that has ended, and lets the browser forget it.
func (x *exchange) endSession() error {
	x.forgetSession()
	return x.unauthorized("The session has ended.", "")
}

func (x *exchange) forgetSession() { x.setSession("", -time.Second) }

// setSession makes the browser keep a session for as long as it lasts, to the
// second.
func (x *exchange) setSession(session string, lifetime time.Duration) {
	http.SetCookie(x.c.Writer, &http.Cookie{
		Name: sessionCookie, Value: session, Path: "/", MaxAge: int(lifetime / time.Second),
		Secure: x.isSecure(), HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// isSecure reports whether the browser speaks TLS, with Parley or with a proxy in
// front of it: of the latter, the origin of its page tells, and the proxy.
func (x *exchange) isSecure() bool {
	return x.c.Request.TLS != nil || strings.HasPrefix(x.c.GetHeader("Origin"), "https://") || x.forwardedOverTLS()
}

// postedInSession reports whether a signed-in browser has sent a form. It is led on
// instead of answered, so that a reload sends nothing twice.
func (x *exchange) postedInSession() bool {
	return x.session != nil && x.route.method == http.MethodPost
}

// seeOther leads on to a path. It is the answer to a POST whose outcome is best
// seen elsewhere (RFC 9110 section 15.4.4), whatever format was asked for.
func (x *exchange) seeOther(path string) answer {
	x.header("Location", path)
	return answer{status: http.StatusSeeOther}
}
