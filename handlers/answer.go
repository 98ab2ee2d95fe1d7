package handlers

import (
	"net/http"
	"strconv"
	"time"

	"github.com/parley-gateway/parley/codecs"
)

// answer is what a handler has to say. One of document and listing is set,
// or neither for an answer without a body.
type answer struct {
	status   int // 0 for 200
	document *codecs.Document
	listing  *codecs.Listing
	tag      string // the entity tag; empty for none
}

// vary names the request headers that choose an answer (RFC 9110 section
// 12.5.5). Who sends a body is answered in its language.
const (
	varyOpen    = "Accept, Cookie, Sec-Fetch-Site, Origin"
	varyRead    = "Accept, Authorization, X-API-Version, Cookie, Sec-Fetch-Site, Origin"
	varyChanges = "Accept, Authorization, X-API-Version, Cookie, Sec-Fetch-Site, Origin, Content-Type, Prefer, X-HTTP-Method-Override"
)

func (x *exchange) vary() string {
	switch {
	case x.isChange():
		return varyChanges
	case x.route.open:
		return varyOpen
	}
	return varyRead
}

// send encodes an answer whole and then writes it.
func (x *exchange) send(ans answer) {
	if ans.tag != "" {
		x.header("Etag", ans.tag)
	}
	if ans.document == nil && ans.listing == nil {
		x.sendEmpty(ans.status)
		return
	}
	choice := x.format()
	x.finishPage(ans, choice.Format)
	buffer := takeBuffer()
	defer buffer.free()
	name, err := buffer.encode(choice, ans)
	if err != nil {
		x.fail(asRefusal(err))
		return
	}
	if a, ok := choice.Format.(codecs.Attacher); ok {
		x.header("Content-Disposition", `attachment; filename="`+a.Filename(name)+`"`)
	}
	x.sendBody(max(ans.status, http.StatusOK), codecs.ContentType(choice.Format, choice.MediaType, buffer.bytes), buffer.bytes)
}

// sendProblem encodes a problem. One that a format cannot hold is told in
// JSON, which holds everything.
func (x *exchange) sendProblem(status int, doc codecs.Document, choice codecs.Choice) {
	x.finishPage(answer{document: &doc}, choice.Format)
	buffer := takeBuffer()
	defer buffer.free()
	if _, err := buffer.encode(choice, answer{document: &doc}); err != nil {
		choice, _ = x.Formats.Negotiate(nil, codecs.Single)
		if _, err := buffer.encode(choice, answer{document: &doc}); err != nil {
			panic(err)
		}
	}
	x.c.Writer.Header().Del("Etag")
	x.sendBody(status, codecs.ContentType(choice.Format, problemMediaType(choice), buffer.bytes), buffer.bytes)
}

func problemMediaType(choice codecs.Choice) string {
	if p, ok := choice.Format.(codecs.ProblemEncoder); ok {
		return p.ProblemMediaType()
	}
	return choice.MediaType
}

func (x *exchange) sendEmpty(status int) {
	x.c.Writer.Header().Add("Vary", x.vary())
	x.c.Writer.WriteHeader(status)
	x.c.Writer.WriteHeaderNow()
}

func (x *exchange) sendBody(status int, contentType string, body []byte) {
	x.c.Writer.Header().Add("Vary", x.vary())
	x.header("Content-Type", contentType)
	x.header("Content-Length", strconv.Itoa(len(body)))
	x.limitWriting()
	x.c.Writer.WriteHeader(status)
	x.leave()
	// A client that has gone cannot be told so; the log shows the bytes.
	_, _ = x.c.Writer.Write(body)
}

// limitWriting gives the client a time to take the answer. It begins when there is
// one, so that a body that came slowly can still be told so.
func (x *exchange) limitWriting() {
	if x.WriteTimeout > 0 {
		// Over a connection that is gone, the answer fails as well.
		_ = http.NewResponseController(x.c.Writer).SetWriteDeadline(time.Now().Add(x.WriteTimeout))
	}
}

// encode writes the answer into the buffer and returns the name of what it
// holds.
func (b *buffer) encode(choice codecs.Choice, ans answer) (name string, err error) {
	if ans.listing != nil {
		b.bytes, err = choice.Format.(codecs.ListEncoder).EncodeList(b.bytes[:0], *ans.listing)
		return ans.listing.Name, err
	}
	b.bytes, err = choice.Format.(codecs.Encoder).Encode(b.bytes[:0], *ans.document)
	return ans.document.Name, err
}

// linkTo is the Link field to the next page (RFC 8288 section 3).
func (x *exchange) linkTo(next string) {
	if next == "" {
		return
	}
	x.header("Link", "<"+x.urlWith("cursor", next)+`>; rel="next"`)
}

// urlWith is this request's own URL with another value of a parameter, or
// without it where that is empty. A page of a list with other parameters is the
// first.
func (x *exchange) urlWith(parameter, value string) string {
	query := x.c.Request.URL.Query()
	if parameter != "format" {
		query.Del("cursor")
	}
	query.Set(parameter, value)
	if value == "" {
		query.Del(parameter)
	}
	path := x.c.Request.URL.EscapedPath()
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}
