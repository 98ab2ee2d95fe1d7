package parley_test

import (
	"crypto/sha256"
	"encoding/binary"
	"hash/crc32"
	"math/big"
	"strings"
	"testing"

	"github.com/parley-gateway/parley"
)

// tokenOf writes a secret as a token, with a checksum and math/big.
func tokenOf(secret []byte) string {
	raw := binary.BigEndian.AppendUint32(secret, crc32.ChecksumIEEE(secret))
	digits := new(big.Int).SetBytes(raw).Text(62)
	return parley.TokenPrefix + strings.Repeat("0", 49-len(digits)) + digits
}

func TestHashToken(t *testing.T) {
	tokens := []string{tokenOf(make([]byte, 32)), tokenOf([]byte(strings.Repeat("\xff", 32)))}
	for range 100 {
		tokens = append(tokens, parley.GenerateToken())
	}
	for _, token := range tokens {
		if hash, ok := parley.HashToken(token); !ok || hash != sha256.Sum256([]byte(token)) {
			t.Errorf("%s: got %x, %v", token, hash, ok)
		}
	}
}

func TestHashTokenRefuses(t *testing.T) {
	token := tokenOf([]byte("an example of a secret, 32 bytes"))
	for name, text := range map[string]string{
		"empty":              "",
		"no prefix":          strings.Repeat("0", len(token)),
		"too short":          token[:len(token)-1],
		"too long":           token + "0",
		"too large":          parley.TokenPrefix + strings.Repeat("Z", 49),
		"one more than fits": parley.TokenPrefix + new(big.Int).Lsh(big.NewInt(1), 288).Text(62),
		"another digit":      token[:10] + string(rune(token[10]^1)) + token[11:],
		"a sign":             parley.TokenPrefix + "+" + strings.Repeat("0", 48),
		"an underscore":      parley.TokenPrefix + strings.Repeat("0", 24) + "_" + strings.Repeat("0", 24),
		"no ASCII":           parley.TokenPrefix + "é" + strings.Repeat("0", 47),
	} {
		if hash, ok := parley.HashToken(text); ok {
			t.Errorf("%s: %q is taken for a token: %x", name, text, hash)
		}
	}
}

// FuzzHashToken takes for a token what GenerateToken could have made, and nothing
// else.
func FuzzHashToken(f *testing.F) {
	for _, secret := range []string{strings.Repeat("\x00", 32), strings.Repeat("\xff", 32), "an example of a secret, 32 bytes"} {
		f.Add(tokenOf([]byte(secret)))
	}
	f.Add("prl_")
	f.Fuzz(func(t *testing.T, text string) {
		hash, ok := parley.HashToken(text)
		raw, isNumber := new(big.Int).SetString(strings.TrimPrefix(text, parley.TokenPrefix), 62)
		made := isNumber && raw.Sign() >= 0 && raw.BitLen() <= 288 && text == tokenOf(raw.FillBytes(make([]byte, 36))[:32])
		if ok != made || ok && hash != sha256.Sum256([]byte(text)) {
			t.Errorf("%q: %v, want %v", text, ok, made)
		}
	})
}

func BenchmarkHashToken(b *testing.B) {
	token := parley.GenerateToken()
	for b.Loop() {
		if _, ok := parley.HashToken(token); !ok {
			b.Fatal("the token is refused")
		}
	}
}
