package handlers

import (
	"cmp"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers/records"
	"github.com/parley-gateway/parley/handlers/trial"
)

// tried is a request on the way that it would go, as far as it comes without the
// user. Each failure is that of one step; the API answers with the first of them.
type tried struct {
	*api
	sent     records.Trial
	declared declared
	decoded  codecs.Decoded
	change   parley.StatusChange
	steering records.Steering
	match    parley.Match

	weighings  []codecs.Record
	unanswered error // nothing acceptable, or too much to look at
	unread     error // the body, by its type or its syntax
	unbound    error // the fields
	unsteered  error // what the steering fields say
}

func (a *api) try(sent records.Trial) *tried {
	t := &tried{api: a, sent: sent, declared: a.findDeclared(sent.ContentType)}
	t.decoded, t.unread = decodeBody(t.declared, sent.Body, a.Limits)
	t.unanswered = t.negotiate()
	if t.unread != nil {
		return t
	}
	t.change, t.steering, t.unbound = records.BindStatusChange(t.decoded, a.Rules)
	h := headers{ifMatch: parley.Match{Required: a.MatchRequired}}
	t.unsteered = h.steer(t.steering)
	t.match = h.ifMatch
	return t
}

// negotiate settles ties by the language of the body, as far as it was read.
func (t *tried) negotiate() error {
	accept := []string{t.sent.Accept}
	if err := t.checkAccept(accept); err != nil {
		return err
	}
	var ok bool
	if t.weighings, ok = trial.Negotiate(t.Formats, accept, t.language(), codecs.Single); !ok {
		return t.notAcceptable(codecs.Single)
	}
	return nil
}

func (t *tried) language() codecs.Language {
	switch {
	case t.unread == nil:
		return t.decoded.Spoken()
	case t.declared.codec != nil:
		return codecs.LanguageOf(t.declared.codec, t.declared.mediaType.Name)
	}
	return codecs.Language{}
}

// refusal is what the API would answer without a look at the user, or nil.
func (t *tried) refusal() *parley.Error {
	err := cmp.Or(t.unanswered, t.unread, t.unbound, t.unsteered)
	if err == nil {
		return nil
	}
	return asRefusal(err)
}

func (t *tried) input() codecs.Input {
	return codecs.Input{Body: t.sent.Body, Type: t.declared.mediaType, Limits: t.Limits}
}
