package main

import (
	"net/url"

	"github.com/spf13/cobra"
)

// network is where a server listens and to whose pages it speaks.
type network struct {
	addr        string
	corsOrigins []string
}

func (n *network) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&n.addr, "addr", "127.0.0.1:8080", "where to listen")
	f.StringSliceVar(&n.corsOrigins, "cors-origins", nil, "origins whose pages may call from a browser")
}

func (n *network) check() error {
	for _, origin := range n.corsOrigins {
		if !isOrigin(origin) {
			return misuse("--cors-origins: %q is no origin, such as https://desk.example", origin)
		}
	}
	return nil
}

// isOrigin reports whether s is an origin as browsers send it (RFC 6454
// section 6.2), or the star that stands for all.
func isOrigin(s string) bool {
	u, err := url.Parse(s)
	return s == "*" || err == nil && (u.Scheme == "https" || u.Scheme == "http") && s == u.Scheme+"://"+u.Host && u.Host != ""
}
