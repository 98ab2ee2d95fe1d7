package parley_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestDependenciesPointOneWay asks the go command what each package is built
// from: docs/architecture.md draws it.
func TestDependenciesPointOneWay(t *testing.T) {
	const module = "github.com/parley-gateway/parley"
	mayUse := map[string][]string{
		module:                              {},
		module + "/codecs":                  {},
		module + "/codecs/codectest":        {module + "/codecs"},
		module + "/codecs/html":             {module + "/codecs"},
		module + "/codecs/pdf":              {module + "/codecs", module + "/codecs/pdf/object", module + "/codecs/pdf/typeset"},
		module + "/codecs/pdf/object":       {module + "/codecs"},
		module + "/codecs/pdf/pdftest":      {},
		module + "/codecs/pdf/typeset":      {},
		module + "/codecs/yaml":             {module + "/codecs"},
		module + "/fixtures":                {module},
		module + "/repository":              {module},
		module + "/repository/postgrestest": {},
		module + "/handlers/records":        {module, module + "/codecs"},
		module + "/handlers/trial":          {module, module + "/codecs", module + "/handlers/records"},
		module + "/handlers/pages":          {module + "/codecs", module + "/codecs/html"},
		module + "/handlers": {module, module + "/codecs", module + "/codecs/html", module + "/codecs/pdf", module + "/codecs/pdf/object", module + "/codecs/pdf/typeset", module + "/codecs/yaml",
			module + "/handlers/records", module + "/handlers/trial", module + "/handlers/pages"},
	}
	for pkg, allowed := range mayUse {
		out, err := exec.Command("go", "list", "-deps", pkg).Output()
		if err != nil {
			t.Fatal(pkg, err)
		}
		for dep := range strings.FieldsSeq(string(out)) {
			if dep != pkg && strings.HasPrefix(dep, module) && !slices.Contains(allowed, dep) {
				t.Errorf("%s must not depend on %s", pkg, dep)
			}
		}
	}
	out, err := exec.Command("go", "list", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for pkg := range strings.FieldsSeq(string(out)) {
		if _, known := mayUse[pkg]; !known && !strings.HasPrefix(pkg, module+"/cmd/") {
			t.Errorf("%s is not in the picture", pkg)
		}
	}
}
