package handlers

import "github.com/parley-gateway/parley/codecs"

// keys are what the keyboard does on pages.
var keys = []struct{ key, does string }{
	{"/", "goes to the search"},
	{"Escape", "leaves a field"},
	{"j", "moves to the next user of a list"},
	{"k", "moves to the user before"},
	{"Enter", "opens that user"},
	{"g u", "shows all users: first g, then u"},
	{"?", "shows this page"},
}

// showKeys tells the keys.
func (a *api) showKeys(x *exchange) (answer, error) {
	list := make([]codecs.Value, len(keys))
	for i, k := range keys {
		list[i] = codecs.MapValue(codecs.Record{
			{Name: "key", Value: codecs.TextValue(k.key)},
			{Name: "does", Value: codecs.TextValue(k.does)},
		})
	}
	page := x.recordPage("Keys")
	page.Text = "Every page can be used with the keyboard alone. In a browser that runs scripts, these keys are shorter ways."
	return answer{document: &codecs.Document{
		Name:   "keys",
		Record: codecs.Record{{Name: "keys", Value: codecs.ListValue(list...)}},
		Page:   page,
	}}, nil
}
