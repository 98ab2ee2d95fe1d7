package parley_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// dependency is a row of docs/dependencies.md.
var dependency = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([A-Za-z0-9.-]+) \\| [^|]+ \\|")

// listed are the modules of a part of docs/dependencies.md, with their licences.
func listed(t *testing.T, part string) map[string]string {
	t.Helper()
	text, err := os.ReadFile("docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "\n## "+part+"\n")
	if !ok {
		t.Fatalf("docs/dependencies.md has no part %s", part)
	}
	rest, _, _ = strings.Cut(rest, "\n## ")
	modules := map[string]string{}
	for _, row := range dependency.FindAllStringSubmatch(rest, -1) {
		modules[row[1]] = row[2]
	}
	return modules
}

// output is what the go command prints in a folder.
func output(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}

// TestDependencies holds docs/dependencies.md against go.mod.
func TestDependencies(t *testing.T) {
	for dir, part := range map[string]string{".": "Parley", "bench": "bench"} {
		var mod struct {
			Require []struct {
				Path     string
				Indirect bool
			}
		}
		if err := json.Unmarshal([]byte(output(t, dir, "mod", "edit", "-json")), &mod); err != nil {
			t.Fatal(err)
		}
		rows := listed(t, part)
		for _, m := range mod.Require {
			if _, ok := rows[m.Path]; !ok && !m.Indirect {
				t.Errorf("%s/go.mod requires %s, which docs/dependencies.md does not explain", dir, m.Path)
			}
			if m.Indirect {
				continue
			}
			delete(rows, m.Path)
		}
		for path := range rows {
			t.Errorf("docs/dependencies.md explains %s, which %s/go.mod does not require", path, dir)
		}
	}
}

// licences are those that may be linked, by words that stand in each.
var licences = []struct{ name, words string }{
	{"Apache-2.0", "Apache License Version 2.0, January 2004"},
	{"MIT", "Permission is hereby granted, free of charge, to any person obtaining a copy of this software"},
	{"BSD", "Redistribution and use in source and binary forms, with or without modification, are permitted"},
}

// TestLicences reads the licence of each module that is linked into the binary.
func TestLicences(t *testing.T) {
	rows := listed(t, "Parley")
	linked := output(t, ".", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Dir}}{{end}}{{end}}", "./cmd/parley")
	lines := strings.Split(strings.TrimSpace(linked), "\n")
	slices.Sort(lines)
	for _, line := range slices.Compact(lines) {
		path, dir, ok := strings.Cut(line, "\t")
		if !ok {
			continue // of the standard library
		}
		licence := licenceOf(t, dir)
		if licence == "" {
			t.Errorf("%s is under no licence that may be linked", path)
		}
		if said, ok := rows[path]; ok && said != licence {
			t.Errorf("docs/dependencies.md says %s of %s, whose licence is %s", said, path, licence)
		}
	}
}

// licenceOf is the first in a module's file; parts of others follow it in some.
func licenceOf(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "LICENSE*"))
	if err != nil || len(files) == 0 {
		return ""
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Join(strings.Fields(string(text)), " ")
	name, first := "", len(words)
	for _, licence := range licences {
		if at := strings.Index(words, licence.words); at >= 0 && at < first {
			name, first = licence.name, at
		}
	}
	return name
}
