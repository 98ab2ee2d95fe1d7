package parley

import "errors"

// Code says what kind of failure an Error is. It is stable: it names the
// problem type on the wire (RFC 9457 section 3.1.1).
type Code string

const (
	CodeInternal             Code = "internal"
	CodeUnauthorized         Code = "unauthorized"           // no token, or one that is not valid
	CodeForbidden            Code = "insufficient-scope"     // a permission is missing
	CodeCrossSite            Code = "cross-site-request"     // from a page that is not Parley's own
	CodeUnsupportedVersion   Code = "unsupported-version"    // X-API-Version
	CodeMethodNotAllowed     Code = "method-not-allowed"     //
	CodeNotAcceptable        Code = "not-acceptable"         // Accept or ?format=
	CodeInvalidHeader        Code = "invalid-header"         // malformed, or twice
	CodeInvalidQuery         Code = "invalid-query"          // a query parameter
	CodeURITooLong           Code = "uri-too-long"           // the URL, or its query
	CodeHeaderTooLarge       Code = "header-too-large"       // all header fields, their number, or one of them
	CodeRateLimited          Code = "rate-limited"           // too many requests in a time
	CodeBusy                 Code = "too-busy"               // too many requests at once
	CodeUnsupportedMediaType Code = "unsupported-media-type" // Content-Type, or a body nothing recognises
	CodeUnsupportedEncoding  Code = "unsupported-encoding"   // Content-Encoding
	CodeTooLarge             Code = "content-too-large"      // the body, before or after decompression
	CodeMalformed            Code = "malformed-body"         // not well-formed in its format
	CodeTimeout              Code = "request-timeout"        // the body did not come in time
	CodeNotFields            Code = "not-fields"             // well-formed, and no fields
	CodeInvalid              Code = "invalid-fields"         // fields with faults
	CodeKeyReused            Code = "idempotency-key-reused" // by another request
	CodeNotFound             Code = "not-found"              //
	CodeTaken                Code = "already-taken"          // an identifier, email or name
	CodePreconditionRequired Code = "precondition-required"  // If-Match
	CodePreconditionFailed   Code = "precondition-failed"    // If-Match
	CodePatchTestFailed      Code = "patch-test-failed"      // JSON Patch
	CodeUnavailable          Code = "storage-unavailable"    // the store cannot write, or not in time
)

// Error is every failure that Parley tells a caller about.
type Error struct {
	Code      Code
	Detail    string     // a sentence for the caller
	Faults    []Fault    // what is wrong with which field
	Supported []string   // what there is instead
	Scope     Permission // the permission that is missing, with CodeForbidden
	MayBeDone bool       // all the same, with CodeUnavailable
	Cause     error      // for the log, never for the caller
}

// Fault is one thing that is wrong with one field.
type Fault struct {
	Field   string
	Code    string // stable: "required", "unknown-field", ...
	Detail  string // a sentence
	Allowed []string
}

func (e *Error) Error() string {
	text := string(e.Code)
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

func (e *Error) Unwrap() error { return e.Cause }

// NewError makes an Error with a code and a sentence.
func NewError(code Code, detail string) *Error { return &Error{Code: code, Detail: detail} }

// AsError finds the Error in err, or wraps err as CodeInternal, whose cause
// callers never see.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Code: CodeInternal, Cause: err}
}

// HasCode reports whether err is an Error with this code.
func HasCode(err error, code Code) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == code
}
