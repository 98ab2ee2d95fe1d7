package codectest

import (
	"slices"
	"strings"

	"github.com/parley-gateway/parley/codecs"
)

func (k *kit) checkNames() {
	if name := k.format.Name(); name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		k.fault("the name %q is not of lower-case letters, digits and hyphens", name)
	}
	k.checkMediaTypes()
	if s, ok := k.format.(codecs.Suffixer); ok {
		k.checkMediaType("application/x" + s.Suffix())
		if !strings.HasPrefix(s.Suffix(), "+") {
			k.fault("the suffix %q begins with no plus sign", s.Suffix())
		}
	}
	if p, ok := k.format.(codecs.ProblemEncoder); ok {
		k.checkMediaType(p.ProblemMediaType())
	}
	if s, ok := k.format.(codecs.Steerer); ok {
		k.checkUnique("steering field", s.Steering())
	}
	if a, ok := k.format.(codecs.Attacher); ok {
		k.checkFilename(a.Filename("user"))
	}
	if _, ok := k.format.(codecs.ContentTyper); ok && k.encoder != nil {
		k.checkContentType()
	}
}

func (k *kit) checkMediaTypes() {
	types := k.format.MediaTypes()
	if len(types) == 0 {
		k.fault("there is no media type")
	}
	for _, t := range types {
		k.checkMediaType(t)
	}
	k.checkUnique("media type", types)
}

func (k *kit) checkMediaType(t string) {
	m, err := codecs.ParseMediaType(t)
	if err != nil || m.Name != t {
		k.fault("%q is no media type in lower case without parameters", t)
	}
}

func (k *kit) checkUnique(what string, names []string) {
	for i, name := range names {
		if name == "" || slices.Contains(names[:i], name) {
			k.fault("the %s %q is empty or stands twice", what, name)
		}
	}
}

func (k *kit) checkFilename(name string) {
	if name == "" || strings.HasPrefix(name, ".") || strings.ContainsAny(name, "/\\\"\x00\r\n") {
		k.fault("%q is no name for a file", name)
	}
}

func (k *kit) checkContentType() {
	written, err := k.encode(nil, command("review"))
	if err != nil {
		k.fault("%s cannot be written: %v", show(command("review")), err)
		return
	}
	value := codecs.ContentType(k.format, "", written)
	m, err := codecs.ParseMediaType(value)
	if err != nil || !slices.Contains(k.format.MediaTypes(), m.Name) {
		k.fault("%q is no Content-Type of the format", value)
	}
}
