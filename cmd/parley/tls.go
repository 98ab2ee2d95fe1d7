package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"
)

// lookEvery is how often the files of a certificate are looked at.
const lookEvery = time.Second

// keyPair is a certificate and its key, in files that are replaced while the
// server runs.
type keyPair struct {
	certFile string
	keyFile  string
	log      *slog.Logger
	seen     pairFiles
	used     atomic.Pointer[tls.Certificate]
}

// pairFiles is what a look at the files finds.
type pairFiles struct {
	cert, key string
	failure   string // instead of both
}

// loadKeyPair reads the files for the first time, when they have to be right.
func loadKeyPair(certFile, keyFile string, log *slog.Logger) (*keyPair, error) {
	k := &keyPair{certFile: certFile, keyFile: keyFile, log: log, seen: lookAt(certFile, keyFile)}
	return k, k.use(k.seen)
}

func lookAt(certFile, keyFile string) pairFiles {
	cert, err := os.ReadFile(certFile)
	if err != nil {
		return pairFiles{failure: err.Error()}
	}
	key, err := os.ReadFile(keyFile)
	if err != nil {
		return pairFiles{failure: err.Error()}
	}
	return pairFiles{cert: string(cert), key: string(key)}
}

func (k *keyPair) use(files pairFiles) error {
	if files.failure != "" {
		return fmt.Errorf("the certificate cannot be read: %s", files.failure)
	}
	pair, err := tls.X509KeyPair([]byte(files.cert), []byte(files.key))
	if err != nil {
		return fmt.Errorf("the certificate %s and the key %s cannot be used: %w", k.certFile, k.keyFile, err)
	}
	k.used.Store(&pair)
	k.log.Info("certificate", "file", k.certFile, "names", pair.Leaf.DNSNames, "until", pair.Leaf.NotAfter)
	return nil
}

// follow uses what the files hold from now on, until the context ends. It
// compares contents, since not every way to replace a file changes its time.
func (k *keyPair) follow(ctx context.Context) {
	again := time.NewTicker(lookEvery)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-again.C:
			k.lookAgain()
		}
	}
}

// lookAgain keeps the pair that there is where a new one cannot be used, and
// says so once.
func (k *keyPair) lookAgain() {
	files := lookAt(k.certFile, k.keyFile)
	if files == k.seen {
		return
	}
	k.seen = files
	if err := k.use(files); err != nil {
		k.log.Warn("the certificate stays the one before", "error", err)
	}
}

// config leaves the choice of ciphers to crypto/tls.
func (k *keyPair) config() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return k.used.Load(), nil },
	}
}
