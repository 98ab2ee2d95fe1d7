package parley

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"hash/crc32"
	"math/big"
	"strings"
)

// TokenPrefix begins every token, so that people and secret scanners know
// one when they see it.
const TokenPrefix = "prl_"

const (
	tokenSecret = 32                             // random bytes
	tokenBytes  = tokenSecret + crc32.Size       // with the checksum
	tokenDigits = 49                             // base62 digits that hold tokenBytes bytes
	tokenLength = len(TokenPrefix) + tokenDigits // of the whole text
)

// TokenHash is the SHA-256 of a token's text, the only thing of it that is
// stored.
type TokenHash [sha256.Size]byte

// GenerateToken makes a new token: TokenPrefix, then 32 random bytes and
// their CRC-32 (IEEE, big-endian) as one number in base62, 49 digits wide.
func GenerateToken() string {
	var raw [tokenBytes]byte
	rand.Read(raw[:tokenSecret])
	binary.BigEndian.PutUint32(raw[tokenSecret:], crc32.ChecksumIEEE(raw[:tokenSecret]))
	digits := new(big.Int).SetBytes(raw[:]).Text(62)
	return TokenPrefix + strings.Repeat("0", tokenDigits-len(digits)) + digits
}

// HashToken hashes a token, and reports false for a text that cannot be one:
// of another length, with other digits, or with a wrong checksum.
func HashToken(token string) (TokenHash, bool) {
	digits, ok := strings.CutPrefix(token, TokenPrefix)
	if !ok || len(token) != tokenLength || strings.ContainsAny(digits, "+-_") {
		return TokenHash{}, false
	}
	n, ok := new(big.Int).SetString(digits, 62)
	if !ok || n.BitLen() > tokenBytes*8 {
		return TokenHash{}, false
	}
	var raw [tokenBytes]byte
	n.FillBytes(raw[:])
	if binary.BigEndian.Uint32(raw[tokenSecret:]) != crc32.ChecksumIEEE(raw[:tokenSecret]) {
		return TokenHash{}, false
	}
	return sha256.Sum256([]byte(token)), true
}
