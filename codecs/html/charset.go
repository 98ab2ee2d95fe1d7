package html

import (
	"bytes"
	"strings"

	nethtml "golang.org/x/net/html"

	"github.com/parley-gateway/parley/codecs"
)

// prescanned is how much of a page may hold the declaration of its character
// encoding (HTML section 4.2.5.4), in bytes.
const prescanned = 1024

// metaCharset is the character encoding that a page declares in a meta
// element, or empty.
func metaCharset(body []byte) string {
	z := nethtml.NewTokenizer(bytes.NewReader(body[:min(len(body), prescanned)]))
	for {
		switch z.Next() {
		case nethtml.ErrorToken:
			return ""
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken:
			t := z.Token()
			if t.Data != "meta" {
				continue
			}
			if name := declaredIn(t); name != "" {
				return name
			}
		}
	}
}

func declaredIn(meta nethtml.Token) (name string) {
	content, pragma := "", false
	for _, a := range meta.Attr {
		switch a.Key {
		case "charset":
			name = a.Val
		case "http-equiv":
			pragma = strings.EqualFold(a.Val, "content-type")
		case "content":
			content = a.Val
		}
	}
	if name == "" && pragma {
		if m, err := codecs.ParseMediaType(content); err == nil {
			name = m.Param("charset")
		}
	}
	name = strings.Trim(name, whiteSpace)
	// What could be read as far as here is not in UTF-16, whatever it says.
	if len(name) >= 6 && strings.EqualFold(name[:6], "utf-16") {
		return "utf-8"
	}
	return name
}
