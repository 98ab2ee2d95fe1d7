package handlers

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers/records"
	"github.com/parley-gateway/parley/handlers/trial"
)

// problemType is how a code of failure stands on the wire, and what its page
// says to whoever looks it up.
type problemType struct {
	status int
	title  string
	means  string
	remedy string
}

// problemTypes maps every code to the wire. Nowhere else is a status of
// failure chosen.
var problemTypes = map[parley.Code]problemType{
	parley.CodeInternal: {http.StatusInternalServerError, "Internal error",
		"Something went wrong inside Parley. Whether a change was made can be seen in the user's history.",
		"Try again later, with the same Idempotency-Key. If it stays, give the operator the request id: the cause is in the log under it."},
	parley.CodeUnauthorized: {http.StatusUnauthorized, "Not signed in",
		"The request carried no token, or one that is unknown, expired or revoked, or comes from a browser that is not signed in any more.",
		"Send the header Authorization: Bearer <token>, once, or sign in with a browser. An operator makes tokens with parley token create."},
	parley.CodeForbidden: {http.StatusForbidden, "Permission missing",
		"The token is valid but does not allow this. The scope that is missing stands in the WWW-Authenticate header.",
		"Use a token that holds the permission, or ask an operator for one."},
	parley.CodeCrossSite: {http.StatusForbidden, "Cross-site request",
		"A browser sent this and did not say that it comes from a page of Parley's own: another site may have sent it in somebody's name. Nothing was done.",
		"If you meant it, do it on Parley's own pages. A program sends its token in the header Authorization, and no cookie."},
	parley.CodeUnsupportedVersion: {http.StatusBadRequest, "Unknown version of the API",
		"The header X-API-Version names a version that does not exist.",
		"Send X-API-Version: v1, or leave the header out."},
	parley.CodeMethodNotAllowed: {http.StatusMethodNotAllowed, "Method not allowed",
		"There is something at this address, but not for this method. The Allow header lists the methods there are.",
		"Use one of them. A client that cannot send PATCH sends POST with X-HTTP-Method-Override: PATCH, or with the form field _method=PATCH."},
	parley.CodeNotAcceptable: {http.StatusNotAcceptable, "No acceptable format",
		"None of the formats that the Accept header or ?format= allows can hold this answer.",
		"Ask for one of those listed under supported."},
	parley.CodeInvalidHeader: {http.StatusBadRequest, "Invalid header",
		"A header that takes one value is malformed, too long, or came twice.",
		"Send it once, in the form that the detail names."},
	parley.CodeInvalidQuery: {http.StatusBadRequest, "Invalid query",
		"A query parameter is unknown, came twice, or has a value that it cannot have.",
		"Correct the parameter that is named under errors. Take cursors as they come, from next_cursor or the Link header."},
	parley.CodeURITooLong: {http.StatusRequestURITooLong, "URL too long",
		"The URL, or the query in it, is longer than the limit.",
		"Ask for less at once. What is to be stored belongs into the body."},
	parley.CodeHeaderTooLarge: {http.StatusRequestHeaderFieldsTooLarge, "Headers too large",
		"The header fields are too large in all or too many, or the one that the detail names is too long.",
		"Send less: browsers collect cookies, and clients lists of what they accept."},
	parley.CodeRateLimited: {http.StatusTooManyRequests, "Too many requests",
		"There were more requests with this token, or from this address, than the rate that the RateLimit-Policy header names allows, or too many with tokens that are not valid; one that is valid is taken even then. Nothing was done.",
		"Wait for the seconds in the Retry-After header, and send the same again. What is left stands in the RateLimit header of every answer."},
	parley.CodeBusy: {http.StatusServiceUnavailable, "Too busy",
		"More requests are at work or wait than the service takes on at once. Nothing was done.",
		"Try again after the seconds in the Retry-After header, with the same Idempotency-Key."},
	parley.CodeUnsupportedMediaType: {http.StatusUnsupportedMediaType, "Unknown format",
		"The body has no Content-Type, or one that nothing here reads, or is in a character encoding that nobody knows.",
		"Send one of the media types listed under supported and in the Accept-Patch header."},
	parley.CodeUnsupportedEncoding: {http.StatusUnsupportedMediaType, "Unknown content coding",
		"The header Content-Encoding names a coding that is not supported.",
		"Use one of those in the Accept-Encoding header of the answer, or none."},
	parley.CodeTooLarge: {http.StatusRequestEntityTooLarge, "Body too large",
		"The body is larger than the limit, as it was sent or after decompression.",
		"Send less: a status change needs a few hundred bytes."},
	parley.CodeMalformed: {http.StatusBadRequest, "Malformed body",
		"The body is empty, not well-formed in its format, or uses something that is refused in it.",
		"Look at the place that the detail names."},
	parley.CodeTimeout: {http.StatusRequestTimeout, "Request too slow",
		"The body did not arrive in the time that there is for a request. Nothing was changed.",
		"Send it again, on a new connection, and faster."},
	parley.CodeNotFields: {http.StatusUnprocessableEntity, "No fields",
		"The body is well-formed but holds no named fields: a list or a single value, say.",
		"Send an object with the fields status and, if you like, review_comment."},
	parley.CodeInvalid: {http.StatusUnprocessableEntity, "Invalid fields",
		"The body was understood, but fields in it are missing, unknown, given twice, or hold what they cannot hold.",
		"Each fault stands under errors with its field, a stable code and a sentence. Correct all of them; nothing was changed."},
	parley.CodeKeyReused: {http.StatusUnprocessableEntity, "Idempotency key used before",
		"The Idempotency-Key was used within a day for another change: another user, command or If-Match.",
		"Make a new key for each change, and send the same key only to repeat the same change."},
	parley.CodeNotFound: {http.StatusNotFound, "Not found",
		"Nothing with this id or identifier exists for you.",
		"Check the spelling: identifiers are case-sensitive, and what is not a letter or digit is percent-encoded once."},
	parley.CodeTaken: {http.StatusConflict, "Already taken",
		"Another one has this identifier, email or name already. The field is named under errors.",
		"Choose another, or look the existing one up."},
	parley.CodePreconditionRequired: {http.StatusPreconditionRequired, "Precondition required",
		"This service accepts changes only with an If-Match header, so that nobody changes what they have not seen.",
		"Read the user, and send the ETag of the answer as If-Match."},
	parley.CodePreconditionFailed: {http.StatusPreconditionFailed, "Changed in the meantime",
		"The user is no longer at the version that If-Match names. Nothing was changed.",
		"Read the user and the history again, and decide anew."},
	parley.CodePatchTestFailed: {http.StatusConflict, "Patch test failed",
		"A test operation of the JSON Patch does not hold. Nothing was changed.",
		"Read the user again, and decide anew."},
	parley.CodeUnavailable: {http.StatusServiceUnavailable, "Storage unavailable",
		"The change could not be stored now, or not in time.",
		"Try again after the seconds in the Retry-After header, with the same Idempotency-Key."},
}

const problemsPath = "/problems/"

// fail answers with a problem (RFC 9457), in the format of the caller where
// that can hold one, else in JSON.
func (x *exchange) fail(err error) {
	e := failure(err)
	x.failure = e
	switch e.Code {
	case parley.CodeUnavailable, parley.CodeBusy:
		x.header("Retry-After", "1")
	case parley.CodeTimeout:
		x.closeAfterwards()
	}
	problem := describe(e)
	problem.RequestID = x.requestID()
	if e.Code != parley.CodeURITooLong {
		problem.Instance = x.c.Request.URL.EscapedPath()
	}
	choice, doc := x.problemChoice(e.Code), problemDocument(problem)
	doc.Page.Links = x.problemLinks(problem.Type)
	if isBrowsed(choice.Format) {
		doc.Page.Form, doc.Page.Search = x.problemForm(problem.Err), x.refusedSearch(problem.Err)
		if e.Code == parley.CodeUnauthorized {
			doc.Page.Title, doc.Page.Text = "Sign in", "Enter the token that you were given."
		}
	}
	x.sendProblem(problem.Status, doc, choice)
}

// describe is the problem that a failure is, as far as every request has it alike.
func describe(e *parley.Error) records.Problem {
	kind := problemTypes[e.Code]
	return records.Problem{Type: problemsPath + string(e.Code), Title: kind.title, Status: kind.status, Err: cutRefusal(e)}
}

// cutRefusal bounds what a caller wrote in a refusal.
func cutRefusal(e *parley.Error) *parley.Error {
	cut := *e
	cut.Detail = trial.Cut(e.Detail, maxShownName)
	cut.Faults = make([]parley.Fault, len(e.Faults))
	for i, f := range e.Faults {
		cut.Faults[i] = cutFault(f)
	}
	return &cut
}

func cutFault(f parley.Fault) parley.Fault {
	f.Field, f.Detail = trial.Cut(f.Field, maxShownName), trial.Cut(f.Detail, maxShownName)
	return f
}

func problemDocument(p records.Problem) codecs.Document {
	return codecs.Document{
		Name:      "problem",
		Namespace: "urn:ietf:rfc:7807",
		Record:    p.Record(),
		Page:      codecs.Page{Title: strconv.Itoa(p.Status) + " " + p.Title, Text: problemTypes[p.Err.Code].remedy},
	}
}

// problemForm lets who is not signed in do that, who tried something try again, and
// whose change was refused correct it.
func (x *exchange) problemForm(e *parley.Error) *codecs.Form {
	if e.Code == parley.CodeUnauthorized || x.route.path == signInPath {
		return x.signInForm()
	}
	if x.route.path == tryPath {
		return x.refusedTry(e)
	}
	return x.refusedForm(e)
}

func (x *exchange) problemLinks(about string) []codecs.Link {
	links := []codecs.Link{{URL: about, Label: "About this problem"}}
	if x.elsewhere {
		links = append(links, codecs.Link{URL: ownPath(x.wanted()), Label: "Go on"})
	}
	return links
}

// failure is what an error means to the caller. What failed because its time
// was over is no fault of the service.
func failure(err error) *parley.Error {
	e := parley.AsError(err)
	if e.Code == parley.CodeInternal && errors.Is(err, context.DeadlineExceeded) {
		return &parley.Error{Code: parley.CodeUnavailable, Detail: "The request was not done in time.", Cause: err}
	}
	return e
}

// problemChoice is the format of a problem. That nothing is acceptable is
// told in JSON, whatever was asked. An Accept beyond its limits is not read.
func (x *exchange) problemChoice(code parley.Code) codecs.Choice {
	accept := x.sent("Accept")
	if x.checkAccept(accept) != nil {
		accept = nil
	}
	choice, ok := x.chooseFormat(accept, codecs.Single)
	if !ok || code == parley.CodeNotAcceptable {
		choice, _ = x.Formats.Negotiate(nil, codecs.Single)
		return choice
	}
	return choice.In(x.language)
}
