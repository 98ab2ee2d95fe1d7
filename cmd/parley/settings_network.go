package main

import (
	"log/slog"
	"net"
	"net/netip"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/parley-gateway/parley/handlers"
)

// network is where a server listens, what stands in front of it, and to whose
// pages it speaks.
type network struct {
	addr        string
	certFile    string
	keyFile     string
	withoutTLS  bool
	proxies     []string
	connections int
	corsOrigins []string

	trusted []netip.Prefix // that proxies names
}

func (n *network) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&n.addr, "addr", "127.0.0.1:8080", "where to listen")
	f.StringVar(&n.certFile, "tls-cert", "", "a `file` in PEM with the certificate and those that lead to its root; read again when it changes")
	f.StringVar(&n.keyFile, "tls-key", "", "a `file` in PEM with the key of the certificate; read again when it changes")
	f.BoolVar(&n.withoutTLS, "without-tls", false, "listen on other than loopback without TLS, because a proxy speaks it")
	f.StringSliceVar(&n.proxies, "trusted-proxies", nil, "addresses and networks of proxies, whose X-Forwarded-For and X-Forwarded-Proto are believed")
	f.IntVar(&n.connections, "max-connections", 16_384, "how many connections may be open")
	f.StringSliceVar(&n.corsOrigins, "cors-origins", nil, "origins whose pages may call from a browser")
}

func (n *network) check() (err error) {
	_, _, err = net.SplitHostPort(n.addr)
	switch {
	case err != nil:
		return misuse("--addr: %q is no address with a port, such as 127.0.0.1:8080", n.addr)
	case (n.certFile == "") != (n.keyFile == ""):
		return misuse("--tls-cert and --tls-key: one is of no use without the other")
	case n.withoutTLS && n.hasTLS():
		return misuse("--without-tls: there are --tls-cert and --tls-key")
	case n.connections < 1:
		return misuse("--max-connections: %d is too little", n.connections)
	}
	for _, origin := range n.corsOrigins {
		if !isOrigin(origin) {
			return misuse("--cors-origins: %q is no origin, such as https://desk.example", origin)
		}
	}
	n.trusted, err = networksOf("trusted-proxies", n.proxies)
	return err
}

// isOrigin reports whether s is an origin as browsers send it (RFC 6454
// section 6.2), or the star that stands for all.
func isOrigin(s string) bool {
	u, err := url.Parse(s)
	return s == "*" || err == nil && (u.Scheme == "https" || u.Scheme == "http") && s == u.Scheme+"://"+u.Host && u.Host != ""
}

// networksOf reads what a flag holds as networks: an address is one of its own.
func networksOf(flag string, texts []string) ([]netip.Prefix, error) {
	networks := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		network, err := netip.ParsePrefix(text)
		if addr, e := netip.ParseAddr(text); e == nil && addr.Zone() == "" {
			network, err = addr.Prefix(addr.BitLen())
		}
		if err != nil {
			return nil, misuse("--%s: %q is neither an address nor a network, such as 10.0.0.0/8", flag, text)
		}
		networks[i] = network
	}
	return networks, nil
}

func (n *network) hasTLS() bool { return n.certFile != "" }

// keyPair is nil without TLS.
func (n *network) keyPair(log *slog.Logger) (*keyPair, error) {
	if !n.hasTLS() {
		return nil, nil
	}
	return loadKeyPair(n.certFile, n.keyFile, log)
}

// listen opens the port. Whatever goes without TLS over other than loopback can
// be read on its way, tokens too: that has to be meant.
func (n *network) listen() (*net.TCPListener, error) {
	addr, err := net.ResolveTCPAddr("tcp", n.addr)
	if err != nil {
		return nil, err
	}
	if !addr.IP.IsLoopback() && !n.hasTLS() && !n.withoutTLS {
		return nil, misuse("--addr %s: what is sent to other than loopback without TLS can be read on its way, tokens too. "+
			"Give --tls-cert and --tls-key, or --without-tls where a proxy speaks TLS for Parley", n.addr)
	}
	return net.ListenTCP("tcp", addr)
}

// url is where a server that listens at an address is reached: one that listens
// everywhere is reached on this machine.
func (n *network) url(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if ip := net.ParseIP(host); err == nil && ip.IsUnspecified() {
		host = "localhost"
	}
	scheme := "http"
	if n.hasTLS() {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

func (n *network) apply(config *handlers.Config) {
	config.Origins = n.corsOrigins
	config.TrustedProxies = n.trusted
}
