package handlers_test

import (
	"testing"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers"
)

// album is a format for people that keeps the pages it was to show.
type album struct{ pages []codecs.Page }

func (*album) Name() string         { return "album" }
func (*album) MediaTypes() []string { return []string{"application/x-album"} }
func (*album) EncodesPage()         {}

func (a *album) Encode(dst []byte, doc codecs.Document) ([]byte, error) {
	a.pages = append(a.pages, doc.Page)
	return dst, nil
}

func (a *album) EncodeList(dst []byte, list codecs.Listing) ([]byte, error) {
	a.pages = append(a.pages, list.Page)
	return dst, nil
}

// TestPagesSayWhenAndWhy looks at the pages of every sort of answer.
func TestPagesSayWhenAndWhy(t *testing.T) {
	shown := &album{}
	s := newServer(t, func(c *handlers.Config) {
		c.Formats = handlers.Formats()
		c.Formats.Register(shown)
	})
	for _, path := range []string{"/users/ben", "/users", "/users/ben/status-changes", "/workspaces/delay", "/users/nobody", "/", "/problems/not-found"} {
		shown.pages = nil
		s.do(request{"GET", path, []string{"Accept", "application/x-album", "X-Request-ID", "why"}, ""})
		if len(shown.pages) != 1 || !shown.pages[0].Made.Equal(testNow()) || shown.pages[0].RequestID != "why" {
			t.Errorf("%s: the pages are %+v; want one made at %v in answer to why", path, shown.pages, testNow())
		}
	}
}
