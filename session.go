package parley

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"
)

// sessionSecret is how many random bytes a session is.
const sessionSecret = 32

// SessionHash is the SHA-256 of the random bytes of a session, the only thing
// of them that is stored.
type SessionHash [sha256.Size]byte

// NewSession is what it takes to make a session: what a browser holds so that
// it need not hold a token.
type NewSession struct {
	Hash     SessionHash
	Token    TokenHash     // of the token that the session stands for
	Lifetime time.Duration // it ends earlier where its token does
}

// GenerateSession makes a new session: 32 random bytes in base64url without
// padding (RFC 4648 section 5), so that a cookie can hold them.
func GenerateSession() string {
	var secret [sessionSecret]byte
	rand.Read(secret[:])
	return base64.RawURLEncoding.EncodeToString(secret[:])
}

// HashSession hashes a session, and reports false for a text that cannot be
// one.
func HashSession(session string) (SessionHash, bool) {
	secret, err := base64.RawURLEncoding.DecodeString(session)
	if err != nil || len(secret) != sessionSecret {
		return SessionHash{}, false
	}
	return sha256.Sum256(secret), true
}
