package browser_test

import (
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// album is a folder of pictures. It may be nil, and then keeps none.
type album struct {
	t     testing.TB
	dir   string
	names []string // of the pages
}

// newAlbum begins the album that was asked for, if any.
func newAlbum(t testing.TB) *album {
	t.Helper()
	if *gallery == "" {
		return nil
	}
	if err := os.RemoveAll(*gallery); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(*gallery, 0o755); err != nil {
		t.Fatal(err)
	}
	return &album{t: t, dir: *gallery}
}

// pictured are the looks that pictures are taken of.
var pictured = looks[:4]

// add takes a picture of what a window shows.
func (a *album) add(w *window, name string, l look) {
	if a == nil || !slices.Contains(pictured, l) {
		return
	}
	if !slices.Contains(a.names, name) {
		a.names = append(a.names, name)
	}
	if err := os.WriteFile(filepath.Join(a.dir, picture(name, l)), w.picture(), 0o644); err != nil {
		a.t.Fatal(err)
	}
}

func picture(name string, l look) string { return fmt.Sprintf("%s-%s.png", name, l) }

// close writes the page that shows all pictures, those of a page side by side.
func (a *album) close() {
	if a == nil {
		return
	}
	file, err := os.Create(filepath.Join(a.dir, "index.html"))
	if err != nil {
		a.t.Fatal(err)
	}
	defer file.Close()
	if err := sheet.Execute(file, map[string]any{"Names": a.names, "Looks": pictured}); err != nil {
		a.t.Fatal(err)
	}
}

var sheet = template.Must(template.New("sheet").Funcs(template.FuncMap{"picture": picture}).Parse(`<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>Parley's pages</title>
<style>
body { margin: 2rem; color: #222; background: #bbb; font: 1rem/1.5 system-ui, sans-serif; }
section div { display: flex; align-items: start; gap: 1rem; overflow-x: auto; }
figure { flex: none; margin: 0; }
img { display: block; zoom: .5; }
</style>
<h1>Parley's pages</h1>
{{range $name := .Names}}<section>
<h2 id="{{.}}">{{.}}</h2>
<div>{{range $.Looks}}<figure><figcaption>{{.}}</figcaption><a href="{{picture $name .}}"><img src="{{picture $name .}}" alt="{{$name}}, {{.}}"></a></figure>
{{end}}</div>
</section>
{{end}}</html>
`))
