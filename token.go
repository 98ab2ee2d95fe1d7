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
	if !ok || len(token) != tokenLength {
		return TokenHash{}, false
	}
	raw, ok := readBase62(digits)
	if !ok || binary.BigEndian.Uint32(raw[tokenSecret:]) != crc32.ChecksumIEEE(raw[:tokenSecret]) {
		return TokenHash{}, false
	}
	return sha256.Sum256([]byte(token)), true
}

// readBase62 reads digits as a number in big-endian order, and reports false
// for what is no digit and for a number that does not fit. Every request comes
// with a token: math/big would allocate for each.
func readBase62(digits string) (raw [tokenBytes]byte, ok bool) {
	var words [tokenBytes / 4]uint32 // the most significant first
	for i := range len(digits) {
		carry, ok := base62Digit(digits[i])
		for w := len(words) - 1; w >= 0; w-- {
			carry += uint64(words[w]) * 62
			words[w], carry = uint32(carry), carry>>32
		}
		if !ok || carry > 0 {
			return raw, false
		}
	}
	for w, word := range words {
		binary.BigEndian.PutUint32(raw[4*w:], word)
	}
	return raw, true
}

// base62Digit is the value of a digit, by the order of math/big: 0-9, a-z, A-Z.
func base62Digit(c byte) (value uint64, ok bool) {
	switch {
	case '0' <= c && c <= '9':
		return uint64(c - '0'), true
	case 'a' <= c && c <= 'z':
		return uint64(c-'a') + 10, true
	case 'A' <= c && c <= 'Z':
		return uint64(c-'A') + 36, true
	}
	return 0, false
}
