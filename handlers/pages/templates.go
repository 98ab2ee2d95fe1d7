package pages

import (
	"embed"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/html"
)

//go:embed templates
var templateFiles embed.FS

// templates are the pages, each in the layout, by their names. They are parsed
// when the first page is written: most commands write none.
var templates = sync.OnceValue(func() map[string]*template.Template {
	parts := template.Must(template.New("parts").Funcs(functions).ParseFS(templateFiles, "templates/parts/*.html"))
	files, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		panic(err)
	}
	pages := map[string]*template.Template{}
	for _, file := range files {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if name == "layout" {
			continue
		}
		page := template.Must(template.Must(parts.Clone()).ParseFS(templateFiles, file))
		pages[name] = template.Must(page.New("page").Parse(layoutOf(name)))
	}
	return pages
})

// layoutOf is the layout with what is the same whenever a page is shown: the
// paths of its assets, and which link leads to itself.
func layoutOf(page string) string {
	source, err := templateFiles.ReadFile("templates/layout.html")
	if err != nil {
		panic(err)
	}
	link := `<a href="/` + page + `"`
	return strings.NewReplacer(
		"{{style}}", style.Path, "{{script}}", script.Path, "{{icon}}", icon.Path,
		link, link+` aria-current="page"`,
	).Replace(string(source))
}

var functions = template.FuncMap{"label": html.Label, "firstBreak": firstBreak, "choice": choice, "hidden": hidden}

// hidden is fields as hidden controls.
func hidden(r codecs.Record) template.HTML { return template.HTML(html.AppendHidden(nil, r)) }

// firstBreak is a line break more before a value that begins with one: the
// first in a textarea belongs to the source (HTML section 13.2.6.4.7).
func firstBreak(value string) string {
	if strings.HasPrefix(value, "\n") {
		return "\n"
	}
	return ""
}
