package pdf_test

import (
	"testing"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/pdf"
	"github.com/parley-gateway/parley/codecs/pdf/pdftest"
)

func decode(body []byte) (codecs.Record, error) {
	return pdf.New().Decode(codecs.Input{Body: body})
}

func TestX(t *testing.T) {
	b := pdftest.Form("<</Fields[4 0 R]>>", "<</T(status)/FT/Tx/V(risky)>>")
	t.Logf("%s", b)
	t.Log(decode(b))
	b = pdftest.New().Document("<</Fields[4 0 R]>>", "<</T(status)/FT/Tx/V(risky)>>").XRefStream(9, "").Bytes()
	t.Logf("%q", b)
	t.Log(decode(b))
}
