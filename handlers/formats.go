package handlers

import (
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/pdf"
	"github.com/parley-gateway/parley/codecs/yaml"
	"github.com/parley-gateway/parley/handlers/pages"
	"github.com/parley-gateway/parley/handlers/records"
)

// Formats makes the registry of every format that Parley speaks, in the order
// in which they are preferred. A new format is one line here.
func Formats() *codecs.Registry {
	r := codecs.NewRegistry()
	cbor := codecs.NewCBOR()
	r.Register(codecs.NewJSON())
	r.Register(codecs.NewJSONPatch())
	r.Register(codecs.NewXML())
	r.Register(codecs.NewForm())
	r.Register(codecs.NewMultipart(r))
	r.Register(codecs.NewText(records.FieldStatus, records.FieldComment))
	r.Register(pages.New(records.FieldStatus))
	r.Register(pdf.New())
	r.Register(codecs.NewOctets(r, cbor))
	r.Register(cbor)
	r.Register(codecs.NewMessagePack())
	r.Register(yaml.New())
	r.Register(codecs.NewCSV())
	r.Register(codecs.NewNDJSON())
	return r
}
