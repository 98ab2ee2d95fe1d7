package handlers

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
)

// trustProxies tells gin whose X-Forwarded-For gives the address of the client. No
// other field does: a proxy that does not know it passes it on as it came.
func (a *api) trustProxies(engine *gin.Engine) {
	var networks []string
	for _, network := range a.TrustedProxies {
		networks = append(networks, network.String())
	}
	if err := engine.SetTrustedProxies(networks); err != nil {
		panic(err)
	}
	engine.RemoteIPHeaders = []string{"X-Forwarded-For"}
}

// forwardedOverTLS reports whether a trusted proxy says that it was asked over TLS.
// Of several values, the last is the word of the proxy that speaks to Parley.
func (x *exchange) forwardedOverTLS() bool {
	lines := x.sent("X-Forwarded-Proto")
	if len(lines) == 0 || !x.isFromProxy() {
		return false
	}
	protocols := strings.Split(lines[len(lines)-1], ",")
	return strings.EqualFold(strings.TrimSpace(protocols[len(protocols)-1]), "https")
}

func (x *exchange) isFromProxy() bool {
	peer, err := netip.ParseAddr(x.c.RemoteIP())
	return err == nil && slices.ContainsFunc(x.TrustedProxies, func(network netip.Prefix) bool {
		return network.Contains(peer.Unmap())
	})
}

// closeUncertain ends a connection after a request that others may have framed
// differently, so that what they take for its body is never read as a request: with
// a Transfer-Encoding, beside which a Content-Length may have stood, and from an
// HTTP/1.0 client (RFC 9112 section 6.1). net/http takes both fields away before
// anybody can see whether they were there.
func closeUncertain(c *gin.Context) {
	if r := c.Request; r.ProtoMajor == 1 && (r.ProtoMinor == 0 || len(r.TransferEncoding) > 0) {
		c.Writer.Header()["Connection"] = closeField
	}
}

var closeField = []string{"close"}

// closeAfterwards ends the connection after the answer. HTTP/2 knows no such field,
// and its other requests go on.
func (x *exchange) closeAfterwards() {
	if x.c.Request.ProtoMajor == 1 {
		x.c.Writer.Header()["Connection"] = closeField
	}
}

// NetworkOf is what a client has for itself: an address of IPv4, of IPv6 the first 64
// bits, within which it can choose (RFC 4291 section 2.5.4, RFC 6177 section 2).
func NetworkOf(address netip.Addr) netip.Addr {
	address = address.Unmap()
	if address.Is4() {
		return address
	}
	network, _ := address.Prefix(64) // an address of IPv6 has as many
	return network.Addr()
}
