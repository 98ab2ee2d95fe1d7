package main_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// testPair is a certificate that vouches for itself, and its key, in PEM.
type testPair struct{ cert, key []byte }

// newPair makes a pair for this machine under a name to tell it by.
func newPair(t testing.TB, name string) testPair {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return testPair{
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
	}
}

// write puts the pair into a folder of the shell as cert.pem and key.pem.
func (p testPair) write(s *shell, folder string) {
	s.t.Helper()
	if err := os.MkdirAll(s.path(folder), 0o700); err != nil {
		s.t.Fatal(err)
	}
	s.write(filepath.Join(folder, "cert.pem"), string(p.cert))
	s.write(filepath.Join(folder, "key.pem"), string(p.key))
}

func (s *shell) serveTLS(args ...string) *server {
	s.t.Helper()
	return s.serve(append([]string{"--tls-cert", "cert.pem", "--tls-key", "key.pem"}, args...)...)
}

// trusting is a client that speaks TLS and trusts a certificate.
func (p testPair) trusting(t testing.TB) *http.Client {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(p.cert)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: patience}
}

// presented is the name on the certificate of a new connection.
func (v *server) presented() string {
	v.t.Helper()
	conn, err := tls.Dial("tcp", v.addr, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		v.t.Fatal(err)
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0].Subject.CommonName
}

func TestTLSVersions(t *testing.T) {
	s := newPopulated(t)
	newPair(t, "first").write(s, ".")
	v := s.serveTLS()
	for version, want := range map[uint16]bool{
		tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true,
	} {
		conn, err := tls.Dial("tcp", v.addr, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: version})
		if err == nil {
			conn.Close()
		}
		if (err == nil) != want {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
	}
	v.stop()
}

func TestDemoOverTLS(t *testing.T) {
	s := newShell(t)
	pair := newPair(t, "first")
	pair.write(s, ".")
	v := s.serveTLS("--demo")
	if want := "https://" + v.addr + "/users/ben"; !strings.Contains(v.printed(), want) {
		t.Errorf("the demo does not name %s: %s", want, v.printed())
	}
	res, err := pair.trusting(t).Get("https://" + v.addr + "/users/ben")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusUnauthorized {
		t.Errorf("answer %d", res.StatusCode)
	}
}

// TestCertificateIsReplaced replaces the files in the ways of operators, each
// while requests go on.
func TestCertificateIsReplaced(t *testing.T) {
	for _, way := range []struct {
		name    string
		replace func(*shell, testPair)
	}{
		{"written over", func(s *shell, p testPair) { p.write(s, "certs/0") }},
		{"renamed", func(s *shell, p testPair) {
			p.write(s, "new")
			s.rename("new/cert.pem", "certs/0/cert.pem")
			s.rename("new/key.pem", "certs/0/key.pem")
		}},
		{"a link turned, as Kubernetes does", func(s *shell, p testPair) {
			p.write(s, "certs/1")
			s.link("1", "certs/new")
			s.rename("certs/new", "certs/data")
		}},
	} {
		t.Run(way.name, func(t *testing.T) {
			s := newPopulated(t)
			newPair(t, "first").write(s, "certs/0")
			s.link("0", "certs/data")
			s.link("certs/data/cert.pem", "cert.pem")
			s.link("certs/data/key.pem", "key.pem")
			v := s.serveTLS()
			if name := v.presented(); name != "first" {
				t.Fatalf("the certificate is %q", name)
			}
			way.replace(s, newPair(t, "second"))
			eventually(t, "the new certificate is presented", func() bool { return v.presented() == "second" })
			v.stop()
		})
	}
}

func (s *shell) rename(from, to string) {
	s.t.Helper()
	if err := os.Rename(s.path(from), s.path(to)); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shell) link(to, name string) {
	s.t.Helper()
	if err := os.Symlink(to, s.path(name)); err != nil {
		s.t.Fatal(err)
	}
}

// lookedAt is how long it takes until the files were looked at once or twice.
const lookedAt = 2 * time.Second

func TestWrongCertificateIsNotTaken(t *testing.T) {
	s := newPopulated(t)
	first, second := newPair(t, "first"), newPair(t, "second")
	first.write(s, ".")
	v := s.serveTLS()
	for _, wrong := range [][]byte{second.key, []byte("no key")} {
		s.write("key.pem", string(wrong))
		time.Sleep(lookedAt)
		if name := v.presented(); name != "first" {
			t.Errorf("with a wrong key the certificate is %q", name)
		}
	}
	if err := os.Remove(s.path("key.pem")); err != nil {
		t.Fatal(err)
	}
	time.Sleep(lookedAt)
	second.write(s, ".")
	eventually(t, "the right pair is presented", func() bool { return v.presented() == "second" })
	v.stop()
	log := strings.Join(v.log, "\n")
	// A look may fall between the two files of the last pair.
	if n := strings.Count(log, "the certificate stays the one before"); n < 3 || n > 4 {
		t.Errorf("%d warnings, want one for each wrong pair: %s", n, log)
	}
	if strings.Contains(log, "PRIVATE") || strings.Contains(log, "no key") {
		t.Errorf("the log shows a key: %s", log)
	}
}

func TestWrongCertificateAtTheStart(t *testing.T) {
	s := newShell(t)
	first, second := newPair(t, "first"), newPair(t, "second")
	first.write(s, ".")
	second.write(s, "other")
	s.write("text.pem", "no certificate")
	for _, wrong := range []struct {
		cert, key string
		exit      int
		message   []string
	}{
		{"cert.pem", "other/key.pem", 1, []string{"cert.pem", "other/key.pem", "does not match"}},
		{"text.pem", "key.pem", 1, []string{"text.pem", "failed to find any PEM data"}},
		{"nowhere.pem", "key.pem", 1, []string{"nowhere.pem", "no such file"}},
		{"cert.pem", "nowhere.pem", 1, []string{"nowhere.pem", "no such file"}},
		{"cert.pem", "", 2, []string{"--tls-cert and --tls-key"}},
		{"", "key.pem", 2, []string{"--tls-cert and --tls-key"}},
	} {
		s.refused(wrong.exit, wrong.message, "serve", "--addr", "127.0.0.1:0", "--tls-cert", wrong.cert, "--tls-key", wrong.key)
	}
	s.refused(2, []string{"--without-tls"}, "serve", "--addr", "127.0.0.1:0",
		"--tls-cert", "cert.pem", "--tls-key", "key.pem", "--without-tls")
	if _, err := os.Stat(s.path("parley.db")); err == nil {
		t.Error("a server that could not start made a database")
	}
}
