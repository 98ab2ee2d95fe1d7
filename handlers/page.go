package handlers

import (
	"strings"
	"time"

	"github.com/parley-gateway/parley/codecs"
)

// readByPeople reports whether the answer is a page. What people need beside
// the record is made for no other format.
func (x *exchange) readByPeople() bool {
	_, ok := x.format().Format.(codecs.PageEncoder)
	return ok
}

// browsed reports whether the answer is a page in a browser.
func (x *exchange) browsed() bool { return isBrowsed(x.format().Format) }

func isBrowsed(f codecs.Format) bool {
	_, ok := f.(codecs.BrowsedEncoder)
	return ok
}

// The fields that a page carries: what it may load, send and be framed by, and that
// no window of another site holds on to it
// (https://html.spec.whatwg.org/#cross-origin-opener-policies).
// All share the same values, which nobody alters.
var (
	policyField = []string{"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"}
	referrerField = []string{"same-origin"}
	frameField    = []string{"DENY"}
	openerField   = []string{"same-origin"}
)

// finishPage says on a page when it was made and what it answers, and on one in a
// browser who it was made for.
func (x *exchange) finishPage(ans answer, f codecs.Format) {
	if _, ok := f.(codecs.PageEncoder); !ok {
		return
	}
	page := ans.page()
	page.Made = x.Now().UTC().Truncate(time.Second)
	page.RequestID = x.requestID()
	if isBrowsed(f) {
		page.Viewer = x.viewer()
		x.confine()
	}
}

// page is that of what is said.
func (a answer) page() *codecs.Page {
	if a.listing != nil {
		return &a.listing.Page
	}
	return &a.document.Page
}

// confine keeps a page from doing anything but what it is for.
func (x *exchange) confine() {
	h := x.c.Writer.Header()
	h["Content-Security-Policy"] = policyField
	h["Referrer-Policy"] = referrerField
	h["X-Frame-Options"] = frameField
	h["Cross-Origin-Opener-Policy"] = openerField
}

// viewer is who is looking, nil for who has not said.
func (x *exchange) viewer() *codecs.Viewer {
	if x.caller.Token == "" {
		return nil
	}
	viewer := &codecs.Viewer{Name: x.caller.Token}
	if x.session != nil {
		viewer.SignOut = &codecs.Form{Action: signOutPath, Submit: "Sign out"}
	}
	return viewer
}

// recordPage is what a record has beside it that nothing can be done with.
func (x *exchange) recordPage(title string, links ...codecs.Link) codecs.Page {
	if !x.readByPeople() {
		return codecs.Page{}
	}
	return codecs.Page{Title: title, Command: x.command(), Links: append(links, x.formatLinks()...)}
}

// listPage is what every list has beside its records.
func (x *exchange) listPage(title, next string) codecs.Page {
	if !x.readByPeople() {
		return codecs.Page{}
	}
	page := codecs.Page{Title: title, Command: x.command()}
	if x.c.Query("cursor") != "" {
		page.Links = append(page.Links, codecs.Link{URL: x.urlWith("cursor", ""), Label: "First page", Rel: "first"})
	}
	if next != "" {
		page.Links = append(page.Links, codecs.Link{URL: x.urlWith("cursor", next), Label: "Next page", Rel: "next"})
	}
	page.Links = append(page.Links, x.formatLinks()...)
	return page
}

// formatLinks lead to the same answer in every other format that can hold it.
func (x *exchange) formatLinks() []codecs.Link {
	formats := x.Formats.Formats()
	links := make([]codecs.Link, 0, len(formats))
	for _, f := range formats {
		if _, ok := x.Formats.Named(f.Name(), x.route.shape); ok && !isBrowsed(f) {
			links = append(links, codecs.Link{URL: x.urlWith("format", f.Name()), Label: strings.ToUpper(f.Name()), Rel: "alternate"})
		}
	}
	return links
}

// command asks for the same in JSON.
func (x *exchange) command() string {
	scheme := "http"
	if x.c.Request.TLS != nil {
		scheme = "https"
	}
	command := "curl "
	if !x.route.open {
		command += `-H "Authorization: Bearer $PARLEY_TOKEN" `
	}
	return command + shellQuote(scheme+"://"+x.c.Request.Host+x.urlWith("format", "json"))
}

// shellQuote makes one word of a shell's command.
func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
