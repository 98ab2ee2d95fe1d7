package html_test

import (
	"testing"

	"github.com/parley-gateway/parley/codecs/codectest"
	"github.com/parley-gateway/parley/codecs/html"
)

func TestConformance(t *testing.T) {
	codectest.Test(t, html.New("status"), codectest.Options{Flat: true, Trailing: " \t\r\n"})
}
