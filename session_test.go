package parley_test

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/parley-gateway/parley"
)

func TestSession(t *testing.T) {
	a, b := parley.GenerateSession(), parley.GenerateSession()
	hashA, okA := parley.HashSession(a)
	hashB, okB := parley.HashSession(b)
	if !okA || !okB || a == b || hashA == hashB {
		t.Errorf("%q and %q are two sessions: %x, %t; %x, %t", a, b, hashA, okA, hashB, okB)
	}
	if again, _ := parley.HashSession(a); again != hashA {
		t.Errorf("%q hashes to %x and to %x", a, hashA, again)
	}
	for _, wrong := range []string{"", a[1:], a + "A", a + "=", a[:42] + "+", a + a, strings.Repeat("é", 22), parley.GenerateToken()} {
		if _, ok := parley.HashSession(wrong); ok {
			t.Errorf("%q is taken for a session", wrong)
		}
	}
}

// FuzzHashSession takes for a session what is 32 bytes in base64url.
func FuzzHashSession(f *testing.F) {
	f.Add(parley.GenerateSession())
	f.Add(strings.Repeat("_", 43))
	f.Add(strings.Repeat("A", 43) + "\n")
	f.Fuzz(func(t *testing.T, text string) {
		hash, ok := parley.HashSession(text)
		secret, err := base64.RawURLEncoding.DecodeString(text)
		if ok != (err == nil && len(secret) == sha256.Size) || ok && hash != sha256.Sum256(secret) {
			t.Errorf("%q: %x, %v", text, hash, ok)
		}
	})
}
