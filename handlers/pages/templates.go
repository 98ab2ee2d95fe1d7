package pages

import (
	"embed"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/parley-gateway/parley/codecs/html"
)

//go:embed templates
var templateFiles embed.FS

// templates are the pages, each in the layout, by their names.
type templates map[string]*template.Template

// page is the page of a name, nil where there is none.
func (t templates) page(name string) *template.Template { return t[name] }

// parsed are all templates. They are parsed when the first page is written:
// most commands write none.
var parsed = sync.OnceValue(func() templates {
	layout := template.Must(template.New("layout.html").Funcs(functions).ParseFS(templateFiles, "templates/layout.html", "templates/parts/*.html"))
	files, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		panic(err)
	}
	pages := templates{}
	for _, file := range files {
		if name := strings.TrimSuffix(path.Base(file), ".html"); name != "layout" {
			pages[name] = template.Must(template.Must(layout.Clone()).ParseFS(templateFiles, file))
		}
	}
	return pages
})

var functions = template.FuncMap{
	"label":      html.Label,
	"firstBreak": firstBreak,
	"style":      func() string { return style.Path },
	"script":     func() string { return script.Path },
	"icon":       func() string { return icon.Path },
}

// firstBreak is a line break more before a value that begins with one: the
// first in a textarea belongs to the source (HTML section 13.2.6.4.7).
func firstBreak(value string) string {
	if strings.HasPrefix(value, "\n") {
		return "\n"
	}
	return ""
}
