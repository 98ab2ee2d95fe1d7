package suites

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"strings"

	"github.com/fxamacker/cbor/v2"
	"github.com/vmihailenco/msgpack/v5"
)

// A peer is a parser of a format that is not Parley's.
type peer struct {
	name string
	read reader
}

// peersOf are the other parsers of each format that is read.
var peersOf = map[string][]peer{
	"json":      {{"encoding/json", each(encodingJSON)}, {"JSON.parse", byNode("JSON.parse")}},
	"xml":       {{"xmllint", byXMLLint}},
	"yaml":      {{"yaml", byNode("yaml")}, {"js-yaml", byNode("js-yaml")}},
	"cbor":      {{"fxamacker/cbor", each(fxamackerCBOR())}, {"cborg", byNode("cborg")}},
	"msgpack":   {{"vmihailenco/msgpack", each(vmihailencoMessagePack)}, {"@msgpack/msgpack", byNode("@msgpack/msgpack")}},
	"form":      {{"net/url", each(netURL)}, {"URLSearchParams", byNode("URLSearchParams")}},
	"multipart": {{"mime/multipart", each(mimeMultipart)}, {"busboy", byNode("busboy")}},
	"html":      {{"parse5", byNode("parse5")}},
	"pdf":       {{"pdf.js", byNode("pdf.js")}},
}

// encodingJSON reads with the standard library, which takes invalid UTF-8.
func encodingJSON(d document) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(d.Body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if decoder.More() {
		return nil, errors.New("something comes after the end")
	}
	return plain(value), nil
}

func fxamackerCBOR() func(document) (any, error) {
	mode, err := cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, UTF8: cbor.UTF8RejectInvalid, MaxNestedLevels: 64,
		BignumTag: cbor.BignumTagForbidden, IntDec: cbor.IntDecConvertNone,
	}.DecMode()
	if err != nil {
		panic(err)
	}
	return func(d document) (any, error) {
		var value any
		if err := mode.Unmarshal(d.Body, &value); err != nil {
			return nil, err
		}
		return plain(value), nil
	}
}

func vmihailencoMessagePack(d document) (any, error) {
	body := bytes.NewReader(d.Body)
	decoder := msgpack.NewDecoder(body)
	decoder.SetMapDecoder(func(d *msgpack.Decoder) (any, error) { return d.DecodeUntypedMap() })
	value, err := decoder.DecodeInterface()
	switch {
	case err != nil:
		return nil, err
	case body.Len() > 0:
		return nil, errors.New("something comes after the end")
	}
	return plain(value), nil
}

func netURL(d document) (any, error) {
	list := fields{}
	for pair := range strings.SplitSeq(string(d.Body), "&") {
		values, err := url.ParseQuery(pair)
		if err != nil {
			return nil, err
		}
		for name := range values {
			list = append(list, [2]string{name, values.Get(name)})
		}
	}
	return list, nil
}

func mimeMultipart(d document) (any, error) {
	_, params, err := mime.ParseMediaType(d.Type)
	if err != nil {
		return nil, err
	}
	list := fields{}
	for r := multipart.NewReader(bytes.NewReader(d.Body), params["boundary"]); ; {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		if part.FileName() != "" {
			return nil, fmt.Errorf("%s is a file", part.FormName())
		}
		list = append(list, [2]string{part.FormName(), string(content)})
	}
}
