package yaml_test

import (
	"testing"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/codectest"
	"github.com/parley-gateway/parley/codecs/yaml"
)

func TestConformance(t *testing.T) {
	codectest.Test(t, yaml.New(), codectest.Options{Back: yamlKinds, Open: true, Trailing: " \t\r\n#"})
}

// yamlKinds is what YAML makes of a value: bytes need a tag, and those are
// refused.
func yamlKinds(v codecs.Value) codecs.Value {
	if v.Kind() == codecs.Bytes {
		return codectest.Texts(v)
	}
	return codectest.Kinds(v)
}
