package main_test

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestListeningBeyondLoopback(t *testing.T) {
	s := newShell(t)
	newPair(t, "first").write(s, ".")
	for _, addr := range []string{"0.0.0.0:0", "[::]:0", ":0", "192.0.2.1:0", "[::ffff:192.0.2.1]:0", "[2001:db8::1]:0"} {
		s.refused(2, []string{"--addr " + addr, "--tls-cert and --tls-key", "--without-tls"}, "serve", "--addr", addr)
	}
	for _, addr := range []string{"", "x", "127.0.0.1", "::1"} {
		s.refused(2, []string{"--addr", "is no address with a port"}, "serve", "--addr", addr)
	}
	for _, args := range [][]string{
		{"--addr", "localhost:0"},
		{"--addr", "127.9.9.9:0"},
		{"--addr", "0.0.0.0:0", "--without-tls"},
		{"--addr", ":0", "--tls-cert", "cert.pem", "--tls-key", "key.pem"},
	} {
		s.serve(args...).stop()
	}
	s.with("PARLEY_WITHOUT_TLS=true").serve("--addr", "0.0.0.0:0").stop()
}

func TestProxiesThatCannotBeMeant(t *testing.T) {
	s := newShell(t)
	for _, wrong := range []string{"10.0.0.0/33", "proxy.example", "fe80::1%eth0", "10.0.0"} {
		s.refused(2, []string{"--trusted-proxies", wrong}, "serve", "--addr", "127.0.0.1:0", "--trusted-proxies", wrong)
	}
}

// from is a client whose connections come from an address of this machine.
func from(t testing.TB, addr string) *http.Client {
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(addr)}}
	transport := &http.Transport{DialContext: dialer.DialContext}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: patience}
}

// TestForwardedAddress sends what proxies and spoofers send, and looks for the
// address of the client in the log.
func TestForwardedAddress(t *testing.T) {
	s := newPopulated(t)
	v := s.with("PARLEY_TRUSTED_PROXIES=127.0.0.2,10.0.0.0/8,2001:db8::/32").serve()
	cases := []struct {
		name, peer string
		header     http.Header
		want       string
	}{
		{"nothing", "127.0.0.1", nil, "127.0.0.1"},
		{"a client says who it is", "127.0.0.1", http.Header{"X-Forwarded-For": {"192.0.2.1"}}, "127.0.0.1"},
		{"and that it is a proxy", "127.0.0.1", http.Header{"X-Forwarded-For": {"192.0.2.1, 127.0.0.2"}}, "127.0.0.1"},
		{"in other fields", "127.0.0.1", http.Header{"X-Real-Ip": {"192.0.2.1"}, "Forwarded": {"for=192.0.2.1"}}, "127.0.0.1"},
		{"a proxy says it", "127.0.0.2", http.Header{"X-Forwarded-For": {"192.0.2.1"}}, "192.0.2.1"},
		{"a proxy says nothing", "127.0.0.2", nil, "127.0.0.2"},
		{"a proxy passes other fields on", "127.0.0.2", http.Header{"X-Real-Ip": {"192.0.2.1"}, "X-Appengine-Remote-Addr": {"192.0.2.1"}}, "127.0.0.2"},
		{"two proxies", "127.0.0.2", http.Header{"X-Forwarded-For": {"192.0.2.1, 10.1.2.3"}}, "192.0.2.1"},
		{"a spoofer behind a proxy", "127.0.0.2", http.Header{"X-Forwarded-For": {"198.51.100.1, 192.0.2.1"}}, "192.0.2.1"},
		{"on a line of its own", "127.0.0.2", http.Header{"X-Forwarded-For": {"198.51.100.1", "192.0.2.1"}}, "192.0.2.1"},
		{"IPv6", "127.0.0.2", http.Header{"X-Forwarded-For": {"2001:db9::1, 2001:db8::1"}}, "2001:db9::1"},
		{"no address", "127.0.0.2", http.Header{"X-Forwarded-For": {"192.0.2.1, unknown"}}, "127.0.0.2"},
		{"a line for the log", "127.0.0.2", http.Header{"X-Forwarded-For": {"192.0.2.1\tstatus=200"}}, "127.0.0.2"},
	}
	for i, c := range cases {
		req, err := http.NewRequest("GET", "http://"+v.addr+"/users/ann", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header = c.header.Clone()
		if req.Header == nil {
			req.Header = http.Header{}
		}
		req.Header.Set("X-Request-Id", requestNumber(i))
		res, err := from(t, c.peer).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
	}
	v.stop()
	for i, c := range cases {
		line := slices.IndexFunc(v.log, func(line string) bool { return strings.Contains(line, "request_id="+requestNumber(i)+" ") })
		if line < 0 || !strings.Contains(v.log[line], " address="+c.want+" ") {
			t.Errorf("%s: want %s in the log: %s", c.name, c.want, v.log)
		}
	}
}

func requestNumber(i int) string { return "request-" + string(rune('a'+i)) }

// TestForwardedProtocol signs in behind a proxy that speaks TLS, and past it.
func TestForwardedProtocol(t *testing.T) {
	s := newPopulated(t)
	token := s.newToken("ann")
	v := s.serve("--trusted-proxies", "127.0.0.2")
	for _, c := range []struct {
		name, peer string
		protocols  []string
		want       bool
	}{
		{"a proxy over TLS", "127.0.0.2", []string{"https"}, true},
		{"a proxy without TLS", "127.0.0.2", []string{"http"}, false},
		{"a proxy says nothing", "127.0.0.2", nil, false},
		{"what a client said before it", "127.0.0.2", []string{"https, http"}, false},
		{"on a line of its own", "127.0.0.2", []string{"https", "http"}, false},
		{"a client says it", "127.0.0.1", []string{"https"}, false},
	} {
		req, err := http.NewRequest("POST", "http://"+v.addr+"/sign-in", strings.NewReader(url.Values{"token": {token}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header = http.Header{
			"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"}, "X-Forwarded-Proto": c.protocols,
		}
		res, err := from(t, c.peer).Transport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if cookies := res.Cookies(); len(cookies) != 1 || cookies[0].Secure != c.want {
			t.Errorf("%s: %s %v", c.name, res.Status, cookies)
		}
	}
	v.stop()
}
