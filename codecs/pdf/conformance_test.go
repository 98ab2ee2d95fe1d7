package pdf_test

import (
	"testing"

	"github.com/parley-gateway/parley/codecs/codectest"
	"github.com/parley-gateway/parley/codecs/pdf"
	"github.com/parley-gateway/parley/codecs/pdf/pdftest"
)

func TestConformance(t *testing.T) {
	codectest.Test(t, pdf.New(), codectest.Options{
		Samples: [][]byte{
			readFilled(t, "qpdf"),
			readFilled(t, "qpdf-linearized-object-streams"),
			pdftest.New().Document(fields(1), "<</T(status)/FT/Ch/V(risky)>>").XRefStream(9, "").Bytes(),
		},
		Duplicate: pdftest.Form(fields(2), "<</T(status)/FT/Tx/V(active)>>", "<</T(status)/FT/Tx/V(risky)>>"),
		Wide:      func(n int) []byte { return pdftest.Form(fields(n), manyFields(n)...) },
		Flat:      true,
		Trailing:  "\x00\t\n\f\r ",
	})
}
