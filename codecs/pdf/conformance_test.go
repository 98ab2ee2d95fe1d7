package pdf_test

import (
	"testing"

	"github.com/parley-gateway/parley/codecs/codectest"
	"github.com/parley-gateway/parley/codecs/pdf"
)

// TestConformance compares fields: the bytes of a PDF are not those of its
// record. A list has none.
func TestConformance(t *testing.T) {
	codectest.Test(t, pdf.New(), codectest.Options{Flat: true, Trailing: " \t\r\n\f\x00"})
}
