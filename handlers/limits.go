package handlers

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
)

// RequestLimits bound what one request may be, and how many may be at work at
// once. A zero stands for its default.
type RequestLimits struct {
	MaxBody         int // bytes as they come; 1 MiB
	MaxDecompressed int // bytes that undoing a content coding may make; 1 MiB
	MaxOpenBody     int // bytes of both where no token is needed; 256 KiB
	MaxRatio        int // of what is decompressed to what came, past 64 KiB; 100

	MaxHeader       int // bytes of the request line and all fields; 64 KiB
	MaxHeaderFields int // lines; 100
	MaxURL          int // bytes; 8 KiB, as RFC 9110 section 4.1 wants 8,000 at least
	MaxQuery        int // bytes; 6 KiB
	MaxAccept       int // bytes; 16 KiB
	MaxRanges       int // members of Accept; 1,000, which is 16 bytes for each

	MaxInFlight int // requests at work; 1,024
	MaxQueued   int // requests that wait until fewer are; none
}

// WithDefaults replaces each zero by its default.
func (l RequestLimits) WithDefaults() RequestLimits {
	return RequestLimits{
		MaxBody:         cmp.Or(l.MaxBody, 1<<20),
		MaxDecompressed: cmp.Or(l.MaxDecompressed, 1<<20),
		MaxOpenBody:     cmp.Or(l.MaxOpenBody, 256<<10),
		MaxRatio:        cmp.Or(l.MaxRatio, 100),
		MaxHeader:       cmp.Or(l.MaxHeader, 64<<10),
		MaxHeaderFields: cmp.Or(l.MaxHeaderFields, 100),
		MaxURL:          cmp.Or(l.MaxURL, 8<<10),
		MaxQuery:        cmp.Or(l.MaxQuery, 6<<10),
		MaxAccept:       cmp.Or(l.MaxAccept, 16<<10),
		MaxRanges:       cmp.Or(l.MaxRanges, 1000),
		MaxInFlight:     cmp.Or(l.MaxInFlight, 1024),
		MaxQueued:       l.MaxQueued,
	}
}

// head is how large that part of a request is that stands before its body.
type head struct{ bytes, fields int }

// sizeOf measures a request as it went over the wire, or would have in HTTP/1.1.
// net/http keeps Host apart from the other fields.
func sizeOf(r *http.Request) head {
	h := head{
		bytes:  len(r.Method) + len(r.RequestURI) + len(r.Proto) + len("  \r\n"),
		fields: 1,
	}
	h.bytes += len("Host") + len(r.Host) + len(": \r\n")
	for name, lines := range r.Header {
		h.fields += len(lines)
		for _, line := range lines {
			h.bytes += len(name) + len(line) + len(": \r\n")
		}
	}
	return h
}

// checkHead bounds what stands before the body: 414 for the URL (RFC 9110 section
// 15.5.15), 431 for the fields, all of them or one (RFC 6585 section 5).
func (x *exchange) checkHead() error {
	target := x.c.Request.RequestURI
	switch {
	case len(target) > x.MaxURL:
		return tooLong("The URL", x.MaxURL)
	case len(x.c.Request.URL.RawQuery) > x.MaxQuery:
		return tooLong("The query of the URL", x.MaxQuery)
	case x.head.bytes > x.MaxHeader:
		return headerTooLarge("The headers are larger than %d bytes in all.", x.MaxHeader)
	case x.head.fields > x.MaxHeaderFields:
		return headerTooLarge("There are more than %d header fields.", x.MaxHeaderFields)
	}
	return nil
}

func tooLong(what string, most int) error {
	return parley.NewError(parley.CodeURITooLong, fmt.Sprintf("%s is longer than %d bytes.", what, most))
}

func headerTooLarge(format string, most int) error {
	return parley.NewError(parley.CodeHeaderTooLarge, fmt.Sprintf(format, most))
}

// checkAccept bounds the lines of an Accept field. Of its members it counts the
// commas between them, also those that a quoted string holds.
func (l RequestLimits) checkAccept(lines []string) error {
	length, members := 0, len(lines)
	for _, line := range lines {
		length += len(line)
		members += strings.Count(line, ",")
	}
	switch {
	case length > l.MaxAccept:
		return headerTooLarge("The header Accept is longer than %d bytes.", l.MaxAccept)
	case members > l.MaxRanges:
		return headerTooLarge("The header Accept has more than %d members.", l.MaxRanges)
	}
	return nil
}

// bodyLimits bound one body.
type bodyLimits struct {
	sent         int64 // bytes as they come
	decompressed int64 // bytes that undoing a coding may make
	ratio        int64 // of what is decompressed to what came, past ratioFloor; 0 for any
}

// ratioFloor is how many bytes may be made of however few. What is shorter
// compresses well without being a bomb: a comment of one letter, 4,096 times, to
// less than a hundredth.
const ratioFloor = 64 << 10

// bodyLimits are stricter with who needs no token: what is made of a body costs
// more than it took to send.
func (x *exchange) bodyLimits() bodyLimits {
	sent, decompressed := x.MaxBody, x.MaxDecompressed
	if x.route.open {
		sent, decompressed = min(sent, x.MaxOpenBody), min(decompressed, x.MaxOpenBody)
	}
	return bodyLimits{sent: int64(sent), decompressed: int64(decompressed), ratio: int64(x.MaxRatio)}
}

// fieldLimits are those of the body of this request. A body to be tried is one
// value of it, and bounded as a body.
func (x *exchange) fieldLimits() codecs.Limits {
	limits := x.Limits
	if x.route.path == tryPath {
		limits.Value = x.MaxOpenBody
	}
	return limits
}
