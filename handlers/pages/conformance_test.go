package pages_test

import (
	"strings"
	"testing"

	"github.com/parley-gateway/parley/codecs/codectest"
	"github.com/parley-gateway/parley/handlers/pages"
)

func TestConformance(t *testing.T) {
	codectest.Test(t, pages.New("status"), codectest.Options{Flat: true, CannotHold: isNoXML, Trailing: " \t\r\n"})
}

// isNoXML reports the characters that XML 1.0 has none of (section 2.2): the
// pages are well-formed XML too.
func isNoXML(r rune) bool {
	return r < ' ' && !strings.ContainsRune("\t\n\r", r) || r == 0xfffe || r == 0xffff
}
