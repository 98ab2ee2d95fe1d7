package pages

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
)

// Asset is a file that pages refer to. Its path holds a hash of its body, so
// that it can be kept for good.
type Asset struct {
	Path string
	Type string
	Body []byte
}

var (
	//go:embed assets/style.css
	styleFile []byte
	//go:embed assets/script.js
	scriptFile []byte
	//go:embed assets/favicon.svg
	iconFile []byte

	style  = newAsset("style", ".css", "text/css; charset=utf-8", styleFile)
	script = newAsset("script", ".js", "text/javascript; charset=utf-8", scriptFile)
	icon   = newAsset("favicon", ".svg", "image/svg+xml", iconFile)
)

func newAsset(name, extension, mediaType string, body []byte) Asset {
	hash := sha256.Sum256(body)
	return Asset{"/assets/" + name + "-" + hex.EncodeToString(hash[:8]) + extension, mediaType, body}
}

// Assets lists every file that pages refer to.
func Assets() []Asset { return []Asset{style, script, icon} }
