// Command vulndb SOURCE TARGET makes a vulnerability database as govulncheck reads it
// (https://go.dev/doc/security/vuln/database#api) from the folder of reports that
// golang.org/x/vulndb holds. Its own command for that needs hundreds of modules.
package main

import (
	"cmp"
	"encoding/json"
	"log"
	"os"
	"path/filepath"
	"slices"
)

// report is what the index takes of a report (https://ossf.github.io/osv-schema/).
type report struct {
	ID       string   `json:"id"`
	Modified string   `json:"modified"`
	Aliases  []string `json:"aliases,omitempty"`
	Affected []struct {
		Package struct {
			Name string `json:"name"`
		} `json:"package"`
	} `json:"affected,omitempty"`
}

// module is one that vulnerabilities are known of.
type module struct {
	Path  string   `json:"path"`
	Vulns []report `json:"vulns"`
}

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: vulndb SOURCE TARGET")
	}
	if err := makeDatabase(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func makeDatabase(source, target string) error {
	for _, folder := range []string{"ID", "index"} {
		if err := os.MkdirAll(filepath.Join(target, folder), 0o750); err != nil {
			return err
		}
	}
	reports, err := copyReports(source, filepath.Join(target, "ID"))
	if err != nil {
		return err
	}
	newest := slices.MaxFunc(reports, func(a, b report) int { return cmp.Compare(a.Modified, b.Modified) })
	for name, content := range map[string]any{
		"modules": byModule(reports), "vulns": withoutModules(reports), "db": map[string]string{"modified": newest.Modified},
	} {
		text, err := json.Marshal(content)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(target, "index", name+".json"), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func copyReports(from, to string) ([]report, error) {
	paths, err := filepath.Glob(filepath.Join(from, "GO-*.json"))
	if err != nil {
		return nil, err
	}
	reports := make([]report, len(paths))
	for i, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(text, &reports[i]); err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(to, filepath.Base(path)), text, 0o600); err != nil {
			return nil, err
		}
	}
	return reports, nil
}

func byModule(reports []report) []*module {
	var modules []*module
	known := map[string]*module{}
	for _, r := range reports {
		for _, affected := range r.Affected {
			m := known[affected.Package.Name]
			if m == nil {
				m = &module{Path: affected.Package.Name}
				known[m.Path], modules = m, append(modules, m)
			}
			m.Vulns = append(m.Vulns, report{ID: r.ID, Modified: r.Modified})
		}
	}
	return modules
}

func withoutModules(reports []report) []report {
	reports = slices.Clone(reports)
	for i := range reports {
		reports[i].Affected = nil
	}
	return reports
}
