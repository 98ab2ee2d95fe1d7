package pages

import (
	"html/template"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/html"
)

// choice is the options of a control as radio buttons. As for links, a template
// would take too long.
func choice(c codecs.Control) template.HTML {
	var markup []byte
	name := string(html.AppendEscaped(nil, c.Name))
	for i, option := range c.Options {
		value := string(html.AppendEscaped(nil, option))
		markup = append(markup, `<label class="option"><input type="radio" name="`+name+`" value="`+value+`"`...)
		if i == 0 {
			markup = append(markup, ` id="`+name+`"`...)
		}
		if option == c.Value {
			markup = append(markup, ` checked="checked"`...)
		}
		markup = append(markup, ` /><span class="status `+value+`">`...)
		markup = html.AppendEscaped(markup, html.Label(option))
		markup = append(markup, "</span>"...)
		if option == c.Current {
			markup = append(markup, " <small>now</small>"...)
		}
		markup = append(markup, "</label>\n"...)
	}
	return template.HTML(markup)
}
