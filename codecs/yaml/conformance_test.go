package yaml_test

import (
	"testing"

	"github.com/parley-gateway/parley/codecs/codectest"
	"github.com/parley-gateway/parley/codecs/yaml"
)

func TestConformance(t *testing.T) {
	codectest.Test(t, yaml.New(), codectest.Options{Open: true, Trailing: " \t\r\n#"})
}
